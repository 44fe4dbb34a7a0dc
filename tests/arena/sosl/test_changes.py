"""Searches see what their session has written, and no other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from orgsmith.arena.org import Org
from orgsmith.arena.session import Session

ISSUES = "FIND {zyzzyva} RETURNING Issue__c(Id, Name)"
_NUMBERS = count()


@pytest.fixture
def other(org: Org) -> Iterator[Session]:
    """Another session that nobody else has."""
    token = f"other searcher {next(_NUMBERS)}"
    yield org.session(token)
    org.end(token)


def names(session: Session, statement: str = ISSUES) -> list[str]:
    return [record["Name"] for record in session.search(statement)]


def test_a_new_record_is_found(session: Session, other: Session) -> None:
    assert names(session) == []
    key = session.create("Issue__c", {"Name": "Zyzzyva", "Description__c": "A beetle."})
    (found,) = session.search(ISSUES)
    assert found["Id"] == key
    assert names(session, "FIND {beetles} RETURNING Issue__c(Name)") == ["Zyzzyva"]
    assert names(session, "FIND {zyzzyva} IN NAME FIELDS RETURNING Issue__c(Name)") == ["Zyzzyva"]
    assert names(session, "FIND {beetle} IN NAME FIELDS RETURNING Issue__c(Name)") == []
    assert key in {record["Id"] for record in session.search("FIND {zyzzyva}")}
    assert names(other) == []


def test_a_changed_record_is_found_as_it_is(session: Session, other: Session) -> None:
    (issue, *_) = session.query("SELECT Id, Name FROM Issue__c ORDER BY Name LIMIT 1").page(0, 1)
    by_name = f'FIND {{"{issue["Name"]}"}} IN NAME FIELDS RETURNING Issue__c(Name)'
    assert issue["Name"] in names(session, by_name)
    session.update("Issue__c", issue["Id"], {"Name": "Zyzzyva"})
    assert names(session) == ["Zyzzyva"]
    assert issue["Name"] not in names(session, by_name)
    session.update("Issue__c", issue["Id"], {"Name": "Quokka"})
    assert names(session) == []
    assert names(session, "FIND {quokka} RETURNING Issue__c(Name)") == ["Quokka"]
    assert issue["Name"] in names(other, by_name)
    session.reset()
    assert issue["Name"] in names(session, by_name)
    assert names(session, "FIND {quokka} RETURNING Issue__c(Name)") == []


def test_a_deleted_record_is_not_found(session: Session) -> None:
    (mail, *_) = session.query("SELECT Id FROM EmailMessage LIMIT 1").page(0, 1)
    session.update("EmailMessage", mail["Id"], {"Subject": "zyzzyva"})
    statement = "FIND {zyzzyva} RETURNING EmailMessage"
    assert [record["Id"] for record in session.search(statement)] == [mail["Id"]]
    session.delete("EmailMessage", mail["Id"])
    assert session.search(statement) == []
    assert session.search("FIND {zyzzyva}") == []


def test_deleted_records_make_room_for_others(session: Session) -> None:
    statement = "FIND {the} RETURNING EmailMessage(Id LIMIT 5)"
    best = [record["Id"] for record in session.search("FIND {the} RETURNING EmailMessage(Id)")]
    for key in best[:4]:
        session.delete("EmailMessage", key)
    assert [record["Id"] for record in session.search(statement)] == best[4:9]


def test_a_sessions_own_records_come_first(session: Session) -> None:
    statement = "FIND {the} RETURNING EmailMessage(Id LIMIT 3)"
    worst = session.search("FIND {the} RETURNING EmailMessage")[-1]["Id"]
    assert worst not in [record["Id"] for record in session.search(statement)]
    session.update("EmailMessage", worst, {"Subject": "among other things the parcel"})
    assert session.search(statement)[0]["Id"] == worst
    assert len(session.search(statement)) == 3


def test_equally_good_own_records_are_in_order_of_id(session: Session) -> None:
    made = [
        session.create("Issue__c", {"Name": f"Zyzzyva {number}", "Description__c": "x"})
        for number in range(12)
    ]
    assert [record["Id"] for record in session.search(ISSUES)] == sorted(made)
    limited = session.search("FIND {zyzzyva} RETURNING Issue__c(Id LIMIT 5)")
    assert [record["Id"] for record in limited] == sorted(made)[:5]


def test_a_transaction_sees_its_own_writes_until_it_is_undone(session: Session) -> None:
    def fail() -> None:
        with session.transaction():
            session.create("Issue__c", {"Name": "Zyzzyva", "Description__c": "x"})
            assert names(session) == ["Zyzzyva"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(session) == []
    with session.transaction():
        session.create("Issue__c", {"Name": "Zyzzyva again", "Description__c": "x"})
    assert names(session) == ["Zyzzyva again"]


def test_hostile_texts_come_back_as_they_are(session: Session) -> None:
    text = "zyzzyva'); DROP TABLE \"Case\"; -- <script>&amp;</script> \\' % _ \U0001f600 {0} %s"
    session.create("Issue__c", {"Name": text[:80], "Description__c": text})
    (found,) = session.search("FIND {zyzzyva} RETURNING Issue__c(Name, Description__c)")
    assert found["Description__c"] == text
    assert found["Name"] == text[:80]


def test_threads_search_while_their_session_writes(session: Session) -> None:
    def write(number: int) -> None:
        session.create("Issue__c", {"Name": f"Zyzzyva {number}", "Description__c": "x"})

    with ThreadPoolExecutor(6) as pool:
        written = [pool.submit(write, number) for number in range(20)]
        found = [pool.submit(names, session) for _ in range(40)]
        for done in written:
            done.result()
        assert all(len(each.result()) <= 20 for each in found)
    assert sorted(names(session)) == sorted(f"Zyzzyva {number}" for number in range(20))
