"""A model endpoint that plays agents: it knows the answers, and how an agent can go wrong."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orgsmith.arena.agents.exam import Exam, Item
from orgsmith.arena.agents.kinds import ACT, REACT, TOOLS, TOOLS_QUERY
from tests.endpoint.server import Call, Fault

PROMPT_TOKENS, COMPLETION_TOKENS = 1_000, 10
"""What the endpoint says that each call takes."""

WRONG = {
    "id": "500000000000001AAA",
    "month": "1999-01",
    "state": "AK",
    "label": "Positive",
    "text": "quite something else",
}
STATEMENT = "SELECT Id, Name FROM User LIMIT 3"
KINDS = (ACT, REACT, TOOLS, TOOLS_QUERY)


@dataclass(frozen=True, slots=True)
class Turn:
    """A call as a player sees it: who is asked what, and how many replies there were before."""

    item: Item
    turn: int
    tools: frozenset[str]

    @property
    def right(self) -> str:
        """The answer."""
        return self.item.answer.answers[0]

    @property
    def wrong(self) -> str:
        """Another one of its kind."""
        if self.right == "Positive":
            return "Negative"
        if self.right == "AK":
            return "AL"
        return WRONG[self.item.question.answer_type]


@dataclass(frozen=True, slots=True)
class Say:
    """A reply: a text, or calls of functions with their arguments as JSON."""

    text: str | None = None
    calls: Sequence[tuple[str, str]] = ()
    finish: str = "stop"


Player = Callable[[Turn], Say]


def act(action: str, text: str) -> str:
    """An action as Act writes it."""
    return f"<{action}>{text}</{action}>"


def _look(turn: Turn) -> Say:
    """Asks something that is right to ask."""
    if not turn.tools:
        return Say(f"<thought>First I look.</thought>\n{act('execute', STATEMENT)}")
    if "query" in turn.tools:
        return Say(calls=[("query", json.dumps({"soql": STATEMENT}))])
    if "get_issues" in turn.tools:
        return Say(calls=[("get_issues", "{}")])
    return Say(calls=[("find_product", json.dumps({"name": "a"}))])


def _answer(turn: Turn, text: str) -> Say:
    if not turn.tools:
        return Say(f"<thought>Now I know.</thought>\n{act('respond', text)}")
    return Say(calls=[("respond", json.dumps({"answer": text}))])


def perfect(turn: Turn) -> Say:
    """Looks once, and says what is right."""
    return _look(turn) if turn.turn == 0 else _answer(turn, turn.right)


def wrong(turn: Turn) -> Say:
    """Looks once, and says something else."""
    return _look(turn) if turn.turn == 0 else _answer(turn, turn.wrong)


def malformed(turn: Turn) -> Say:
    """Never keeps to the format."""
    replies = (
        Say("The answer is on the way."),
        Say("<execute></execute>"),
        Say("<Respond the answer"),
        Say(""),
    )
    broken = (
        Say("I would call a tool now."),
        Say(calls=[("no_such_tool", "{}")]),
        Say(calls=[("respond", "{not json")]),
        Say(calls=[("respond", json.dumps({"answers": ["x"]}))]),
    )
    return (broken if turn.tools else replies)[turn.turn % 4]


def looping(turn: Turn) -> Say:
    """Asks the same for ever."""
    return _look(turn)


def verbose(turn: Turn) -> Say:
    """Says much around what is right, and does several things at once."""
    if turn.turn == 0 and not turn.tools:
        look = act("execute", f"```sql\n{STATEMENT}\n```")
        return Say(f"Well, let me see.\n{look}\nObservation: []\n{act('respond', turn.wrong)}")
    if turn.turn == 0:
        return Say("Well, let me see.", calls=[*_look(turn).calls, *_look(turn).calls])
    if turn.item.question.answer_type == "text":
        return _answer(turn, f'  "{turn.right}"  ')
    return _answer(turn, f"**Final answer:** `{turn.right}`")


def refusing(turn: Turn) -> Say:
    """Will not."""
    return _answer(turn, "I'm sorry, but I can't help with that request.")


def void(turn: Turn) -> Say:
    """Answers with nothing at all, as JSON has it."""
    return Say(calls=[("respond", json.dumps({"answer": None}))])


def filtered(turn: Turn) -> Say:
    """Is kept from answering by the provider."""
    return Say("", finish="content_filter")


PLAYERS: Mapping[str, Player] = {
    "perfect": perfect,
    "wrong": wrong,
    "malformed": malformed,
    "looping": looping,
    "verbose": verbose,
    "refusing": refusing,
    "void": void,
    "filtered": filtered,
}
"""By the name under which the endpoint serves them as models."""


@dataclass
class Stage:
    """The script of an endpoint that serves each player as a model of its name.

    `fails` tells of a call what goes wrong with it, None if nothing does.
    """

    exam: Exam
    fails: Callable[[Call], Fault | None] = field(default=lambda call: None)

    def __call__(self, call: Call) -> Fault:
        """Plays one reply."""
        fault = self.fails(call)
        if fault is not None:
            return fault
        say = PLAYERS[str(call.body["model"])](self.turn(call))
        return Fault(raw=json.dumps(_completion(call, say)))

    def turn(self, call: Call) -> Turn:
        """What a call asks for."""
        messages = call.body["messages"]
        assert isinstance(messages, list)
        system, question = messages[0]["content"], messages[1]["content"]
        (item,) = (
            item
            for items in self.exam.items.values()
            for item in items
            if item.question.question == question and item.question.context in system
        )
        told = call.body.get("tools")
        tools = told if isinstance(told, list) else []
        return Turn(
            item,
            sum(message["role"] == "assistant" for message in messages),
            frozenset(tool["function"]["name"] for tool in tools),
        )


def _completion(call: Call, say: Say) -> object:
    calls = [
        {
            "id": f"call-{call.number}-{number}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for number, (name, arguments) in enumerate(say.calls)
    ]
    message = {"role": "assistant", "content": say.text}
    return {
        "id": f"chatcmpl-{call.number}",
        "object": "chat.completion",
        "created": 1,
        "model": call.body["model"],
        "choices": [
            {
                "index": 0,
                "message": {**message, **({"tool_calls": calls} if calls else {})},
                "finish_reason": "tool_calls" if calls else say.finish,
            }
        ],
        "usage": {
            "prompt_tokens": PROMPT_TOKENS,
            "completion_tokens": COMPLETION_TOKENS,
            "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
        },
    }
