"""An organisation as Polars reads it from its files; nothing of the arena is used."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.objects import OBJECTS

LONGEST = 255
"""Characters up to which a text area can be filtered and sorted by."""

TEXTS = frozenset({Kind.STRING, Kind.TEXTAREA, Kind.EMAIL, Kind.PHONE, Kind.PICKLIST})
NUMBERS = frozenset({Kind.INT, Kind.DOUBLE, Kind.CURRENCY})
TIMES = frozenset({Kind.DATE, Kind.DATETIME})
IDS = frozenset({Kind.ID, Kind.REFERENCE})


@dataclass(frozen=True, slots=True)
class Column:
    """A field of an object or of its parents, by its path; `owner` is the object that has it."""

    path: str
    owner: str

    @property
    def declared(self) -> Field:
        """Its declaration."""
        return OBJECTS[self.owner].field(self.path.rpartition(".")[2])

    @property
    def kind(self) -> Kind:
        """Its type."""
        return self.declared.kind

    @property
    def long(self) -> bool:
        """Whether it is only shown."""
        return self.kind is Kind.TEXTAREA and (self.declared.max_length or 0) > LONGEST

    @property
    def groupable(self) -> bool:
        """Whether GROUP BY takes it."""
        return self.kind not in {Kind.DATETIME, Kind.DOUBLE, Kind.CURRENCY} and not self.long

    @property
    def own(self) -> bool:
        """Whether it is a field of the object itself."""
        return "." not in self.path


class Published:
    """The tables of a dataset, joined with their parents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.frame = cache(self._frame)
        self.wide = cache(self._wide)

    def _frame(self, name: str) -> pl.DataFrame:
        """The records of an object."""
        return pl.read_parquet(self._folder / "objects" / name / "*.parquet")

    def _wide(self, name: str, levels: int = 2) -> pl.DataFrame:
        """The records of an object with the fields of their parents, by path."""
        frame = self.frame(name)
        for own in OBJECTS[name].fields:
            if own.reference is None or not levels:
                continue
            parent = self.wide(own.reference.parent, levels - 1)
            walked = parent.select(pl.all().name.prefix(f"{own.reference.relationship}."))
            frame = frame.join(
                walked,
                left_on=own.name,
                right_on=f"{own.reference.relationship}.Id",
                how="left",
                coalesce=False,
                maintain_order="left",
            )
        return frame


@cache
def columns(name: str, levels: int = 2) -> tuple[Column, ...]:
    """The fields of an object and of its parents, those that are not long."""
    found: list[Column] = []
    for own in OBJECTS[name].fields:
        found.append(Column(own.name, name))
        if own.reference is not None and levels:
            found += [
                Column(f"{own.reference.relationship}.{each.path}", each.owner)
                for each in columns(own.reference.parent, levels - 1)
            ]
    return tuple(each for each in found if not each.long)
