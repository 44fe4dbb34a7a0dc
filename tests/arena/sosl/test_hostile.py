"""Statements that nobody would write find something or are refused; nothing else happens."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.errors import OrgError
from orgsmith.arena.session import Session
from orgsmith.arena.sosl.parser import parse
from orgsmith.arena.sosl.tree import Scope
from orgsmith.schema.streams import stream
from tests.arena.sosl.corpus import CASES, index_of

MUTATIONS = 10_000
CORPUS = index_of("Case", CASES)
SEEDS = (
    "FIND {refund}",
    "FIND {refund AND (order OR parcel) AND NOT \"my order\"} IN ALL FIELDS",
    "FIND {jo?n OR re*} IN NAME FIELDS RETURNING Account(Id, Name), Contact LIMIT 20",
    "FIND {the} RETURNING Case(Id, Account.Name WHERE Status = 'New' AND CreatedDate > LAST_YEAR "
    "ORDER BY CreatedDate DESC NULLS LAST LIMIT 5 OFFSET 2)",
    r"FIND {\"a \- b\" \& c\*} IN EMAIL FIELDS RETURNING User(toLabel(LocaleSidKey) l, Email)",
    "FIND {order} RETURNING Knowledge__kav(Id, Title) WITH SNIPPET (target_length=120)",
    "FIND {order} RETURNING Product2(Name WHERE Name LIKE '%a%') WITH PricebookId = '01s' LIMIT 3",
    "FIND {x y z} IN SIDEBAR FIELDS RETURNING Issue__c, Order(Id WHERE AccountId IN (SELECT Id FROM"
    " Account)) WITH HIGHLIGHT WITH METADATA = 'LABELS' WITH SPELL_CORRECTION = false",
)  # fmt: skip
PIECES: tuple[str, ...] = (
    *"{}()[]\"'\\*?&|!^~:+-,.;=<>%_/#@$ \n\t\0",
    *(" AND ", " OR ", " NOT ", " AND NOT ", "FIND {", "RETURNING ", "WITH ", "LIMIT ", "WHERE "),
    *("IN ALL FIELDS", "ORDER BY ", "OFFSET 9", '\'; DROP TABLE "Case"; --', "Case", "Id", "null"),
    *("\\u0000", "{{", "}}", "**", "??", "(((", ")))", "99999999999", "-1", "0", "a" * 50),
    *(
        "the",
        " order ",
        "re*",
        '"a b"',
        " ",
        "  ",
        "x",
        "é",
        "東京",
        "\U0001f600",
        "\ud800",
        "\u202e",
        "\u0130",
    ),
)


WORDS = tuple(sorted({word for seed in SEEDS for word in seed.split()}))


def mutated(chance: np.random.Generator) -> str:
    """A statement of SEEDS with up to three changes: of signs, or of whole words."""
    text = SEEDS[_pick(chance, len(SEEDS))]
    for _ in range(_pick(chance, 1, 4)):
        change = _with_other_signs if _pick(chance, 3) == 0 else _with_other_words
        text = change(text, chance)
    return text


def _pick(chance: np.random.Generator, low: int, high: int | None = None) -> int:
    """A number from low up to high, or from 0 up to low, without the last."""
    return int(chance.integers(low, high))


def _with_other_signs(text: str, chance: np.random.Generator) -> str:
    at = _pick(chance, len(text) + 1)
    piece = PIECES[_pick(chance, len(PIECES))]
    match _pick(chance, 4):
        case 0:
            return text[:at] + piece + text[at:]
        case 1:
            return text[:at] + text[at + _pick(chance, 1, 9) :]
        case 2:
            return text[:at] + piece + text[at + 1 :]
    end = at + _pick(chance, 1, 30)
    return text[:end] + text[at:end] * _pick(chance, 1, 4) + text[end:]


def _with_other_words(text: str, chance: np.random.Generator) -> str:
    words = text.split(" ")
    at, other = _pick(chance, len(words)), _pick(chance, len(words))
    match _pick(chance, 4):
        case 0:
            words[at] = WORDS[_pick(chance, len(WORDS))]
        case 1:
            words[at], words[other] = words[other], words[at]
        case 2:
            words[at] += " " + words[other]
        case _:
            words[at] = words[at].swapcase()
    return " ".join(words)


def statements() -> Iterator[str]:
    """The same mutated statements every time."""
    chance = stream(7, "Case", 0, "hostile searches")
    for _ in range(MUTATIONS):
        yield mutated(chance)


def test_mutated_statements_find_something_or_are_refused(session: Session) -> None:
    found, refused = 0, set[str]()
    for text in statements():
        try:
            records = session.search(text)
        except OrgError as error:
            refused.add(error.code)
        else:
            assert len(records) <= 2_000
            found += 1
    assert found > MUTATIONS / 20
    assert refused >= {"MALFORMED_SEARCH", "INVALID_SEARCH", "INVALID_TYPE", "INVALID_FIELD"}
    assert "MALFORMED_QUERY" not in refused
    assert session.query("SELECT COUNT() FROM Case").total > 0


@given(st.text(max_size=60))
def test_any_text_between_braces_is_looked_for_or_refused(text: str) -> None:
    try:
        find = parse(f"FIND {{{text}}}").find
        assert find is not None
        found = [CORPUS.rank(each, Scope.ALL) for each in (find.records, find.articles)]
    except OrgError:
        found = []
    assert all(set(keys) <= set(CASES) for keys in found)


@pytest.mark.parametrize(
    "text",
    [
        "FIND {" + "(" * 5_000 + "ab",
        "FIND {" + "ab OR " * 1_500 + "ab} RETURNING EmailMessage",
        "FIND {" + "ab " * 3_000 + "} RETURNING EmailMessage",
        "FIND {" + "a* " * 90 + "} RETURNING EmailMessage",
        "FIND {" + " OR ".join(f"{sign}*" for sign in "abcdefghijklmnopqrstuvwxyz") + "}",
        'FIND {"' + "the " * 900 + '"} RETURNING EmailMessage',
        'FIND {"' + "a* " * 90 + '"} RETURNING EmailMessage',
        "FIND {a*b*c*d*e*f*g*h*i*j*k*l*m*n*o*p*} RETURNING EmailMessage",
        "FIND {a" + "?" * 90 + "} RETURNING EmailMessage",
        "FIND {ab} RETURNING Case(Id WHERE " + "(" * 500 + "Id = null" + ")" * 500 + ")",
        "FIND {ab} RETURNING " + "Case(Id)," * 3_000 + "Case",
        "FIND {ab} RETURNING Case(" + "Id," * 20_000 + "Id)",
        "FIND {ab} " + "WITH HIGHLIGHT " * 5_000,
        "FIND {ab} LIMIT " + "9" * 5_000,
        "FIND {" + "\\" * 8_001 + "}",
        "\0" * 1_000,
        "FIND {ab\0cd} RETURNING Case",
        "FIND {\ud800\udfff ab} RETURNING Case",
        "FIND {ab} RETURNING Case(Id WHERE Subject = '\ud800')",
        "FIND {" + "x" * 99_000 + "}",
    ],
)
def test_monstrous_statements_find_something_or_are_refused(session: Session, text: str) -> None:
    outcome: int | str
    try:
        outcome = len(session.search(text))
    except OrgError as refused:
        outcome = refused.code
    assert outcome in {"MALFORMED_SEARCH", "INVALID_SEARCH", "INVALID_FIELD", *range(2_001)}
