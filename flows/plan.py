"""What is to be made and where, checked before anything is started or written."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orgsmith.flows.receipt import Receipt
from orgsmith.flows.runner_checks import check_runner
from orgsmith.flows.settings import Settings
from orgsmith.flows.work import Work
from orgsmith.flows.writers import check_writer
from orgsmith.outputs.disk import check_room, estimate
from orgsmith.outputs.remote import Remote
from orgsmith.outputs.shelf import Shelf, shelf_of
from orgsmith.schema.errors import StorageError
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import find, load


@dataclass(frozen=True, slots=True)
class Plan:
    """A run's settings, resolved."""

    settings: Settings
    organisation: Organisation
    work: Work
    shelf: Shelf


def plan(settings: Settings) -> Plan:
    """Resolve and check everything that can be known beforehand; nothing is written.

    Raises:
        UsageError: there is no such industry, the version's name is taken or unusable, or the
            writer cannot be used.
        PackError: the industry pack is wrong.
        StorageError: the output folder cannot be used, or has not room enough.
    """
    check_runner(settings)
    organisation = organisation_of(settings)
    shelf = shelf_of(settings.out, organisation.industry.name)
    work = Work.of(settings.work_base, organisation, settings.writing, settings.wanted)
    if not _published(work, settings, shelf):
        shelf.check(settings.dataset_version)
    for option, place in (("--out", settings.out), ("--work", settings.work_base)):
        if isinstance(place, Remote):
            # Whether it can be used at all is known at once, and not after an hour.
            place.check()
            continue
        _check_folder(place, option)
        if not work.folder.exists():
            check_room(place, estimate(organisation))
    check_writer(settings.writing, settings.limits)
    return Plan(settings, organisation, work, shelf)


def organisation_of(settings: Settings) -> Organisation:
    """What is to be made.

    Raises:
        UsageError: there is no such industry.
        PackError: the industry pack is wrong.
    """
    industry = _pack(find(settings.industry))
    return Organisation(
        industry=industry,
        seed=settings.seed,
        scale=settings.scale,
        as_of=settings.as_of or industry.as_of,
    )


def _published(work: Work, settings: Settings, shelf: Shelf) -> bool:
    """Whether an equal run was killed after it had published under that very name."""
    receipt = Receipt.read(work.files)
    return receipt is not None and receipt.answers(settings.dataset_version, shelf.folder)


def _pack(file: Path) -> Industry:
    """The pack, read once: the command plans before it starts the flow, which plans for itself."""
    state = file.stat()
    return _read(file, state.st_mtime_ns, state.st_size)


@cache
def _read(file: Path, _changed: int, _size: int) -> Industry:
    return load(file)


def _check_folder(out: Path, option: str) -> None:
    """Refuse a folder that cannot be written to, as far as can be told without writing."""
    existing = out.absolute()
    while not os.path.lexists(existing):
        existing = existing.parent
    if not existing.is_dir():
        reason = (
            f"{existing} is a file, not a folder"
            if existing != out.absolute()
            else ("it is a file, not a folder")
        )
        raise StorageError(f"cannot write to {out}: {reason}; name another {option}")
    # Root may write where permissions forbid it, but not on a device that is read-only.
    if not os.access(existing, os.W_OK | os.X_OK):
        raise StorageError(
            f"cannot write to {out}: {existing} may not be written to; name another {option}"
        )
