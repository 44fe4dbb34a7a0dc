"""Industry packs as files: find one, read it, say everything that is wrong with it."""

import hashlib
import json
from pathlib import Path

import yaml
from pydantic import ValidationError

from orgsmith.schema import pack_custom, pack_phrases, pack_rules, pack_talk
from orgsmith.schema.errors import PackError, UsageError
from orgsmith.schema.industry import Industry
from orgsmith.schema.pack_document import LOADER, Document, Fault, Place, parse, read
from orgsmith.schema.pack_format import closest, expected, format_faults

BUILT_IN = Path(__file__).parent / "industries"
OWN = Path("industries")
"""Where a user's own packs are looked for, below the working directory."""

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_SUFFIXES = (".yaml", ".yml")

_NOT_IN_DATA = {"label": True}
"""Fields that no row, question or prompt shows: changing one leaves the data as it is."""


def industry_names(directory: Path = OWN) -> tuple[str, ...]:
    """The names `load` knows: those of the built-in packs, then those of the user's own."""
    found = [_stems(BUILT_IN), _stems(directory)]
    return tuple(dict.fromkeys(name for names in found for name in names))


def find(name_or_path: str | Path, directory: Path = OWN) -> Path:
    """The file of a pack: a built-in name, a name in the directory, or a path.

    Raises:
        UsageError: there is no such file; the message lists the known names.
    """
    text = str(name_or_path)
    path = Path(text)
    if path.suffix not in _SUFFIXES and len(path.parts) == 1:
        for folder in (BUILT_IN, directory):
            for suffix in _SUFFIXES:
                candidate = folder / f"{text}{suffix}"
                if _exists(candidate):
                    return candidate
    if text and _exists(path):
        return path
    known = industry_names(directory)
    shown = " ".join(text.split())
    raise UsageError(
        f'no industry "{shown}"{closest(path.stem, known)}: expected one of {", ".join(known)}, '
        f"a name in {directory}/, or the path of a YAML file"
    )


def load(name_or_path: str | Path, directory: Path = OWN) -> Industry:
    """The pack of that name or path.

    Raises:
        UsageError: there is no such pack.
        PackError: the pack is wrong; `faults` says everything that is, one line for each fault.
    """
    return _accept(read(find(name_or_path, directory)))


def loads(text: str, name: str = "pack") -> Industry:
    """The pack a YAML text describes; `name` stands for its file in errors.

    Raises:
        PackError: the pack is wrong; `faults` says everything that is, one line for each fault.
    """
    return _accept(parse(text.encode("utf-8", "replace"), Document(name)))


def check(name_or_path: str | Path, directory: Path = OWN) -> tuple[str, ...]:
    """What is wrong with a pack, one line for each fault; nothing if it can be used.

    Raises:
        UsageError: there is no such pack.
    """
    return _examine(read(find(name_or_path, directory)))[1]


def dump(industry: Industry) -> str:
    """A pack as YAML with every default filled in; `loads` gives the same pack again."""
    values = industry.model_dump(mode="json")
    return yaml.dump(values, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=100)


def undump(text: str) -> Industry:
    """The pack of a text that is known to be what `dump` wrote: its rules are not examined again.

    Raises:
        PackError: it is no pack at all.
    """
    try:
        return Industry.model_validate(yaml.load(text, Loader=LOADER))
    except (yaml.YAMLError, ValidationError) as error:
        raise PackError((" ".join(str(error).split()),)) from error


def pack_hash(industry: Industry) -> str:
    """SHA-256 over what matters for the data: equal hashes give equal organisations.

    The order of lists and of states counts, since rows are drawn in it; comments, the order of
    fields and defaults written out do not.
    """
    values = industry.model_dump(mode="json", exclude=_NOT_IN_DATA)
    canonical = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def examine(root: Place) -> tuple[Industry | None, list[Fault]]:
    """The pack in plain values if its format is right, and everything that is wrong with it."""
    industry, wrong = format_faults(root)
    rules = (pack_rules, pack_phrases, pack_talk, pack_custom)
    return industry, [*wrong, *(fault for each in rules for fault in each.faults(root))]


def _accept(document: Document) -> Industry:
    industry, faults = _examine(document)
    if industry is None or faults:
        raise PackError(faults)
    return industry


def _examine(document: Document) -> tuple[Industry | None, tuple[str, ...]]:
    root = document.root
    faults = list(document.faults)
    if root.value is None and faults:
        return None, document.report(faults)
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a single value"
        return None, document.report([*faults, Fault((), f"the file holds {kind}", expected(()))])
    industry, wrong = examine(root)
    return industry, document.report([*faults, *wrong])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # A name no file can have: too long, or with a null character.
        return False


def _stems(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(path.stem for path in folder.iterdir() if path.suffix in _SUFFIXES)
