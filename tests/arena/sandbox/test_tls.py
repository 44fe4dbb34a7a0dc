"""The certificate of a sandbox, as a real client checks it."""

import os
import socket
import ssl
import stat
from pathlib import Path

import pytest

from orgsmith.arena.sandbox.tls import FOLDER, identity


def handshake(context: ssl.SSLContext, trusting: ssl.SSLContext, name: str) -> None:
    """Let a client that trusts some authority meet the server under a name."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    client = trusting.wrap_bio(outgoing, incoming, server_hostname=name)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "box.example"])
def test_clients_that_trust_it_reach_every_name(tmp_path: Path, name: str) -> None:
    with identity(tmp_path, "box.example", 8800) as shown:
        trusting = ssl.create_default_context(cafile=os.fspath(shown.authority))
        handshake(shown.context, trusting, name)


@pytest.mark.parametrize(
    ("trusting", "name"),
    [(True, "other.example"), (False, "localhost")],
    ids=["another name", "no trust"],
)
def test_others_do_not(tmp_path: Path, trusting: bool, name: str) -> None:
    with identity(tmp_path, "127.0.0.1", 8800) as shown:
        cafile = os.fspath(shown.authority) if trusting else None
        context = ssl.create_default_context(cafile=cafile)
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(shown.context, context, name)


def test_bound_anywhere_it_names_this_machine(tmp_path: Path) -> None:
    with identity(tmp_path, "0.0.0.0", 8800) as shown:
        trusting = ssl.create_default_context(cafile=os.fspath(shown.authority))
        handshake(shown.context, trusting, socket.gethostname())


def test_no_private_key_is_written_and_nothing_is_left(tmp_path: Path) -> None:
    out = tmp_path / "outputs" / "datasets"
    with identity(out, "127.0.0.1", 8800) as first, identity(out, "127.0.0.1", 8801) as second:
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert sorted(files) == [out / FOLDER / "8800.pem", out / FOLDER / "8801.pem"]
        assert (first.authority, second.authority) == tuple(sorted(files))
        for file in files:
            assert "PRIVATE" not in file.read_text()
            assert file.read_text().count("BEGIN CERTIFICATE") == 1
            assert not stat.S_IMODE(file.stat().st_mode) & stat.S_IWOTH
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "sportswear").mkdir()
    with identity(tmp_path, "127.0.0.1", 8800):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["sportswear"]


def test_what_a_killed_sandbox_left_is_replaced(tmp_path: Path) -> None:
    left = tmp_path / FOLDER / "8800.pem"
    left.parent.mkdir()
    left.write_text("old")
    with identity(tmp_path, "127.0.0.1", 8800) as shown:
        assert shown.authority == left
        assert "old" not in left.read_text()
    assert not left.exists()


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "8800.pem").symlink_to(target)
    with identity(tmp_path, "127.0.0.1", 8800):
        pass
    assert target.read_text() == "precious"
