"""A session's writes: its own world, all or nothing, while others read."""

import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.overlay import AT_ONCE, Overlay
from orgsmith.arena.store.row import Change
from orgsmith.arena.store.tables import Tables
from tests.arena.store.desk import Desk

SESSIONS = 6
ROUNDS = 25

NewDesk = Callable[[], Desk]


class StopError(Exception):
    """Raised by a test to end a transaction."""


def test_an_untouched_session_reads_what_is_published(desk: Desk) -> None:
    assert desk.overlay.source("Case") == 'main."Case"'
    assert desk.overlay.version == 0
    assert desk.overlay.changed("Case").ids == frozenset()
    assert desk.overlay.changed("Case").rows == ()


def test_only_objects_that_are_written_are_overlaid(desk: Desk) -> None:
    account = desk.some("Account")
    desk.update("Account", str(account["Id"]), {"Phone": "1"})
    assert desk.overlay.source("Account") != 'main."Account"'
    assert desk.overlay.source("Case") == 'main."Case"'
    assert desk.overlay.version == 1


def test_changed_tells_new_changed_and_deleted_rows(desk: Desk) -> None:
    issue = str(desk.some("Issue__c")["Id"])
    changed, deleted = (str(row["Id"]) for row in desk.rows("Issue__c")[1:3])
    new = desk.create("Issue__c", {"Name": "Something else"})
    desk.update("Issue__c", changed, {"Description__c": "Other words"})
    desk.delete("Issue__c", deleted)
    found = desk.overlay.changed("Issue__c")
    assert found.ids == {new, changed, deleted}
    assert [row["Id"] for row in found.rows] == [new, changed]
    assert found.rows[1] == desk.row("Issue__c", changed)
    assert issue not in found.ids


def test_sessions_do_not_see_each_other(new_desk: NewDesk) -> None:
    one, other = new_desk(), new_desk()
    issue = str(one.some("Issue__c")["Id"])
    before = other.rows("Issue__c")
    created = one.create("Issue__c", {"Name": "Only mine"})
    one.update("Issue__c", issue, {"Name": "Mine too"})
    assert other.rows("Issue__c") == before
    assert other.create("Issue__c", {"Name": "Only mine"}) == created
    assert other.row("Issue__c", issue)["Name"] != "Mine too"


def test_an_exception_undoes_all_writes_of_a_transaction(desk: Desk) -> None:
    kept = desk.create("Issue__c", {"Name": "Kept"})
    version, before = desk.overlay.version, desk.rows("Issue__c")
    changed = str(desk.some("Issue__c", '"Id" <> $1', kept)["Id"])

    def write() -> None:
        with desk.overlay.transaction():
            desk.create("Issue__c", {"Name": "Undone"})
            desk.update("Issue__c", kept, {"Name": "Undone too"})
            desk.update("Issue__c", changed, {"Name": "Undone as well"})
            desk.create("Product2", {"Name": "Undone"})
            raise StopError

    with pytest.raises(StopError):
        write()
    assert desk.rows("Issue__c") == before
    assert desk.overlay.source("Product2") == 'main."Product2"'
    assert desk.overlay.version == version
    desk.update("Issue__c", changed, {"Name": "Now it stays"})
    assert desk.row("Issue__c", changed)["Name"] == "Now it stays"


def test_an_inner_transaction_is_undone_alone(desk: Desk) -> None:
    one, two, three = (str(row["Id"]) for row in desk.rows("Issue__c")[:3])

    def inner() -> None:
        with desk.overlay.transaction():
            desk.update("Issue__c", one, {"Name": "inner"})
            desk.update("Issue__c", two, {"Name": "inner two"})
            desk.create("Issue__c", {"Name": "inner new"})
            raise StopError

    with desk.overlay.transaction():
        desk.update("Issue__c", one, {"Name": "outer"})
        with pytest.raises(StopError):
            inner()
        desk.update("Issue__c", two, {"Name": "after"})
        desk.update("Issue__c", three, {"Name": "after three"})
    named = {str(row["Id"]): row["Name"] for row in desk.rows("Issue__c")}
    assert (named[one], named[two], named[three]) == ("outer", "after", "after three")
    assert not {"inner", "inner two", "inner new"} & set(named.values())
    assert desk.overlay.version == 1


def test_an_inner_undo_does_not_outlive_the_outer_one(desk: Desk) -> None:
    one = str(desk.some("Issue__c")["Id"])
    before = desk.rows("Issue__c")

    def inner() -> None:
        with desk.overlay.transaction():
            desk.update("Issue__c", one, {"Name": "inner"})
            raise StopError

    def outer() -> None:
        with desk.overlay.transaction():
            desk.update("Issue__c", one, {"Name": "outer"})
            with pytest.raises(StopError):
                inner()
            raise StopError

    with pytest.raises(StopError):
        outer()
    assert desk.rows("Issue__c") == before


def test_a_transaction_sees_its_writes_and_others_do_not(desk: Desk) -> None:
    seen: list[tuple[str, int]] = []
    before = len(desk.rows("Issue__c"))

    def look() -> None:
        seen.append((desk.overlay.source("Issue__c"), len(desk.rows("Issue__c"))))

    with desk.overlay.transaction():
        desk.create("Issue__c", {"Name": "Half way"})
        assert len(desk.rows("Issue__c")) == before + 1
        assert len(desk.overlay.changed("Issue__c").rows) == 1
        reader = threading.Thread(target=look)
        reader.start()
        reader.join()
    look()
    assert seen == [('main."Issue__c"', before), (desk.overlay.source("Issue__c"), before + 1)]


def test_a_transaction_that_writes_nothing_changes_nothing(desk: Desk) -> None:
    with desk.overlay.transaction():
        desk.rows("Case")
    assert desk.overlay.version == 0


def test_rows_are_put_within_a_transaction_only(desk: Desk) -> None:
    issue = desk.some("Issue__c")
    with pytest.raises(RuntimeError, match="within a transaction"):
        desk.overlay.put([Change(desk.entity("Issue__c"), issue, issue)])


def test_many_rows_are_put_at_once(desk: Desk) -> None:
    entity = desk.entity("PricebookEntry")
    rows = desk.rows("PricebookEntry")[: 2 * AT_ONCE + 7]
    changes = [Change(entity, row, {**row, "IsActive": not row["IsActive"]}) for row in rows]
    again = [Change(entity, each.new, {**each.new, "UnitPrice": 1}) for each in changes[::100]]
    with desk.overlay.transaction():
        desk.overlay.put(changes)
        desk.overlay.put(again)
    assert len(desk.overlay.changed("PricebookEntry").ids) == len(rows)
    found = {row["Id"]: row for row in desk.rows("PricebookEntry")}
    for change in changes:
        assert found[change.key]["IsActive"] == change.new["IsActive"]
    assert sum(row["UnitPrice"] == 1 for row in found.values()) >= len(again)


def test_reset_forgets_and_begins_again(desk: Desk) -> None:
    before = desk.rows("Issue__c")
    first = desk.create("Issue__c", {"Name": "Once"})
    stale = desk.overlay.source("Issue__c")
    desk.overlay.reset()
    assert desk.overlay.version == 0
    assert desk.rows("Issue__c") == before
    assert desk.overlay.changed("Issue__c").ids == frozenset()
    # What was planned before is still read, and finds what is published.
    with desk.overlay.cursor() as cursor:
        assert cursor.execute(f"SELECT count(*) FROM {stale}").fetchone() == (len(before),)
    assert desk.create("Issue__c", {"Name": "Twice"}) == first
    assert desk.row("Issue__c", first)["Name"] == "Twice"
    assert desk.overlay.version > 1


def test_reset_of_what_was_never_written(desk: Desk) -> None:
    desk.overlay.reset()
    assert desk.overlay.version == 0


def test_close_leaves_nothing_behind(tables: Tables, catalog: Catalog) -> None:
    overlay = Overlay(tables, 1_000_000, catalog)
    session = Desk(overlay)
    session.create("Issue__c", {"Name": "Gone"})
    overlay.close()
    with closing(tables.cursor()) as cursor:
        sql = "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 's1000000'"
        assert cursor.execute(sql).fetchone() == (0,)
    assert overlay.source("Issue__c") == 'main."Issue__c"'
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        session.create("Issue__c", {"Name": "Too late"})


def test_readers_see_whole_transactions_while_another_thread_writes(desk: Desk) -> None:
    pair = [str(row["Id"]) for row in desk.rows("Issue__c")[:2]]
    for record in pair:
        desk.update("Issue__c", record, {"Description__c": "0"})
    done = threading.Event()
    torn: list[object] = []
    failed: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                rows = desk.rows("Issue__c", '"Id" IN ($1, $2)', *pair)
                if len({row["Description__c"] for row in rows}) != 1:
                    torn.append(rows)
        except BaseException as error:
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(ROUNDS):
        with desk.overlay.transaction():
            for record in pair:
                desk.update("Issue__c", record, {"Description__c": str(turn)})
    done.set()
    for reader in readers:
        reader.join()
    assert (torn, failed) == ([], [])


def test_threads_of_one_session_write_one_after_another(desk: Desk) -> None:
    failed: list[BaseException] = []

    def write(thread: int) -> None:
        try:
            for turn in range(ROUNDS):
                desk.create("Issue__c", {"Name": f"{thread} {turn}"})
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    before = len(desk.rows("Issue__c"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(desk.rows("Issue__c")) == before + 3 * ROUNDS
    assert desk.overlay.version == 3 * ROUNDS


def test_sessions_write_reset_and_end_side_by_side(new_desk: NewDesk) -> None:
    desks = [new_desk() for _ in range(SESSIONS)]
    before = len(desks[0].rows("Issue__c"))
    failed: list[BaseException] = []

    def work(desk: Desk) -> None:
        try:
            for turn in range(ROUNDS):
                desk.create("Issue__c", {"Name": f"turn {turn}"})
                assert len(desk.rows("Issue__c")) == before + turn % 5 + 1
                if turn % 10 == 4:
                    desk.overlay.reset()
                elif turn % 10 == 9:
                    desk.overlay.close()
                    desk = new_desk()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
