"""What is in a dataset, as values to be shown: sizes, time spans, a record, latent effects."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import PUBLIC, Check, Task
from orgsmith.schema.declaration import Field, Kind, Object
from orgsmith.schema.declared import objects_of
from orgsmith.schema.errors import UsageError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

Value = str | int | float | bool | dt.date | dt.datetime | None

CANDIDATES = 256
"""Records of an object, lowest ids first, of which the one with most relations is shown."""

CHILDREN_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ObjectSummary:
    """The size of an object on the disk and the span of its CreatedDate (UTC)."""

    name: str
    label: str
    rows: int
    columns: int
    bytes: int
    first: dt.datetime | None
    last: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LatentSummary:
    """A latent variable, and the checks that measured its effect on the published records."""

    name: str
    description: str
    rows: int
    effects: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its object, and its values by field in order of declaration."""

    object: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Parent:
    """The record a reference leads to."""

    field: str
    record: Record


@dataclass(frozen=True, slots=True)
class Children:
    """The records that refer to the sample by one field: how many, and the first few of them."""

    object: str
    field: str
    count: int
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A record with those it is related to."""

    record: Record
    parents: tuple[Parent, ...]
    children: tuple[Children, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What `orgsmith inspect` shows; `seed` is None where a public copy hides it."""

    path: Path
    industry: str
    version: str
    seed: int | None
    scale: float
    as_of: dt.date
    fingerprint: str
    objects: tuple[ObjectSummary, ...]
    tasks: dict[str, Task]
    latents: tuple[LatentSummary, ...]
    sample: Sample | None


def summary(dataset: Dataset, object_name: str | None = None) -> Summary:
    """Sizes of all objects, or of one, with a sample record of it and its relations.

    Without a name the sample is of the object with the most references.

    Raises:
        UsageError: there is no object of that name.
        DatasetError: a file of the dataset is missing or damaged.
    """
    if object_name is not None and object_name not in OBJECTS:
        raise UsageError(f"no object {object_name!r}; there are {', '.join(OBJECTS)}")
    objects = objects_of(dataset.organisation.industry)
    shown = objects if object_name is None else {object_name: objects[object_name]}
    central = max(shown.values(), key=lambda each: sum(1 for _ in _references(each)))
    made = dataset.manifest
    return Summary(
        path=dataset.path,
        industry=made.industry,
        version=dataset.path.name,
        seed=made.seed,
        scale=made.scale,
        as_of=made.as_of,
        fingerprint=made.fingerprint,
        objects=tuple(_object(dataset, declared) for declared in shown.values()),
        tasks=made.tasks,
        latents=tuple(_latents(dataset)),
        sample=sample(dataset, central),
    )


def sample(dataset: Dataset, declared: Object) -> Sample | None:
    """The record with the most kinds of children among the first ones; None if there are none."""
    candidates = dataset.read(declared.name, lambda rows: rows.drop_nulls("Id").head(CANDIDATES))
    if candidates.is_empty():
        return None
    counts = {
        (child.name, field.name): _count_children(dataset, child, field, candidates["Id"])
        for child, field in _children_of(dataset, declared)
    }
    kinds = dict.fromkeys(candidates["Id"].to_list(), 0)
    for found in counts.values():
        for record in found:
            kinds[record] += 1
    chosen = max(kinds, key=lambda record: kinds[record])
    row = candidates.filter(pl.col("Id") == chosen).row(0, named=True)
    return Sample(
        record=_record(declared, row),
        parents=tuple(_parents(dataset, declared, row)),
        children=tuple(
            Children(
                child.name,
                field.name,
                counts[child.name, field.name].get(chosen, 0),
                _first_children(dataset, child, field, chosen),
            )
            for child, field in _children_of(dataset, declared)
        ),
    )


def _object(dataset: Dataset, declared: Object) -> ObjectSummary:
    table = dataset.table(declared.name)
    created = pl.col("CreatedDate")
    span = dataset.read(
        declared.name, lambda rows: rows.select(first=created.min(), last=created.max())
    )
    first, last = span.row(0)
    return ObjectSummary(
        declared.name, declared.label, table.rows, table.columns, table.bytes, first, last
    )


def _latents(dataset: Dataset) -> Iterator[LatentSummary]:
    if dataset.manifest.status == PUBLIC:
        return
    for name, latent in LATENTS.items():
        effects = tuple(check for check in dataset.manifest.checks if check.object == name)
        yield LatentSummary(name, latent.description, dataset.table(name).rows, effects)


def _references(declared: Object) -> Iterator[tuple[Field, str]]:
    """The reference fields of an object, each with its parent's name."""
    for field in declared.fields:
        if field.reference:
            yield field, field.reference.parent


def _children_of(dataset: Dataset, declared: Object) -> Iterator[tuple[Object, Field]]:
    """The objects that refer to an object, each with the field by which."""
    for child in objects_of(dataset.organisation.industry).values():
        for field, parent in _references(child):
            if parent == declared.name:
                yield child, field


def _count_children(
    dataset: Dataset, child: Object, field: Field, ids: pl.Series
) -> dict[str, int]:
    """How many children each of the records has; records without any are left out."""
    of = pl.col(field.name)
    counts = dataset.read(
        child.name,
        lambda rows: rows.filter(of.is_in(ids.implode())).group_by(field.name).len(),
    )
    return dict(zip(counts[field.name].to_list(), counts["len"].to_list(), strict=True))


def _first_children(
    dataset: Dataset, child: Object, field: Field, record: str
) -> tuple[Record, ...]:
    """The oldest children; those of the same moment in order of Id."""
    rows = dataset.read(child.name, lambda rows: rows.filter(pl.col(field.name) == record))
    first = rows.sort(*_order(child)).head(CHILDREN_SHOWN)
    return tuple(_record(child, row) for row in first.iter_rows(named=True))


def _order(declared: Object) -> tuple[str, ...]:
    """What tells in which order records came to be: their first time column, then the id."""
    times = [field.name for field in declared.fields if field.kind is Kind.DATETIME]
    return (*times[:1], "Id")


def _parents(dataset: Dataset, declared: Object, row: dict[str, Value]) -> Iterator[Parent]:
    objects = objects_of(dataset.organisation.industry)
    for field, parent in _references(declared):
        found = _with_id(dataset, parent, row[field.name])
        for values in found.iter_rows(named=True):
            yield Parent(field.name, _record(objects[parent], values))


def _with_id(dataset: Dataset, parent: str, record: Value) -> pl.DataFrame:
    return dataset.read(parent, lambda rows: rows.filter(pl.col("Id") == record))


def _record(declared: Object, row: dict[str, Value]) -> Record:
    return Record(declared.name, {field.name: row[field.name] for field in declared.fields})
