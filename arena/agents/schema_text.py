"""The org's objects as an agent is told of them: a line for each field."""

from orgsmith.arena.catalog import Catalog, Column, Entity
from orgsmith.schema.declaration import Kind

NOTES = (
    "Every record has an Id, 18 characters in capitals and small letters. Moments are UTC. Fields "
    "marked as long text can be read, but neither filtered nor sorted by: search them with SOSL."
)


def schema_text(catalog: Catalog) -> str:
    """All objects with their fields, references and relationships."""
    return "\n\n".join((NOTES, *(_object(entity) for entity in catalog.entities.values())))


def _object(entity: Entity) -> str:
    fields = (each for each in entity.columns.values() if not each.system)
    lines = [f"{entity.name}: {entity.description}"]
    lines += [_field(each) for each in fields if each.kind is not Kind.ID]
    lines += [
        f"- (SELECT ... FROM {each.name}): its {each.entity} records"
        for each in entity.children.values()
    ]
    return "\n".join(lines)


def _field(column: Column) -> str:
    kind: str = column.kind
    if column.parent:
        kind = f"Id of {column.parent}, walked as {column.relationship}.<field>"
    elif column.long:
        kind = "long text"
    elif column.values:
        kind = " | ".join(column.values)
    return f"- {column.name} ({kind}): {column.description}"
