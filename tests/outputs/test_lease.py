"""Leases on object storage: one holder at a time, and dead ones let go."""

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from orgsmith.outputs import lease as leases
from orgsmith.outputs.lease import Lease, is_held
from orgsmith.outputs.remote import Remote
from orgsmith.schema.errors import StorageError
from tests.object_store import ObjectStore


@pytest.fixture
def folder(store: ObjectStore) -> Remote:
    """Where a lease lies."""
    return store.folder(uuid4().hex) / "lock"


def taken(folder: Remote) -> Lease:
    """The lease, which must be free."""
    lease = Lease.take(folder)
    assert lease
    return lease


def left_by(folder: Remote, machine: str | None = None) -> None:
    """The lease of a process that was killed: of this machine, or of another."""
    code = (
        "import os, signal, sys\n"
        "from orgsmith.outputs.lease import Lease\n"
        "from orgsmith.outputs.remote import Remote\n"
        "assert Lease.take(Remote(sys.argv[1]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    if machine:
        (name,) = folder.names()
        facts = json.loads((folder / name).read_bytes())
        (folder / name).write(json.dumps(facts | {"machine": machine}).encode())


def test_one_holds_it_at_a_time(folder: Remote) -> None:
    with taken(folder).held():
        assert is_held(folder)
        assert Lease.take(folder) is None
    assert not is_held(folder)
    assert folder.files() == {}
    with taken(folder).held():
        assert is_held(folder)


def test_of_many_that_try_at_once_at_most_one_gets_it(folder: Remote) -> None:
    left_by(folder)
    with ThreadPoolExecutor(8) as pool:
        got = [each for each in pool.map(lambda _: Lease.take(folder), range(8)) if each]
    assert len(got) <= 1
    holder = got[0] if got else taken(folder)
    holder.check()
    assert Lease.take(folder) is None
    holder.release()
    assert folder.files() == {}


def test_what_a_killed_process_of_this_machine_held_is_free_at_once(folder: Remote) -> None:
    left_by(folder)
    assert not is_held(folder)
    taken(folder).release()
    assert folder.files() == {}


def test_another_machine_is_given_time(folder: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    left_by(folder, "another")
    assert is_held(folder)
    assert Lease.take(folder) is None
    # As if that time had passed.
    monkeypatch.setattr(leases, "LEASE_S", -1.0)
    lease = taken(folder)
    assert lease.number == 1
    lease.release()
    assert folder.files() == {}


def test_numbers_that_are_used_again_give_it_to_one(
    folder: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds it lets go, and the next takes the same number, while a third counts from it."""
    first, next_ones = taken(folder), []

    def meanwhile(*_: object) -> bool:
        monkeypatch.undo()
        first.release()
        next_ones.append(taken(folder))
        return False

    monkeypatch.setattr(leases, "_lives", meanwhile)
    assert Lease.take(folder) is None
    (holder,) = next_ones
    holder.check()
    assert folder.names() == ("00000000",)


def test_a_number_that_is_taken_back_does_not_cost_the_lease(
    folder: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, mistaken = taken(folder), folder / "00000001"
    mistaken.write(b"counted from what is gone")
    monkeypatch.setattr(time, "sleep", lambda seconds: mistaken.remove())
    holder.check()
    assert not holder.lost


def test_whoever_was_taken_for_dead_finds_out(
    folder: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "WITHDRAWAL_S", 0.1)
    first = taken(folder)
    (folder / "00000001").write(b"the next one")
    for use in (first.check, first.beat):
        with pytest.raises(StorageError, match="taken over"):
            use()
    first.release()
    assert "00000001" in folder.names()


def test_a_holder_beats(folder: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT_S", 0.01)
    lease = taken(folder)
    file = folder / "00000000"
    before, beaten = file.read_bytes(), threading.Event()
    with lease.held():
        while file.read_bytes() == before:
            beaten.wait(0.01)
        assert is_held(folder)
