"""Searches an org by the words of its records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.record import Record, attributes
from orgsmith.arena.soql.tree import Item, Path, Query, Source
from orgsmith.arena.sosl.changes import ChangedIndexes
from orgsmith.arena.sosl.excerpts import (
    MOST_WITH_SNIPPETS,
    WITH_SNIPPETS,
    add_highlights,
    add_snippets,
    has_highlights,
    snippet_columns,
)
from orgsmith.arena.sosl.indexes import Indexes
from orgsmith.arena.sosl.labels import labels
from orgsmith.arena.sosl.limits import MOST, most_of_object, shares
from orgsmith.arena.sosl.marks import Marker
from orgsmith.arena.sosl.parser import malformed_searches
from orgsmith.arena.sosl.returning import checked_objects
from orgsmith.arena.sosl.scopes import ARTICLES, NAMED_ONLY, searched
from orgsmith.arena.sosl.tree import Expression, Find, Scope, Search
from orgsmith.arena.source import RecordSource
from orgsmith.arena.store.overlay import Overlay

FIRST = 2_000
"""Records found that WHERE is asked about at first."""
FURTHER = 4
"""How many times as many it is asked about next, if too few pass."""

Among = Callable[[Query, Sequence[str]], list[Record]]
"""Gives the records of a query among some Ids, in their order unless it has ORDER BY."""

Ranked = Callable[[Entity, Expression, Scope, int | None], list[str]]
"""Gives the Ids of an object's records that are found, best first; all if no number is given."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: its records object by object, and what WITH METADATA tells of them."""

    records: list[Record]
    metadata: Record | None = None


class Searcher:
    """Finds records by their words. Threads and sessions may share it."""

    def __init__(self, dataset: RecordSource, catalog: Catalog) -> None:
        self._catalog = catalog
        self._indexes = Indexes(dataset, catalog)
        self._changed = ChangedIndexes()

    def start(self) -> None:
        """Index all objects in the background; without, each is when it is first searched."""
        self._indexes.start()

    def close(self) -> None:
        """Stop indexing."""
        self._indexes.close()

    def answer(self, search: Search, overlay: Overlay, among: Among) -> Found:
        """What a search finds, with what WITH METADATA tells of it.

        Raises:
            OrgError: it cannot be meant, or passes a limit.
        """
        with malformed_searches():
            return _Run(search, self._catalog, self._ranked(overlay), among).found()

    def _ranked(self, overlay: Overlay) -> Ranked:
        def ranked(
            entity: Entity, expression: Expression, scope: Scope, most: int | None
        ) -> list[str]:
            published = self._indexes.index(entity)
            return self._changed.rank(published, entity, overlay, expression, scope, most)

        return ranked


class _Run:
    """One search."""

    def __init__(self, search: Search, catalog: Catalog, ranked: Ranked, among: Among) -> None:
        self._search = search
        self._catalog = catalog
        self._ranked = ranked
        self._among = among
        queries = search.returning
        self._asked = (
            [(entity, None) for entity in catalog.entities.values() if _found_unnamed(entity)]
            if queries is None
            else list(zip(checked_objects(catalog, queries), queries, strict=True))
        )

    def found(self) -> Found:
        """The records of all objects, cut to the search's limit."""
        objects = [self._of_object(entity, query) for entity, query in self._asked]
        limit = min(MOST if self._search.limit is None else self._search.limit, MOST)
        kept = shares([len(records) for records in objects], limit)
        objects = [records[:most] for records, most in zip(objects, kept, strict=True)]
        if self._search.find is not None and not self._search.find.wild:
            self._mark(objects, self._search.find)
        metadata = labels(self._catalog, self._asked) if self._search.labels else None
        return Found([record for records in objects for record in records], metadata)

    def _of_object(self, entity: Entity, query: Query | None) -> list[Record]:
        most = most_of_object(query, len(self._asked))
        if query is None:
            ids = self._ids(entity, most)
            return [{"attributes": attributes(entity.name, key), "Id": key} for key in ids]
        limit = most if query.limit is None else min(query.limit, most)
        bounded = replace(query, limit=limit)
        if limit == 0:
            # The rest of the query is checked all the same.
            return self._among(bounded, [])
        if query.order:
            return self._among(bounded, self._ids(entity, None))
        if query.where is not None:
            return self._filtered(bounded, self._ids(entity, None), limit)
        return self._among(bounded, self._ids(entity, limit + query.offset))

    def _filtered(self, query: Query, ids: Sequence[str], limit: int) -> list[Record]:
        """The best that pass WHERE, however many that are better do not."""
        whole = replace(query, limit=None, offset=0)
        needed = query.offset + limit
        records = self._among(whole, ids[:FIRST])
        done, most = FIRST, FIRST
        while done < len(ids) and len(records) < needed:
            most *= FURTHER
            records += self._among(whole, ids[done : done + most])
            done += most
        return records[query.offset : needed]

    def _ids(self, entity: Entity, most: int | None) -> list[str]:
        find = self._search.find
        if find is None:
            return []
        expression = find.articles if entity.name in ARTICLES else find.records
        scope = Scope.ALL if entity.name in NAMED_ONLY else self._search.scope
        return self._ranked(entity, expression, scope, most)

    def _mark(self, objects: list[list[Record]], find: Find) -> None:
        few = sum(len(records) for records in objects) <= MOST_WITH_SNIPPETS
        for (entity, _), records in zip(self._asked, objects, strict=True):
            marker = Marker(find.articles if entity.name in ARTICLES else find.records)
            if self._search.highlight and has_highlights(entity):
                add_highlights(entity, records, marker)
            if self._search.snippet is not None and few and entity.name in WITH_SNIPPETS:
                texts = self._texts(entity, records)
                add_snippets(entity, records, texts, marker, self._search.snippet)

    def _texts(self, entity: Entity, records: Sequence[Record]) -> dict[str, Record]:
        """The texts that the snippets of records are taken from, by the records' addresses."""
        columns = snippet_columns(entity)
        query = Query(
            "",
            tuple(Item(Path((column.name,), 0), None) for column in columns),
            Source((entity.name,), None, 0),
        )
        addresses = [record["attributes"]["url"] for record in records]
        ids = [address.rpartition("/")[2] for address in addresses]
        return {text["attributes"]["url"]: text for text in self._among(query, ids)}


def _found_unnamed(entity: Entity) -> bool:
    return entity.name not in NAMED_ONLY and bool(searched(entity))
