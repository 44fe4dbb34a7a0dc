"""The sections in which a pack is drafted: what a call asks for, and where in the pack it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orgsmith.prompts.model.draft_replies import (
    Drafted,
    Entry,
    Reply,
    record_model,
    reply_model,
    too_long,
)
from orgsmith.schema.industry import Article, Category, Industry, Issue, Remedy
from orgsmith.schema.pack_document import Fault, FieldPath, spell
from orgsmith.schema.part import Part

Records = Sequence[Entry]
"""What a section says: one mapping, or the entries of a list."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a pack that is asked for in one call.

    `kind` names its template. It is the whole file (`path` is empty), a list of the file
    (`many`), or one entry of such a list; of these it says some `fields`, the ones of `part`. A
    reply may have `tokens`.
    """

    title: str
    kind: str
    part: type[Part]
    fields: tuple[str, ...]
    path: FieldPath = ()
    many: bool = False
    tokens: int = 4_000

    @property
    def reply(self) -> type[Reply]:
        """What is asked for."""
        return reply_model(self.part, self.fields, self._name, self.many)

    @property
    def lists(self) -> bool:
        """Whether its entries have fields that other sections say."""
        return self.many and set(self.fields) != set(self.part.model_fields)

    def owns(self, path: FieldPath) -> bool:
        """Whether a fault at this path is to be repaired here."""
        if not self.path:
            return path[:1] != () and path[0] in self.fields
        size = len(self.path)
        if path[:size] != self.path:
            return False
        field = path[size + self.many :][:1]
        return not field or field[0] in self.fields

    def later(self, path: FieldPath) -> bool:
        """Whether the field at this path is another section's, which comes after this one."""
        size = len(self.path) + 1
        return (
            self.many
            and path[: size - 1] == self.path
            and len(path) > size
            and path[size] in self.part.model_fields
            and path[size] not in self.fields
        )

    def local(self, path: FieldPath) -> str:
        """A path of the pack as it is in the reply, if it is there."""
        size = len(self.path)
        inner = path[size:]
        field = inner[self.many :][:1]
        if path[:size] != self.path or not field or field[0] not in self.fields:
            return spell(path)
        return spell(("records", *inner)) if self.many else spell(inner)

    def bounds(self, records: Records) -> Iterator[Fault]:
        """Texts and lists past their bounds."""
        for place, record in enumerate(records):
            here = (*self.path, place) if self.many else self.path
            for fault in too_long(self._record, record):
                yield Fault((*here, *fault.path), fault.wrong, fault.expected)

    def asked(self, records: Records) -> Records:
        """The fields that were asked for; what else a model says is another section's."""
        known = set(self.part.model_fields) - set(self.fields)
        return [
            {field: value for field, value in record.items() if field not in known}
            for record in records
        ]

    @property
    def _name(self) -> str:
        return "Drafted" + "".join(word.capitalize() for word in self.kind.split("_"))

    @property
    def _record(self) -> type[Drafted]:
        return record_model(self.part, self.fields, self._name)


COMPANY = Section(
    "company",
    "company",
    Industry,
    ("label", "company", "words", "season", "places", "sales", "lines"),
)
CATEGORIES = Section(
    "categories",
    "categories",
    Category,
    ("key", "name", "description", "weight", "service", "nouns"),
    ("categories",),
    many=True,
)
REMEDIES = Section(
    "remedies",
    "remedies",
    Remedy,
    tuple(Remedy.model_fields),
    ("remedies",),
    many=True,
    tokens=5_000,
)
ISSUES = Section(
    "issues",
    "issues",
    Issue,
    (
        "key",
        "name",
        "summary",
        "weight",
        "terms",
        "lag",
        "late_delivery",
        "about_fault",
        "priority",
        "remedies",
        "never",
    ),
    ("issues",),
    many=True,
)
ARTICLES = Section(
    "company articles",
    "company_articles",
    Article,
    tuple(Article.model_fields),
    ("company_articles",),
    many=True,
)

OPENING = (COMPANY, CATEGORIES, REMEDIES, ISSUES)
"""One after the other: each needs what the ones before it say."""


def details(drafted: Mapping[Section, Records]) -> tuple[Section, ...]:
    """What is asked for once the lists are there: independent of each other."""
    entries = [
        Section(
            f"{kind} {entry.get('key')}",
            kind,
            section.part,
            tuple(name for name in section.part.model_fields if name not in section.fields),
            (*section.path, place),
        )
        for section, kind in ((CATEGORIES, "category"), (ISSUES, "issue"))
        for place, entry in enumerate(drafted[section])
    ]
    return (*entries, ARTICLES)
