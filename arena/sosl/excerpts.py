"""What WITH HIGHLIGHT and WITH SNIPPET add to the records found.

Source: Salesforce, "SOQL and SOSL Reference", WITH SNIPPET and WITH HIGHLIGHT.
"""

from collections.abc import Iterable, Mapping, Sequence

from orgsmith.arena.catalog import Column, Entity
from orgsmith.arena.record import Record
from orgsmith.arena.sosl.marks import Marker, highlighted, snippet
from orgsmith.arena.sosl.scopes import in_scope, searched
from orgsmith.arena.sosl.tree import Scope
from orgsmith.schema.declaration import Kind

HIGHLIGHTED = frozenset({"Account", "Contact", "User"})
"""Standard objects whose fields are highlighted; those of custom objects are, too."""
MOST_HIGHLIGHTED = 25
"""Records of an object whose fields are highlighted."""
WITH_SNIPPETS = frozenset({"Case", "Knowledge__kav"})
"""Objects that have snippets, and their names highlighted beside."""
MOST_WITH_SNIPPETS = 20
"""Records of a search that has snippets; with more, none has one."""


def has_highlights(entity: Entity) -> bool:
    """Whether WITH HIGHLIGHT marks the fields of an object."""
    return entity.custom or entity.name in HIGHLIGHTED


def snippet_columns(entity: Entity) -> tuple[Column, ...]:
    """The fields that the snippets of an object are taken from, long ones first."""
    columns = [column for column in searched(entity) if column.kind is not Kind.PHONE]
    return tuple(sorted(columns, key=lambda column: column.kind is not Kind.TEXTAREA))


def add_highlights(entity: Entity, records: Sequence[Record], marker: Marker) -> None:
    """Add to each record its fields that hold what was found, as HTML with marks."""
    for record in records[:MOST_HIGHLIGHTED]:
        _highlight(record, snippet_columns(entity), marker)


def add_snippets(
    entity: Entity,
    records: Sequence[Record],
    texts: Mapping[str, Record],
    marker: Marker,
    length: int,
) -> None:
    """Add to each record the parts of its fields around what was found.

    `texts` are the same records, with all of `snippet_columns`, by their addresses.
    """
    columns = snippet_columns(entity)
    for record in records:
        text = texts.get(record["attributes"]["url"], {})
        values = (text.get(column.name) for column in columns)
        found = snippet((value for value in values if value), marker, length)
        if found is not None:
            record["snippet.text"] = found
        _highlight(record, in_scope(entity, Scope.NAME), marker)


def _highlight(record: Record, columns: Iterable[Column], marker: Marker) -> None:
    for column in columns:
        value = record.get(column.name)
        if isinstance(value, str) and (places := marker.places(value)):
            record[f"highlight.{column.name}"] = highlighted(value, places)
