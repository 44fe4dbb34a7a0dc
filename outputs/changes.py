"""What changed between two published versions, as values to be shown or judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.distance import distance
from orgsmith.outputs.manifest import Check, Manifest
from orgsmith.outputs.question_changes import QuestionChange, question_changes
from orgsmith.outputs.schema_changes import SchemaChange, schema_changes
from orgsmith.outputs.schema_file import SchemaFile, read_schema
from orgsmith.outputs.shape import (
    ColumnShape,
    Length,
    Numbers,
    Parents,
    TableShape,
    Values,
    shape_of,
)
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.records.counts import planned


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two datasets."""

    path: Path
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FactChange:
    """Something in the manifest that made the versions differ."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """Rows of an object; `expected` are those of `before` as they grow with the scale.

    They are None if the scales differ and the pack in `before` cannot be read.
    """

    object: str
    before: int
    after: int
    expected: float | None


@dataclass(frozen=True, slots=True)
class Deciles:
    """The least value, nine deciles and the greatest; dates are days since the as-of date."""

    deciles: tuple[float, ...]


Summary = Values | Deciles | Parents | Length | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column in one version: rows with and without a value, and what the values are like."""

    filled: int
    nulls: int
    summary: Summary

    @property
    def rows(self) -> int:
        """All rows."""
        return self.filled + self.nulls

    @property
    def null_share(self) -> float:
        """Share of rows without a value; 0 if there is no row."""
        return self.nulls / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A key column that both versions have, with the same type.

    `distance` is between 0 and 1, as `orgsmith.outputs.distance` measures it; None where it does
    not.
    """

    object: str
    field: str
    before: Column
    after: Column
    distance: float | None

    @property
    def null_distance(self) -> float:
        """Difference of the shares of nulls."""
        return abs(self.after.null_share - self.before.null_share)


@dataclass(frozen=True, slots=True)
class EffectChange:
    """What a check measured of a latent variable's effect; None in a version without the check."""

    latent: str
    check: str
    before: Check | None
    after: Check | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What `orgsmith diff` shows.

    `facts`, `schema` and `questions` hold what differs; `rows` all objects that both versions have,
    `columns` all their key columns, and `effects` all effects that were measured.
    """

    before: Version
    after: Version
    facts: tuple[FactChange, ...]
    schema: tuple[SchemaChange, ...]
    rows: tuple[RowChange, ...]
    columns: tuple[ColumnChange, ...]
    effects: tuple[EffectChange, ...]
    questions: tuple[QuestionChange, ...]

    @property
    def equal(self) -> bool:
        """Whether the two versions hold the same, made from the same."""
        return (
            self.before.fingerprint == self.after.fingerprint
            and not (self.facts or self.schema or self.questions)
            and all(each.before == each.after for each in self.rows)
            and all(each.before == each.after and not each.distance for each in self.columns)
            and all(each.before == each.after for each in self.effects)
        )


def changes(before: Dataset, after: Dataset) -> Changes:
    """What changed from one version to another; each file is read once.

    Raises:
        DatasetError: a file of a version is missing or damaged.
    """
    schemas = read_schema(before.path), read_schema(after.path)
    both = [name for name in schemas[0].objects if name in schemas[1].objects]
    growth = _growth(before, after, both)
    rows: list[RowChange] = []
    columns: list[ColumnChange] = []
    for name in both:
        shapes = shape_of(before, schemas[0], name), shape_of(after, schemas[1], name)
        grown = growth.get(name)
        expected = None if grown is None else shapes[0].rows * grown
        rows.append(RowChange(name, shapes[0].rows, shapes[1].rows, expected))
        columns += _columns(name, *shapes)
    return Changes(
        before=Version(before.path, before.manifest.fingerprint),
        after=Version(after.path, after.manifest.fingerprint),
        facts=tuple(_facts(before.manifest, after.manifest)),
        schema=tuple(schema_changes(*schemas)),
        rows=tuple(rows),
        columns=tuple(columns),
        effects=tuple(_effects(before.manifest, after.manifest, schemas)),
        questions=tuple(question_changes(before, after)),
    )


def _growth(before: Dataset, after: Dataset, objects: Sequence[str]) -> Mapping[str, float]:
    """By what the rows of each object grow from the scale of one version to that of the other.

    It is the growth of the earlier version's own pack: what its counts, floors included, are at
    either scale. Nothing is known if that pack cannot be read, or has no such object.
    """
    if before.manifest.scale == after.manifest.scale:
        return dict.fromkeys(objects, 1.0)
    try:
        organisation = before.organisation
    except DatasetError:
        return {}
    now, then = (_due(replace(organisation, scale=each.manifest.scale)) for each in (before, after))
    return {name: then[name] / now[name] for name in objects if now.get(name)}


def _due(organisation: Organisation) -> dict[str, float]:
    """How many rows of each object are due."""
    # The plan has products of rows that are there; here they are those that are due themselves.
    once = planned(organisation, dict.fromkeys(OBJECTS, 0))
    return planned(organisation, {name: round(count) for name, count in once.items()})


def _facts(before: Manifest, after: Manifest) -> Iterator[FactChange]:
    for name, left, right in zip(_MADE_BY, _made_by(before), _made_by(after), strict=True):
        if left != right:
            yield FactChange(name, left, right)


_MADE_BY = ("industry", "industry_hash", "seed", "scale", "as_of", "writer", "orgsmith_version")


def _made_by(manifest: Manifest) -> tuple[str, ...]:
    """What made a version, as text, in the order of `_MADE_BY`."""
    by = manifest.writer
    writer = " ".join(each for each in (by.kind, by.model) if each)
    return (
        manifest.industry,
        manifest.industry_hash,
        str(manifest.seed),
        f"{manifest.scale:g}",
        str(manifest.as_of),
        f"{writer}, checked by {by.checker}" if by.checker else writer,
        manifest.orgsmith_version,
    )


def _columns(name: str, before: TableShape, after: TableShape) -> Iterator[ColumnChange]:
    for field, left in before.columns.items():
        right = after.columns.get(field)
        if right is not None and right.kind is left.kind:
            apart = distance(left, right)
            yield ColumnChange(name, field, _column(left), _column(right), apart)


def _column(shape: ColumnShape) -> Column:
    content = shape.content
    summary = Deciles(content.deciles) if isinstance(content, Numbers) else content
    return Column(shape.filled, shape.nulls, summary)


def _effects(
    before: Manifest, after: Manifest, schemas: Sequence[SchemaFile]
) -> Iterator[EffectChange]:
    left, right = _measured(before, schemas[0]), _measured(after, schemas[1])
    for latent, name in dict.fromkeys((*left, *right)):
        key = latent, name
        yield EffectChange(latent, name, left.get(key), right.get(key))


def _measured(manifest: Manifest, schema: SchemaFile) -> Mapping[tuple[str, str], Check]:
    """The checks that measure an effect, by latent variable and name."""
    # A check that counts faults allows none; what measures an effect has something to reach.
    return {
        (check.object, check.name): check
        for check in manifest.checks
        if check.object in schema.latents and check.threshold
    }
