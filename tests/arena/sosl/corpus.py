"""A handful of records whose every word is known, indexed as a dataset's are."""

from collections.abc import Mapping

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.sosl.find import closing, parse_find
from orgsmith.arena.sosl.index import TextIndex
from orgsmith.arena.sosl.scopes import searched
from orgsmith.arena.sosl.tree import Find, Scope
from orgsmith.outputs.schema_file import declared_schema

CATALOG = Catalog.of(declared_schema(None))

CASES: dict[str, tuple[str, str, str]] = {
    "a": ("00000101", "Refund not received", "I asked for a refund three weeks ago."),
    "b": ("00000102", "Two refunds for one order", "The first amount was refunded twice, I think."),
    "c": ("00000103", "Where is my parcel?", "Order A-1042 went to jane_doe@mail.example.com!"),
    "d": ("00000104", "A question on returns", "May I return what I bought in the summer sale?"),
    "e": ("00000105", "Wrong colour", "I got GREEN instead of dark-green (size 42)."),
    "f": ("00000106", "Colour fades", "The dark colour faded; green was never promised."),
    "g": ("00000107", "Call me", "My number is (415) 555-0132, after 6pm."),
    "h": ("00000108", "and or not", "Peace and quiet, or nothing."),
    "i": ("00000109", "Zoë's café", "Crème brûlée für Zoë: 50% off & more*"),
    "j": ("00000110", "", "johnson johnny john joan jon"),
    "k": ("00000111", "Lieferung", "東京 ist 東京都 nicht gleich"),
    "l": ("00000112", "C", "x y z"),
}
"""Number, subject and description of cases; the letter tells them apart in expectations."""

ARTICLES: dict[str, tuple[str, str, str, str, str]] = {
    "p": ("Returns", "How to return an order", "Send it back in thirty days.", "returns", "1"),
    "q": ("Refunds", "How money is paid back", "Refunds take a week.", "refunds", "2"),
    "r": ("Care", "How to wash", "Wash it cold. An order of magnitude.", "care", "3"),
}
"""Title, summary, answer, address and number of articles."""

CONTACTS: dict[str, tuple[str, str, str, str, str]] = {
    "s": ("Ada Stone", "Ada", "Stone", "ada.stone@mail.example.com", "(415) 555-0132"),
    "t": ("Ben Ada", "Ben", "Ada", "ben@example.com", "(212) 555-0199"),
    "u": ("Cy Example", "Cy", "Example", "cy+news@other.example.org", ""),
}
"""Name, its parts, email and phone of contacts."""


def entity(name: str) -> Entity:
    """An object of the reference declarations."""
    found = CATALOG.entity(name)
    assert found is not None
    return found


def index_of(name: str, records: Mapping[str, tuple[str, ...]]) -> TextIndex:
    """The index of records, whose letters stand for their Ids."""
    declared = entity(name)
    width = len(searched(declared))
    assert all(len(values) == width for values in records.values())
    return TextIndex(declared, ((key, *values) for key, values in records.items()))


def find(expression: str) -> Find:
    """What an expression means that stands in the braces of FIND."""
    text = f"FIND {{{expression}}}"
    start = text.index("{") + 1
    found = parse_find(text, start, closing(text, start))
    assert found is not None
    return found


def found(index: TextIndex, expression: str, scope: Scope = Scope.ALL) -> str:
    """The letters of the records that an expression finds, best first."""
    return "".join(index.rank(find(expression).records, scope))
