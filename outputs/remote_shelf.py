"""Versions of an industry on object storage: each appears with its manifest, which is put last.

    <out>/<industry>/<version>/manifest.json    what has it is published, and never changes
    <out>/<industry>/<version>/.uploading/      lease of who uploads it, or removes it
    <out>/<industry>/.publishing/               lease of who puts a manifest and says what is latest
    <out>/<industry>/latest                     an object that holds the name of the newest version

A version without a manifest is none: readers pass over it. It belongs to the holder of its lease;
once that is dead, the next run removes what it left.
"""

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from orgsmith.outputs.fetch import fetch_into
from orgsmith.outputs.lease import Lease, is_held
from orgsmith.outputs.manifest import MANIFEST, Manifest
from orgsmith.outputs.remote import Remote
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.uploads import (
    UPLOADING,
    busy,
    compare,
    empty,
    is_lease,
    taken,
    uploads,
)
from orgsmith.outputs.versions import LATEST, STAMP, check_name
from orgsmith.schema.errors import DatasetError, OrgsmithError, UsageError

PUBLISHING = ".publishing"
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class RemoteShelf:
    """Versions on object storage; `scratch` is where they are put together before."""

    folder: Remote
    scratch: Path | None = None

    @property
    def room(self) -> Path:
        """Where a version is put together."""
        return self.scratch or Path(tempfile.gettempdir())

    def check(self, version: str | None) -> None:
        """Refuse a version's name before anything is generated for it.

        Raises:
            UsageError: the name cannot be one, is reserved, or is taken.
            StorageError: the place cannot be used.
        """
        if version is None:
            return
        check_name(version)
        final = self.folder / version
        files = final.files()
        if MANIFEST in files:
            raise UsageError(taken(final))
        if files and (not uploads(files) or is_held(final / UPLOADING)):
            raise UsageError(busy(final))

    def prepare(self) -> None:
        """Make sure that files can be put and removed, and remove what killed processes left.

        Raises:
            StorageError: the place cannot be used.
        """
        with self._publishing():
            pass
        self.remove_abandoned()

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty local folder, removed at the end of the block.

        Raises:
            StorageError: it cannot be made.
        """
        if self.scratch is None:
            with tempfile.TemporaryDirectory(prefix="orgsmith-") as folder:
                yield Path(folder)
            return
        staged = self.scratch / "staged"
        with storage_errors(staged):
            # Of a run that was killed: whoever uses the scratch now holds its lock.
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def release(
        self,
        staged: Path,
        version: str | None,
        now: dt.datetime,
        announce: Callable[[Remote], None],
    ) -> Remote:
        """Upload a filled folder, its manifest last, and let `latest` name it.

        Killed or cut off before the manifest is there, it leaves what nobody takes for a dataset;
        after that, the dataset is there, and `finish` only has to name it latest.

        Args:
            staged: a folder of `staging`.
            version: its name; a time stamp, or the next free second, if left out.
            now: the time of the stamp.
            announce: called with the final place, right before the manifest is put there.

        Raises:
            UsageError: the name is taken.
            StorageError: the place cannot be used, or was taken over by another run.
        """
        files = {
            path.relative_to(staged).as_posix(): path
            for path in sorted(staged.rglob("*"))
            if path.is_file()
        }
        manifest = files.pop(MANIFEST)
        with self._claimed(version, now) as (final, lease):
            final.send_all(files)
            compare(final, files)
            with self._publishing() as industry:
                lease.check()
                announce(final)
                (final / MANIFEST).send(manifest)
                industry.check()
                (self.folder / LATEST).write(final.name.encode())
        return final

    def finish(self, name: str) -> None:
        """Let `latest` name a version whose process was killed before it did.

        A version that was made after it stays the latest.

        Raises:
            StorageError: the place cannot be used.
        """
        self.remove_abandoned()
        with self._publishing():
            made = self.made([each for each in (self.named_latest(), name) if each])
            if max(made, key=lambda each: made[each], default=name) == name:
                (self.folder / LATEST).write(name.encode())

    def latest(self, scratch: Path) -> Path | None:
        """A copy of the version that `latest` names, in `scratch`; None if there is none.

        Raises:
            DatasetError: it is damaged.
            StorageError: the place cannot be used.
        """
        name = self.named_latest()
        if name is None or not (self.folder / name / MANIFEST).exists():
            return None
        copy = scratch / LATEST / name
        shutil.rmtree(copy, ignore_errors=True)
        fetch_into(copy, self.folder / name)
        return copy

    def versions(self) -> tuple[str, ...]:
        """The names of the published versions, sorted.

        Raises:
            StorageError: the place cannot be used.
        """
        paths = (path.split("/") for path in self.folder.files())
        return tuple(path[0] for path in paths if path[1:] == [MANIFEST])

    def remove_abandoned(self) -> tuple[Remote, ...]:
        """Remove what killed processes uploaded and never finished, or had begun to remove.

        Raises:
            StorageError: the place cannot be used.
        """
        below: dict[str, list[str]] = {}
        for path in self.folder.files():
            name, _, inside = path.partition("/")
            below.setdefault(name, []).append(inside)
        left = [self.folder / name for name, files in below.items() if uploads(files)]
        return tuple(version for version in left if self._removed(version))

    def retire(self, keep: int, newest: str) -> tuple[Remote, ...]:
        """Remove all but the `keep` newest versions, as `retention.retire` does.

        The manifest goes first: readers never find half of it. Killed meanwhile, what is left is
        removed as if it had been an upload.

        Raises:
            StorageError: a version cannot be removed; older ones are gone.
        """
        made = self.made(self.versions())
        stay = {newest, self.named_latest()}
        removed = []
        for name in sorted(made, key=lambda each: (made[each], each))[:-keep]:
            version = self.folder / name
            lease = None if name in stay else Lease.take(version / UPLOADING)
            if lease is None:
                continue
            with lease.held():
                (version / MANIFEST).remove()
                empty(version)
            removed.append(version)
        return tuple(removed)

    def named_latest(self) -> str | None:
        """The name that `latest` holds."""
        with suppress(FileNotFoundError, UnicodeDecodeError):
            name = (self.folder / LATEST).read_text().strip()
            if name and "/" not in name and name != "..":
                return name
        return None

    def made(self, names: tuple[str, ...] | list[str]) -> dict[str, dt.datetime]:
        """When versions were made; those nobody can tell it of are left out."""
        texts = self.folder.read_all(f"{name}/{MANIFEST}" for name in names)
        made: dict[str, dt.datetime] = {}
        for path, content in texts.items():
            with suppress(DatasetError, UnicodeDecodeError):
                made[path.partition("/")[0]] = Manifest.loads(content.decode(), path).created_at
        return made

    def _removed(self, version: Remote) -> bool:
        """Remove what is in the place of an upload whose process is gone; whether anything was.

        It is listed once it is ours: until then its process may have finished it.
        """
        lease = Lease.take(version / UPLOADING)
        if lease is None:
            return False
        with lease.held():
            # With a manifest it was finished, and only its lease was left.
            return not (version / MANIFEST).exists() and empty(version)

    @contextmanager
    def _claimed(self, version: str | None, now: dt.datetime) -> Iterator[tuple[Remote, Lease]]:
        """A version's place, held; what is in it goes if it has no manifest at the end."""
        final, lease = self._claim(version, now)
        with lease.held():
            try:
                yield final, lease
            except BaseException:
                with suppress(OrgsmithError):
                    if not lease.lost and not (final / MANIFEST).exists():
                        empty(final)
                raise

    def _claim(self, version: str | None, now: dt.datetime) -> tuple[Remote, Lease]:
        """The place of the name asked for, or of the first free second, and its lease."""
        second = now
        while True:
            final = self.folder / (version or second.strftime(STAMP))
            lease = None if final.files() else Lease.take(final / UPLOADING)
            # Another may have published, and let go, between these two.
            if lease and all(map(is_lease, final.files())):
                return final, lease
            if lease:
                lease.release()
            if version is not None:
                raise UsageError(taken(final) if MANIFEST in final.files() else busy(final))
            second += dt.timedelta(seconds=1)

    @contextmanager
    def _publishing(self) -> Iterator[Lease]:
        """Hold the industry: the last to publish is also the last to say what is latest."""
        while (lease := Lease.take(self.folder / PUBLISHING)) is None:
            time.sleep(POLL_S)
        with lease.held():
            yield lease
