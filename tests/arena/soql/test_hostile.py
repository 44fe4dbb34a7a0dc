"""Strings that have broken readers come back as they are, and are found by what they are."""

import polars as pl
import pytest

from orgsmith.arena.org import Org
from tests.arena.soql.meant import escaped
from tests.outputs.conftest import HOSTILE, Small

FIELDS = [
    ("Case", "Subject"),
    ("Account", "Name"),
    ("Account", "ShippingStreet"),
    ("Contact", "LastName"),
    ("EmailMessage", "FromName"),
    ("Pricebook2", "Description"),
    ("CaseHistory__c", "OldValue__c"),
]


def ids(org: Org, query: str) -> list[str]:
    return [str(row[0]) for row in org.session("hostile").query(query).rows()]


def expected(frame: pl.DataFrame, name: str, text: str) -> list[str]:
    """The records whose field is that text, in any case."""
    same = frame.filter(pl.col(name).str.to_lowercase() == text.lower())
    return same.get_column("Id").sort().to_list()


@pytest.mark.parametrize(("entity", "name"), [*FIELDS, ("Case", "Description")])
def test_texts_come_back_byte_for_byte(hostile: Org, small: Small, entity: str, name: str) -> None:
    frame = small.whole(entity)
    answer = hostile.session("hostile").query(f"SELECT Id, {name} FROM {entity} ORDER BY Id")
    assert list(answer.rows()) == frame.select("Id", name).sort("Id").rows()
    page = answer.page(0, frame.height)
    assert [record[name] for record in page] == frame.sort("Id").get_column(name).to_list()


def test_every_hostile_text_is_there(small: Small) -> None:
    assert set(HOSTILE) <= set(small.whole("Case").get_column("Description"))


@pytest.mark.parametrize(("entity", "name"), FIELDS)
def test_texts_are_found(hostile: Org, small: Small, entity: str, name: str) -> None:
    frame = small.whole(entity)
    for text in frame.get_column(name).drop_nulls().unique(maintain_order=True).to_list():
        same = expected(frame, name, text)
        assert same
        equal, alike = escaped(text), escaped(text, "%_")
        assert ids(hostile, f"SELECT Id FROM {entity} WHERE {name} = '{equal}'") == same
        assert ids(hostile, f"SELECT Id FROM {entity} WHERE {name} LIKE '{alike}'") == same
        assert (
            ids(hostile, f"SELECT Id FROM {entity} WHERE {name} IN ('{equal}', 'nobody')") == same
        )
        part = escaped(text[1:-1], "%_")
        assert set(same) <= set(
            ids(hostile, f"SELECT Id FROM {entity} WHERE {name} LIKE '%{part}%'")
        )
        others = ids(hostile, f"SELECT Id FROM {entity} WHERE {name} != '{equal}'")
        assert len(others) == frame.height - len(same)


@pytest.mark.parametrize(("entity", "name"), FIELDS)
def test_texts_are_found_by_the_codes_of_their_characters(
    hostile: Org, small: Small, entity: str, name: str
) -> None:
    frame = small.whole(entity)
    for text in frame.get_column(name).drop_nulls().unique(maintain_order=True)[:20].to_list():
        if max(text) > "\uffff":
            continue
        coded = "".join(f"\\u{ord(sign):04x}" for sign in text)
        query = f"SELECT Id FROM {entity} WHERE {name} = '{coded}'"
        assert ids(hostile, query) == expected(frame, name, text)


def test_texts_are_groups_and_children(hostile: Org, small: Small) -> None:
    cases = small.whole("Case")
    groups = hostile.session("hostile").query(
        "SELECT Subject, COUNT(Id) FROM Case GROUP BY Subject"
    )
    counted = cases.group_by(pl.col("Subject").str.to_lowercase()).len()
    found = {(row[0] and str(row[0]).lower(), row[1]) for row in groups.rows()}
    assert found == set(counted.rows())
    children = hostile.session("hostile").query(
        "SELECT Id, (SELECT Id, Subject FROM Cases) FROM Account"
    )
    subjects = {
        child["Id"]: child["Subject"]
        for record in children.page(0, children.total)
        if record["Cases"] is not None
        for child in record["Cases"]["records"]
    }
    assert subjects == dict(cases.select("Id", "Subject").rows())
