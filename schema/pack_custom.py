"""What the custom fields of a pack must satisfy beyond their format."""

from collections.abc import Iterable, Iterator
from math import nan

from orgsmith.schema.custom_fields import BY_ISSUE, BY_PRODUCT, DIGIT, LETTER, LONGEST, WORDED
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.pack_document import Fault, Place
from orgsmith.schema.pack_format import closest
from orgsmith.schema.pack_phrases import contains, foreign, terms

LARGEST = 1e9
FEWEST_SAID = 4
"""Clauses for a value, at least: texts of one pattern are near-duplicates."""

_NEEDS = {
    "picklist": "values",
    "text": "pattern",
    "integer": "range",
    "number": "range",
    "currency": "range",
    "checkbox": "share",
}
"""What says how a field of each type is drawn."""


def faults(root: Place) -> Iterator[Fault]:
    """All faults of custom fields, and of the words for company and goods."""
    of_remedies = terms(root["remedies"])
    for word in root["words"]:
        yield from foreign(word, of_remedies)
    taken: set[tuple[str, str]] = set()
    for custom in root["custom_fields"]:
        yield from _place(custom, taken)
        yield from _needs(custom)
        yield from _range(custom)
        yield from _values(root, custom)
        yield from _where(root, custom)
        yield from _said(root, custom, of_remedies)


def _place(custom: Place, taken: set[tuple[str, str]]) -> Iterator[Fault]:
    """It belongs to an object that exists, under a name of its own."""
    of, name = custom["object"], custom["name"]
    if of.text and of.text not in OBJECTS:
        yield of.fault(
            f'no object is called "{of.text}"{closest(of.text, OBJECTS)}',
            f"one of {', '.join(OBJECTS)}",
        )
        return
    # Salesforce and SQL do not tell names apart by case.
    key = (of.text, name.text.casefold())
    fields = OBJECTS[of.text].fields if of.text in OBJECTS else ()
    if name.text and key in taken | {(of.text, f.name.casefold()) for f in fields}:
        yield name.fault(f'{of.text} has a field "{name.text}" already', "another name")
    taken.add(key)


def _needs(custom: Place) -> Iterator[Fault]:
    """What its type needs is there, and nothing that belongs to another type."""
    kind = custom["type"].text
    if kind not in _NEEDS:
        return
    due = _NEEDS[kind]
    for name in sorted(set(_NEEDS.values())):
        given = custom[name].value
        if name == due and given in (None, []):
            yield custom[name].fault(f"missing for a {kind}", f"the {due} of its values")
        if name != due and given not in (None, []):
            yield custom[name].fault(f"a {kind} has none", f"only {due}")
    pattern = custom["pattern"]
    if pattern.text and not set(pattern.text) & {DIGIT, LETTER}:
        yield pattern.fault("every record would have the same", f"{DIGIT} or {LETTER} in it")
    if len(pattern.text) > LONGEST:
        yield pattern.fault(f"{len(pattern.text)} characters", f"at most {LONGEST}")


def _range(custom: Place) -> Iterator[Fault]:
    bounds = [place.number(nan) for place in custom["range"]]
    if len(bounds) != len(("lowest", "highest")):
        return
    if bounds[0] >= bounds[1]:
        yield custom["range"].fault(
            f"{bounds[0]:g} is not less than {bounds[1]:g}", "the lowest value first"
        )
    if custom["type"].text == "integer" and any(bound % 1 for bound in bounds):
        yield custom["range"].fault("not whole", "whole numbers, for an integer")
    if any(abs(bound) > LARGEST for bound in bounds):
        yield custom["range"].fault("too large a number", f"at most {LARGEST:,.0f}")
    elif any(round(bound, 2) != bound for bound in bounds):
        yield custom["range"].fault("finer than two decimals", "bounds as values are drawn")


def _values(root: Place, custom: Place) -> Iterator[Fault]:
    """Values that differ, and are tied to nouns and issues that exist and records have."""
    nouns = [noun["name"].text for item in root["categories"] for noun in item["nouns"]]
    issues = [issue["key"].text for issue in root["issues"]]
    seen: set[str] = set()
    for entry in custom["values"]:
        value = entry["value"]
        if value.text and value.text.casefold() in seen:
            yield value.fault(f'"{value.text}" is there already', "each one once")
        seen.add(value.text.casefold())
        yield from _tied(custom, entry["nouns"], nouns, "noun", BY_PRODUCT)
        yield from _tied(custom, entry["issues"], issues, "issue", BY_ISSUE)


def _where(root: Place, custom: Place) -> Iterator[Fault]:
    categories = [category["key"].text for category in root["categories"]]
    issues = [issue["key"].text for issue in root["issues"]]
    yield from _tied(custom, custom["categories"], categories, "category", BY_PRODUCT)
    yield from _tied(custom, custom["issues"], issues, "issue", BY_ISSUE)


def _tied(
    custom: Place, named: Place, known: Iterable[str], what: str, objects: tuple[str, ...]
) -> Iterator[Fault]:
    """What a field or a value is tied to exists, and records of the object have one."""
    known = [each for each in known if each]
    of = custom["object"].text
    if named.texts and of in OBJECTS and of not in objects:
        yield named.fault(f"records of {of} have no {what}", f"one of {', '.join(objects)}")
        return
    for each in named.texts:
        if known and each.text not in known:
            yield each.fault(
                f'no {what} is called "{each.text}"{closest(each.text, known)}',
                f"one of {', '.join(known)}",
            )


def _said(root: Place, custom: Place, of_remedies: tuple[str, ...]) -> Iterator[Fault]:
    """Clauses that tell the value and nothing a reader could take for an offer or an issue."""
    said, of = custom["said"], custom["object"].text
    if not said.texts:
        return
    if of in OBJECTS and of not in WORDED:
        yield said.fault(f"no text of {of} tells it", f"an object of {', '.join(WORDED)}")
    if custom["type"].text == "checkbox":
        yield said.fault("a checkbox has no value to be told", "no said here")
    if len(said.texts) < FEWEST_SAID:
        yield said.fault(f"only {len(said.texts)} in it", f"at least {FEWEST_SAID} clauses")
    of_issues = terms(root["issues"])
    for clause in (*said.texts, *(entry["value"] for entry in custom["values"])):
        yield from foreign(clause, of_remedies)
        for term in of_issues:
            if contains(clause.text, term):
                yield clause.fault(f'"{term}" is a term of an issue', "other words")
    for clause in said.texts:
        yield from _clause(custom, clause)


def _clause(custom: Place, clause: Place) -> Iterator[Fault]:
    if clause.text.count("{value}") != 1:
        yield clause.fault("does not tell the value once", "the slot {value}")
    if not (clause.text[0].islower() or clause.text.startswith("{value}")):
        yield clause.fault("begins otherwise", "a clause in lower case")
    firsts = [custom["pattern"].text, *(entry["value"].text for entry in custom["values"])]
    if clause.text.startswith("{value}") and any(first[:1].islower() for first in firsts):
        yield clause.fault("a sentence would begin in lower case", "another word first")
