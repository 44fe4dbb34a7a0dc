"""Agents that call functions: one tool in each turn, until the tool `respond` is called."""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import anyio
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    execute_tools,
)
from inspect_ai.tool import ToolDef
from inspect_ai.tool import ToolError as InspectToolError

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import TOOLS_QUERY, Contestant
from orgsmith.arena.agents.observation import observed
from orgsmith.arena.agents.toolbox.levels import FREE, LEVELS, respond
from orgsmith.arena.agents.world import World
from orgsmith.arena.errors import OrgError
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.trial.conduct import ANSWERED, TURN_LIMIT, Conduct
from orgsmith.arena.trial.turns import opening, reply
from orgsmith.prompts.agents import ONE_CALL, REMINDERS, TOOLS

Tool = Callable[..., object]


async def call_tools(
    world: World, contestant: Contestant, item: Item, desk: Desk, conduct: Conduct
) -> list[ChatMessage]:
    """Let an agent work on a question at a desk until it answers, or its turns are up.

    Returns:
        All that was said.

    Raises:
        OrgsmithError: the model's endpoint does not answer, or no call can be paid for.
    """
    messages, manner = opening(world, contestant, item), contestant.manner
    tools = definitions(contestant, desk, manner.observation)
    for _ in range(manner.turns):
        said = await reply(messages, tools, conduct, item)
        if said is None:
            return messages
        message, further = _first_call(said)
        messages.append(message)
        if not message.tool_calls:
            conduct.idles()
            messages.append(ChatMessageUser(content=REMINDERS[TOOLS]))
            continue
        (call,) = message.tool_calls
        if further:
            conduct.overdoes()
        conduct.step(call.function, call.arguments)
        done = await execute_tools([message], tools, max_output=0)
        answers = [each for each in done.messages if isinstance(each, ChatMessageTool)]
        error = next((each.error for each in answers if each.error), None)
        if error is not None and error.type == "parsing":
            conduct.idles()
        elif error is not None:
            conduct.fail()
        elif call.function == respond.__name__:
            conduct.end(ANSWERED, answers[0].text)
            return [*messages, *done.messages]
        if further:
            answers[-1].content = f"{answers[-1].text}\n({ONE_CALL})"
        messages += done.messages
    conduct.end(TURN_LIMIT)
    return messages


def tools_of(contestant: Contestant) -> Sequence[Tool]:
    """The tools that an agent may call, `respond` the last."""
    level = LEVELS[contestant.tool_level or ""]
    free = FREE if contestant.agent == TOOLS_QUERY else ()
    return (*level, *(each for each in free if each not in level), respond)


def definitions(contestant: Contestant, desk: Desk, budget: int) -> list[ToolDef]:
    """The tools of an agent, for one question.

    Args:
        contestant: the agent.
        desk: where the question's tools ask.
        budget: characters of what a tool returns.
    """
    return [ToolDef(_bound(tool, desk, budget)) for tool in tools_of(contestant)]


def _bound(tool: Tool, desk: Desk, budget: int) -> Callable[..., Any]:
    """A tool as inspect-ai calls it: its desk is given, and it returns text."""
    parameters = list(inspect.signature(tool, eval_str=True).parameters.values())
    free = parameters[0].name != "desk"
    given = functools.partial(tool) if free else functools.partial(tool, desk)

    async def run(**arguments: Any) -> str:  # noqa: ANN401 - whatever the tool takes
        try:
            found = await anyio.to_thread.run_sync(functools.partial(given, **arguments))
        except OrgError as error:
            raise InspectToolError(observed(f"{error.code}: {error.message}", budget)) from error
        except ToolError as error:
            raise InspectToolError(observed(str(error), budget)) from error
        return observed(found, budget)

    run.__name__, run.__doc__ = tool.__name__, tool.__doc__
    signature = inspect.Signature(parameters if free else parameters[1:], return_annotation=str)
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in signature.parameters.values()}
    return run


def _first_call(message: ChatMessageAssistant) -> tuple[ChatMessageAssistant, bool]:
    """A reply with its first call alone, and whether it had more."""
    calls = message.tool_calls or []
    if len(calls) < 2:
        return message, False
    return message.model_copy(update={"tool_calls": calls[:1]}), True
