"""What the schema.json of two versions say otherwise."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from orgsmith.outputs.schema_file import FieldEntry, LatentEntry, ObjectEntry, SchemaFile

Entry = ObjectEntry | LatentEntry | FieldEntry


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """An object, a latent variable, or a field of one, that schema.json says other things of.

    `aspect` is what differs ("type", "values", ...); empty where all of it was added (`before` is
    None) or removed (`after` is None).
    """

    object: str
    field: str | None
    aspect: str
    before: str | None
    after: str | None

    @property
    def removed(self) -> bool:
        """Whether the object or the field is gone."""
        return not self.aspect and self.after is None


def schema_changes(before: SchemaFile, after: SchemaFile) -> Iterator[SchemaChange]:
    """What two schema.json say otherwise, in order of declaration."""
    for name in dict.fromkeys((*before.nodes, *after.nodes)):
        left, right = before.nodes.get(name), after.nodes.get(name)
        if left is None or right is None:
            yield _whole(name, None, left, right)
            continue
        yield from _properties(name, None, left, right)
        fields = (
            {each.name: each for each in left.fields},
            {each.name: each for each in right.fields},
        )
        for field in dict.fromkeys((*fields[0], *fields[1])):
            one, other = fields[0].get(field), fields[1].get(field)
            if one is None or other is None:
                yield _whole(name, field, one, other)
            else:
                yield from _properties(name, field, one, other)


def _whole(name: str, field: str | None, before: Entry | None, after: Entry | None) -> SchemaChange:
    """An object, a latent variable or a field that only one version has."""
    was, is_now = (None if each is None else _kind(each) for each in (before, after))
    return SchemaChange(name, field, "", was, is_now)


def _kind(entry: Entry) -> str:
    match entry:
        case ObjectEntry():
            return "object"
        case LatentEntry():
            return "latent variable"
        case _:
            return entry.type.value


def _properties(
    name: str, field: str | None, before: Entry, after: Entry
) -> Iterator[SchemaChange]:
    """What is said otherwise of an object, a latent variable or a field that both versions have."""
    left, right = before.model_dump(mode="json"), after.model_dump(mode="json")
    for key in dict.fromkeys((*left, *right)):
        if key != "fields" and left.get(key) != right.get(key):
            yield SchemaChange(name, field, key, _spelled(left.get(key)), _spelled(right.get(key)))


def _spelled(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
