"""Room on the disk: how much a run will need, and whether there is as much."""

import shutil
from pathlib import Path

from orgsmith.outputs.storage import storage_errors
from orgsmith.schema.errors import StorageError
from orgsmith.schema.organisation import Organisation

BYTES_PER_CASE = 24_000
"""Everything that grows with the scale, divided by the cases: published files, the same once more
as working files with their variables, and a third to spare."""

BYTES_PER_PRODUCT = 12_000
"""A product with its price in every price book, as above."""

BYTES_AT_LEAST = 32 << 20
"""What the smallest organisation needs, Prefect's database included."""


def estimate(organisation: Organisation) -> int:
    """Bytes a run needs on the disk, working files and published dataset together."""
    cases = organisation.industry.counts.Case * organisation.scale
    return round(
        BYTES_AT_LEAST + cases * BYTES_PER_CASE + organisation.products * BYTES_PER_PRODUCT
    )


def check_room(folder: Path, needed: int) -> None:
    """Refuse to start what cannot end.

    Args:
        folder: where the bytes are to go; it need not exist yet.
        needed: how many.

    Raises:
        StorageError: fewer bytes are free, or the folder cannot be used.
    """
    free = free_bytes(folder)
    if free < needed:
        raise StorageError(
            f"{folder}: this needs about {_megabytes(needed)} and {_megabytes(free)} are free; "
            "free some room, name another --out, or take a smaller --scale"
        )


def free_bytes(folder: Path) -> int:
    """Bytes free for this user on the file system a folder is, or would be, on."""
    with storage_errors(folder):
        existing = folder.absolute()
        while not existing.exists():
            existing = existing.parent
        return shutil.disk_usage(existing).free


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
