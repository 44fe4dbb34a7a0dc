"""Composed questions hold their slots, differ, and are the same for the same stream."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from orgsmith.prompts.likeness import normalised
from orgsmith.prompts.phrasings import phrasings
from orgsmith.prompts.questions import NEAR, Request, compose, near_duplicate_share
from orgsmith.schema.errors import WriterError
from orgsmith.schema.streams import stream
from tests.prompts.test_phrasings import SHAPES

NUMBER = 130

WINDOWS = (
    *("in Q3 2021", "in March 2022", "in the winter of 2020", "in the past 6 weeks"),
    *("between March 1 and May 15, 2023", "between December 7, 2021 and March 2, 2022"),
    *("in the past 47 days", "in the past 9 months", "in the past quarter"),
)
MONTHS = ("in the past 7 months", "from March to September 2023", "from May 2021 to April 2022")
WORDS: Mapping[str, tuple[str, ...]] = {
    "window": WINDOWS,
    "agents": ("at least one case", "more than 1 case", "more than 3 cases", "more than 15 cases"),
    "product": ("Meadow Round Lid", "Harbor Slim Lid II", "Aspen Double Lid", "Cedar Wide Rack"),
    "contact": ("Casey Smith", "Maria del Carmen Gonzalez", "Jo Li"),
    "clue": ("the one with a lid that locks", "the one for cold evenings", "the lid"),
    "ago": ("3 weeks ago", "12 days ago", "5 months ago"),
    "subject": ("Late again", "Where is it?", "Trouble with a payment, number 00101614"),
    "question": ("When do points lapse?", "How long is a reply kept?", "Who may ask for a copy?"),
}
"""Values like those of an organisation; a case's number is drawn."""


def requests(task: str, count: int, rng: np.random.Generator) -> list[Request]:
    """Questions of a task, of all its shapes in turn, their slots drawn."""
    shapes, names = SHAPES[task]
    words = {**WORDS, "window": MONTHS} if task == "monthly_trend_analysis" else WORDS
    made = []
    for place in range(count):
        slots = {
            name: f"{rng.integers(100_000, 105_000):08d}"
            if name == "case"
            else rng.choice(words[name])
            for name in sorted(names)
        }
        made.append(Request(task, sorted(shapes)[place % len(shapes)], slots))
    return made


@pytest.mark.parametrize("task", SHAPES)
def test_questions_differ_and_few_are_alike(task: str) -> None:
    rng = stream(7, task, 0, "test")
    asked = requests(task, NUMBER, rng)
    texts = compose(asked, rng)
    assert len({normalised(text) for text in texts}) == NUMBER
    assert near_duplicate_share(texts) <= 0.05
    for request, text in zip(asked, texts, strict=True):
        assert not {"{", "}"} & set(text)
        assert len(text) <= 450
        assert not list(request.lacks(text))


def test_all_parts_are_used() -> None:
    task = "policy_violation_identification"
    rng = stream(7, task, 0, "test")
    texts = "\n".join(compose(requests(task, NUMBER, rng), rng))
    phrasing = phrasings(task)["broken"]
    for part in (*phrasing.open, *phrasing.close):
        assert part in texts
    for core in phrasing.ask:
        assert core.partition("{case}")[0] in texts


def test_the_same_stream_gives_the_same_texts() -> None:
    asked = requests("handle_time", 20, stream(7, "test", 0, "slots"))
    first = compose(asked, stream(7, "test", 0, "texts"))
    assert compose(asked, stream(7, "test", 0, "texts")) == first
    assert compose(asked, stream(8, "test", 0, "texts")) != first


def test_a_question_that_comes_again_is_said_differently() -> None:
    once = requests("best_region_identification", 1, stream(7, "test", 0, "slots"))
    texts = compose(once * 200, stream(7, "test", 0, "texts"))
    assert len(set(texts)) == 200


@settings(max_examples=40)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=60),
        min_size=1,
        max_size=12,
    )
)
def test_any_words_stand_in_the_text_to_the_letter(subjects: list[str]) -> None:
    asked = [Request("case_routing", "who", {"subject": subject}) for subject in subjects]
    texts = compose(asked, stream(7, "test", 0, "texts"))
    for subject, text in zip(subjects, texts, strict=True):
        assert subject in text
    assert len({normalised(text) for text in texts}) == len(texts)


@given(st.lists(st.sampled_from(["What is it?", "what  is IT?", "Who was it then?", "", "When?"])))
def test_the_share_is_that_of_all_pairs(texts: list[str]) -> None:
    words = [normalised(text) for text in texts]
    near = [
        any(fuzz.ratio(word, other) >= NEAR for k, other in enumerate(words) if k != place)
        for place, word in enumerate(words)
    ]
    assert near_duplicate_share(texts) == (sum(near) / len(near) if near else 0.0)


def test_a_text_without_its_slots_lacks_them() -> None:
    asked = Request(
        "transfer_count", "most", {"window": "in Q3 2021", "agents": "at least one case"}
    )
    good = "Who managed at least one case in Q3 2021 and gave most away? Id, or None."
    assert not list(asked.lacks(good))
    assert list(asked.lacks(good.replace("Q3", "Q4"))) == ['"in Q3 2021" is missing']
    assert list(asked.lacks(good.replace("at least one case", "cases"))) == [
        '"at least one case" is missing'
    ]
    # "at least one case" is no word of the question's own.
    assert list(asked.lacks(good.replace("most", "least"))) == [
        f"it has none of these words: {', '.join(asked.phrasing.one_of)}",
        'the word "least" may not stand in it',
    ]


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (Request("handle_time", "newest", {}), r"handle_time\.yaml: there is no shape newest"),
        (
            Request("handle_time", "lowest", {"window": "in Q3 2021"}),
            "handle_time, lowest: slot agents has no value",
        ),
    ],
)
def test_what_cannot_be_phrased_is_refused(request_: Request, fault: str) -> None:
    with pytest.raises(WriterError, match=fault):
        compose([request_], stream(7, "test", 0, "texts"))
