"""What queries mean: a corpus over a tiny organisation whose every record can be told by eye."""

import re

import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.soql.operands import AGGREGATES, DATE_FUNCTIONS, SHOWN
from tests.arena.soql.corpus import Entry, canonical, entries, without_attributes
from tests.arena.soql.days import COUNTED, PLAIN

ENTRIES = entries()
KEYWORDS = (
    "SELECT", "FROM", "AS", "WHERE", "AND", "OR", "NOT", "LIKE", "IN", "NULL", "TRUE", "FALSE",
    "GROUP", "BY", "ROLLUP", "CUBE", "HAVING", "ORDER", "ASC", "DESC", "NULLS", "FIRST", "LAST",
    "LIMIT", "OFFSET", "TYPEOF", "WHEN", "THEN", "ELSE", "END", "FIELDS", "ALL", "STANDARD",
    "CUSTOM", "FOR", "VIEW", "REFERENCE", "CONVERTTIMEZONE",
)  # fmt: skip
PLACE = re.compile(r"^ERROR at Row:(\d+):Column:(\d+)$", re.MULTILINE)


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(ENTRIES) >= 300
    assert len({each.name for each in ENTRIES}) == len(ENTRIES)
    assert len({(each.query, each.today) for each in ENTRIES}) == len(ENTRIES)


def test_the_corpus_covers_the_language() -> None:
    words = {
        word.upper()
        for entry in ENTRIES
        if entry.answered
        for word in re.findall(r"\w+", re.sub(r"'(?:[^'\\]|\\.)*'", "", entry.query))
    }
    assert words >= {*PLAIN, *COUNTED, *DATE_FUNCTIONS, *AGGREGATES, *SHOWN, *KEYWORDS}


def test_what_is_viewed_is_recent(little: Org) -> None:
    session = little.session("viewed")
    session.query("SELECT Name FROM Issue__c WHERE Name = 'Late parcel'")
    assert session.recent() == []
    session.query("SELECT Name FROM Issue__c WHERE Name LIKE '%thing' ORDER BY Name FOR VIEW")
    session.query("SELECT Email FROM Contact WHERE LastName = 'a_b' FOR REFERENCE")
    seen = [(each["attributes"]["type"], each["Name"]) for each in session.recent()]
    assert seen == [
        ("Contact", "Fay a_b"),
        ("Issue__c", "Wrong thing"),
        ("Issue__c", "Broken thing"),
    ]


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.answered], ids=lambda entry: entry.name)
def test_queries_find(little: Org, entry: Entry) -> None:
    assert (entry.rows, entry.records, entry.total) != (None, None, None)
    answer = little.session(str(entry.today), today=entry.today).query(entry.query)
    assert answer.count_only == (entry.total is not None)
    if entry.columns is not None:
        assert list(answer.columns) == list(entry.columns)
    if entry.rows is not None:
        assert canonical(list(answer.rows())) == canonical(entry.rows)
        assert answer.total == len(entry.rows)
    if entry.records is not None:
        page = answer.page(0, len(entry.records) + 1)
        assert canonical(without_attributes(page) if entry.bare else page) == canonical(
            entry.records
        )
    if entry.total is not None:
        assert answer.total == entry.total


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if not e.answered], ids=lambda entry: entry.name
)
def test_queries_are_refused(little: Org, entry: Entry) -> None:
    with pytest.raises(OrgError) as refused:
        little.session(str(entry.today), today=entry.today).query(entry.query)
    error = refused.value
    assert error.code == entry.error
    assert entry.says in error.message
    found = PLACE.search(error.message)
    assert found is not None
    assert tuple(map(int, found.groups())) == entry.place
