"""Reading what RETURNING asks of an object: a SOQL query without SELECT and FROM."""

from collections.abc import Sequence
from dataclasses import replace

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.compiler import MOST_SKIPPED
from orgsmith.arena.soql.parser import Parser
from orgsmith.arena.soql.scope import entity_named
from orgsmith.arena.soql.semi_joins import aggregates
from orgsmith.arena.soql.tokens import Sort, Token, refused
from orgsmith.arena.soql.tree import (
    Call,
    Comparison,
    Constant,
    Item,
    Joined,
    Membership,
    Path,
    Query,
    Source,
)
from orgsmith.arena.sosl.scopes import searched

CLAUSES = frozenset({"WHERE", "USING", "ORDER", "LIMIT", "OFFSET"})
PRODUCT = "Product2"


def read_returning(parser: Parser, name: Token) -> Query:
    """What is asked of an object, its name read; Ids only if no parenthesis follows.

    Raises:
        OrgError: it cannot be read.
    """
    if not parser.sign("("):
        return ids_of(parser.text, name.text, name.at)
    query = read_fields(parser, Source((name.text,), None, name.at))
    parser.expect(")")
    return query


def read_fields(parser: Parser, source: Source) -> Query:
    """Fields, and the clauses that may follow them.

    Raises:
        OrgError: they cannot be read.
    """
    selected = parser.several(lambda: _field(parser))
    where = parser.condition() if parser.skip("WHERE") else None
    if parser.token.upper == "USING" and parser.next.sort is Sort.NAME:
        raise malformed(parser, "USING ListView is not supported by this org")
    order = parser.order()
    limit = parser.whole("LIMIT") if parser.skip("LIMIT") else None
    offset = 0
    if parser.skip("OFFSET"):
        at = parser.token.at
        offset = parser.whole("OFFSET")
        if offset > MOST_SKIPPED:
            message = f"SOSL offset should be between 0 to {MOST_SKIPPED}"
            raise refused("MALFORMED_SEARCH", parser.text, at, message)
    return Query(
        parser.text, selected, source,
        where=where, order=order, limit=limit, offset=offset, at=source.at,
    )  # fmt: skip


def ids_of(text: str, entity: str, at: int) -> Query:
    """The query of an object's Ids."""
    return Query(text, (Item(Path(("Id",), at), None),), Source((entity,), None, at), at=at)


def in_pricebook(query: Query, pricebook: str, at: int) -> Query:
    """A query of products, among those that a price book has a price of."""
    entries = Query(
        query.text,
        (Item(Path(("Product2Id",), at), None),),
        Source(("PricebookEntry",), None, at),
        where=Comparison(Path(("Pricebook2Id",), at), "=", Constant("string", pricebook, at), at),
        at=at,
    )
    priced = Membership(Path(("Id",), at), False, entries, at)
    where = priced if query.where is None else Joined("AND", (priced, query.where))
    return replace(query, where=where)


def checked_objects(catalog: Catalog, queries: Sequence[Query]) -> list[Entity]:
    """The objects that queries name.

    Raises:
        OrgError: INVALID_TYPE, one does not exist or cannot be searched; MALFORMED_SEARCH, one is
            named twice, or OFFSET stands with several.
    """
    found: list[Entity] = []
    for query in queries:
        entity = entity_named(catalog, query.text, query.source)
        if not searched(entity):
            message = f"entity type {entity.name} does not support search"
            raise refused("INVALID_TYPE", query.text, query.at, message)
        if entity in found:
            message = f"RETURNING names {entity.name} twice"
            raise refused("MALFORMED_SEARCH", query.text, query.at, message)
        if query.offset and len(queries) > 1:
            message = "OFFSET can be used only when a single object is searched"
            raise refused("MALFORMED_SEARCH", query.text, query.at, message)
        found.append(entity)
    return found


def malformed(parser: Parser, message: str) -> OrgError:
    """MALFORMED_SEARCH at the next token."""
    return refused("MALFORMED_SEARCH", parser.text, parser.token.at, message)


def _field(parser: Parser) -> Item:
    token = parser.token
    if token.text == ")" or _begins_clause(parser):
        raise malformed(parser, "RETURNING needs at least one field before the clauses")
    expression = parser.expression()
    if aggregates(expression):
        raise refused(
            "MALFORMED_SEARCH", parser.text, token.at, "aggregates are not allowed in SOSL"
        )
    alias = None
    if (
        isinstance(expression, Call)
        and parser.token.sort is Sort.NAME
        and parser.token.upper not in CLAUSES
    ):
        alias = parser.advance().text
    return Item(expression, alias)


def _begins_clause(parser: Parser) -> bool:
    """Whether a clause begins here, rather than a field that is called like one."""
    match parser.token.upper:
        case "WHERE" | "USING":
            return parser.next.sort is Sort.NAME
        case "ORDER":
            return parser.next.upper == "BY"
        case "LIMIT" | "OFFSET":
            return parser.next.sort is Sort.NUMBER
    return False
