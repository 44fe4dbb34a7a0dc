"""The second source of texts is independent of the phrasebook, its reader of the validators."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPO
from tests.endpoint import agents, customers, goods, moods, reports
from tests.endpoint.author import write
from tests.endpoint.language import mood
from tests.endpoint.server import Call

FOLDER = Path(__file__).parent
WORDING = (agents, customers, goods, moods, reports)
SHORTEST = 4
"""Words from which a sentence is somebody's own."""

CASE = (
    '{"record": 1, "Origin": "Email", "product": "Aspen Shoe", "noun": "shoe", "tone": "Neutral",'
    ' "mention": "a delay", "symptom": "it is late", "request": "have it", "first_name": "Ann",'
    ' "last_name": "Lee", "order_number": "0001", "order_date": "2025-03-05"}'
)
FIELDS = (
    "- Subject: A line (at most 255 characters)\n- Description: More (at most 6000 characters)\n"
)


def strings(node: object) -> Iterator[str]:
    """Every string in a tree of values."""
    match node:
        case str():
            yield node
        case dict():
            for value in node.values():
                yield from strings(value)
        case list() | tuple():
            for value in node:
                yield from strings(value)


def sentences(node: object) -> set[str]:
    """The sentences of a tree by their words, slots and symbols left out."""
    found = set()
    for text in strings(node):
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            words = re.findall(r"[a-z']+", re.sub(r"\{\w+\}|<\w+>", " ", sentence.lower()))
            if len(words) >= SHORTEST:
                found.add(" ".join(words))
    return found


def asked(more: str = "") -> Call:
    """A call for one case."""
    prompt = f"{FIELDS}{more}{CASE}"
    return Call(0, {"messages": [{"content": prompt}]}, [dict(ast.literal_eval(CASE))])


def test_no_sentence_is_the_phrasebooks() -> None:
    book = [yaml.safe_load(file.read_text()) for file in REPO.glob("prompts/phrasebook/*.yaml")]
    ours = [{k: v for k, v in vars(module).items() if k.isupper()} for module in WORDING]
    assert len(sentences(book)) > 1_000
    assert len(sentences(ours)) > 200
    assert sentences(ours) & sentences(book) == set()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.stem)
def test_nothing_is_imported_that_is_to_be_tested(file: Path) -> None:
    """A reader knows the trade's words from its pack, and nothing else of the product."""
    imported = {
        node.module
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    known = {"orgsmith.schema.industry", "orgsmith.schema.packs"}
    assert {name for name in imported if name.startswith("orgsmith")} <= known


def test_a_prompt_has_one_answer_and_a_refused_text_another() -> None:
    first = write(asked())
    assert write(asked()) == first
    again = [write(asked(f"- Reason: it is {score} % like another\n")) for score in range(90, 96)]
    assert first not in again
    assert len({str(each) for each in again}) == len(again)


@pytest.mark.parametrize("tone", ["Negative", "Neutral", "Positive"])
def test_moods_are_heard_in_every_phrase(tone: str) -> None:
    for phrases in (moods.TOLD, moods.NOTED):
        assert {mood(phrase)[0] for phrase in phrases[tone]} == {tone}
