"""Phrasings are many, unlike each other, and hold what a question must hold."""

import re
from pathlib import Path

import pytest

from orgsmith.arena.tasks import TASKS
from orgsmith.prompts.phrasings import FOLDER, Phrasing, phrasings
from orgsmith.schema.errors import WriterError

SHAPES = {
    "handle_time": ({"highest", "lowest"}, {"window", "agents"}),
    "transfer_count": ({"most", "fewest"}, {"window", "agents"}),
    "named_entity_disambiguation": ({"which"}, {"contact", "clue", "ago"}),
    "policy_violation_identification": ({"broken"}, {"case"}),
    "knowledge_qa": ({"ask"}, {"question"}),
    "top_issue_identification": ({"most"}, {"product", "window"}),
    "monthly_trend_analysis": ({"month"}, {"product", "window"}),
    "best_region_identification": ({"fastest"}, {"window"}),
    "case_routing": ({"who"}, {"subject"}),
    "customer_sentiment_analysis": ({"mood"}, {"case"}),
}
"""Shapes and slots of each task."""

EVERY = [
    pytest.param(phrasing, id=f"{task}-{shape}")
    for task in SHAPES
    for shape, phrasing in phrasings(task).items()
]

GOOD = """
slots: [window]
keep: [Id]
open: ["Good morning to you."]
close: ["The Id, please."]
shapes:
  most: {ask: ["Who did most {window}?"], one_of: [most], never: [least]}
"""


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_its_shapes_and_slots(task: str) -> None:
    shapes, slots = SHAPES[task]
    found = phrasings(task)
    assert found.keys() == shapes
    assert {phrasing.slots for phrasing in found.values()} == {frozenset(slots)}


def test_no_file_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(TASKS) == set(SHAPES)


@pytest.mark.parametrize("phrasing", EVERY)
def test_combinations_are_many(phrasing: Phrasing) -> None:
    assert len(set(phrasing.combinations())) >= 1_000
    assert min(phrasing.sizes) >= 10


@pytest.mark.parametrize("phrasing", EVERY)
def test_parts_read_well_whatever_fills_their_slots(phrasing: Phrasing) -> None:
    for text in (*phrasing.open, *phrasing.ask, *phrasing.close):
        assert text.isascii()
        assert text[0].isupper() or text[0] == "{"
        assert text[-1] in ".?!" or text.endswith("{question}")
        # A window and a number of cases bring what stands before them; a name takes no article.
        assert not re.search(r"\b(a|an|in|on|from|during|for) \{(window|agents)\}", text)
        assert not re.search(r"\b(a|an|the|this|every) \{(product|contact)\}", text)
        assert not re.match(r"\{(window|agents|ago)\}", text)
    for text in phrasing.open:
        assert 8 <= len(text.split()) <= 20


@pytest.mark.parametrize(("task", "falsely"), [(key, task.none) for key, task in TASKS.items()])
def test_a_question_that_may_suppose_something_false_allows_none(task: str, falsely: bool) -> None:
    for phrasing in phrasings(task).values():
        assert ("None" in phrasing.keep) is falsely
        assert all(("None" in closer) is falsely for closer in phrasing.close)


@pytest.mark.parametrize("task", ["handle_time", "transfer_count"])
def test_opposite_shapes_cannot_be_taken_for_each_other(task: str) -> None:
    one, other = phrasings(task).values()
    for told, wanted in ((one, other), (other, one)):
        for core in told.ask:
            assert not list(told.lacks(f"{core} {told.close[0]}"))
            assert list(wanted.lacks(f"{core} {told.close[0]}"))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Who did most? The Id.", []),
        ("who did MOST? The Id!", []),
        ("Who did most? The id.", ['the word "Id" is missing']),
        ("Who did most? The Ids.", ['the word "Id" is missing']),
        ("Who did a lot, by Id?", ["it has none of these words: most"]),
        ("Who did most or Least? The Id.", ['the word "least" may not stand in it']),
    ],
)
def test_what_a_text_lacks(text: str, faults: list[str], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    assert list(phrasings("good", tmp_path)["most"].lacks(text)) == faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("most {window}?", "most?", "most, ask 1: {window} stands in it 0 times, not once"),
        ("most {window}?", "{window} most {window}?", "most, ask 1: {window} stands in it 2 times"),
        ("most {window}?", "most {window} {case}?", "most, ask 1: there is no slot {case} here"),
        ("most {window}?", "most {window?", "most, ask 1: braces do not match"),
        ("to you.", "in {window}.", "most, open 1: there is no slot {window} here"),
        ("to you.", "at least.", 'most, open 1: the word "least" may not stand in it'),
        ("The Id, please", "The name, please", 'most, close 1: the word "Id" is missing'),
        ('["The Id, please."]', "[An Id., an id.]", "most, close 2: it stands there twice"),
        ("Who did most", "Who did more", "most, ask 1: it has none of these words: most"),
        ("to you.", "to you", "open 1: String should match"),
        ("keep:", "kept:", "keep: Field required"),
        ("[Id]", "[Id", "expected ',' or ']'"),
    ],
)
def test_a_fault_is_told_with_file_and_place(
    old: str, new: str, fault: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(WriterError, match=re.escape(fault)) as raised:
        phrasings("bad", tmp_path)
    assert str(raised.value).startswith("bad.yaml: ")


def test_a_task_without_a_file_is_refused() -> None:
    with pytest.raises(WriterError, match=r"nothing\.yaml: there are no phrasings of nothing"):
        phrasings("nothing")
