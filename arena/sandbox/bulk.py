"""Bulk API 2.0: jobs that query into CSV, and jobs that write records from it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox import bulk_load, bulk_query
from orgsmith.arena.sandbox.bulk_asked import (
    INGEST,
    NEW,
    QUERY,
    asked_ingest,
    asked_query,
)
from orgsmith.arena.sandbox.bulk_jobs import ABORTED, COMPLETE, OPEN, UPLOADED, Job, Jobs
from orgsmith.arena.sandbox.bulk_old import old_bulk
from orgsmith.arena.sandbox.desk import desk_of, session_of
from orgsmith.arena.sandbox.faults import JSON, not_found
from orgsmith.arena.sandbox.openapi import Operation, operation
from orgsmith.arena.sandbox.rest.bodies import mapping, parsed, text
from orgsmith.arena.sandbox.rest.calls import ROOT
from orgsmith.arena.sandbox.rest.refused import METHODS
from orgsmith.arena.sandbox.rest.versions import VERSIONS
from orgsmith.arena.sandbox.schemas import COUNT, TEXT, Schema, several, shape
from orgsmith.arena.session import Session

CSV = "text/csv;charset=UTF-8"
CSV_TYPES = ("text/csv", "application/octet-stream", "")

_BASE = f"{ROOT}/v{{version}}/jobs"
_JOBS = f"{_BASE}/{{sort}}"
_JOB = f"{_JOBS}/{{job_id}}"
_JOB_SCHEMA = shape(
    {"id": TEXT, "operation": TEXT, "object": TEXT, "state": TEXT, "contentType": TEXT},
    numberRecordsProcessed=COUNT,
    numberRecordsFailed=COUNT,
    errorMessage=TEXT,
)


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]


def bulk_router() -> APIRouter:
    """The addresses of bulk jobs; each router has jobs of its own."""
    bulk = _Bulk()
    router = APIRouter(lifespan=bulk.lifespan)

    def add(method: str, path: str, answer: object, described: Operation) -> None:
        router.add_api_route(
            path,
            answer,  # type: ignore[arg-type]
            methods=[method],
            response_class=Response,
            openapi_extra=described,
        )

    add("GET", _BASE, bulk.sorts, _operation("List the sorts of bulk jobs", {200: _SORTS}))
    add("GET", _JOBS, bulk.listed, _operation("List bulk jobs", {200: _LISTED}))
    add("POST", _JOBS, bulk.create, _operation("Create a bulk job", {200: _JOB_SCHEMA}, body=NEW))
    add("GET", _JOB, bulk.read, _operation("Read how far a bulk job is", {200: _JOB_SCHEMA}))
    add(
        "PATCH",
        _JOB,
        bulk.change,
        _operation("Close or abort a bulk job", {200: _JOB_SCHEMA}, body=shape({"state": TEXT})),
    )
    add("DELETE", _JOB, bulk.delete, _operation("Delete a bulk job", {204: None}))
    add(
        "PUT",
        f"{_BASE}/ingest/{{job_id}}/batches",
        bulk.upload,
        _operation("Upload the data of a bulk job", {201: None}, body=TEXT, media="text/csv"),
    )
    add(
        "GET",
        f"{_JOB}/{{name}}",
        bulk.results,
        _operation(
            "Read results of a bulk job",
            {200: TEXT},
            media="text/csv",
            query=("locator", "maxRecords"),
        ),
    )
    router.add_api_route(
        "/services/async/{rest:path}",
        old_bulk,
        methods=list(METHODS),
        response_class=Response,
        include_in_schema=False,
    )
    return router


_SORTS: Schema = {"type": "object", "additionalProperties": TEXT}
_LISTED = shape({"done": {"const": True}, "records": several(_JOB_SCHEMA)})


def _operation(
    summary: str,
    replies: Mapping[int, Schema | None],
    *,
    query: tuple[str, ...] = (),
    body: Schema | None = None,
    media: str = "application/json",
) -> Operation:
    path: Mapping[str, Schema] = {"version": {"enum": list(VERSIONS)}}
    return operation(summary, replies, path=path, query=query, body=body, media=media)


class _Bulk:
    """What answers at each address."""

    def __init__(self) -> None:
        self._jobs = Jobs()
        self._loader = bulk_load.Loader(self._jobs)

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Stop all jobs when the app ends."""
        yield
        await run_in_threadpool(self._loader.close)

    def sorts(self, request: Request, version: str) -> Response:
        """The sorts of jobs, with their addresses."""
        self._session(request, version)
        base = f"{ROOT}/v{version}/jobs"
        return _json({sort: f"{base}/{sort}" for sort in (INGEST, QUERY)})

    def listed(self, request: Request, version: str, sort: str) -> Response:
        """The jobs of the session, newest first."""
        token = self._session(request, version).token
        if sort not in (INGEST, QUERY):
            raise not_found()
        records = [job.described() for job in self._jobs.of(token, sort)]
        return _json({"done": True, "records": records, "nextRecordsUrl": None})

    def create(self, request: Request, version: str, sort: str, body: Body) -> Response:
        """A new job; one that queries is run at once."""
        session = self._session(request, version)
        if sort not in (INGEST, QUERY):
            raise not_found()
        content = mapping(parsed(body, request.headers.get("content-type", "")), "the body")
        asked = asked_ingest(session, content) if sort == INGEST else asked_query(content)
        owner = desk_of(request).user
        job = Job(self._jobs.new_id(), session.token, owner, version, asked, session.now())
        if sort == INGEST:
            self._jobs.add(job)
            return _json(job.described())
        bulk_query.run(job, self._jobs, session)
        self._jobs.add(job)
        # As Salesforce says it: a client is to ask again, and learns then how the job went.
        return _json({**job.described(), "state": UPLOADED})

    def read(self, request: Request, version: str, sort: str, job_id: str) -> Response:
        """How far a job is."""
        return _json(self._job(request, version, sort, job_id)[0].described())

    def upload(self, request: Request, version: str, job_id: str, body: Body) -> Response:
        """The data of a job that is open: once, and all of them."""
        job, _ = self._job(request, version, INGEST, job_id)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in CSV_TYPES:
            raise OrgError(
                "UNSUPPORTED_MEDIA_TYPE",
                f"Content-Type {kind!r} is not supported; send text/csv",
                status=415,
            )
        if job.state != OPEN:
            raise _wrong_state(f"Uploading data to a job in state {job.state} is not allowed")
        if job.data:
            raise OrgError(
                "CLIENTINPUTERROR",
                f"Found multiple contents for job: <{job.id}>: its data can be uploaded once only; "
                "create a job for more",
            )
        self._jobs.make_room(len(body), job)
        job.data = body
        return Response(status_code=201)

    def change(
        self, request: Request, version: str, sort: str, job_id: str, body: Body
    ) -> Response:
        """Say that a job's data are complete, or abort it."""
        job, session = self._job(request, version, sort, job_id)
        content = mapping(parsed(body, request.headers.get("content-type", "")), "the body")
        asked = text(content, "state")
        if asked not in ((UPLOADED, ABORTED) if sort == INGEST else (ABORTED,)):
            raise _wrong_state(f"state {asked} cannot be set")
        doing = "Closing" if asked == UPLOADED else "Aborting"
        if job.ended:
            already = "Completed" if job.state == COMPLETE else job.state
            raise _wrong_state(f"{doing} already {already} Job not allowed")
        if asked == ABORTED:
            self._loader.abort(job, session)
        elif not self._loader.take(job, session):
            raise _wrong_state(f"Closing a job in state {job.state} is not allowed")
        return _json(job.described())

    def delete(self, request: Request, version: str, sort: str, job_id: str) -> Response:
        """Forget a job and its results."""
        job, _ = self._job(request, version, sort, job_id)
        if not job.ended:
            raise _wrong_state(f"Deleting a job in state {job.state} is not allowed; abort it")
        self._jobs.remove(job)
        return Response(status_code=204)

    def results(
        self, request: Request, version: str, sort: str, job_id: str, name: str
    ) -> Response:
        """Lines of CSV that a job has made."""
        job, _ = self._job(request, version, sort, job_id)
        if name.lower() not in _RESULTS[sort]:
            raise not_found()
        if not job.ended:
            raise _wrong_state(f"a job in state {job.state} has no results yet")
        lines = job.results.get(name.lower())
        if lines is None:
            raise _wrong_state(f"the job has no results: {job.message or job.state}")
        if sort == INGEST:
            return Response(lines.part(0, len(lines)), media_type=CSV)
        asked = request.query_params
        found, count, after = bulk_query.part(lines, asked.get("locator"), asked.get("maxRecords"))
        headers = {"Sforce-Locator": after, "Sforce-NumberOfRecords": str(count)}
        return Response(found, headers=headers, media_type=CSV)

    def _session(self, request: Request, version: str) -> Session:
        if version not in VERSIONS:
            raise not_found()
        session = session_of(request)
        desk_of(request).forgetting["jobs"] = self._jobs.drop
        return session

    def _job(self, request: Request, version: str, sort: str, job_id: str) -> tuple[Job, Session]:
        session = self._session(request, version)
        return self._jobs.find(session.token, sort, job_id), session


_RESULTS = {
    QUERY: (bulk_query.RESULTS,),
    INGEST: (bulk_load.SUCCESSFUL, bulk_load.FAILURES, bulk_load.UNPROCESSED),
}


def _wrong_state(message: str) -> OrgError:
    return OrgError("INVALIDJOBSTATE", message)


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), media_type=JSON)
