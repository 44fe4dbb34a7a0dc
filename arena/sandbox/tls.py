"""A certificate of the sandbox's own, for as long as it runs."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

NAMES = ("localhost", "127.0.0.1", "::1")
ANYWHERE = ("0.0.0.0", "::", "")

FOLDER = ".sandbox"
"""Where below the output folder certificates lie."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server shows clients over TLS, and the file of the authority that they trust for it.

    The private keys are in memory only.
    """

    context: ssl.SSLContext
    authority: Path


@contextmanager
def identity(out: Path, host: str, port: int) -> Iterator[Identity]:
    """A new certificate for this machine, until the block ends.

    Args:
        out: the output folder; the authority's certificate is `.sandbox/<port>.pem` below it.
        host: where the server is bound; the certificate names it too.
        port: its port.

    Raises:
        OSError: the file cannot be written.
    """
    authority = trustme.CA(organization_name="Orgsmith sandbox")
    names = (*NAMES, socket.gethostname() if host in ANYWHERE else host)
    certificate = authority.issue_cert(*dict.fromkeys(names))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    folder = out.absolute() / FOLDER
    made = _made(folder)
    file = folder / f"{port}.pem"
    # Whatever a sandbox that was killed left there: its authority signs nothing any more.
    file.unlink(missing_ok=True)
    try:
        authority.cert_pem.write_to_path(file)
        yield Identity(context, file)
    finally:
        file.unlink(missing_ok=True)
        for each in made:
            with suppress(OSError):
                each.rmdir()


def _made(folder: Path) -> list[Path]:
    """Make a folder; those that had to be made, the innermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing
