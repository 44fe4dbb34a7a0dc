"""Where the versions of an industry stand: in a folder, or on object storage."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orgsmith.outputs import retention, versions
from orgsmith.outputs.remote import Place, Remote
from orgsmith.outputs.remote_shelf import RemoteShelf


class Shelf(Protocol):
    """The versions of one industry."""

    @property
    def folder(self) -> Place:
        """Where they stand."""
        ...

    @property
    def room(self) -> Path:
        """A local folder on the file system where a version is put together."""
        ...

    def check(self, version: str | None) -> None:
        """Refuse a version's name before anything is generated for it: `versions.check_version`."""

    def prepare(self) -> None:
        """Make sure that something can be published here, before work is done for it."""

    def staging(self) -> AbstractContextManager[Path]:
        """An empty local folder to fill: `versions.staging`."""
        ...

    def release(
        self,
        staged: Path,
        version: str | None,
        now: dt.datetime,
        announce: Callable[[Place], None],
    ) -> Place:
        """Let a filled folder appear as a version, whole: `versions.release`."""
        ...

    def finish(self, name: str) -> None:
        """Let `latest` name a version that a killed run left: `versions.finish_release`."""

    def latest(self, scratch: Path) -> Path | None:
        """The version that `latest` names, or a copy of it in `scratch`; None if there is none."""
        ...

    def remove_abandoned(self) -> tuple[Place, ...]:
        """Remove what killed processes left: `versions.remove_abandoned`."""
        ...

    def retire(self, keep: int, newest: str) -> tuple[Place, ...]:
        """Remove all but the newest versions: `retention.retire`."""
        ...


@dataclass(frozen=True, slots=True)
class LocalShelf:
    """Versions in a folder."""

    folder: Path

    @property
    def room(self) -> Path:
        """Where they stand: a version is put together beside them."""
        return self.folder

    def check(self, version: str | None) -> None:
        """As `versions.check_version`."""
        versions.check_version(self.folder.parent, self.folder.name, version)

    def prepare(self) -> None:
        """Nothing: a folder is looked at before anything is started."""

    def staging(self) -> AbstractContextManager[Path]:
        """As `versions.staging`."""
        return versions.staging(self.folder)

    def release(
        self,
        staged: Path,
        version: str | None,
        now: dt.datetime,
        announce: Callable[[Place], None],
    ) -> Place:
        """As `versions.release`."""
        return versions.release(staged, version, now, announce)

    def finish(self, name: str) -> None:
        """As `versions.finish_release`."""
        versions.finish_release(self.folder / name)

    def latest(self, scratch: Path) -> Path | None:
        """What `latest` points to; `scratch` is not needed."""
        latest = self.folder / versions.LATEST
        return latest if latest.exists() else None

    def remove_abandoned(self) -> tuple[Place, ...]:
        """As `versions.remove_abandoned`; nothing where nothing was ever published."""
        return versions.remove_abandoned(self.folder) if self.folder.is_dir() else ()

    def retire(self, keep: int, newest: str) -> tuple[Place, ...]:
        """As `retention.retire`."""
        return retention.retire(self.folder, keep, self.folder / newest)


def shelf_of(out: Place, industry: str, scratch: Path | None = None) -> Shelf:
    """The versions of an industry below `out`.

    Args:
        out: the folder datasets are published in.
        industry: its name.
        scratch: a local folder in which a dataset is put together that is published elsewhere; a
            temporary one if left out.
    """
    if isinstance(out, Remote):
        return RemoteShelf(out / industry, scratch)
    return LocalShelf(out / industry)
