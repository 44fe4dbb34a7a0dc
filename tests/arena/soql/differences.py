"""Where the two parsers of SOQL are known to differ, each with the reason and an example."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeVar

from orgsmith.arena.soql.tree import Call, Constant, Grouping, Item, Path, Query, Source
from tests.arena.soql.days import COUNTED, PLAIN

T = TypeVar("T")

FUNCTIONS = re.compile(
    r"(?i)(CALENDAR_(YEAR|QUARTER|MONTH)|FISCAL_(YEAR|QUARTER|MONTH)|(DAY|HOUR|WEEK)_IN_\w+|DAY_ONLY"
    r"|COUNT|COUNT_DISTINCT|SUM|AVG|MIN|MAX|GROUPING|FORMAT|TOLABEL|CONVERTTIMEZONE)"
)
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "GROUPING"})
RESERVED = frozenset(
    {"AS", "BY", "CUBE", "ROLLUP", "ELSE", "FALSE", "TRUE", "FIRST", "LAST", "FOR", "UPDATE"}
)


@dataclass(frozen=True, slots=True)
class OursOnly:
    """What the other parser refuses and we read, told by our tree."""

    applies: Callable[[Query], bool]
    example: str


@dataclass(frozen=True, slots=True)
class TheirsOnly:
    """What the other parser reads and we refuse, told by our message and by the statement."""

    message: str
    statement: str
    example: str

    def applies(self, message: str, statement: str) -> bool:
        """Whether it explains that we refuse a statement with a message."""
        return bool(re.search(self.message, message) and re.search(self.statement, statement))


def parts(node: object, kind: type[T]) -> Iterator[T]:
    """Every part of a tree that is of a kind."""
    if isinstance(node, kind):
        yield node
    if isinstance(node, tuple):
        for each in node:
            yield from parts(each, kind)
    elif is_dataclass(node):
        for field in fields(node):
            yield from parts(getattr(node, field.name), kind)


def names(query: Query) -> Iterator[str]:
    """Every name in a tree, of fields, objects and aliases."""
    for path in parts(query, Path):
        yield from path.names
    for source in parts(query, Source):
        yield from (*source.names, source.alias or "")
    for item in parts(query, Item):
        yield item.alias or ""


def _unknown(call: Call) -> bool:
    return (
        not FUNCTIONS.fullmatch(call.function)
        or (call.argument is None and call.function != "COUNT")
        or (isinstance(call.argument, Call) and call.function != "FORMAT")
    )


def _says(query: Query, pattern: str) -> bool:
    return re.search(pattern, query.text) is not None


OURS_ONLY = {
    # The compiler refuses it by the type of the field.
    "a word as a value": OursOnly(
        lambda query: any(
            each.text not in (PLAIN if each.count is None else COUNTED)
            for each in parts(query, Constant)
            if each.sort == "range"
        ),
        "SELECT Id FROM Case WHERE Status = Closed",
    ),
    # The compiler refuses what is no function of this org, or does not take what it is given.
    "a function that it does not know": OursOnly(
        lambda query: any(map(_unknown, parts(query, Call))),
        "SELECT Id FROM Case WHERE UPPER(Subject) = 'X'",
    ),
    # Salesforce's reference lists the keywords that cannot be names; these are not among them.
    "a name that it reserves": OursOnly(
        lambda query: any(name.upper() in RESERVED for name in names(query)),
        "SELECT COUNT(Id) cube FROM Case",
    ),
    # The reference's own examples (Alias Notation, COUNT()).
    "further sources": OursOnly(
        lambda query: any(each.walks for each in parts(query, Query)),
        "SELECT COUNT() FROM Contact c, c.Account a WHERE a.Name = 'MyriadPubs'",
    ),
    # Salesforce takes it.
    "AS before an alias": OursOnly(
        lambda query: _says(query, r"(?i)\bAS\s+\w"), "SELECT c.Id FROM Contact AS c"
    ),
    # The compiler refuses what only changes how a value is shown, outside of SELECT.
    "FORMAT and toLabel outside of SELECT": OursOnly(
        lambda query: any(
            call.function in {"FORMAT", "TOLABEL"}
            for each in parts(query, Query)
            for call in parts((each.where, each.order), Call)
        ),
        "SELECT Id FROM Case ORDER BY toLabel(Status)",
    ),
    # The compiler refuses what aggregates as a group.
    "groups by aggregates": OursOnly(
        lambda query: any(
            call.function in AGGREGATES
            for each in parts(query, Grouping)
            for call in parts(each, Call)
        ),
        "SELECT Id FROM Case GROUP BY COUNT(Id)",
    ),
    # 1.5e3, 15. and 007 are numbers.
    "a number of another form": OursOnly(
        lambda query: any(
            re.search(r"[eE]|\.$|^[+-]?\s*0\d|[+-]\s", each.text)
            for each in parts(query, Constant)
            if each.sort == "number"
        ),
        "SELECT Id FROM Order WHERE TotalAmount = 1.5e3",
    ),
    # The reference: FOR VIEW in conjunction with FOR REFERENCE.
    "FOR VIEW and FOR REFERENCE": OursOnly(
        lambda query: _says(query, r"(?i)\bFOR\s+\w+\s+FOR\b"),
        "SELECT Id FROM Case LIMIT 1 FOR VIEW FOR REFERENCE",
    ),
    # The reference: `SELECT Name, Id FROM Merchandise__c ORDER BY Name OFFSET 100`.
    "an offset without a limit": OursOnly(
        lambda query: (
            any(each.limit is None for each in parts(query, Query))
            and _says(query, r"(?i)\bOFFSET\s+\d")
        ),
        "SELECT Id FROM Case WHERE a = 1 OFFSET 1",
    ),
    # Sub-totals of date functions, as groups by them.
    "sub-totals of functions": OursOnly(
        lambda query: any(
            each.kind and any(isinstance(one, Call) for one in each.expressions)
            for each in parts(query, Grouping)
        ),
        "SELECT COUNT(Id) FROM Case GROUP BY CUBE(CALENDAR_YEAR(CreatedDate))",
    ),
    # White space counts for nothing, and a keyword ends where its word ends.
    "more than a space before BY, or none after it": OursOnly(
        lambda query: _says(query, r"(?i)\b(GROUP|ORDER)(\s\s+BY|[^\S ]BY| BY\w)"),
        "SELECT Id FROM Case ORDER\nBY Id",
    ),
    "white space around a dot": OursOnly(
        lambda query: _says(query, r"\s\.|\.\s"), "SELECT Account . Name FROM Case"
    ),
}

THEIRS_ONLY = {
    # Salesforce refuses it (soql-parser-js issues 201 and 237).
    "AND, OR and NOT without parentheses": TheirsOnly(
        "where AND, OR and NOT meet", "", "SELECT Id FROM Case WHERE a = 1 AND NOT b = 2"
    ),
    "AND or OR before everything": TheirsOnly(
        "(?i)unexpected token: (AND|OR)",
        r"(?i)WHERE\s*\(*\s*(AND|OR)\b",
        "SELECT Id FROM Case WHERE AND a = 1",
    ),
    "tests without a word between": TheirsOnly(
        "unexpected token: [A-Za-z(]",
        r"(?i)('|\w|\))\s*[\w.()]+\s*([=<>!]|\b(IN|LIKE|NOT|INCLUDES|EXCLUDES)\b)",
        "SELECT Id FROM Case WHERE a = 1 b = 2",
    ),
    # What this org lacks is refused by name.
    "features of other orgs": TheirsOnly(
        "not supported|only allowed in Apex|several currencies|of type location|bind variables",
        "",
        "SELECT Id FROM Case USING SCOPE mine",
    ),
    # The reference: a backslash in any other context is an error.
    "unknown escapes": TheirsOnly(
        "invalid escape in a string", "", r"SELECT Id FROM Case WHERE a = '\q'"
    ),
    # The reference: five levels, of which the statement is one.
    "too many levels": TheirsOnly(
        "nested too deeply",
        "",
        "SELECT (SELECT (SELECT (SELECT (SELECT (SELECT Id FROM F) FROM E) FROM D) FROM C) FROM B)"
        " FROM A",
    ),
    # The reference: up to three fields, and none beside them.
    "sub-totals of four fields": TheirsOnly(
        "at most 3 fields", "", "SELECT COUNT(Id) FROM Case GROUP BY CUBE(a, b, c, d)"
    ),
    "sub-totals of nothing": TheirsOnly(
        r"unexpected token: \)",
        r"(?i)(ROLLUP|CUBE)\s*\(\s*\)",
        "SELECT COUNT(Id) FROM Case GROUP BY CUBE()",
    ),
    "a field after sub-totals": TheirsOnly(
        "unexpected token: ,",
        r"(?i)(ROLLUP|CUBE)\s*\(",
        "SELECT COUNT(Id) FROM Case GROUP BY ROLLUP(a), b",
    ),
    # Only DISTANCE has several arguments, none a value.
    "a function of two fields": TheirsOnly(
        "unexpected token: ,", r"\w+\s*\([^()]*,", "SELECT Id FROM Case WHERE DAY_IN_WEEK(a, b) = 1"
    ),
    "a function of a value": TheirsOnly(
        r"unexpected token: ('|[+-]?\d)",
        r"\w\(([^()]*,)?\s*('|[+-]?\d)",
        "SELECT COUNT('x') FROM Case",
    ),
    "a negative number of days, or a great one": TheirsOnly(
        "a whole number",
        r":\s*(-\d|\d{6})",
        "SELECT Id FROM Case WHERE CreatedDate = LAST_N_DAYS:-3",
    ),
    "a limit beyond all numbers": TheirsOnly(
        "needs a whole number",
        r"(?i)(LIMIT|OFFSET)\s+\d{10}",
        "SELECT Id FROM Case LIMIT 5000050000",
    ),
    # FIELDS stands for many names.
    "a name for FIELDS": TheirsOnly(
        "unexpected token",
        r"(?i)FIELDS\s*\(\s*\w+\s*\)\s*\w",
        "SELECT FIELDS(STANDARD) f FROM Case",
    ),
    "TYPEOF without WHEN": TheirsOnly("TYPEOF needs WHEN", "", "SELECT TYPEOF Owner FROM Case"),
    "a list without parentheses": TheirsOnly(
        "unexpected token: [^)]", r"(?i)\bIN\s*['\w]", "SELECT Id FROM Case WHERE a IN 'x'"
    ),
    "a list after =": TheirsOnly(
        r"unexpected token: \(", r"[=<>]\s*\(", "SELECT Id FROM Case WHERE a = ('x', 'y')"
    ),
    # It needs no space after a keyword or a value.
    "words that are not told from what follows": TheirsOnly(
        "unexpected|is no date",
        r"(?i)\b(GROUP|ORDER) +BY\w|\b(AND|OR|NOT|LIKE|IN|FROM|WHERE|SELECT|LIMIT|OFFSET)\w"
        r"|\dZ?(AND|OR|GROUP|FOR|OFFSET)",
        "SELECT Id FROM Case ORDER BYId",
    ),
    "a path without its end": TheirsOnly(
        "unexpected token", r"\w\.\s*([=<>!]|(FROM|WHERE|NOT)\b)", "SELECT Account. FROM Case"
    ),
    "a keyword before a dot": TheirsOnly(
        "(?i)unexpected token: FROM", r"(?i)\bFROM\s*\.", "SELECT Id FROM FROM.Issue"
    ),
    "an alias with dots": TheirsOnly(
        r"unexpected token: \.", "", "SELECT COUNT(Id) a.b FROM Case"
    ),
    # The reference lists what cannot be an alias; the others begin a clause.
    "a keyword as an alias": TheirsOnly(
        "(?i)unexpected (token: (GROUP|ORDER|OFFSET|FOR|ALL|WITH)|end)|needs a whole number",
        r"(?i)\b(GROUP|ORDER|OFFSET|FOR|ALL|WITH)\b",
        "SELECT COUNT(Id) group FROM Case",
    ),
}  # fmt: skip
