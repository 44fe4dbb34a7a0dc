"""The engine that composes texts, on grammars of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orgsmith.prompts.grammar import Grammar
from orgsmith.prompts.hashes import seed_of
from orgsmith.prompts.program import Program
from orgsmith.prompts.records import Records
from orgsmith.prompts.telling import told
from orgsmith.schema.errors import WriterError

Read = Callable[..., Grammar]


def said(grammar: Grammar, values: Mapping[str, object], key: int, turn: int = 0) -> str:
    """What a grammar's start says of one record."""
    frame = pl.DataFrame([{"Id": "500", **values}])
    keys, turns = (np.array([each], dtype=np.uint64) for each in (key, turn))
    records = Records("Case", frame, keys, turns, grammar.wanted)
    return str(told(Program.of(grammar, "start"), records)[0])


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a grammar from text."""

    def grammar(*texts: str) -> Grammar:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.yaml").write_text(text)
        return Grammar.read(tmp_path)

    return grammar


def test_slots_take_capitals_and_articles(read: Read) -> None:
    grammar = read('start: ["{Noun} and {a noun}. {A other}, {an_hour}. <End>"]\nend: ["so."]')
    values = {"noun": "umbrella", "other": "unicorn", "an_hour": "x"}
    assert said(grammar, values, 1) == "Umbrella and an umbrella. A unicorn, x. So."


def test_a_field_keeps_its_own_capitals(read: Read) -> None:
    grammar = read('start: ["{Name}, {a noun}"]')
    assert said(grammar, {"Name": "eX", "noun": "hour"}, 1) == "eX, an hour"


def test_conditions_choose_productions(read: Read) -> None:
    grammar = read("start:\n - when: {tone: [A, B]}\n   say: [ab]\n - when: {tone: C}\n   say: [c]")
    assert [said(grammar, {"tone": tone}, 5) for tone in "ABC"] == ["ab", "ab", "c"]


def test_nothing_left_of_an_empty_symbol(read: Read) -> None:
    grammar = read('start: ["One. <none> Two. <none>\\n\\n<none>\\n\\nThree."]\nnone: [""]')
    assert said(grammar, {}, 3) == "One. Two.\n\nThree."


def test_turns_visit_every_production_before_one_comes_again(read: Read) -> None:
    grammar = read(f"start: [{', '.join('abcdefghijkl')}]")
    for key in range(20):
        heard = [said(grammar, {}, seed_of(str(key)), turn) for turn in range(12)]
        assert len(set(heard)) == 12


def test_a_symbol_used_twice_says_two_things(read: Read) -> None:
    grammar = read('start: ["<x> <x> <x>"]\nx: [a, b, c, d, e]')
    for key in range(50):
        assert len(set(said(grammar, {}, seed_of(str(key))).split())) == 3


def test_a_voice_stays_with_its_person(read: Read) -> None:
    grammar = read("_voices: {start: who}\nstart: [a, b, c, d, e, f, g]")
    heard = {who: {said(grammar, {"who": who}, key) for key in range(9)} for who in "xyzw"}
    assert all(len(words) == 1 for words in heard.values())
    assert len({min(words) for words in heard.values()}) > 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('start: ["{gone}"]', "{gone} of start has no value"),
        ('start: ["{empty}"]', "{empty} of start has no value"),
        ("start:\n - when: {tone: A}\n   say: [a]", "no production of start fits {'tone': 'B'}"),
        ("start:\n - when: {gone: A}\n   say: [a]", "symbol start needs gone"),
    ],
)
def test_what_is_missing_is_named(read: Read, text: str, named: str) -> None:
    with pytest.raises(WriterError) as caught:
        said(read(text), {"empty": None, "tone": "B"}, 1)
    assert str(caught.value).startswith("Case 500: phrasebook: ")
    assert named in str(caught.value)


def test_the_record_that_lacks_something_is_named(read: Read) -> None:
    grammar = read('start: ["<x>"]\nx: ["so {word}"]')
    frame = pl.DataFrame({"Id": ["1", "2", "3"], "word": ["a", None, None]})
    keys = np.arange(3, dtype=np.uint64)
    records = Records("Case", frame, keys, keys, grammar.wanted)
    with pytest.raises(WriterError, match=r"^Case 2: phrasebook: slot \{word\} of x has no value$"):
        told(Program.of(grammar, "start"), records)


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (['start: ["<gone>"]'], "<gone> in start does not exist"),
        (["start: [a]", "start: [b]"], "symbol start is defined elsewhere already"),
        (['start: ["<x>"]\nx: ["<y>"]\ny: [a, "<x>"]'], "a symbol expands to itself: <"),
        (['start: ["<start>"]'], "a symbol expands to itself: <start> -> <start>"),
    ],
)
def test_a_broken_phrasebook_is_refused(read: Read, texts: list[str], named: str) -> None:
    with pytest.raises(WriterError) as caught:
        read(*texts)
    assert named in str(caught.value)
