"""The objects, fields and relationships that an org has, looked up as Salesforce looks names up.

Everything here is derived from a dataset's schema.json. Names are found in any case and given back
as they are declared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from orgsmith.outputs.schema_file import FieldEntry, ObjectEntry, SchemaFile
from orgsmith.schema.declaration import Kind

LONGEST_FILTERED = 255
"""Characters up to which a text area is a short one, which queries can filter and sort by."""

NUMBERS = frozenset({Kind.INT, Kind.DOUBLE, Kind.CURRENCY})
TIMES = frozenset({Kind.DATE, Kind.DATETIME})
IDS = frozenset({Kind.ID, Kind.REFERENCE})

POLYMORPHIC = frozenset({("Case", "OwnerId"), ("LiveChatTranscript", "OwnerId")})
"""References that may lead to objects of several types in Salesforce; here all lead to one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of an object.

    `system` fields are kept by the org itself: they are served, but are not in the dataset. A
    `required` field must be given when a record is created, unless it has a default.
    """

    entity: str
    name: str
    kind: Kind
    label: str
    description: str
    parent: str | None = None
    relationship: str | None = None
    children: str | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    nullable: bool = True
    unique: bool = False
    system: bool = False

    @property
    def custom(self) -> bool:
        """Whether the name says that it is a custom field."""
        return self.name.endswith("__c")

    @property
    def long(self) -> bool:
        """Whether it is a long text area: not filtered, grouped or sorted by."""
        return self.kind is Kind.TEXTAREA and (self.max_length or 0) > LONGEST_FILTERED

    @property
    def groupable(self) -> bool:
        """Whether GROUP BY takes it: no moments, amounts or long texts, as in Salesforce."""
        ungrouped = {Kind.DATETIME, Kind.DOUBLE, Kind.CURRENCY}
        return self.kind not in ungrouped and not self.long

    @property
    def polymorphic(self) -> bool:
        """Whether TYPEOF and Type apply to its relationship."""
        return (self.entity, self.name) in POLYMORPHIC


@dataclass(frozen=True, slots=True)
class Children:
    """A relationship from parent to children: its name, the object and the field of the child."""

    name: str
    entity: str
    field: str


@dataclass(frozen=True)
class Entity:
    """An object of the org."""

    name: str
    label: str
    plural: str
    key_prefix: str
    description: str
    columns: Mapping[str, Column]
    """By name, in order of declaration, the system's last."""
    children: Mapping[str, Children] = field(default_factory=dict)
    """By relationship name in lower case."""

    @cached_property
    def _lower(self) -> Mapping[str, Column]:
        return {name.lower(): column for name, column in self.columns.items()}

    @cached_property
    def _parents(self) -> Mapping[str, Column]:
        return {
            column.relationship.lower(): column
            for column in self.columns.values()
            if column.relationship
        }

    @property
    def custom(self) -> bool:
        """Whether it is a custom object."""
        return self.name.endswith("__c")

    def column(self, name: str) -> Column | None:
        """The field of that name, in any case."""
        return self._lower.get(name.lower())

    def parent(self, relationship: str) -> Column | None:
        """The reference field that a relationship's name walks, in any case."""
        return self._parents.get(relationship.lower())

    def child(self, relationship: str) -> Children | None:
        """The children of that relationship, in any case."""
        return self.children.get(relationship.lower())

    @cached_property
    def name_column(self) -> Column | None:
        """The field by which people call a record: Name, or what takes its place."""
        for candidate in ("Name", "CaseNumber", "OrderNumber", "OrderItemNumber", "Title"):
            if candidate in self.columns:
                return self.columns[candidate]
        return self.columns.get("Subject")


@dataclass(frozen=True)
class Catalog:
    """The objects of an org, by name, in order of declaration."""

    entities: Mapping[str, Entity]

    @cached_property
    def _lower(self) -> Mapping[str, Entity]:
        return {name.lower(): entity for name, entity in self.entities.items()}

    @cached_property
    def _prefixes(self) -> Mapping[str, Entity]:
        return {entity.key_prefix: entity for entity in self.entities.values()}

    def entity(self, name: str) -> Entity | None:
        """The object of that name, in any case."""
        return self._lower.get(name.lower())

    def of_id(self, record: str) -> Entity | None:
        """The object whose key prefix an id begins with."""
        return self._prefixes.get(record[:3])

    @classmethod
    def of(cls, schema: SchemaFile) -> "Catalog":
        """The catalog of a published schema."""
        children: dict[str, dict[str, Children]] = {name: {} for name in schema.objects}
        for name, declared in schema.objects.items():
            for each in declared.fields:
                if each.reference:
                    found = Children(each.reference.children, name, each.name)
                    children[each.reference.parent][found.name.lower()] = found
        return cls(
            {
                name: Entity(
                    name=name,
                    label=declared.label,
                    plural=declared.plural,
                    key_prefix=declared.key_prefix,
                    description=declared.description,
                    columns=_columns(name, declared),
                    children=children[name],
                )
                for name, declared in schema.objects.items()
            }
        )


def _columns(entity: str, declared: ObjectEntry) -> Mapping[str, Column]:
    columns = [_column(entity, each) for each in declared.fields]
    columns += [
        Column(
            entity, "LastModifiedDate", Kind.DATETIME, "Last Modified Date",
            "When it was last changed (UTC)", nullable=False, system=True,
        ),
        Column(
            entity, "SystemModstamp", Kind.DATETIME, "System Modstamp",
            "When it was last changed, by anybody (UTC)", nullable=False, system=True,
        ),
        Column(
            entity, "IsDeleted", Kind.BOOLEAN, "Deleted",
            "Whether it is in the recycle bin", nullable=False, system=True,
        ),
    ]  # fmt: skip
    return {column.name: column for column in columns}


def _column(entity: str, entry: FieldEntry) -> Column:
    reference = entry.reference
    return Column(
        entity=entity,
        name=entry.name,
        kind=entry.type,
        label=entry.label or _spoken(entry.name),
        description=entry.description,
        parent=reference.parent if reference else None,
        relationship=reference.relationship if reference else None,
        children=reference.children if reference else None,
        values=entry.values,
        pattern=entry.pattern,
        minimum=entry.minimum,
        maximum=entry.maximum,
        max_length=entry.max_length,
        nullable=entry.nullable,
        unique=entry.unique,
    )


def _spoken(name: str) -> str:
    """A field's name as a label: ClosedDate is "Closed Date", OrderItemId__c "Order Item Id"."""
    words = name.removesuffix("__c").replace("_", " ")
    spaced = "".join(
        f" {sign}" if sign.isupper() and place and words[place - 1].islower() else sign
        for place, sign in enumerate(words)
    )
    return " ".join(spaced.split())
