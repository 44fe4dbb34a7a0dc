"""From what is looked for to the queries of the full-text index."""

import re

import tantivy

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sosl.tree import ANY, ONE, Either, Expression, Scope, Term
from orgsmith.arena.sosl.words import stem, words

WITH_FORMS = frozenset({Scope.ALL, Scope.NAME})
"""Scopes in which other forms of a word are found: addresses and numbers have none."""

EXACT = 4.0
"""How much more a word counts as it stands than another form of it."""

WILDCARDS = {ANY: ".*", ONE: "."}


def forms_field(scope: Scope) -> str:
    """The index's field with the stems of a scope; the words themselves are in `scope`."""
    return f"{scope}_forms"


def matching(schema: tantivy.Schema, scope: Scope, expression: Expression) -> tantivy.Query | None:
    """The query of what is looked for in the fields of a scope; None if it holds no word at all.

    Raises:
        OrgError: MALFORMED_SEARCH, its wildcards can stand for too much.
    """
    if isinstance(expression, Term):
        return _term(schema, scope, expression)
    if isinstance(expression, Either):
        parts = _all(schema, scope, expression.choices)
        if len(parts) <= 1:
            return parts[0] if parts else None
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
    required = _all(schema, scope, expression.required)
    excluded = _all(schema, scope, expression.excluded)
    if not required:
        return None
    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Must, part) for part in required]
        + [(tantivy.Occur.MustNot, part) for part in excluded]
    )


def term_words(term: Term) -> list[str]:
    """The words of a term, with wildcards within or behind them only."""
    return [word for each in words(term.text) if (word := each.lstrip(ANY + ONE))]


def unranked(expression: Expression) -> bool:
    """Whether all that is found is equally good: what is looked for is one word with wildcards."""
    if not isinstance(expression, Term):
        return False
    wanted = term_words(expression)
    return len(wanted) == 1 and _wild(wanted[0])


def _all(
    schema: tantivy.Schema, scope: Scope, expressions: tuple[Expression, ...]
) -> list[tantivy.Query]:
    found = (matching(schema, scope, each) for each in dict.fromkeys(expressions))
    return [each for each in found if each is not None]


def _term(schema: tantivy.Schema, scope: Scope, term: Term) -> tantivy.Query | None:
    wanted = term_words(term)
    if not wanted:
        return None
    if any(_wild(word) for word in wanted):
        return _patterns(schema, scope, [_pattern(word) for word in wanted])
    if len(wanted) > 1:
        return tantivy.Query.phrase_query(schema, scope, list(wanted))
    exact = tantivy.Query.term_query(schema, scope, wanted[0])
    if term.quoted or scope not in WITH_FORMS:
        return exact
    form = tantivy.Query.term_query(schema, forms_field(scope), stem(wanted[0]), "freq")
    return tantivy.Query.boolean_query(
        [
            (tantivy.Occur.Should, tantivy.Query.boost_query(exact, EXACT)),
            (tantivy.Occur.Should, form),
        ]
    )


def _patterns(schema: tantivy.Schema, scope: Scope, patterns: list[str]) -> tantivy.Query:
    if len(patterns) > 1:
        return tantivy.Query.regex_phrase_query(schema, scope, list(patterns))
    try:
        return tantivy.Query.regex_query(schema, scope, patterns[0])
    except ValueError:
        raise OrgError(
            "MALFORMED_SEARCH", "the wildcards of a word can be meant in too many ways"
        ) from None


def _wild(word: str) -> bool:
    return ANY in word or ONE in word


def _pattern(word: str) -> str:
    return "".join(WILDCARDS.get(sign) or re.escape(sign) for sign in word)
