"""Reading what is looked for: the text between the braces of FIND. Grammar: grammar.ebnf."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.tokens import refused
from orgsmith.arena.sosl.tree import ANY, ONE, Either, Every, Expression, Find, Term

RESERVED = frozenset("?&|!{}[]()^~*:\\\"'+-")
WILDCARDS = {"*": ANY, "?": ONE}

Sort = Literal["term", "AND", "OR", "NOT", "(", ")", "end"]
OPERATORS: dict[str, Sort] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}
SIGNS: dict[str, Sort] = {"(": "(", ")": ")"}

LONGEST = 10_000
"""Characters past which nothing is found, as in Salesforce."""
LONGEST_WITH_OPERATORS = 4_000
"""Characters past which operators are passed over, as in Salesforce."""
SHORTEST = 2
DEEPEST = 60
"""Levels of parentheses and of AND NOT; no search a person writes comes near."""
MOST_WILDCARDS = 100
"""Wildcards of a search; each costs time."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A term, an operator or a parenthesis, and its offset in the statement."""

    sort: Sort
    at: int
    term: Term | None = None


def closing(text: str, start: int) -> int:
    """The place of the brace that ends a search.

    Raises:
        OrgError: MALFORMED_SEARCH, there is none.
    """
    place = start
    while place < len(text):
        if text[place] == "}":
            return place
        place += 2 if text[place] == "\\" else 1
    raise mismatched(text, len(text), "}")


def parse_find(text: str, start: int, end: int) -> Find | None:
    """What is looked for, None if it is too long to find anything.

    Raises:
        OrgError: MALFORMED_SEARCH with the place, INVALID_SEARCH if there is nothing to look for.
    """
    asked = text[start:end].strip()
    if len(asked) < SHORTEST:
        raise OrgError("INVALID_SEARCH", f"search term must be longer than one character: {asked}")
    if end - start > LONGEST:
        return None
    lexemes = [*_lexemes(text, start, end), Lexeme("end", end)]
    terms = tuple(each.term for each in lexemes if each.term is not None)
    wildcards = sum(term.wildcards for term in terms)
    if wildcards > MOST_WILDCARDS:
        message = f"a search has at most {MOST_WILDCARDS} wildcards"
        raise refused("MALFORMED_SEARCH", text, start, message)
    if end - start > LONGEST_WITH_OPERATORS:
        return Find(Either(terms), Either(terms), wildcards > 0)
    return Find(
        _Reader(text, lexemes, "AND").whole(), _Reader(text, lexemes, "OR").whole(), wildcards > 0
    )


def mismatched(text: str, at: int, expected: str, hint: str = "") -> OrgError:
    """MALFORMED_SEARCH for a sign that cannot stand where it stands, in Salesforce's words."""
    found = text[at : at + 1] or "<EOF>"
    row = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1)
    message = f"line {row}:{column} mismatched character '{found}' expecting '{expected}'{hint}"
    return refused("MALFORMED_SEARCH", text, at, message)


def _lexemes(text: str, start: int, end: int) -> Iterator[Lexeme]:
    place = start
    while place < end:
        sign = text[place]
        if sign.isspace():
            place += 1
        elif sort := SIGNS.get(sign):
            yield Lexeme(sort, place)
            place += 1
        elif sign == '"':
            phrase, after = _read(text, place + 1, end, quoted=True)
            if after >= end:
                raise mismatched(text, end, '"')
            yield Lexeme("term", place, Term(phrase, True))
            place = after + 1
        else:
            word, after = _read(text, place, end, quoted=False)
            if operator := OPERATORS.get(text[place:after].upper()):
                yield Lexeme(operator, place)
            else:
                yield Lexeme("term", place, Term(word, False))
            place = after


def _read(text: str, start: int, end: int, *, quoted: bool) -> tuple[str, int]:
    """The characters of a term, and the place after them."""
    found: list[str] = []
    place = start
    while place < end and not (text[place] == '"' if quoted else _ends_word(text[place])):
        sign = text[place]
        if sign == "\\" and place + 1 < end:
            found.append(text[place + 1])
            place += 1
        elif sign in WILDCARDS:
            found.append(WILDCARDS[sign])
        elif sign in RESERVED:
            raise mismatched(text, place, "}", f"; to search for {sign}, write \\{sign}")
        else:
            found.append(sign)
        place += 1
    return "".join(found), place


def _ends_word(sign: str) -> bool:
    return sign.isspace() or sign in '()"'


class _Reader:
    """Reads lexemes from left to right; `default` joins operands with nothing between them."""

    def __init__(self, text: str, lexemes: Sequence[Lexeme], default: Literal["AND", "OR"]) -> None:
        self._text = text
        self._lexemes = lexemes
        self._default = default
        self._place = 0
        self._depth = 0

    def whole(self) -> Expression:
        """The expression; nothing may follow it."""
        found = self._either()
        if self._next.sort != "end":
            raise self._unexpected()
        return found

    @property
    def _next(self) -> Lexeme:
        return self._lexemes[self._place]

    def _either(self) -> Expression:
        choices = [self._every()]
        while self._skip("OR") or (self._default == "OR" and self._at_operand):
            choices.append(self._every())
        return choices[0] if len(choices) == 1 else Either(tuple(choices))

    def _every(self) -> Expression:
        operands = [self._operand()]
        negated: list[bool] = []
        while self._next.sort == "AND" or (self._default == "AND" and self._at_operand):
            negated.append(self._skip("AND") and self._skip("NOT"))
            operands.append(self._operand())
        if sum(negated) > DEEPEST:
            raise self._too_deep()
        found = operands.pop()
        for operand, excluded in zip(reversed(operands), reversed(negated), strict=True):
            if excluded:
                found = Every((operand,), (found,))
            elif isinstance(found, Every):
                found = Every((operand, *found.required), found.excluded)
            else:
                found = Every((operand, found))
        return found

    def _operand(self) -> Expression:
        lexeme = self._next
        if lexeme.term is not None:
            self._place += 1
            return lexeme.term
        if not self._skip("("):
            raise self._unexpected()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._too_deep()
        found = self._either()
        self._depth -= 1
        if not self._skip(")"):
            raise self._unexpected()
        return found

    @property
    def _at_operand(self) -> bool:
        return self._next.sort in ("term", "(")

    def _skip(self, sort: Sort) -> bool:
        if self._next.sort == sort:
            self._place += 1
            return True
        return False

    def _unexpected(self) -> OrgError:
        lexeme = self._next
        if lexeme.sort == "end":
            message = "unexpected end of the search"
        elif lexeme.sort == "NOT":
            message = "NOT only stands after AND; to search for the word, put it into quotes"
        elif lexeme.sort in OPERATORS:
            message = f"{lexeme.sort} needs a word or phrase on either side"
        else:
            message = f"unexpected token: {lexeme.sort}"
        return refused("MALFORMED_SEARCH", self._text, lexeme.at, message)

    def _too_deep(self) -> OrgError:
        return refused(
            "MALFORMED_SEARCH", self._text, self._next.at, "the search is nested too deeply"
        )
