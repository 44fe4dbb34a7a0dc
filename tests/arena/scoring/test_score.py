"""The verdicts on replies, and what holds of all of them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.scoring.score import MOST_SAID, score_reply
from orgsmith.arena.scoring.states import NAMES
from orgsmith.arena.scoring.verdict import Kind
from orgsmith.arena.solver.mood_words import Mood
from orgsmith.schema.ids import DIGITS, suffix
from tests.arena.scoring.replies import AGENT, OTHER, REPLIES, Reply

FULL = {Kind.RIGHT, Kind.NONE_RIGHT}
PREFIXES = st.sampled_from(["005", "01t", "a0I", "ka0", "500"])
IDS = st.builds(str.__add__, PREFIXES, st.text(DIGITS, min_size=12, max_size=12)).map(
    lambda fifteen: fifteen + suffix(fifteen)
)
MONTHS = st.dates().filter(lambda day: 1900 <= day.year < 2100).map(lambda day: f"{day:%Y-%m}")
GOLDEN = st.one_of(
    st.tuples(st.just("id"), IDS | st.just("None")),
    st.tuples(st.just("month"), MONTHS),
    st.tuples(st.just("state"), st.sampled_from(sorted(NAMES))),
    st.tuples(st.just("label"), st.sampled_from([mood.value for mood in Mood])),
)
WRAPPERS = (
    "  {} ",
    "{}.",
    "'{}'",
    '"{}"',
    "\u201c{}\u201d",
    "`{}`",
    "**{}**",
    "*{}*",
    "_{}_",
    "```\n{}\n```",
    "```text\n{}\n```",
    "<respond>{}</respond>",
    "<answer>{}</answer>",
    "<final_answer>\n{}\n</final_answer>",
    "Answer: {}",
    "The final answer is {}",
    "**Final answer:** {}",
    '["{}"]',
    "['{}']",
    '{{"answer": "{}"}}',
    '{{"value": "{}"}}',
    '{{"found": "{}"}}',
    "\u200b{}\u00a0",
    "I looked it up.\nAnswer: {}",
)
TYPES = st.sampled_from(["id", "month", "state", "label"])
PIECES = (
    f"{AGENT}|{OTHER}|2023-07|July 2022|MI|Utah|Negative|neutral|None|no agent|sorry|I cannot"
    '|<answer>|</answer>|{|}|"|answer:|the answer is|```|[|]|not|and|,|.|\n'
).split("|")
WORDS = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
REPLY = st.none() | st.text() | WORDS


@pytest.mark.parametrize("each", REPLIES, ids=lambda each: f"{each.answer_type} {each.reply!r:.60}")
def test_replies(each: Reply) -> None:
    verdict = score_reply(
        each.reply, each.answers, each.answer_type, each.metric, prefixes=each.prefixes
    )
    assert verdict.kind is each.kind
    assert verdict.score == pytest.approx(each.score)
    assert verdict.partial == pytest.approx(each.partial)


def test_every_kind_and_type_is_among_the_replies() -> None:
    kinds = Counter(each.kind for each in REPLIES)
    assert min(kinds[kind] for kind in Kind) >= 8
    types = Counter(each.answer_type for each in REPLIES)
    assert min(types[name] for name in ("id", "month", "state", "label", "text")) >= 40


@given(GOLDEN)
def test_an_answer_is_right_beside_itself(golden: tuple[str, str]) -> None:
    answer_type, answer = golden
    verdict = score_reply(answer, [answer], answer_type, "exact")
    assert verdict.kind is (Kind.NONE_RIGHT if answer == "None" else Kind.RIGHT)
    assert verdict.said == (answer,)


@given(GOLDEN, st.lists(st.sampled_from(WRAPPERS), max_size=2))
def test_a_wrapped_answer_stays_right(golden: tuple[str, str], wrappers: list[str]) -> None:
    answer_type, reply = golden
    for wrapper in wrappers:
        reply = wrapper.format(reply)
    assert score_reply(reply, [golden[1]], answer_type, "exact").kind in FULL


@given(st.sampled_from(WRAPPERS), st.sampled_from(["two years", "a thumb's width", "leather"]))
def test_a_wrapped_text_stays_right(wrapper: str, answer: str) -> None:
    assert score_reply(wrapper.format(answer), [answer], "text", "f1").score == 1


@given(REPLY, GOLDEN)
def test_one_answer_scores_all_or_nothing(reply: str | None, golden: tuple[str, str]) -> None:
    verdict = score_reply(reply, [golden[1]], golden[0], "exact")
    assert verdict.score in {0, 1}
    assert (verdict.score == 1) == (verdict.kind in FULL)
    assert verdict.score <= verdict.partial <= 1


@given(REPLY, GOLDEN, GOLDEN)
def test_no_reply_is_right_twice(
    reply: str | None, one: tuple[str, str], two: tuple[str, str]
) -> None:
    if one[0] == two[0] and one[1] != two[1]:
        both = [score_reply(reply, [answer], name, "exact").score for name, answer in (one, two)]
        assert sum(both) <= 1


@given(REPLY, st.permutations([AGENT, OTHER, "005Or0003zrW49ZIAS"]))
def test_the_order_of_answers_does_not_count(reply: str | None, answers: list[str]) -> None:
    verdict = score_reply(reply, answers, "id", "exact")
    assert verdict == score_reply(reply, sorted(answers), "id", "exact")
    assert 0 <= verdict.score == verdict.partial <= 1


@given(REPLY, st.permutations(["two years", "for two years", "2 years and a day"]))
def test_the_order_of_alternatives_does_not_count(reply: str | None, answers: list[str]) -> None:
    verdict = score_reply(reply, answers, "text", "f1")
    assert verdict == score_reply(reply, sorted(answers), "text", "f1")
    assert 0 <= verdict.score == verdict.partial <= 1
    assert (verdict.score == 1) == (verdict.kind in FULL)


def test_what_was_said_is_kept_in_normal_form() -> None:
    assert score_reply(f"{OTHER.lower()} {AGENT[:15]}", [AGENT], "id", "exact").said == (
        OTHER,
        AGENT,
    )
    assert score_reply("Jul. 2023", ["2023-08"], "month", "exact").said == ("2023-07",)
    assert score_reply("west virginia", ["VA"], "state", "exact").said == ("WV",)
    assert score_reply("NEUTRALLY", ["Positive"], "label", "exact").said == ("Neutral",)
    assert score_reply("The two  Years!", ["two"], "text", "f1").said == ("2 years",)
    assert score_reply("n/a", ["MI"], "state", "exact").said == ("None",)
    assert score_reply("I cannot say", ["MI"], "state", "exact").said == ()


def test_a_verdict_keeps_some_of_many() -> None:
    many = " ".join(
        f"{number}-{month:02}" for number in range(1990, 2000) for month in range(1, 13)
    )
    verdict = score_reply(many, ["1999-12"], "month", "exact")
    assert (verdict.kind, verdict.partial) == (Kind.SEVERAL, 1 / 120)
    assert len(verdict.said) == MOST_SAID


def test_an_exact_text_scores_all_or_nothing() -> None:
    assert score_reply("2 years", ["two years"], "text", "exact").kind is Kind.RIGHT
    part = score_reply("two", ["two years"], "text", "exact")
    assert (part.kind, part.score) == (Kind.WRONG, 0)
    assert part.partial == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("answers", "answer_type", "metric"),
    [
        ([], "id", "exact"),
        ([AGENT], "name", "exact"),
        ([AGENT], "id", "f1"),
        ([AGENT], "id", "fuzzy"),
        (["Dana Reyes"], "id", "exact"),
        ([f"{AGENT} {OTHER}"], "id", "exact"),
        (["July"], "month", "exact"),
        (["two years"], "text", "bleu"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    answers: list[str], answer_type: str, metric: str
) -> None:
    with pytest.raises(ValueError, match=r"scored by|is no"):
        score_reply("MI", answers, answer_type, metric)


def test_ids_that_the_question_gives_are_no_answers() -> None:
    case, article, other = "500Or000FY6bdTTIYY", "ka0Or000Ic1dzqBIIQ", "ka0Or000GquVAZCII4"

    def kind(reply: str, answers: tuple[str, ...]) -> Kind:
        return score_reply(reply, answers, "id", "exact", given=(case,)).kind

    for reply in (
        f"None. No policy article was violated in case {case}.",
        f"None ({case})",
        f"The answer is None. Case {case[:15]} was handled within policy.",
    ):
        assert kind(reply, ("None",)) is Kind.NONE_RIGHT, reply
        assert kind(reply, (article,)) is Kind.NONE_WRONG, reply
    assert kind(f"Case {case} breaks {article}", (article,)) is Kind.RIGHT
    assert kind(f"Case {case} breaks {other}", ("None",)) is Kind.NONE_MISSED
    assert kind(case, ("None",)) is Kind.UNREADABLE
    # What was given may be the answer all the same.
    assert kind(case, (case,)) is Kind.RIGHT
