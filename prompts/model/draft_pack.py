"""A pack as far as it is drafted, and what is wrong with a section of it."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from orgsmith.prompts.model.draft_replies import Entry
from orgsmith.prompts.model.draft_sections import Records, Section
from orgsmith.prompts.typography import plain_text
from orgsmith.schema import packs
from orgsmith.schema.industry import Industry
from orgsmith.schema.pack_document import MOST_NUMBER, Fault, Place, Plain


@dataclass(frozen=True, slots=True)
class Draft:
    """A pack as far as it is drafted: its sections in the order in which they were asked for."""

    name: str
    as_of: dt.date
    said: Mapping[Section, Records] = field(default_factory=dict)

    def having(self, section: Section, records: Records) -> "Draft":
        """The draft with a section, which takes the place of what it said before."""
        return replace(self, said={**self.said, section: records})

    def lacking(self, section: Section) -> "Draft":
        """The draft without what a section says."""
        return replace(self, said={each: r for each, r in self.said.items() if each != section})

    def values(self) -> dict[str, Plain]:
        """The file as far as it is there; sections in the order of the pack's model."""
        root: dict[str, Plain] = {"name": self.name, "as_of": self.as_of}
        lists: dict[str, list[dict[str, Plain]]] = {}
        for section, records in self.said.items():
            if not section.path:
                root |= records[0]
                continue
            name = str(section.path[0])
            if section.many:
                lists[name] = [dict(record) for record in records]
                continue
            place = section.path[-1]
            if isinstance(place, int) and place < len(lists.get(name, ())):
                lists[name][place] |= records[0]
        root |= {name: list(entries) for name, entries in lists.items()}
        order = [*Industry.model_fields, *root]
        return {name: root[name] for name in dict.fromkeys(order) if name in root}

    def faults(self) -> list[Fault]:
        """All that is wrong with the file as it is, what is still missing included."""
        return list(dict.fromkeys(packs.examine(Place((), self.values()))[1]))

    def wrong(self, section: Section, records: Records, before: Collection[Fault]) -> list[Fault]:
        """What is wrong once a section says this, and was not before: the draft lacks the section.

        A rule that needs a later section finds nothing yet, or the same with and without this one;
        a contradiction to an earlier section counts as this one's, whichever of the two it names.
        """
        after = self.having(section, records).faults()
        fresh = [each for each in after if each not in before and not section.later(each.path)]
        return [*section.bounds(records), *fresh]


def plain_records(raw: "list[dict[str, JsonValue]]") -> list[Entry]:
    """Records of a reply as a YAML file could hold them: see `plain_value`."""
    return [_entry(record) for record in raw]


def plain_value(value: JsonValue) -> Plain:
    """A value of a reply as a YAML file could hold it: texts in one line and plain characters, no
    fields without a value, whole numbers as such."""
    match value:
        case dict():
            return dict(_entry(value))
        case list():
            return [plain_value(each) for each in value]
        case str():
            return plain_text(value)
        case float() if value.is_integer() and abs(value) < MOST_NUMBER:
            return int(value)
        case _:
            return value


def _entry(record: "Mapping[str, JsonValue]") -> Entry:
    return {
        plain_text(name): plain_value(value) for name, value in record.items() if value is not None
    }
