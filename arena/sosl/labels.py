"""What WITH METADATA = 'LABELS' tells: the labels of the fields returned."""

from collections.abc import Iterable, Iterator

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.record import Record
from orgsmith.arena.soql.tree import Call, Item, Query

METADATA = "entityetadata"
"""The key under which Salesforce's REST API has them; it is misspelt there as well."""


def labels(catalog: Catalog, asked: Iterable[tuple[Entity, Query | None]]) -> Record:
    """The labels of the fields that are returned of each object."""
    return {
        METADATA: [
            {
                "entityName": entity.name,
                "fieldMetadata": [
                    {"name": name, "label": label} for name, label in _named(catalog, entity, query)
                ],
            }
            for entity, query in asked
        ]
    }


def _named(catalog: Catalog, entity: Entity, query: Query | None) -> Iterator[tuple[str, str]]:
    """Names and labels of an object's fields; those of its Id if none is asked for."""
    paths = [("Id",)] if query is None else [tuple(_names(item)) for item in query.selected]
    for *walked, last in paths:
        owner: Entity | None = entity
        steps: list[str] = []
        for step in walked:
            reference = owner.parent(step) if owner else None
            owner = catalog.entity(reference.parent or "") if reference else None
            steps.append(reference.relationship or step if reference else step)
        column = owner.column(last) if owner else None
        if column is not None:
            yield ".".join((*steps, column.name)), column.label


def _names(item: object) -> tuple[str, ...]:
    """The names of the path that is selected, or that a function is applied to."""
    expression = item.expression if isinstance(item, Item) else None
    while isinstance(expression, Call):
        expression = expression.argument
    return expression.names if expression is not None else ("",)
