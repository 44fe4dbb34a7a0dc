"""schema.json: the objects and latent variables of a dataset, their fields and references."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from orgsmith.outputs.manifest import Fact
from orgsmith.schema.declaration import Field, Kind, Reference
from orgsmith.schema.declared import objects_of
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.industry import Industry
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

SCHEMA_FILE = "schema.json"

COLUMN_TYPES: dict[pl.DataType, str] = {
    pl.String(): "String",
    pl.Int64(): "Int64",
    pl.Float64(): "Float64",
    pl.Boolean(): "Boolean",
    pl.Date(): "Date",
    pl.Datetime("us", "UTC"): "Datetime(us, UTC)",
}
"""The types of published columns, as design and schema.json spell them."""


class ReferenceEntry(Fact):
    """A lookup to a parent record, and the names of the way up and of the way down."""

    parent: str
    relationship: str
    children: str

    @classmethod
    def of(cls, reference: Reference) -> "ReferenceEntry":
        """A declared reference."""
        return cls(
            parent=reference.parent,
            relationship=reference.relationship,
            children=reference.children,
        )


class FieldEntry(Fact):
    """A column as published; what does not apply is left out."""

    name: str
    type: Kind
    column: str
    description: str
    nullable: bool
    unique: bool = False
    reference: ReferenceEntry | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    label: str = ""

    @classmethod
    def of(cls, field: Field) -> "FieldEntry":
        """A declared field."""
        return cls(
            name=field.name,
            type=field.kind,
            column=COLUMN_TYPES[field.kind.dtype],
            description=field.description,
            nullable=field.optional,
            unique=field.unique,
            reference=None if field.reference is None else ReferenceEntry.of(field.reference),
            values=field.values,
            pattern=field.pattern,
            minimum=field.minimum,
            maximum=field.maximum,
            max_length=field.max_length,
            label=field.label,
        )


class ObjectEntry(Fact):
    """An object as published."""

    label: str
    plural: str
    key_prefix: str
    description: str
    fields: tuple[FieldEntry, ...]


class LatentEntry(Fact):
    """A latent variable as published."""

    description: str
    distribution: str
    key: tuple[str, ...]
    fields: tuple[FieldEntry, ...]


class SchemaFile(Fact):
    """schema.json as a whole; objects and latent variables by name, in order of declaration."""

    objects: dict[str, ObjectEntry]
    latents: dict[str, LatentEntry]

    @property
    def nodes(self) -> Mapping[str, ObjectEntry | LatentEntry]:
        """Objects and latent variables together."""
        return {**self.objects, **self.latents}

    def text(self) -> str:
        """The file's content."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(content, indent=2) + "\n"


def declared_schema(industry: Industry | None) -> SchemaFile:
    """The schema of what this Orgsmith publishes of an industry; None: of one that is not known."""
    objects = OBJECTS if industry is None else objects_of(industry)
    return SchemaFile(
        objects={
            name: ObjectEntry(
                label=declared.label,
                plural=declared.plural,
                key_prefix=declared.key_prefix,
                description=declared.description,
                fields=_entries(declared.fields),
            )
            for name, declared in objects.items()
        },
        latents={
            name: LatentEntry(
                description=declared.description,
                distribution=declared.distribution,
                key=declared.key,
                fields=_entries(declared.fields),
            )
            for name, declared in LATENTS.items()
        },
    )


def read_schema(folder: Path) -> SchemaFile:
    """The schema.json of the dataset in a folder.

    Raises:
        DatasetError: there is none, or it is broken.
    """
    path = folder / SCHEMA_FILE
    try:
        return SchemaFile.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{path}: cannot be read ({error}); generate the dataset again"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        raise DatasetError(
            f"{path}: {where}: {first['msg']}; generate the dataset again"
        ) from error


def differences(published: SchemaFile, declared: SchemaFile) -> Iterator[tuple[str, str, str]]:
    """What a published schema says otherwise: (object, field, reason); field "(all)" for no one."""
    ours, theirs = declared.nodes, published.nodes
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield name, "(all)", "is declared, but not in schema.json"
        elif name not in ours:
            yield name, "(all)", "is in schema.json, but not declared"
        else:
            yield from _node_differences(name, theirs[name], ours[name])


def _node_differences(
    name: str, theirs: ObjectEntry | LatentEntry, ours: ObjectEntry | LatentEntry
) -> Iterator[tuple[str, str, str]]:
    for key, value in ours:
        if key != "fields" and getattr(theirs, key, None) != value:
            yield name, "(all)", f"{key} is {getattr(theirs, key, None)!r}, declared is {value!r}"
    left = {field.name: field for field in theirs.fields}
    right = {field.name: field for field in ours.fields}
    for field in sorted(left.keys() | right.keys()):
        if field not in left:
            yield name, field, "is declared, but not in schema.json"
        elif field not in right:
            yield name, field, "is in schema.json, but not declared"
        else:
            for key, value in right[field]:
                if getattr(left[field], key) != value:
                    found = getattr(left[field], key)
                    yield name, field, f"{key} is {found!r}, declared is {value!r}"


def _entries(fields: Iterable[Field]) -> tuple[FieldEntry, ...]:
    return tuple(FieldEntry.of(field) for field in fields)
