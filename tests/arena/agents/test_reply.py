"""What is read out of replies that hold their actions as tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.agents.reply import EXECUTE, RESPOND, Action, action_of

QUERY = "SELECT Id FROM Case WHERE Subject != '<b>' AND CreatedDate > 2024-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("reply", "action"),
    [
        (f"<execute>{QUERY}</execute>", Action(EXECUTE, QUERY, False)),
        ("<respond>None</respond>", Action(RESPOND, "None", False)),
        (
            f"<thought>I look.</thought>\n<execute>\n{QUERY}\n</execute>",
            Action(EXECUTE, QUERY, False),
        ),
        ("< Execute >FIND {a} </ EXECUTE >", Action(EXECUTE, "FIND {a}", False)),
        (f"<execute>```sql\n{QUERY}\n```</execute>", Action(EXECUTE, QUERY, False)),
        (f"<execute>```\n{QUERY}```</execute>", Action(EXECUTE, QUERY, False)),
        ("<respond></respond>", Action(RESPOND, "", False)),
        # A tag that is not closed ends with the reply, or where the next one begins.
        ("<respond>2024-05", Action(RESPOND, "2024-05", False)),
        (f"<execute>{QUERY}\n<respond>x</respond>", Action(EXECUTE, QUERY, True)),
        # The first counts, whatever a model goes on to imagine.
        (
            f"<execute>{QUERY}</execute>\nObservation: []\n<respond>None</respond>",
            Action(EXECUTE, QUERY, True),
        ),
        ("<respond>a</respond><respond>b</respond>", Action(RESPOND, "a", True)),
        # What stands in a thought is only thought of.
        (
            "<thought>I can <respond> now, or <execute> more.</thought><respond>x</respond>",
            Action(RESPOND, "x", False),
        ),
        ("so <execute>SELECT</execute>?</think><respond>x</respond>", Action(RESPOND, "x", False)),
        ("<think>a</think> <thinking><respond>a</thinking>", None),
        ("<thought>not closed <respond>x</respond>", Action(RESPOND, "x", False)),
        ("<execute></execute>", None),
        ("<execute> ```sql\n\n``` </execute>", None),
        ("", None),
        ("The answer is 2024-05.", None),
        ("<thought>only</thought>", None),
        ("</execute>", None),
        ("respond(None)", None),
    ],
)
def test_actions(reply: str, action: Action | None) -> None:
    assert action_of(reply) == action


@given(st.text(), st.text(alphabet=st.characters(exclude_characters="<`")))
def test_whatever_stands_before(before: str, answer: str) -> None:
    action = action_of(f"{before.replace('<', '')}<respond>{answer}</respond>")
    assert action == Action(RESPOND, answer.strip(), False)


@given(st.text(alphabet="<>/respondxcut` \n"))
def test_nothing_is_too_odd(reply: str) -> None:
    found = action_of(reply)
    assert found is None or found.kind in {EXECUTE, RESPOND}
