"""Who asks an org: a date, and a world of its own writes."""

import copy
import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.engine import Engine
from orgsmith.arena.errors import OrgError
from orgsmith.arena.record import Record, attributes
from orgsmith.arena.soql.parser import parse
from orgsmith.arena.soql.run import Answer, run, run_returning
from orgsmith.arena.soql.scope import World
from orgsmith.arena.soql.tree import Comparison, Constant, Item, Path, Query, Source
from orgsmith.arena.sosl.parser import parse as parse_search
from orgsmith.arena.sosl.search import Found, Searcher
from orgsmith.arena.store import writes
from orgsmith.arena.store.overlay import Overlay

MOST_RECENT = 200
ID = "Id"


class Session:
    """What one client sees: the dataset, with its own writes over it. Threads may share it."""

    def __init__(
        self,
        token: str,
        catalog: Catalog,
        engine: Engine,
        searcher: Searcher,
        overlay: Overlay,
        today: dt.date,
    ) -> None:
        self.token = token
        self.today = today
        self.catalog = catalog
        self._engine = engine
        self._searcher = searcher
        self._overlay = overlay
        self._recent: dict[str, str] = {}
        self._looking = threading.Lock()

    def at(self, day: dt.date) -> "Session":
        """The same session, writes and all, on another day."""
        other = copy.copy(self)
        other.today = day
        return other

    def now(self) -> dt.datetime:
        """The session's day at this time of day (UTC)."""
        return dt.datetime.combine(self.today, dt.datetime.now(dt.UTC).timetz())

    def query(self, soql: str, *, deleted: bool = False) -> Answer:
        """What a SOQL statement finds; with `deleted`, in the recycle bin too.

        Raises:
            OrgError: it cannot be meant, or passes a limit.
        """
        answer = run(parse(soql), self._world(deleted=deleted), self._rows)
        if answer.plan.viewed:
            key = answer.plan.shape.key
            for row in answer.found[:MOST_RECENT]:
                self._look_at(answer.plan.entity, row[key])
        return answer

    def search(self, sosl: str) -> list[Record]:
        """What a SOSL statement finds, object by object, best first.

        Raises:
            OrgError: it cannot be meant, or passes a limit.
        """
        return self.found(sosl).records

    def found(self, sosl: str) -> Found:
        """What a SOSL statement finds, with what WITH METADATA tells of it.

        Raises:
            OrgError: as `search`.
        """
        return self._searcher.answer(parse_search(sosl), self._overlay, self._among)

    def read(self, entity: str, record: str, fields: Sequence[str] = ()) -> Record:
        """A record; all of its fields unless some are named.

        Raises:
            OrgError: NOT_FOUND or ENTITY_IS_DELETED (404), INVALID_FIELD.
        """
        found = self.entity(entity)
        names = tuple(dict.fromkeys(_declared(found, name) for name in fields or found.columns))
        deleted = () if "IsDeleted" in names else ("IsDeleted",)
        key = writes.normalised_id(found, record)
        query = _one(found, (*names, *deleted), ID, key)
        page = run(query, self._world(deleted=True), self._rows).page(0, 1)
        if not page:
            raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
        (read,) = page
        if read["IsDeleted"]:
            raise OrgError("ENTITY_IS_DELETED", "entity is deleted", status=404)
        for name in deleted:
            del read[name]
        self._look_at(found.name, key)
        return read

    def find(self, entity: str, field: str, value: object) -> str | None:
        """The Id of the record with a value in a unique field, None if there is none.

        Raises:
            OrgError: NOT_FOUND, the field is not one that tells records apart; MISSING_ARGUMENT,
                the value is empty; DUPLICATE_EXTERNAL_ID (300), several records have it.
        """
        found = self.entity(entity)
        column = found.column(field)
        if column is None or not (column.unique or column.name == ID):
            raise OrgError(
                "NOT_FOUND",
                f"Provided external ID field does not exist or is not accessible: {field}",
                status=404,
            )
        if value is None or value == "":
            # An empty text would find whatever record has none.
            raise OrgError(
                "MISSING_ARGUMENT", f"{column.name} not specified", fields=(column.name,)
            )
        query = replace(_one(found, (ID,), column.name, str(value)), limit=2)
        page = run(query, self._world(), self._rows).page(0, 2)
        if len(page) > 1:
            raise OrgError(
                "DUPLICATE_EXTERNAL_ID",
                f"{column.name}: more than one record found for external id field",
                fields=(column.name,),
                status=300,
            )
        return str(page[0][ID]) if page else None

    def create(self, entity: str, values: Mapping[str, object]) -> str:
        """Write a new record; its Id.

        Raises:
            OrgError: a value does not fit, or one is missing.
        """
        return writes.create(self._overlay, self.entity(entity), values, self.now())

    def update(self, entity: str, record: str, values: Mapping[str, object]) -> None:
        """Change fields of a record.

        Raises:
            OrgError: there is no such record, or a value does not fit.
        """
        writes.update(self._overlay, self.entity(entity), record, values, self.now())

    def delete(self, entity: str, record: str) -> None:
        """Put a record, and what belongs to it, into the recycle bin.

        Raises:
            OrgError: there is no such record, or others need it.
        """
        writes.delete(self._overlay, self.entity(entity), record, self.now())

    def upsert(
        self, entity: str, field: str, value: object, values: Mapping[str, object]
    ) -> tuple[str, bool]:
        """Change the record with a value in a unique field, or write a new one.

        Returns:
            Its Id, and whether it is new.

        Raises:
            OrgError: as for create and update.
        """
        with self.transaction():
            if field.lower() == ID.lower():
                # An Id is never chosen: there is such a record, or there is an error.
                key = writes.normalised_id(self.entity(entity), str(value))
                self.update(entity, key, values)
                return key, False
            found = self.find(entity, field, value)
            if found is not None:
                self.update(entity, found, values)
                return found, False
            return self.create(entity, {**values, field: value}), True

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside are kept, or none: an exception undoes them."""
        return self._overlay.transaction()

    def reset(self) -> None:
        """Forget all writes, and what was looked at."""
        self._overlay.reset()
        with self._looking:
            self._recent.clear()

    def close(self) -> None:
        """Forget all writes for good."""
        self._overlay.close()

    def recent(self, limit: int = MOST_RECENT, *, of: str | None = None) -> list[Record]:
        """The records looked at last, of one object or of any: attributes, Id and name.

        The newest comes first.
        """
        found: list[Record] = []
        with self._looking:
            looked_at = [item for item in self._recent.items() if of in {None, item[1]}]
        for key, name in reversed(looked_at):
            entity = self.entity(name)
            shown = entity.name_column
            names = (ID,) if shown is None else (ID, shown.name)
            page = run(_one(entity, names, ID, key), self._world(), self._rows).page(0, 1)
            if page:
                title = page[0][shown.name] if shown else None
                found.append({"attributes": attributes(name, key), "Id": key, "Name": title})
            if len(found) >= limit:
                break
        return found

    def entity(self, name: str) -> Entity:
        """The object of a name, in any case.

        Raises:
            OrgError: NOT_FOUND (404), there is none.
        """
        found = self.catalog.entity(name)
        if found is None:
            raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
        return found

    def _world(self, *, deleted: bool = False) -> World:
        return World(self.catalog, self._overlay.source, self.today, deleted)

    def _rows(self, sql: str, bound: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._overlay.cursor() as cursor:
            return self._engine.rows(cursor, sql, bound)

    def _among(self, query: Query, ids: Sequence[str]) -> list[Record]:
        return run_returning(query, ids, self._world(), self._rows)

    def _look_at(self, entity: str, record: str) -> None:
        with self._looking:
            self._recent.pop(record, None)
            self._recent[record] = entity
            while len(self._recent) > MOST_RECENT:
                del self._recent[next(iter(self._recent))]


def _declared(entity: Entity, name: str) -> str:
    """A field's name as it is declared; a path over relationships is left as it is.

    Raises:
        OrgError: INVALID_FIELD, there is no such field.
    """
    if "." in name:
        return name
    column = entity.column(name)
    if column is None:
        said = f"No such column '{name}' on sobject of type {entity.name}"
        raise OrgError("INVALID_FIELD", said)
    return column.name


def _one(entity: Entity, names: Sequence[str], key: str, value: str) -> Query:
    """The query of the record that has a value in one field."""
    text = f"SELECT {', '.join(names)} FROM {entity.name} WHERE {key} = ..."
    return Query(
        text,
        tuple(Item(Path(tuple(name.split(".")), 0), None) for name in names),
        Source((entity.name,), None, 0),
        where=Comparison(Path((key,), 0), "=", Constant("string", value, 0), 0),
        limit=1,
    )
