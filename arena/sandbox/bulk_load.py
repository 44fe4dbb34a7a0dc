"""Ingest jobs at work: rows of CSV written as records, each by itself."""

import logging
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from orgsmith.arena.catalog import Column, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.sandbox.bulk_csv import Lines, bad_batch, rows
from orgsmith.arena.sandbox.bulk_jobs import (
    ABORTED,
    COMPLETE,
    FAILED,
    OPEN,
    RUNNING,
    UPLOADED,
    Job,
    Jobs,
)
from orgsmith.arena.sandbox.rest.bodies import values
from orgsmith.arena.session import Session
from orgsmith.schema.declaration import Kind

SUCCESSFUL, FAILURES, UNPROCESSED = "successfulresults", "failedresults", "unprocessedrecords"

WORKERS = 2
NULL = "#N/A"

_TRUE = frozenset({"yes", "y", "true", "on", "1"})
_FALSE = frozenset({"no", "n", "false", "off", "0"})
_LOG = logging.getLogger("orgsmith.sandbox")


class Loader:
    """Runs ingest jobs, two at a time, in the order in which their data were complete."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._waiting: queue.SimpleQueue[tuple[Job, Session] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def take(self, job: Job, session: Session) -> bool:
        """Run an open job of a session as soon as there is a thread for it; False: it is not."""
        with self._lock:
            if job.state != OPEN:
                return False
            job.state = UPLOADED
            if len(self._threads) < WORKERS:
                thread = threading.Thread(target=self._work, name="bulk jobs", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._waiting.put((job, session))
        return True

    def abort(self, job: Job, session: Session) -> None:
        """Stop a job that has not ended; what is not yet written is left unprocessed."""
        job.stopped.set()
        with self._lock:
            if job.state != RUNNING and not job.ended:
                _leave(job, session)
        job.over.wait()

    def close(self) -> None:
        """Stop all jobs, and wait until they have stopped."""
        self._jobs.stop()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _work(self) -> None:
        # Nothing of a job is held while the next one is waited for.
        while (task := self._waiting.get()) is not None:
            self._do(*task)
            del task

    def _do(self, job: Job, session: Session) -> None:
        with self._lock:
            if job.ended:
                return
            job.state = RUNNING
        _run(job, session)
        with suppress(OrgError):
            self._jobs.make_room(0, job)


def _leave(job: Job, session: Session) -> None:
    """End a job of which nothing was done."""
    with suppress(OrgError):
        lines = rows(job.data, job.asked.form)
        job.results = _empty(job, next(lines, []))
        for row in lines:
            job.results[UNPROCESSED].add(row)
    job.end(ABORTED, session.now())


def _run(job: Job, session: Session) -> None:
    started = time.monotonic()
    state, message = COMPLETE, ""
    try:
        _load(job, session)
        state = ABORTED if job.stopped.is_set() else COMPLETE
    except OrgError as error:
        state, message = FAILED, f"{error.code} : {error.message}"
    except Exception:
        _LOG.exception("bulk job %s", job.id)
        state, message = FAILED, "UNKNOWN_EXCEPTION : An unexpected error occurred"
    job.milliseconds = round(1e3 * (time.monotonic() - started))
    job.end(state, session.now(), message)


def _load(job: Job, session: Session) -> None:
    """Write a job's rows.

    Raises:
        OrgError: the data are none that the job can process; nothing is written.
    """
    header, lines = _checked(job)
    job.results = _empty(job, header)
    entity = session.entity(job.asked.entity)
    try:
        columns = _columns(session, entity, job, header)
    except OrgError:
        for row in lines:
            job.results[UNPROCESSED].add(row)
        raise
    for row in lines:
        if job.stopped.is_set():
            job.results[UNPROCESSED].add(row)
            continue
        _write(job, session, entity, columns, row)


def _checked(job: Job) -> tuple[list[str], Iterator[list[str]]]:
    """The header and the other lines of a job's data, after a look at all of them."""
    counted = sum(1 for _ in rows(job.data, job.asked.form))
    if counted == 0:
        raise bad_batch("no data was uploaded")
    lines = rows(job.data, job.asked.form)
    return next(lines), lines


def _empty(job: Job, header: Sequence[str]) -> dict[str, Lines]:
    """Results without lines."""
    return {
        SUCCESSFUL: Lines(job.asked.form, ("sf__Id", "sf__Created", *header)),
        FAILURES: Lines(job.asked.form, ("sf__Id", "sf__Error", *header)),
        UNPROCESSED: Lines(job.asked.form, header),
    }


def _columns(
    session: Session, entity: Entity, job: Job, header: Sequence[str]
) -> Mapping[str, Column]:
    """The fields that a header names, by its names; `Account.Name` is a field of a parent.

    Raises:
        OrgError: InvalidBatch, there is no such field, or one that the job needs is missing.
    """
    found: dict[str, Column] = {}
    for name in header:
        relationship, _, field = name.rpartition(".")
        walked = entity.parent(relationship) if relationship else None
        owner = session.entity(walked.parent) if walked and walked.parent else None
        column = owner.column(field) if owner else entity.column(name)
        if column is None:
            raise bad_batch(f"Field name not found : {name}")
        found[name] = column
    if len({name.lower() for name in header}) < len(header):
        raise bad_batch("the header names a field twice")
    parents = [name.lower().rpartition(".")[0] for name in header if "." in name]
    if len(set(parents)) < len(parents):
        raise bad_batch("the header tells a parent by two fields")
    needed = {"update": "Id", "delete": "Id", "upsert": job.asked.key}.get(job.asked.operation)
    if needed and needed.lower() not in {name.lower() for name in header}:
        raise bad_batch(f"Field name not found : {needed}")
    if job.asked.operation == "delete" and len(header) > 1:
        raise bad_batch("Delete batch must contain only ids")
    return found


def _write(
    job: Job, session: Session, entity: Entity, columns: Mapping[str, Column], row: Sequence[str]
) -> None:
    given = _given(columns, row)
    named = next((given[name] for name in given if name.lower() == "id"), None)
    job.processed += 1
    try:
        key, created = _written(job, session, entity, given)
    except OrgError as error:
        job.failed += 1
        job.results[FAILURES].add((named, _fault(error), *row))
    else:
        job.results[SUCCESSFUL].add((key, "true" if created else "false", *row))


def _written(
    job: Job, session: Session, entity: Entity, given: dict[str, object]
) -> tuple[str, bool]:
    """Write a record: its Id, and whether it is new.

    Raises:
        OrgError: it cannot be written.
    """
    if job.asked.operation == "insert":
        return session.create(entity.name, values(session, entity, given, without=())), True
    needed = job.asked.key if job.asked.operation == "upsert" else "Id"
    name = next((name for name in given if name.lower() == needed.lower()), None)
    key = given.pop(name) if name else None
    if job.asked.operation == "upsert":
        return _upserted(job, session, entity, key, given)
    if not isinstance(key, str):
        raise OrgError("MISSING_ARGUMENT", f"Id not specified in an {job.asked.operation} call")
    if job.asked.operation == "update":
        session.update(entity.name, key, values(session, entity, given, without=()))
    else:
        session.delete(entity.name, key)
    return full_id(key) or key, False


def _upserted(
    job: Job, session: Session, entity: Entity, key: object, given: Mapping[str, object]
) -> tuple[str, bool]:
    fields = values(session, entity, given)
    if key is not None:
        return session.upsert(entity.name, job.asked.key, key, fields)
    if job.asked.key.lower() != "id":
        raise OrgError(
            "MISSING_ARGUMENT", f"{job.asked.key} not specified", fields=(job.asked.key,)
        )
    return session.create(entity.name, fields), True


def _given(columns: Mapping[str, Column], row: Sequence[str]) -> dict[str, object]:
    """The values of a row that are not empty; those of a parent are nested."""
    found: dict[str, object] = {}
    for (name, column), text in zip(columns.items(), row, strict=True):
        if text == "":
            continue
        value = None if text == NULL else _spelled(column, text)
        relationship, _, field = name.rpartition(".")
        found[relationship or name] = {field: value} if relationship else value
    return found


def _spelled(column: Column, text: str) -> object:
    """A value as JSON has it; what is none of its field's is left to be refused."""
    if column.kind is Kind.BOOLEAN and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    return text


def _fault(error: OrgError) -> str:
    """An error as results have it: code, message, fields."""
    return f"{error.code}:{error.message}:{' '.join((*error.fields, '--'))}"
