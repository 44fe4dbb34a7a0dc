"""Everything about a trade stands in its pack: no Python file of the rooms knows its terms.

The terms are what a pack calls things: the values of `name`, `key` and `domain` anywhere in it, and
the attributes, materials and terms it lists. Full phrases (faults, offers, facts) are left out; no
code could hold one without holding such a term.

A term of several words is searched in the whole file, comments and docstrings included, with any
of space, hyphen and underscore between its words. A single word is searched in code only, as a word
of an identifier or of a string, singular or plural: in prose a docstring may say "return".
Single words that are words of the CRM itself too (order, case, price: whatever occurs in the
declared objects, latent variables and the pack's format) name nothing of the trade and are left
out; so are words of fewer than four letters.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).resolve().parents[1]
ROOMS = ("schema", "prompts", "validators", "outputs", "arena", "flows")
PACKS = sorted((REPO / "schema/industries").glob("*.yaml"))
NAMING = frozenset({"name", "key", "domain", "attributes", "materials", "terms"})
SHORTEST = 4

TECHNICAL = frozenset(
    {"cancel", "exchange", "loop", "loose", "membership", "mistral", "wave"}
    | {"dashboard", "junction", "platform", "spring"}
)
"""Words of programming, of Salesforce's API (its limits, releases, descriptions), and a provider of
models, by which a pack happens to call something."""

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words(text: str) -> tuple[str, ...]:
    """The words of a phrase or an identifier, in lower case: CaseHistory__c -> case, history, c."""
    return tuple(word.lower() for word in WORD.findall(text))


def named(node: object, naming: bool = False) -> Iterator[str]:
    """Every string below a naming field of a pack."""
    match node:
        case str() if naming:
            yield node
        case dict():
            for key, value in node.items():
                yield from named(value, key in NAMING)
        case list():
            for value in node:
                yield from named(value, naming)
        case _:
            pass


@cache
def code_words(source: str) -> frozenset[str]:
    """The words of identifiers and strings; comments and docstrings are prose."""
    return frozenset(words_of_code(source))


def words_of_code(source: str) -> Iterator[str]:
    """Each of them, as often as it occurs."""
    tree = ast.parse(source)
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose:
                yield from words(text)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield from words(name)
            case ast.keyword(arg=str(name)):
                yield from words(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield from words(name)
            case _:
                pass


def crm_words() -> frozenset[str]:
    """The words of the declarations and of the pack's format, which every trade shares."""
    shared = [
        *sorted((REPO / "schema/objects").glob("*.py")),
        *sorted((REPO / "schema/latents").glob("*.py")),
        *(REPO / "schema" / name for name in ("industry.py", "parameters.py")),
    ]
    return frozenset(word for file in shared for word in code_words(file.read_text()))


def trade_words(source: str, terms: frozenset[tuple[str, ...]], shared: frozenset[str]) -> set[str]:
    """The terms that occur in a Python source."""
    text = source.lower()
    in_code = code_words(source)
    in_code |= {word.removesuffix("s") for word in in_code}
    hits = set()
    for term in terms:
        first, *rest = term
        # The pattern is slow, and hardly a file has all of its words.
        if rest and all(word in text for word in term):
            pattern = r"[\s_-]+".join(map(re.escape, term))
            if re.search(rf"(?<![a-z]){pattern}(?:e?s)?(?![a-z])", text):
                hits.add(" ".join(term))
        elif not rest and len(first) >= SHORTEST and first not in shared | TECHNICAL:
            hits |= {first} & in_code
    return hits


def terms(pack: Path) -> frozenset[tuple[str, ...]]:
    """What a pack calls things, as words; its own name is how users ask for it, not a term."""
    content = {k: v for k, v in yaml.safe_load(pack.read_text()).items() if k != "name"}
    return frozenset(filter(None, map(words, named(content))))


def test_packs_have_terms() -> None:
    assert PACKS
    assert [pack.name for pack in PACKS if len(terms(pack)) < 50] == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.stem)
def test_no_python_file_knows_the_trade(pack: Path) -> None:
    ours, shared = terms(pack), crm_words()
    hits = {
        str(file.relative_to(REPO)): sorted(found)
        for room in ROOMS
        for file in sorted((REPO / room).rglob("*.py"))
        if (found := trade_words(file.read_text(), ours, shared))
    }
    assert hits == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("ISSUE = 'wrong_size'", {"wrong size"}),
        ("# the Wrong  Size issue", {"wrong size"}),
        ("def jackets(): ...", {"jacket"}),
        ("kind = 'a Jacket'", {"jacket"}),
        ("'''A jacket, to give an example.'''", set()),
        ("# jacket", set()),
        ("order = 'Order'", set()),
        ("size = 'a wrong one'", set()),
    ],
)
def test_the_search_can_fail(source: str, found: set[str]) -> None:
    ours = frozenset({("wrong", "size"), ("jacket",), ("order",)})
    assert trade_words(source, ours, frozenset({"order"})) == found
