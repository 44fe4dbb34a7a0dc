"""Which dataset on object storage a user means."""

import datetime as dt
from contextlib import suppress

from orgsmith.outputs.fetch import read_manifest
from orgsmith.outputs.manifest import MANIFEST, Manifest
from orgsmith.outputs.remote import Place, Remote, place_of
from orgsmith.outputs.remote_shelf import RemoteShelf
from orgsmith.outputs.versions import LATEST
from orgsmith.schema.errors import DatasetError


def find_remote(spec: str | None, out: Place) -> Remote:
    """The dataset on object storage that a user means.

    Args:
        spec: the URL of a dataset or of an industry's folder, INDUSTRY or INDUSTRY/VERSION under
            `out`; None means the newest of all industries.
        out: where datasets are published.

    Raises:
        DatasetError: there is no such dataset.
        StorageError: the place cannot be reached.
    """
    named = place_of(spec) if spec else None
    if isinstance(named, Remote):
        return _named(named)
    if not isinstance(out, Remote):
        raise TypeError(f"neither {spec} nor {out} is a URL")
    if spec:
        return _named(out / spec.strip("/"))
    return _newest(out)


def _named(place: Remote) -> Remote:
    """A dataset, or the newest of an industry."""
    if (place / MANIFEST).exists():
        return place
    # So that `.../latest` means what it does in a folder.
    industry = place.parent if place.name == LATEST else place
    newest = _latest_of(industry)
    if newest is None:
        raise DatasetError(
            f"no dataset at {place}: neither its {MANIFEST} is there nor versions with one; run "
            "orgsmith generate first"
        )
    return newest


def _latest_of(industry: Remote) -> Remote | None:
    """The version that `latest` names, or else the one made last; None if there is none."""
    shelf = RemoteShelf(industry)
    named = shelf.named_latest()
    if named is not None and (industry / named / MANIFEST).exists():
        return industry / named
    made = shelf.made(shelf.versions())
    return industry / max(made, key=lambda name: (made[name], name)) if made else None


def _newest(out: Remote) -> Remote:
    """The dataset that was made last, of all industries."""
    found: dict[Remote, dt.datetime] = {}
    for name in out.names():
        if not name.startswith(".") and (latest := _latest_of(out / name)):
            with suppress(DatasetError):
                text = read_manifest(latest)
                found[latest] = Manifest.loads(text, str(latest)).created_at
    if not found:
        raise DatasetError(f"no dataset in {out}; run orgsmith generate first")
    return max(found, key=lambda each: (found[each], each))
