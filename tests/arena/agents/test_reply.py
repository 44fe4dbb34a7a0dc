"""What is read out of replies that hold their actions as tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.agents.reply import EXECUTE, RESPOND, Action, action_of

QUERY = "SELECT Id FROM Case WHERE Subject != '<b>' AND CreatedDate > 2024-01-01T00:00:00Z"
_NOTHING = Action(RESPOND, "", False)


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
        (f"<thought>I do not <execute>{QUERY}</execute> yet.</thought>", None),
        ("<thought>a <think>b</think> <execute>c</execute></thought>", None),
        ("<thought>a <execute>b</execute> <think>c</think></thought><respond>", _NOTHING),
        # One that is not closed ends before what is done before the next one.
        (
            f"<thought> A <execute>{QUERY}</execute><thought>B</thought><respond>x</respond>",
            Action(EXECUTE, QUERY, True),
        ),
        (f"<thought> A <execute>{QUERY}</execute><thought>B", Action(EXECUTE, QUERY, False)),
        (
            f"<thought>Not <respond>, so <execute>{QUERY}</execute> <thought>B</thought>",
            Action(EXECUTE, QUERY, False),
        ),
        (
            f"<thought>A<thought><execute>{QUERY}</execute><think>B</think><respond>x</respond>",
            Action(EXECUTE, QUERY, True),
        ),
        (
            "<thought>A <execute>a</execute><thought>B <execute>b</execute><thought>C</thought>",
            Action(EXECUTE, "a", True),
        ),
        # It goes on if nothing was done.
        (
            "<thought>Do I <respond>? <thought>Yes.</thought><respond>x</respond>",
            Action(RESPOND, "x", False),
        ),
        (
            "<thought>I may <execute></execute>. <thought>No.</thought><respond>x</respond>",
            Action(RESPOND, "x", False),
        ),
        # A closing tag too many takes nothing away, unless something is done after it.
        (f"<execute>{QUERY}</execute>\n</thought>", Action(EXECUTE, QUERY, False)),
        (f"<execute>{QUERY}</execute></think>a</think>b", Action(EXECUTE, QUERY, False)),
        (
            f"<thought>A</thought><execute>{QUERY}</execute></thought><thought>B</thought>",
            Action(EXECUTE, QUERY, False),
        ),
        (
            f"I can <respond> or <execute>{QUERY}</execute></think> <execute></execute>",
            Action(EXECUTE, QUERY, False),
        ),
        (
            "<execute>a</execute><respond>b</respond></think>",
            Action(EXECUTE, "a", True),
        ),
        (f"I look.</thought><execute>{QUERY}</execute>", Action(EXECUTE, QUERY, False)),
        (
            f"<execute>a</execute></think><execute>{QUERY}</execute></think>",
            Action(EXECUTE, QUERY, False),
        ),
        ("I can <respond> now.</think>", None),
        ("<execute> </execute></think>", None),
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


@given(st.text(alphabet="ab \n"), st.text(alphabet="ab \n"))
def test_what_is_quoted_in_a_thought_is_not_done(before: str, after: str) -> None:
    thought = f"<thought>{before}<execute>quoted</execute>{after}</thought>"
    assert action_of(thought) is None
    assert action_of(f"{thought}<respond>x</respond>") == Action(RESPOND, "x", False)


@given(
    st.lists(
        st.sampled_from(
            ["<thought>", "</thought>", "<execute>", "</execute>", "<respond>", "</respond>", "a"]
        )
    )
)
def test_tags_in_any_order_do_one_thing_or_none(tags: list[str]) -> None:
    found = action_of("".join(tags))
    assert found is None or found.kind == RESPOND or found.text


LONG = 20_000


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("<" + " " * LONG, None),
        ("<execute>```" + "\n" * LONG + "</execute>", "```"),
        ("<thought>" * LONG, None),
        ("</thought>" * LONG, None),
        ("<thought><execute>a" * LONG + "<thought></thought>", None),
        ("<execute></execute></thought>" * LONG, None),
        ("<execute>" + "</respond></execute>" * LONG + "</thought>", "</respond>"),
        ("<thought>" * LONG + "<execute>a</execute>" + "</thought>" * LONG, None),
    ],
    ids=range(8),
)
def test_long_replies_are_read(reply: str, text: str | None) -> None:
    """In linear time: were it not, this would not come to an end."""
    found = action_of(reply)
    assert (found and found.text) == text
