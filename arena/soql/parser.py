"""From text to tree; the language is written down in grammar.ebnf.

Keywords are told by their place: Order and Group are objects as well. Source of the language:
Salesforce's "SOQL and SOSL Reference".
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, TypeVar, cast

from orgsmith.arena.soql.conditions import RESERVED, ConditionParser
from orgsmith.arena.soql.tokens import Sort, Token, malformed, tokens
from orgsmith.arena.soql.tree import (
    Child,
    Expression,
    Fields,
    Grouping,
    Item,
    Order,
    Query,
    Selected,
    Source,
    TypeOf,
    When,
)

DEEPEST_CHILDREN = 4
"""Levels of queries below a statement; Salesforce counts the statement too, and says five."""

SHORT = 4_000
"""Characters of a statement that is kept once it is read."""

MOST_GROUPED = 3
"""Fields of a ROLLUP or CUBE, as in Salesforce."""

CLAUSES = RESERVED | {"GROUP", "ORDER", "OFFSET", "FOR", "UPDATE", "ALL"}
"""What may follow a source, and so is no short name of it."""

NO_ALIASES = RESERVED | {"FIRST", "GROUP", "LAST"}
"""What no alias can be called; Group and Order are objects."""

UNSUPPORTED = {
    "USING": "USING SCOPE is not supported by this org",
    "WITH": "WITH is not supported in SOQL by this org",
    "UPDATE": "UPDATE TRACKING and UPDATE VIEWSTAT are not supported by this org",
    "ALL": "ALL ROWS is only allowed in Apex; ask queryAll",
}

T = TypeVar("T")


def parse(text: str) -> Query:
    """The tree of a statement; that of a short one is kept for the next time.

    Raises:
        OrgError: MALFORMED_QUERY, with the place.
    """
    return _kept(text) if len(text) <= SHORT else read(text)


@lru_cache(maxsize=512)
def _kept(text: str) -> Query:
    return read(text)


def read(text: str) -> Query:
    """The tree of a statement, read anew.

    Raises:
        OrgError: MALFORMED_QUERY, with the place.
    """
    parser = Parser(text, tokens(text))
    query = parser.query()
    parser.end()
    return query


class Parser(ConditionParser):
    """Reads a stream of tokens, from left to right, with one token of look-ahead."""

    def __init__(self, text: str, stream: Sequence[Token], depth: int = 0) -> None:
        super().__init__(text, stream)
        self._children = depth

    def query(self) -> Query:
        """A SELECT statement."""
        at = self.token.at
        self.keyword("SELECT")
        selected = self.selected()
        self.keyword("FROM")
        source, *walks = self.several(self._source)
        self._refuse_unsupported()
        where = self.condition() if self.skip("WHERE") else None
        self._refuse_unsupported()
        group = self._grouping() if self.pair("GROUP", "BY") else None
        having = self.condition() if group and self.skip("HAVING") else None
        order = self.order()
        limit = self.whole("LIMIT") if self.skip("LIMIT") else None
        offset = self.whole("OFFSET") if self.skip("OFFSET") else 0
        viewed = self._viewed()
        self._refuse_unsupported()
        return Query(
            self.text, selected, source, tuple(walks),
            where, group, having, order, limit, offset, viewed, at,
        )  # fmt: skip

    def selected(self) -> tuple[Selected, ...]:
        """What is selected: fields, functions, children."""
        return self.several(self._selected)

    def order(self) -> tuple[Order, ...]:
        """ORDER BY and its keys; none if it does not follow."""
        return self.several(self._order) if self.pair("ORDER", "BY") else ()

    def whole(self, what: str) -> int:
        """A whole number that is not negative."""
        token = self.token
        if token.sort is not Sort.NUMBER or not token.text.isdigit() or len(token.text) > 9:
            raise malformed(self.text, token.at, f"{what} needs a whole number")
        self.advance()
        return int(token.text)

    def several(self, one: Callable[[], T]) -> tuple[T, ...]:
        """One or more, separated by commas."""
        found = [one()]
        while self.sign(","):
            found.append(one())
        return tuple(found)

    def subquery(self) -> Query:
        """A query in parentheses, the opening one read."""
        if self._children >= DEEPEST_CHILDREN:
            raise malformed(self.text, self.token.at, "queries are nested too deeply")
        self._children += 1
        query = self.query()
        self._children -= 1
        self.expect(")")
        return query

    def _selected(self) -> Selected:
        token = self.token
        if self.sign("("):
            return Child(self.subquery(), token.at)
        if token.upper == "TYPEOF" and self.next.sort is Sort.NAME and self.next.upper != "FROM":
            return self._typeof()
        if token.upper == "FIELDS" and self.next.text == "(":
            return self._fields()
        expression = self.expression()
        if self.token.upper == "FROM" or self.token.sort is not Sort.NAME:
            return Item(expression, None)
        return Item(expression, self._alias())

    def _alias(self) -> str:
        if self.token.upper in NO_ALIASES:
            raise self.unexpected()
        return self.name().text

    def _fields(self) -> Fields:
        at = self.advance().at
        self.expect("(")
        group = self.name()
        if group.upper not in {"ALL", "STANDARD", "CUSTOM"}:
            raise malformed(
                self.text, group.at, "FIELDS takes ALL, STANDARD or CUSTOM, not " + group.text
            )
        self.expect(")")
        return Fields(cast(Literal["ALL", "STANDARD", "CUSTOM"], group.upper), at)

    def _typeof(self) -> TypeOf:
        at = self.advance().at
        relationship = self.path()
        whens: list[When] = []
        while self.token.upper == "WHEN":
            start = self.advance().at
            entity = self.name().text
            self.keyword("THEN")
            whens.append(When(entity, self.several(self.path), start))
        if not whens:
            raise malformed(self.text, self.token.at, "TYPEOF needs WHEN ... THEN ...")
        otherwise = self.several(self.path) if self.skip("ELSE") else ()
        self.keyword("END")
        return TypeOf(relationship, tuple(whens), otherwise, at)

    def _source(self) -> Source:
        path = self.path()
        alias = None
        if self.skip("AS") or (self.token.sort is Sort.NAME and self.token.upper not in CLAUSES):
            alias = self._alias()
        return Source(path.names, alias, path.at)

    def _grouping(self) -> Grouping:
        kind = self.token.upper
        if kind in {"ROLLUP", "CUBE"} and self.next.text == "(":
            at = self.advance().at
            self.expect("(")
            expressions = self.several(self.expression)
            self.expect(")")
            if len(expressions) > MOST_GROUPED:
                raise malformed(self.text, at, f"{kind} takes at most {MOST_GROUPED} fields")
            return Grouping(cast(Literal["ROLLUP", "CUBE"], kind), expressions)
        return Grouping("", self.several(self.expression))

    def _order(self) -> Order:
        expression: Expression = self.expression()
        descending = self.skip("DESC") or (self.skip("ASC") and False)
        nulls_last = False
        if self.skip("NULLS"):
            nulls_last = self.skip("LAST")
            if not nulls_last:
                self.keyword("FIRST")
        return Order(expression, descending, nulls_last)

    def _viewed(self) -> bool:
        viewed = False
        while self.skip("FOR"):
            if self.token.upper == "UPDATE":
                raise malformed(self.text, self.token.at, "FOR UPDATE is only allowed in Apex")
            if not (self.skip("VIEW") or self.skip("REFERENCE")):
                raise self.unexpected()
            viewed = True
        return viewed

    def _refuse_unsupported(self) -> None:
        reason = UNSUPPORTED.get(self.token.upper)
        if reason and self.next.sort is Sort.NAME:
            raise malformed(self.text, self.token.at, reason)
