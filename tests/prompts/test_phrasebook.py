"""The phrasebook's grammar, production by production."""

import re
from collections.abc import Iterator
from itertools import product

import pytest

from orgsmith.prompts.grammar import Call, Production, Slot, Symbol, calls, productions
from orgsmith.prompts.phrasebook import grammar
from orgsmith.schema import packs
from orgsmith.schema.declaration import Object
from orgsmith.schema.objects import OBJECTS
from tests.prompts.plain_grammar import choices, filled
from tests.prompts.world import WRITTEN, World

ENTRIES = [f"{declared.name}.{field.name}" for declared in WRITTEN for field in declared.written]
BOOK = grammar()

LEFTOVER = re.compile(r"[{}<>]|\bNone\b|  | [.,;:!?]|\.\.(?!\.)|[,:;]\.|\ba (?!one\b)[aeio]")
STRANGE = re.compile(r"[^\x20-\x7e\n]")


def plain(production: Production) -> str:
    """A production's own words."""
    return "".join(piece if isinstance(piece, str) else "{}" for piece in production)


def all_texts() -> Iterator[tuple[str, str]]:
    for symbol in BOOK.symbols.values():
        for each in productions(symbol):
            yield symbol.name, plain(each)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_written_field_has_its_symbol(entry: str) -> None:
    assert entry in BOOK.symbols


def test_every_symbol_is_reached_from_a_field() -> None:
    reached, waiting = set[str](), list(ENTRIES)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += calls(BOOK.symbols[name])
    assert set(BOOK.symbols) - reached == set()


def test_the_words_are_plain_ascii_without_rests_of_yaml() -> None:
    assert [pair for pair in all_texts() if STRANGE.search(pair[1])] == []
    assert [pair for pair in all_texts() if "<" in pair[1] or ">" in pair[1]] == []


@pytest.mark.parametrize("name", packs.industry_names())
def test_no_production_names_a_remedy(name: str) -> None:
    industry = packs.load(name)
    terms = [term for remedy in industry.remedies for term in (remedy.name, *remedy.terms)]
    found = re.compile("|".join(map(re.escape, terms)), re.IGNORECASE)
    assert [pair for pair in all_texts() if found.search(pair[1])] == []


@pytest.mark.parametrize("name", packs.industry_names())
def test_no_production_names_the_trade(name: str) -> None:
    industry = packs.load(name)
    nouns = [noun.name for category in industry.categories for noun in category.nouns]
    goods = [category.name for category in industry.categories]
    found = re.compile(r"(?i)\b(" + "|".join(map(re.escape, [*nouns, *goods])) + r")s?\b")
    assert [pair for pair in all_texts() if found.search(pair[1])] == []


def test_no_symbol_says_the_same_twice() -> None:
    """Empty productions and those weighted by repetition are left out: they have no own words."""
    for symbol in BOOK.symbols.values():
        for group in symbol.groups:
            said = [each for each in group.say if any(isinstance(p, str) for p in each)]
            longer = [each for each in said if len(plain(each)) > len("{}. ") + 12]
            assert len(longer) == len(set(longer)), symbol.name


def conditions(symbol: Symbol) -> Iterator[dict[str, object]]:
    """Every combination of values that a symbol's conditions tell apart."""
    seen: dict[str, set[object]] = {name: set() for name in symbol.conditions}
    for group in symbol.groups:
        for name, wanted in group.when:
            seen[name] |= wanted
    names = sorted(seen)
    for combination in product(*(sorted(seen[name], key=str) for name in names)):
        yield dict(zip(names, combination, strict=True))


@pytest.mark.parametrize("name", sorted(BOOK.symbols))
def test_every_combination_of_conditions_has_a_production(name: str) -> None:
    symbol = BOOK.symbols[name]
    for values in conditions(symbol):
        assert choices(symbol, values), f"{name} has nothing to say for {values}"


def shown(piece: str | Slot | Call, values: dict[str, object]) -> str:
    """A piece of a production, a word in the place of a symbol."""
    if isinstance(piece, Call):
        return "word" if not piece.capital else "Word"
    return filled(piece, values)


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_every_production_renders_for_real_records(declared: Object, small: World) -> None:
    """Each production is filled with the values of a record that can take it."""
    variables = small.variables(declared).head(60)
    records = small.writer.values(declared, variables, 0).rows(named=True)
    waiting = [f"{declared.name}.{field.name}" for field in declared.written]
    done = set[str]()
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        symbol = BOOK.symbols[name]
        waiting += calls(symbol)
        for group in symbol.groups:
            able = [r for r in records if all(r.get(key) in wanted for key, wanted in group.when)]
            for production in group.say:
                for values in able[:3]:
                    texts = "".join(shown(piece, values) for piece in production)
                    assert "None" not in texts, (name, texts)


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_texts_are_finished(declared: Object, world: World) -> None:
    for field in declared.written:
        texts = world[declared.name][field.name].to_list()
        assert [t for t in texts if LEFTOVER.search(t.replace("...", ""))][:3] == []
        assert [t for t in texts if STRANGE.search(t)][:3] == []
        assert [t for t in texts if t != t.strip() or not t] == []
        assert [t for t in texts if len(t) > (field.max_length or len(t))] == []


def test_sentences_begin_with_a_capital_and_end(world: World) -> None:
    for text in world["Case"]["Description"]:
        assert text[0].isupper() or text[0].isdigit(), text
        assert text[-1] in ".!?)", text
    for text in world["Product2"]["Description"]:
        assert text[0].isupper(), text
        assert text[-1] in ".?", text
    own_end = re.compile(r"[.,!?]$")
    assert [t for t in world["EmailMessage"]["TextBody"] if not own_end.search(t)] == []


def test_every_object_has_an_entry_only_for_its_written_fields() -> None:
    dotted = {name for name in BOOK.symbols if "." in name}
    assert dotted == set(ENTRIES)
    assert {name.split(".")[0] for name in dotted} <= set(OBJECTS)
