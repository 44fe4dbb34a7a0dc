"""Query jobs: a SOQL statement whose result is fetched as CSV, part by part."""

import base64
import binascii
import re
import time
from collections.abc import Iterator

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.bulk_csv import Lines
from orgsmith.arena.sandbox.bulk_jobs import COMPLETE, FAILED, MOST_BYTES, Job, Jobs
from orgsmith.arena.session import Session
from orgsmith.arena.soql.parser import parse
from orgsmith.arena.soql.run import Answer
from orgsmith.arena.soql.shape import conversion
from orgsmith.arena.soql.tree import Child, Query, TypeOf
from orgsmith.schema.declaration import Kind

RESULTS = "results"

_LATE = frozenset({"QUERY_TIMEOUT", "OPERATION_TOO_LARGE", "QUERY_TOO_COMPLICATED"})
"""What goes wrong while a job runs; what is wrong with a statement is said before."""

_NOT_SERVED = " not supported in Bulk V2 Query with CSV content type"
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def run(job: Job, jobs: Jobs, session: Session) -> None:
    """Run a job's statement.

    Raises:
        OrgError: it cannot be meant, or is one that Salesforce refuses in bulk.
    """
    soql = job.asked.soql
    _check(parse(soql))
    started = time.monotonic()
    try:
        answer = session.query(soql, deleted=job.asked.operation == "queryAll")
        if not answer.plan.shape.entity:
            raise _refused("Aggregate Relationships")
        job.entity = answer.plan.entity
        lines = _lines(job, answer)
        jobs.make_room(lines.size, job)
        job.results[RESULTS] = lines
        job.processed = len(lines)
        job.end(COMPLETE, session.now())
    except OrgError as error:
        if error.code not in _LATE:
            raise
        job.end(FAILED, session.now(), f"{error.code} : {error.message}")
    job.milliseconds = round(1e3 * (time.monotonic() - started))


def part(lines: Lines, locator: str | None, most: str | None) -> tuple[bytes, int, str]:
    """A part of a result: CSV, how many records are in it, and the locator of the next part.

    The locator is `null` where there is none.

    Raises:
        OrgError: the locator is none, or the number is not one.
    """
    start = _start(locator, len(lines))
    if most is not None and (not _NUMBER.fullmatch(most) or int(most) == 0):
        raise OrgError("INVALID_ARGUMENT", f"maxRecords={most}: say a number of 1 or more")
    count = min(int(most) if most else len(lines), len(lines) - start)
    after = start + count
    return lines.part(start, count), count, _locator(after) if after < len(lines) else "null"


def _start(locator: str | None, total: int) -> int:
    if not locator or locator == "null":
        return 0
    try:
        text = base64.b64decode(locator + "=" * (-len(locator) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not _NUMBER.fullmatch(text) or int(text) >= total:
        raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(text)


def _locator(start: int) -> str:
    return base64.b64encode(str(start).encode()).decode().rstrip("=")


def _check(query: Query) -> None:
    """Refuse what has no place in CSV, as Salesforce does."""
    if query.group is not None or any(isinstance(each, Child) for each in query.selected):
        raise _refused("Aggregate Relationships")
    if any(isinstance(each, TypeOf) for each in query.selected):
        raise _refused("TYPEOF")
    if query.offset:
        raise _refused("OFFSET")


def _refused(what: str) -> OrgError:
    return OrgError("FUNCTIONALITY_NOT_ENABLED", what + _NOT_SERVED)


def _lines(job: Job, answer: Answer) -> Lines:
    lines = Lines(job.asked.form, answer.columns)
    for row in _rows(answer):
        lines.add(row)
        if lines.size > MOST_BYTES:
            raise OrgError(
                "OPERATION_TOO_LARGE",
                f"the result is larger than {MOST_BYTES // 2**20} MB; narrow the query",
            )
    return lines


def _rows(answer: Answer) -> Iterator[list[object]]:
    """The rows of an answer as bulk results spell them: moments end in Z, truths in small."""
    moment = conversion(Kind.DATETIME)
    moments = [value.convert is moment for _, value in answer.plan.shape.values()]
    for row in answer.rows():
        yield [
            str(value).replace("+0000", "Z")
            if is_moment and value is not None
            else str(value).lower()
            if isinstance(value, bool)
            else value
            for value, is_moment in zip(row, moments, strict=True)
        ]
