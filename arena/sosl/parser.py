"""From text to tree; the language is written down in grammar.ebnf.

Source of the language: Salesforce's "SOQL and SOSL Reference".
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.parser import SHORT, Parser
from orgsmith.arena.soql.tokens import Sort, plain_string, refused, tokens
from orgsmith.arena.soql.tree import Query
from orgsmith.arena.sosl.find import closing, mismatched, parse_find
from orgsmith.arena.sosl.returning import PRODUCT, in_pricebook, malformed, read_returning
from orgsmith.arena.sosl.tree import Find, Scope, Search

SNIPPET = 300
"""Characters of a snippet unless others are asked for."""
SNIPPETS = range(50, 1_001)
"""Lengths that can be asked for; others count as SNIPPET, as in Salesforce."""

SCOPES = {
    "ALL": Scope.ALL,
    "SIDEBAR": Scope.ALL,
    "NAME": Scope.NAME,
    "EMAIL": Scope.EMAIL,
    "PHONE": Scope.PHONE,
}
UNSUPPORTED = {
    "DIVISION": "this org has no divisions: WITH DIVISION is not supported",
    "DATA": "this org has no data categories: WITH DATA CATEGORY is not supported",
    "NETWORK": "this org has no Experience Cloud sites: WITH NETWORK is not supported",
    "SECURITY_ENFORCED": "WITH SECURITY_ENFORCED is only allowed in Apex",
    "USER_MODE": "WITH USER_MODE is only allowed in Apex",
    "SYSTEM_MODE": "WITH SYSTEM_MODE is only allowed in Apex",
}
_BEGINNING = re.compile(r"\s*(?P<word>\w*)\s*")


def parse(text: str) -> Search:
    """The tree of a statement; that of a short one is kept for the next time.

    Raises:
        OrgError: MALFORMED_SEARCH with the place, INVALID_SEARCH if there is nothing to look for.
    """
    return _kept(text) if len(text) <= SHORT else _read(text)


@lru_cache(maxsize=512)
def _kept(text: str) -> Search:
    return _read(text)


def _read(text: str) -> Search:
    _check_characters(text)
    beginning = _BEGINNING.match(text)
    assert beginning is not None
    start = beginning.end()
    if beginning.group("word").upper() != "FIND":
        raise refused(
            "MALFORMED_SEARCH", text, beginning.start("word"), "a search begins with FIND"
        )
    if text[start : start + 1] != "{":
        raise mismatched(text, start, "{", "; what is looked for stands in braces")
    end = closing(text, start + 1)
    with malformed_searches():
        clauses = _Clauses(Parser(text, tokens(text, end + 1)))
        clauses.read()
    return clauses.search(parse_find(text, start + 1, end))


@contextmanager
def malformed_searches() -> Iterator[None]:
    """What SOQL's parser and compiler call a malformed query is a malformed search here."""
    try:
        yield
    except OrgError as error:
        if error.code != "MALFORMED_QUERY":
            raise
        raise OrgError("MALFORMED_SEARCH", error.message, fields=error.fields) from None


class _Clauses:
    """Reads what follows the braces."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._scope = Scope.ALL
        self._returning: tuple[Query, ...] | None = None
        self._snippet: int | None = None
        self._limit: int | None = None
        self._with: set[str] = set()

    def search(self, find: Find | None) -> Search:
        """The statement, with what it looks for."""
        return Search(
            find,
            self._scope,
            self._returning,
            self._snippet,
            "HIGHLIGHT" in self._with,
            "METADATA" in self._with,
            self._limit,
        )

    def read(self) -> None:
        """Read to the end.

        Raises:
            OrgError: it cannot be read.
        """
        parser = self._parser
        if parser.skip("IN"):
            self._read_scope()
        if parser.skip("RETURNING"):
            self._returning = parser.several(self._read_object)
        while parser.skip("WITH"):
            self._read_with()
        if parser.skip("LIMIT"):
            self._limit = parser.whole("LIMIT")
        if parser.token.upper == "UPDATE":
            raise malformed(parser, "UPDATE TRACKING and VIEWSTAT are not supported by this org")
        if parser.token.sort is not Sort.END:
            raise self._unexpected()

    def _read_scope(self) -> None:
        scope = SCOPES.get(self._parser.token.upper)
        if scope is None:
            raise self._unexpected()
        self._parser.advance()
        if not self._parser.skip("FIELDS"):
            raise self._unexpected()
        self._scope = scope

    def _read_object(self) -> Query:
        if self._parser.token.sort is not Sort.NAME:
            raise self._unexpected()
        return read_returning(self._parser, self._parser.advance())

    def _read_with(self) -> None:
        parser = self._parser
        clause = parser.token.upper
        if clause in self._with:
            raise malformed(parser, f"WITH {clause} stands twice")
        if clause in UNSUPPORTED:
            raise malformed(parser, UNSUPPORTED[clause])
        readers = {
            "HIGHLIGHT": lambda: None,
            "METADATA": self._read_metadata,
            "PRICEBOOKID": self._read_pricebook,
            "SNIPPET": self._read_snippet,
            "SPELL_CORRECTION": self._read_correction,
        }
        if clause not in readers:
            raise self._unexpected()
        self._with.add(clause)
        parser.advance()
        readers[clause]()

    def _read_metadata(self) -> None:
        self._parser.expect("=")
        if self._string().upper() != "LABELS":
            raise malformed(self._parser, "METADATA can only be 'LABELS'")

    def _read_pricebook(self) -> None:
        at = self._parser.token.at
        self._parser.expect("=")
        pricebook = self._string()
        queries = self._returning or ()
        if not any(_of_products(query) for query in queries):
            raise refused(
                "MALFORMED_SEARCH",
                self._parser.text,
                at,
                f"PricebookId filters {PRODUCT}, which RETURNING does not name",
            )
        self._returning = tuple(
            in_pricebook(query, pricebook, at) if _of_products(query) else query
            for query in queries
        )

    def _read_snippet(self) -> None:
        self._snippet = SNIPPET
        if self._parser.sign("("):
            self._parser.keyword("TARGET_LENGTH")
            self._parser.expect("=")
            token = self._parser.advance()
            if token.sort is not Sort.NUMBER:
                raise malformed(self._parser, "target_length needs a whole number")
            self._parser.expect(")")
            asked = int(token.text) if token.text.isdigit() else 0
            self._snippet = asked if asked in SNIPPETS else SNIPPET

    def _read_correction(self) -> None:
        self._parser.expect("=")
        if self._parser.token.upper == "TRUE":
            raise malformed(
                self._parser, "this org does not correct spelling: SPELL_CORRECTION can be false"
            )
        self._parser.keyword("FALSE")

    def _string(self) -> str:
        if self._parser.token.sort is not Sort.STRING:
            raise self._unexpected()
        return plain_string(self._parser.text, self._parser.advance())

    def _unexpected(self) -> OrgError:
        token = self._parser.token
        if token.sort is Sort.END:
            return malformed(self._parser, "unexpected end of the search")
        return malformed(self._parser, f"Malformed search token: {token.text}")


def _check_characters(text: str) -> None:
    """Whether a statement is text: JSON can spell halves of characters.

    Raises:
        OrgError: MALFORMED_SEARCH, it is not.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        # The statement cannot be shown: no answer can hold it.
        raise OrgError(
            "MALFORMED_SEARCH", f"half a character (a lone surrogate) at offset {error.start}"
        ) from None


def _of_products(query: Query) -> bool:
    return query.source.names[0].lower() == PRODUCT.lower()
