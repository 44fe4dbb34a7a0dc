"""Agents that write their actions as tags: Act and ReAct.

Sources: Yao et al., "ReAct: Synergizing Reasoning and Acting in Language Models" (ICLR 2023); Huang
et al., "CRMArena" (NAACL 2025), which has both on Salesforce records.
"""

from functools import partial

import anyio
from inspect_ai.model import ChatMessage, ChatMessageUser

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import Contestant
from orgsmith.arena.agents.observation import observed
from orgsmith.arena.agents.reply import RESPOND, action_of
from orgsmith.arena.agents.statements import execute
from orgsmith.arena.agents.world import World
from orgsmith.arena.errors import OrgError
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.trial.conduct import ANSWERED, TURN_LIMIT, Conduct
from orgsmith.arena.trial.turns import opening, reply
from orgsmith.prompts.agents import ONE_ACTION, REMINDERS


async def converse(
    world: World, contestant: Contestant, item: Item, desk: Desk, conduct: Conduct
) -> list[ChatMessage]:
    """Let an agent work on a question at a desk until it answers, or its turns are up.

    Returns:
        All that was said.

    Raises:
        OrgsmithError: the model's endpoint does not answer, or no call can be paid for.
    """
    messages = opening(world, contestant, item)
    for _ in range(contestant.manner.turns):
        message = await reply(messages, (), conduct, item)
        if message is None:
            return messages
        messages.append(message)
        action = action_of(message.text)
        if action is None:
            conduct.idles()
            messages.append(ChatMessageUser(content=REMINDERS[contestant.agent]))
            continue
        if action.several:
            conduct.overdoes()
        if action.kind == RESPOND:
            conduct.end(ANSWERED, action.text)
            return messages
        shown = await _executed(desk, action.text, contestant.manner.observation, conduct)
        if action.several:
            shown = f"{shown}\n({ONE_ACTION})"
        messages.append(ChatMessageUser(content=shown))
    conduct.end(TURN_LIMIT)
    return messages


async def _executed(desk: Desk, statement: str, budget: int, conduct: Conduct) -> str:
    """What a statement finds, or what is wrong with it, as the agent is told."""
    conduct.step("execute", {"statement": statement})
    try:
        found = await anyio.to_thread.run_sync(partial(execute, desk, statement))
    except OrgError as error:
        conduct.fail()
        return observed(f"{error.code}: {error.message}", budget)
    except ToolError as error:
        conduct.fail()
        return observed(str(error), budget)
    return observed(found, budget)
