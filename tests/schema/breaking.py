"""Breaks a right pack in one place, so that a test can see the fault named."""

import copy
import re
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from orgsmith.schema import packs

Tree: TypeAlias = Any
"""What a YAML file can hold, right or wrong: tests break it in ways no type allows."""
Path_ = tuple[str | int, ...]
FAULT = re.compile(
    r"^(?P<file>.+):(?P<line>\d+): (?P<field>.+?): (?P<wrong>.+); expected (?P<need>.+)$"
)

BUILT_IN = packs.industry_names(Path("no such folder"))


def source() -> Tree:
    """A pack without faults, as plain values."""
    text = (packs.BUILT_IN / "sportswear.yaml").read_text(encoding="utf-8")
    tree: Tree = yaml.load(text, Loader=yaml.CSafeLoader)
    tree["categories"] = tree["categories"][:4]
    return tree


TREE = source()


DROP = object()


def at(tree: Tree, path: Path_) -> Tree:
    for step in path:
        tree = tree[step]
    return tree


def change(tree: Tree, path: Path_, value: Tree) -> Tree:
    """The tree with another value at a path; `DROP` removes the field."""
    tree = copy.deepcopy(tree)
    holder, step = at(tree, path[:-1]), path[-1]
    if value is DROP:
        del holder[step]
    else:
        holder[step] = value(holder[step]) if callable(value) else value
    return tree


def write(tree: Tree, folder: Path) -> Path:
    file = folder / "pack.yaml"
    text = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, width=10_000)
    file.write_text(text, encoding="utf-8")
    return file


def text_of(path: Path_) -> str:
    return str(at(TREE, path))
