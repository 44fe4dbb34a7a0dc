"""All texts at once are what each of them is alone."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.choices import Choices
from orgsmith.prompts.grammar import Call, Grammar, Group, Production, Slot, Symbol, productions
from orgsmith.prompts.hashes import seed_of
from orgsmith.prompts.phrasebook import grammar, program
from orgsmith.prompts.program import Program
from orgsmith.prompts.records import Records
from orgsmith.prompts.telling import WHITE, told
from orgsmith.schema.declaration import Object
from tests.prompts import plain_grammar as plain
from tests.prompts.world import WRITTEN, World

MOODS = ("good", "bad")
VOICE = "who"

letters = st.characters(exclude_categories=["Cs"])
bits = st.integers(0, (1 << 64) - 1)
words = st.one_of(
    st.sampled_from(["", " ", "  ", "\n", "\n\n", " \n ", "one", "useful", "ßa", "ﬁne", "ǆ"]),
    st.text(letters, max_size=5),
)
slots = st.builds(
    Slot,
    st.sampled_from(["word", "number", "flag"]),
    st.booleans(),
    st.sampled_from(["", "", "a", "A"]),
).map(lambda slot: Slot(slot.name, article=slot.article) if slot.article else slot)
conditions = st.fixed_dictionaries(
    {},
    optional={
        "mood": st.frozensets(st.sampled_from(MOODS), min_size=1),
        "flag": st.frozensets(st.booleans(), min_size=1),
    },
).map(lambda when: tuple(sorted(when.items())))


@st.composite
def grammars(draw: st.DrawFn) -> Grammar:
    """Grammars whose symbols call later ones, often the same one more than once."""
    count = draw(st.integers(1, 5))
    symbols: dict[str, Symbol] = {}
    for number in range(count):
        later = [f"s{each}" for each in range(number + 1, count)]
        called = [st.builds(Call, st.sampled_from(later), st.booleans())] if later else []
        piece = st.one_of(words.filter(bool), slots, *called)
        say = st.lists(st.lists(piece, max_size=5).map(tuple), min_size=1, max_size=4).map(tuple)
        groups = draw(st.lists(st.builds(Group, conditions, say), max_size=3))
        groups.append(Group((), draw(say)))
        names = sorted({name for group in groups for name, _ in group.when})
        symbols[f"s{number}"] = Symbol(
            f"s{number}",
            tuple(groups),
            draw(st.sampled_from([None, None, VOICE])),
            draw(bits),
            tuple(names),
        )
    return Grammar(symbols)


rows = st.fixed_dictionaries(
    {
        "Id": st.just("500"),
        "word": words,
        "number": st.integers(-5, 1 << 40),
        "flag": st.booleans(),
        "mood": st.sampled_from([*MOODS, "another", None]),
        VOICE: st.sampled_from(["Ann", "Bo", ""]),
        "key": bits,
        "turn": st.integers(0, 40),
    },
    optional={"Word": words},
)
KINDS: dict[str, pl.DataType] = {
    "number": pl.Int64(),
    "flag": pl.Boolean(),
    "key": pl.UInt64(),
    "turn": pl.UInt64(),
}


@given(book=grammars(), drawn=st.lists(rows, max_size=8))
def test_a_text_is_what_it_is_alone(book: Grammar, drawn: list[dict[str, object]]) -> None:
    # A field is there in all records or in none.
    names = set.intersection(*(set(row) for row in drawn)) if drawn else {"Id", "key", "turn"}
    values = pl.DataFrame(
        [{name: row[name] for name in sorted(names)} for row in drawn],
        schema={name: KINDS.get(name, pl.String()) for name in sorted(names)},
    )
    keys, turns = values["key"].to_numpy(), values["turn"].to_numpy()
    texts = told(Program.of(book, "s0"), Records("Case", values, keys, turns, book.wanted))
    assert texts.to_list() == [
        plain.text(book, "s0", row, row["key"], row["turn"]) for row in values.iter_rows(named=True)
    ]


@given(book=grammars(), drawn=st.lists(rows, min_size=1, max_size=4), data=st.data())
def test_texts_of_one_record_have_values_of_their_own(
    book: Grammar, drawn: list[dict[str, object]], data: st.DataObject
) -> None:
    names = [*sorted(set.intersection(*(set(row) for row in drawn)))]
    records = pl.DataFrame(
        [{name: row[name] for name in names} for row in drawn],
        schema={name: KINDS.get(name, pl.String()) for name in names},
    )
    of = data.draw(st.lists(st.integers(0, len(drawn) - 1), max_size=6))
    moods = data.draw(st.lists(st.sampled_from(MOODS), min_size=len(of), max_size=len(of)))
    own = pl.DataFrame({"mood": moods}, schema={"mood": pl.String})
    told_of = Records(
        "Case",
        records,
        records["key"].to_numpy(),
        np.arange(len(of), dtype=np.uint64),
        book.wanted,
        np.array(of, dtype=np.intp),
        own,
    )
    texts = told(Program.of(book, "s0"), told_of)
    rowed = records.rows(named=True)
    assert texts.to_list() == [
        plain.text(book, "s0", {**rowed[record], "mood": mood}, rowed[record]["key"], turn)
        for turn, (record, mood) in enumerate(zip(of, moods, strict=True))
    ]


def states(symbol: Symbol) -> Iterator[dict[str, object]]:
    """Every combination of values of a symbol's conditions for which it has something to say."""
    wanted = grammar().wanted
    for combination in product(*(wanted[name] for name in symbol.conditions)):
        state = dict(zip(symbol.conditions, combination, strict=True))
        if plain.choices(symbol, state):
            yield state


@pytest.mark.parametrize("name", sorted(grammar().symbols))
def test_every_symbol_is_chosen_from_by_one_rule(name: str) -> None:
    symbol = grammar().symbols[name]
    said = list(productions(symbol))
    found = [
        {**state, symbol.voice or "voice": f"person {number}"}
        for state in states(symbol)
        for number in range(12)
    ]
    numbers = [seed_of(f"{name} {number}") for number in range(len(found))]
    keys, turns = np.array(numbers, dtype=np.uint64), np.arange(len(found), dtype=np.uint64) % 9
    uses = np.arange(len(found), dtype=np.uint64) % 2
    records = Records("Case", pl.DataFrame(found), keys, turns, grammar().wanted)
    taken = Choices.of(symbol, grammar().wanted).taken(records, np.arange(len(found)), uses)
    assert [said[number] for number in taken] == [
        plain.taken(symbol, row, key, turn, Counter({name: use}))
        for row, key, turn, use in zip(found, numbers, turns.tolist(), uses.tolist(), strict=True)
    ]


@pytest.mark.parametrize("attempt", [0, 2])
@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_the_phrasebook_writes_what_each_record_says_alone(
    declared: Object, attempt: int, small: World
) -> None:
    variables = small.variables(declared)
    written = small.writer.write(declared, variables, attempt)
    case = "ParentId" if "ParentId" in variables.columns else "Id"
    case = "CaseId" if "CaseId" in variables.columns else case
    for values, texts in zip(
        small.writer.values(declared, variables, attempt).iter_rows(named=True),
        written.iter_rows(named=True),
        strict=True,
    ):
        seed = seed_of(f"{small.organisation.seed}/{values[case]}/{attempt}")
        for field in declared.written:
            symbol = f"{declared.name}.{field.name}"
            assert texts[field.name] == alone(symbol, values, plain.mixed(seed))


def alone(symbol: str, values: dict[str, object], key: int) -> str:
    """One text of the phrasebook; a chat line by line."""
    if "moves" not in values:
        number = values.get("number")
        turn = number + 1 if isinstance(number, int) else 0
        return plain.text(grammar(), symbol, values, key, turn)
    lines: list[str] = []
    before = "none"
    for turn, move in enumerate(str(values["moves"]).split(), start=1):
        said = {**values, "move": move, "answers": before}
        lines.append(plain.text(grammar(), symbol, said, key, turn).replace("\n", " "))
        before = move
    return "\n".join(lines)


def test_white_space_is_what_python_strips() -> None:
    every = "".join(map(chr, range(0x110000)))
    assert set(WHITE) == {char for char in every if char.isspace()}


def test_a_program_counts_its_places() -> None:
    inner: Production = ("a", Slot("word"), "b")
    book = Grammar(
        {
            "start": Symbol("start", (Group((), (("x",), (Call("in"), Call("in")))),), None, 1, ()),
            "in": Symbol("in", (Group((), (inner, ())),), None, 2, ()),
        }
    )
    laid_out = Program.of(book, "start")
    assert dict(laid_out.widths) == {"in": 3, "start": 6}
    assert [step.name for step in laid_out.steps] == ["start", "in"]
    assert program("Case.Subject") is program("Case.Subject")
