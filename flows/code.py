"""The version of the code that makes a dataset, as far as what is made depends on it."""

import hashlib
import json
from functools import cache
from importlib import import_module
from pathlib import Path

from orgsmith.outputs.manifest import library_versions

ROOMS = ("schema", "prompts", "validators", "outputs", "flows")
SOURCES = (".py", ".yaml", ".jinja")
MADE = ("datasets", "fresh", "runs")
"""Folders of `outputs` that hold what was made, not what makes it."""


@cache
def code_version() -> str:
    """A hash of all that decides what is made: our sources, templates and phrases, and libraries'
    versions."""
    digest = hashlib.sha256(json.dumps(library_versions(), sort_keys=True).encode())
    for room in ROOMS:
        # Rooms are namespace packages: an editable install adds a path that is no folder.
        places = map(Path, import_module(f"orgsmith.{room}").__path__)
        folder = next(place for place in places if place.is_dir())
        for path in sorted(folder.rglob("*")):
            below = path.relative_to(folder)
            if path.suffix in SOURCES and below.parts[0] not in MADE:
                digest.update(f"{room}/{below.as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()
