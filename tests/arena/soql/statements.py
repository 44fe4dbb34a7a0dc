"""Random statements of SOQL, drawn from its grammar: well formed, but seldom of any sense.

Names are those of the objects, at random: fields meet operators, values and functions that they do
not take. What the compiler refuses of them is refused by meaning, not by form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.objects import OBJECTS

T = TypeVar("T")

ALIASES = ("a", "b", "total", "Amount1")
STRINGS = ("'x'", "'Closed'", "''", "'meyer'", "null")
IDS = ("'500000000000001AAA'", "'001000000000001'", "null", "''")
NUMBERS = ("0", "1", "-2.5", "1200.00", "null")
DAYS = ("TODAY", "LAST_N_DAYS:30", "this_fiscal_quarter", "N_WEEKS_AGO:2", "null")
CONSTANTS = {
    Kind.ID: IDS,
    Kind.REFERENCE: IDS,
    Kind.BOOLEAN: ("true", "FALSE", "null"),
    Kind.INT: NUMBERS,
    Kind.DOUBLE: NUMBERS,
    Kind.CURRENCY: NUMBERS,
    Kind.DATE: ("2024-05-15", *DAYS),
    Kind.DATETIME: ("2024-05-15T12:00:00Z", "2024-05-15T12:00:00.000+0200", *DAYS),
}
"""What is compared with a field of a kind; with any other STRINGS."""

PATTERNS = ("'%'", "'a%'", "'%_\\_\\%'", "'meyer'", "''")
FUNCTIONS = ("CALENDAR_YEAR", "calendar_month", "DAY_IN_WEEK", "WEEK_IN_YEAR", "FISCAL_QUARTER")
AGGREGATES = ("COUNT", "count_distinct", "MIN", "MAX", "SUM", "AVG")
EQUALITY = ("=", "!=", "<>")
OPERATORS = (*EQUALITY, "<", "<=", ">", ">=")
TIMES = frozenset({Kind.DATE, Kind.DATETIME})
SUMMED = frozenset({Kind.INT, Kind.DOUBLE, Kind.CURRENCY})
UNGROUPED = frozenset({Kind.DATETIME, Kind.DOUBLE, Kind.CURRENCY, Kind.TEXTAREA})
LONG = frozenset({Kind.TEXTAREA})
SENSE = 0.95
"""How often a field is of a kind that fits."""

NAMES = tuple(OBJECTS)
CHILDREN = {
    name: [
        (each.reference.children, child, each.name)
        for child, declared in OBJECTS.items()
        for each in declared.fields
        if each.reference is not None and each.reference.parent == name
    ]
    for name in OBJECTS
}
"""Relationship, object and field of an object's children."""


@dataclass(frozen=True, slots=True)
class Operand:
    """What is tested, as it is written, and its kind."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes statements by chance."""

    chance: np.random.Generator

    def statement(self) -> str:
        """A statement of any kind."""
        name = self.one(NAMES)
        if self.often(0.1):
            return f"SELECT COUNT() FROM {name}{self.where(name)}{self.maybe(' LIMIT 7')}"
        return self.groups(name) if self.often(0.3) else self.records(name, name, 0)

    def records(self, name: str, source: str, level: int) -> str:
        """A query of records, perhaps with children; `source` is what it reads them from."""
        selected = self.several(lambda: self.item(name))
        if CHILDREN[name] and level < 4 and self.often(0.25):
            relationship, child, _ = self.one(CHILDREN[name])
            selected += f", ({self.records(child, relationship, level + 1)})"
        alias = self.maybe(" x", 0.1)
        order = self.maybe(f" ORDER BY {self.several(lambda: self.sorted(self.path(name)))}")
        limit = self.maybe(f" LIMIT {self.one((0, 1, 50))}")
        offset = self.maybe(f" OFFSET {self.one((0, 1, 2000))}", 0.1) if not level else ""
        viewed = self.maybe(" FOR VIEW", 0.05) if not level else ""
        ending = f"{order}{limit}{offset}{viewed}"
        return f"SELECT {selected} FROM {source}{alias}{self.where(name)}{ending}"

    def groups(self, name: str) -> str:
        """A query of groups."""
        keys = [self.key(name, UNGROUPED).text for _ in range(self.chance.integers(1, 4))]
        listed = ", ".join(keys)
        kind = self.one(("", "", "ROLLUP", "CUBE"))
        group = f"{kind}({listed})" if kind else listed
        aggregates = self.several(lambda: f"{self.aggregate(name).text}{self.alias()}")
        selected = self.one((aggregates, f"{self.one(keys)}, {aggregates}"))
        having = self.maybe(f" HAVING {self.condition(lambda: self.aggregate(name), 2)}")
        order = self.maybe(f" ORDER BY {self.sorted(self.one((*keys, self.aggregate(name).text)))}")
        where = self.where(name)
        limit = self.maybe(" LIMIT 3")
        return f"SELECT {selected} FROM {name}{where} GROUP BY {group}{having}{order}{limit}"

    def item(self, name: str) -> str:
        """Something that is selected."""
        match int(self.chance.integers(24)):
            case 0 | 1:
                return f"FORMAT({self.field(name, TIMES | SUMMED).text}){self.alias()}"
            case 2:
                return f"toLabel({self.path(name)}){self.alias()}"
            case 3:
                return f"FIELDS({self.one(('ALL', 'STANDARD', 'CUSTOM'))})"
            case 4:
                return f"TYPEOF Owner WHEN User THEN {self.path('User')} ELSE Id END"
            case _:
                return self.path(name)

    def path(self, name: str) -> str:
        """A field of an object, or of one that it refers to."""
        return self.field(name).text

    def field(self, name: str, kinds: frozenset[Kind] = frozenset(Kind), steps: int = 3) -> Operand:
        """A field, most often of some kinds, of an object or of one that it refers to."""
        declared = OBJECTS[name].fields
        references = [each for each in declared if each.reference is not None]
        if references and steps and self.often(0.4):
            walked = self.one(references).reference
            assert walked is not None
            found = self.field(walked.parent, kinds, steps - 1)
            return Operand(f"{walked.relationship}.{found.text}", found.kind)
        fitting: Sequence[Field] = [each for each in declared if each.kind in kinds]
        chosen = self.one(fitting if fitting and self.often(SENSE) else declared)
        return Operand(chosen.name, chosen.kind)

    def key(self, name: str, without: frozenset[Kind] = frozenset()) -> Operand:
        """A field, or a date function of one."""
        if self.often(0.3):
            taken = self.field(name, TIMES).text
            return Operand(f"{self.one(FUNCTIONS)}({taken})", Kind.INT)
        return self.field(name, frozenset(Kind) - without)

    def aggregate(self, name: str) -> Operand:
        """An aggregate."""
        function = self.one(AGGREGATES)
        if function in {"SUM", "AVG"}:
            return Operand(f"{function}({self.field(name, SUMMED).text})", Kind.DOUBLE)
        found = self.field(name, frozenset(Kind) - {Kind.BOOLEAN, Kind.TEXTAREA})
        kind = found.kind if function in {"MIN", "MAX"} else Kind.INT
        return Operand(f"{function}({found.text})", kind)

    def where(self, name: str) -> str:
        """A condition of records, or none."""
        if self.often(0.15) and CHILDREN[name]:
            _, child, reference = self.one(CHILDREN[name])
            inner = f"SELECT {reference} FROM {child}{self.conditions(child)}"
            return f" WHERE Id {self.maybe('NOT ')}IN ({inner})"
        return self.conditions(name)

    def conditions(self, name: str) -> str:
        """A condition of fields, or none."""
        return self.maybe(f" WHERE {self.condition(lambda: self.key(name, LONG), 3)}", 0.7)

    def condition(self, left: Callable[[], Operand], depth: int) -> str:
        """A test, or tests that are linked."""
        if depth and self.often(0.4):
            word = self.one((" AND ", " or "))
            parts = [self.condition(left, depth - 1) for _ in range(2)]
            return word.join(f"({part})" for part in parts)
        test = self.test(left())
        return f"NOT {test}" if self.often(0.15) else test

    def test(self, left: Operand) -> str:
        """A test of a field or of what a function makes of it."""
        constants = CONSTANTS.get(left.kind, STRINGS)
        match int(self.chance.integers(8)):
            case 0 if left.kind not in CONSTANTS:
                return f"{left.text} LIKE {self.one(PATTERNS)}"
            case 1 | 2:
                listed = self.several(lambda: self.one(constants))
                return f"{left.text} {self.maybe('NOT ')}IN ({listed})"
        constant = self.one(constants)
        if constant == "null" or left.kind is Kind.BOOLEAN:
            return f"{left.text} {self.one(EQUALITY)} {constant}"
        return f"{left.text} {self.one(OPERATORS)} {constant}"

    def sorted(self, key: str) -> str:
        """A key of ORDER BY."""
        return (
            f"{key}{self.one(('', ' ASC', ' DESC'))}{self.one(('', ' NULLS FIRST', ' nulls last'))}"
        )

    def alias(self) -> str:
        """A name for what is selected, or none."""
        return self.maybe(f" {self.one(ALIASES)}", 0.3)

    def several(self, one: Callable[[], str]) -> str:
        """One to three things, separated by commas."""
        return ", ".join(one() for _ in range(self.chance.integers(1, 4)))

    def maybe(self, text: str, share: float = 0.4) -> str:
        """A text, or nothing."""
        return text if self.often(share) else ""

    def often(self, share: float) -> bool:
        """Whether something happens that happens so often."""
        return bool(self.chance.random() < share)

    def one(self, choices: Sequence[T]) -> T:
        """One of some, all as likely."""
        return choices[int(self.chance.integers(len(choices)))]
