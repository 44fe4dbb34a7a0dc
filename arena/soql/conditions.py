"""Reading conditions, expressions and values: the half of the parser that SOSL shares."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Literal, cast

from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.tokens import (
    Sort,
    Token,
    like_pattern,
    malformed,
    plain_string,
    unexpected,
)
from orgsmith.arena.soql.tree import (
    Call,
    Comparison,
    Condition,
    Constant,
    Expression,
    Inclusion,
    Joined,
    Membership,
    Not,
    Path,
    Query,
)

DEEPEST = 60
"""Levels of parentheses; no statement a person writes comes near."""

RESERVED = frozenset(
    {"AND", "ASC", "DESC", "EXCLUDES", "FROM", "HAVING", "IN", "INCLUDES", "LIKE", "LIMIT", "NOT"}
    | {"NULL", "NULLS", "OR", "SELECT", "USING", "WHERE", "WITH"}
)
"""What no field, object or function is called. Source: Salesforce, "SOQL and SOSL Reference", Alias
Notation."""

MIXED = frozenset({"AND", "OR", "NOT"})
COMPARISONS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
ELSEWHERE = {
    "CONVERTCURRENCY": "convertCurrency is only allowed in an organization with several currencies",
    "DISTANCE": "DISTANCE needs a field of type location, of which this organization has none",
    "GEOLOCATION": "GEOLOCATION is only allowed in DISTANCE",
    "FIELDS": "FIELDS stands by itself in the list of selected fields",
}
WORDS: dict[str, Literal["boolean", "null"]] = {
    "TRUE": "boolean",
    "FALSE": "boolean",
    "NULL": "null",
}
SORTS: dict[Sort, Literal["number", "date", "datetime"]] = {
    Sort.NUMBER: "number",
    Sort.DATE: "date",
    Sort.DATETIME: "datetime",
}


class ConditionParser:
    """A place in a stream of tokens, and how conditions are read from there."""

    def __init__(self, text: str, stream: Sequence[Token]) -> None:
        self.text = text
        self._stream = stream
        self._place = 0
        self._depth = 0

    @abstractmethod
    def subquery(self) -> Query:
        """A query in parentheses, the opening one read."""

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._stream[self._place]

    @property
    def next(self) -> Token:
        """The one after it."""
        return self._stream[min(self._place + 1, len(self._stream) - 1)]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.token
        if token.sort is not Sort.END:
            self._place += 1
        return token

    def unexpected(self) -> OrgError:
        """The error for a next token that cannot stand here."""
        return unexpected(self.text, self.token)

    def skip(self, word: str) -> bool:
        """Take the next token if it is that keyword."""
        if self.token.sort is Sort.NAME and self.token.upper == word:
            self.advance()
            return True
        return False

    def pair(self, first: str, second: str) -> bool:
        """Take two keywords if both come next."""
        if self.token.upper == first and self.next.upper == second:
            self.advance()
            self.advance()
            return True
        return False

    def keyword(self, word: str) -> None:
        """Take a keyword that must come."""
        if not self.skip(word):
            raise self.unexpected()

    def sign(self, sign: str) -> bool:
        """Take the next token if it is that sign."""
        if self.token.sort is Sort.SIGN and self.token.text == sign:
            self.advance()
            return True
        return False

    def expect(self, sign: str) -> None:
        """Take a sign that must come."""
        if not self.sign(sign):
            raise self.unexpected()

    def end(self) -> None:
        """Nothing may follow."""
        if self.token.sort is not Sort.END:
            raise self.unexpected()

    def name(self) -> Token:
        """Take a name."""
        if self.token.sort is not Sort.NAME or self.token.upper in RESERVED:
            raise self.unexpected()
        return self.advance()

    def path(self) -> Path:
        """Take names with dots between them."""
        first = self.name()
        names = [first.text]
        while self.sign("."):
            names.append(self.name().text)
        return Path(tuple(names), first.at)

    def expression(self) -> Expression:
        """Take a field, or a function of one."""
        if self.token.sort is Sort.NAME and self.next.text == "(" and self.next.sort is Sort.SIGN:
            return self._call()
        return self.path()

    def condition(self) -> Condition:
        """Take one test, its opposite, or tests joined by AND or by OR, never by both."""
        self._deeper()
        at = self.token.at
        found = Not(self._term(), at) if self._negated() else self._joined()
        self._depth -= 1
        if self.token.upper in MIXED:
            raise self._mixed()
        return found

    def constant(self, *, like: bool = False) -> Constant:
        """Take a value; with `like`, one that is a pattern if it is a string."""
        token = self.token
        if token.sort is Sort.STRING:
            self.advance()
            read = like_pattern if like else plain_string
            return Constant("string", read(self.text, token), token.at)
        if token.sort in SORTS:
            self.advance()
            return Constant(SORTS[token.sort], token.text, token.at)
        if token.upper in WORDS:
            self.advance()
            return Constant(WORDS[token.upper], token.upper, token.at)
        if token.sort is Sort.NAME:
            return Constant("range", self.name().upper, token.at, self._count())
        if token.text == ":":
            raise malformed(self.text, token.at, "bind variables are only allowed in Apex code")
        raise self.unexpected()

    def _call(self) -> Call:
        self._deeper()
        name = self.name()
        if name.upper in ELSEWHERE:
            raise malformed(self.text, name.at, ELSEWHERE[name.upper])
        self.expect("(")
        argument = None if self.token.text == ")" else self.expression()
        self.expect(")")
        self._depth -= 1
        return Call(name.upper, argument, name.at)

    def _negated(self) -> bool:
        if self._at_not:
            self.advance()
            return True
        return False

    @property
    def _at_not(self) -> bool:
        return self.token.upper == "NOT" and self.next.text != "."

    def _mixed(self) -> OrgError:
        return malformed(
            self.text,
            self.token.at,
            f"unexpected token: {self.token.text} "
            "(where AND, OR and NOT meet, parentheses say what belongs together)",
        )

    def _joined(self) -> Condition:
        found = [self._term()]
        word = self.token.upper
        if word in {"AND", "OR"}:
            while self.skip(word):
                found.append(self._term())
        if len(found) == 1:
            return found[0]
        return Joined(cast(Literal["AND", "OR"], word), tuple(found))

    def _term(self) -> Condition:
        if self._at_not:
            raise self._mixed()
        if self.sign("("):
            condition = self.condition()
            self.expect(")")
            return condition
        return self._test()

    def _test(self) -> Condition:
        left = self.expression()
        token = self.token
        if token.sort is Sort.SIGN and token.text in COMPARISONS:
            self.advance()
            operator = "!=" if token.text == "<>" else token.text
            return Comparison(
                left,
                cast(Literal["=", "!=", "<", "<=", ">", ">="], operator),
                self.constant(),
                token.at,
            )
        if self.skip("LIKE"):
            return Comparison(left, "LIKE", self.constant(like=True), token.at)
        if self.skip("IN"):
            return Membership(left, False, self._choices(), token.at)
        if self.pair("NOT", "IN"):
            return Membership(left, True, self._choices(), token.at)
        if token.upper in {"INCLUDES", "EXCLUDES"}:
            self.advance()
            self.expect("(")
            return Inclusion(left, token.upper == "EXCLUDES", self._list(), token.at)
        raise self.unexpected()

    def _choices(self) -> tuple[Constant, ...] | Query:
        if self.token.text == ":":
            raise malformed(self.text, self.token.at, "bind variables are only allowed in Apex")
        self.expect("(")
        if self.token.upper == "SELECT":
            return self.subquery()
        return self._list()

    def _list(self) -> tuple[Constant, ...]:
        found = [self.constant()]
        while self.sign(","):
            found.append(self.constant())
        self.expect(")")
        return tuple(found)

    def _count(self) -> int | None:
        if not self.sign(":"):
            return None
        token = self.token
        if token.sort is not Sort.NUMBER or not token.text.isdigit() or len(token.text) > 5:
            raise malformed(
                self.text, token.at, "a whole number of at most five digits must follow"
            )
        self.advance()
        return int(token.text)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise malformed(self.text, self.token.at, "the condition is nested too deeply")
