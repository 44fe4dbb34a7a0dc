"""What the describe tool says of objects and fields: few words, and the same as data."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from orgsmith.arena.catalog import Column, Entity
from orgsmith.arena.store.defaults import createable, defaulted, longest, nillable, updateable


class ObjectFacts(BaseModel):
    """An object in the list of all."""

    name: str
    label: str
    description: str
    rows: int = Field(description="How many records the session sees")


class FieldFacts(BaseModel):
    """A field."""

    name: str
    type: str
    description: str
    length: int | None = Field(description="Characters that fit; null if it holds no text")
    required: bool = Field(description="Must be given to create a record")
    createable: bool
    updateable: bool
    filterable: bool = Field(description="Whether WHERE and ORDER BY take it")
    unique: bool = Field(description="Whether it tells records apart")
    values: list[str] = Field(description="All values of a picklist")
    parent: str | None = Field(description="The object that a reference leads to")
    relationship: str | None = Field(description="How SOQL walks there: <relationship>.Name")


class ChildFacts(BaseModel):
    """Records that refer to this one."""

    relationship: str = Field(description="For sub-queries: (SELECT Id FROM <relationship>)")
    object: str
    field: str = Field(description="The field of theirs that refers to it")


class Facts(BaseModel):
    """What is described: one object with fields and children, or all objects."""

    objects: list[ObjectFacts]
    fields: list[FieldFacts] = []
    children: list[ChildFacts] = []


def facts_of(entity: Entity, rows: int) -> Facts:
    """An object, its fields and its children."""
    return Facts(
        objects=[brief(entity, rows)],
        fields=[_field(column) for column in entity.columns.values()],
        children=[
            ChildFacts(relationship=each.name, object=each.entity, field=each.field)
            for each in entity.children.values()
        ],
    )


def brief(entity: Entity, rows: int) -> ObjectFacts:
    """An object as the list of all shows it."""
    return ObjectFacts(
        name=entity.name, label=entity.label, description=entity.description, rows=rows
    )


def list_text(objects: Sequence[ObjectFacts]) -> str:
    """All objects, one to a line."""
    return "\n".join(f"{each.name} ({each.rows:,} records): {each.description}" for each in objects)


def object_text(facts: Facts) -> str:
    """An object, a field or a relationship to a line."""
    lines = [list_text(facts.objects), "", "Fields:"]
    lines += [_field_text(each) for each in facts.fields]
    if facts.children:
        lines += ["", "Children, for sub-queries:"]
        lines += [
            f"(SELECT Id FROM {each.relationship}): {each.object}, by its {each.field}"
            for each in facts.children
        ]
    return "\n".join(lines)


def _field(column: Column) -> FieldFacts:
    may_create = createable(column)
    return FieldFacts(
        name=column.name,
        type=str(column.kind),
        description=column.description,
        length=longest(column),
        required=may_create and not nillable(column) and not defaulted(column),
        createable=may_create,
        updateable=updateable(column),
        filterable=not column.long,
        unique=column.unique,
        values=list(column.values),
        parent=column.parent,
        relationship=column.relationship,
    )


def _field_text(field: FieldFacts) -> str:
    kind = field.type if field.length is None else f"{field.type}({field.length})"
    if field.parent:
        kind = f"reference to {field.parent}, walked as {field.relationship}.<field>"
    if field.values:
        kind = f"picklist: {' | '.join(field.values)}"
    marks = [
        mark
        for mark, holds in (
            ("required", field.required),
            ("unique", field.unique),
            ("read-only", not field.createable and not field.updateable),
            ("fixed once created", field.createable and not field.updateable),
            ("not filterable", not field.filterable),
        )
        if holds
    ]
    told = f"{kind}; {', '.join(marks)}" if marks else kind
    return f"- {field.name} [{told}] {field.description}"
