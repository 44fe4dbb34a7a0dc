"""The full-text index of one object's records, in memory."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
import tantivy

from orgsmith.arena.catalog import Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.sosl.matching import WITH_FORMS, forms_field, matching, unranked
from orgsmith.arena.sosl.scopes import in_scope, searched
from orgsmith.arena.sosl.tree import Expression, Scope
from orgsmith.arena.sosl.words import exact_analyzer, forms_analyzer
from orgsmith.schema.declaration import Kind

ROW = "row"
EXACT, FORMS = "exact", "forms"
MEMORY = 64_000_000
"""Bytes that a writer fills before it puts a part of the index together."""
PRECISION = 4
"""Decimals of a score that count: sums of the same numbers in another order differ past them."""
FURTHER = 8
"""How many times as many hits are asked for when those at the end are equally good."""


class TextIndex:
    """Finds the records whose fields hold what is looked for, the best first. Threads may share it.

    Ranking is BM25 over all fields of the scope; equally good records are in order of Id.
    """

    def __init__(self, entity: Entity, rows: Iterable[Sequence[Any]]) -> None:
        """Index the records of an object.

        Args:
            entity: the object.
            rows: Id and the values of `searched(entity)` of each record, in order of Id.
        """
        places = {column.name: at for at, column in enumerate(searched(entity), start=1)}
        self._scopes = {
            scope: [places[column.name] for column in columns]
            for scope in Scope
            if (columns := in_scope(entity, scope))
        }
        phones = {places[column.name] for column in searched(entity) if column.kind is Kind.PHONE}
        self._schema = _schema(self._scopes)
        self._index = tantivy.Index(self._schema)
        self._index.register_tokenizer(EXACT, exact_analyzer())
        self._index.register_tokenizer(FORMS, forms_analyzer())
        # One thread: the parts of the index, and so the scores, are the same every time.
        writer = self._index.writer(MEMORY, 1)
        ids: list[str] = []
        for row in rows:
            writer.add_document(self._document(len(ids), row, phones))
            ids.append(row[0])
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._ids = pl.Series(ids, dtype=pl.String)

    def __len__(self) -> int:
        return len(self._ids)

    def rank(self, expression: Expression, scope: Scope, most: int | None = None) -> list[str]:
        """The Ids of the records found, the best first.

        Args:
            expression: what is looked for.
            scope: the fields that are searched.
            most: how many at most; all unless given.

        Raises:
            OrgError: MALFORMED_SEARCH, its wildcards can stand for too much.
        """
        most = len(self) if most is None else min(most, len(self))
        if most <= 0 or scope not in self._scopes:
            return []
        query = matching(self._schema, scope, expression)
        if query is None:
            return []
        rows = self._first(query, most) if unranked(expression) else self._best(query, most)
        return self._ids.gather(rows).to_list()

    def _best(self, query: tantivy.Query, most: int) -> list[int]:
        asked = most + 1
        hits = self._hits(query, asked)
        # All that are as good as the last one must be there to tell which of them comes first.
        while len(hits) == asked and _score(hits[-1]) == _score(hits[most - 1]):
            asked *= FURTHER
            hits = self._hits(query, asked)
        addresses = [address for _, address in hits]
        rows = self._index.searcher().fast_field_values(ROW, addresses)
        ranked = sorted((-_score(hit), row) for hit, row in zip(hits, rows, strict=True))
        return [int(row or 0) for _, row in ranked[:most]]

    def _hits(self, query: tantivy.Query, most: int) -> list[tuple[Any, tantivy.DocAddress]]:
        try:
            return self._index.searcher().search(query, most, count=False).hits
        except ValueError as error:
            if "expansions" not in str(error):
                raise
            raise OrgError(
                "MALFORMED_SEARCH", "the wildcards of a phrase stand for too many words"
            ) from None

    def _first(self, query: tantivy.Query, most: int) -> list[int]:
        """The first rows that match a query whose hits are all equally good."""
        searcher = self._index.searcher()
        found = searcher.search(
            query, most, count=False, order_by_field=ROW, order=tantivy.Order.Asc
        )
        return [row for row, _ in found.hits]

    def _document(self, number: int, row: Sequence[Any], phones: set[int]) -> tantivy.Document:
        document = tantivy.Document()
        document.add_unsigned(ROW, number)
        for scope, places in self._scopes.items():
            for place in places:
                if value := row[place]:
                    _add(document, scope, value)
                    if place in phones:
                        _add(document, scope, "".join(filter(str.isdigit, value)))
        return document


def _schema(scopes: Iterable[Scope]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(ROW, fast=True)
    for scope in scopes:
        builder.add_text_field(scope, tokenizer_name=EXACT)
        if scope in WITH_FORMS:
            builder.add_text_field(forms_field(scope), tokenizer_name=FORMS, index_option="freq")
    return builder.build()


def _add(document: tantivy.Document, scope: Scope, value: str) -> None:
    document.add_text(scope, value)
    if scope in WITH_FORMS:
        document.add_text(forms_field(scope), value)


def _score(hit: tuple[Any, tantivy.DocAddress]) -> float:
    return round(float(hit[0]), PRECISION)
