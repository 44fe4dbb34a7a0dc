"""Which objects and fields a search goes through.

Source: Salesforce, "SOQL and SOSL Reference", IN SearchGroup and RETURNING FieldSpec.
"""

from orgsmith.arena.catalog import Column, Entity
from orgsmith.arena.sosl.tree import Scope
from orgsmith.schema.declaration import Kind

TEXTS = frozenset({Kind.STRING, Kind.TEXTAREA, Kind.EMAIL, Kind.PHONE})
"""Kinds that are searched. Numbers, dates, picklists and references are not, as in Salesforce."""

KEYS = ("Id", "Ids", "Key")
"""How the names of strings end that hold keys: of records, or of time zones. Not searched."""

ARTICLES = frozenset({"Knowledge__kav"})
"""Objects in which two words with no operator between them are joined by OR."""

NAMED_ONLY = ARTICLES | {"Product2"}
"""Objects that are only found when RETURNING names them, and then by all of their fields."""

NAMED_TOO = {"Case": ("Subject",)}
"""Fields that IN NAME FIELDS searches beside an object's name."""


def searched(entity: Entity) -> tuple[Column, ...]:
    """The fields of an object that a search goes through; none if it cannot be searched."""
    return tuple(
        column
        for column in entity.columns.values()
        if column.kind in TEXTS and not column.system and not column.name.endswith(KEYS)
    )


def in_scope(entity: Entity, scope: Scope) -> tuple[Column, ...]:
    """The searched fields of an object that belong to a scope."""
    columns = searched(entity)
    if scope is Scope.ALL:
        return columns
    if scope is Scope.NAME:
        name = entity.name_column
        names = {name.name if name else "", *NAMED_TOO.get(entity.name, ())}
        return tuple(column for column in columns if column.name in names)
    kind = Kind.EMAIL if scope is Scope.EMAIL else Kind.PHONE
    return tuple(column for column in columns if column.kind is kind)
