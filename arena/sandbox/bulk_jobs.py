"""Bulk jobs: what each is about, how far it is, and the store that holds them."""

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import count

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.bulk_asked import QUERY, Asked
from orgsmith.arena.sandbox.bulk_csv import Lines
from orgsmith.arena.sandbox.faults import not_found
from orgsmith.schema.ids import suffix

MOST_JOBS = 100
"""Jobs of a session that are remembered; the oldest that has ended makes room for the next."""

MOST_BYTES = 512 * 2**20
"""What all jobs together may hold: data that was uploaded, and results."""

OPEN, UPLOADED, RUNNING = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
ENDED = (COMPLETE, FAILED, ABORTED)


@dataclass(slots=True)
class Job:
    """A job of a session. Once its data are complete, the thread that runs it alone changes it.

    `owner` is the Id of the user in whose name it is done, `data` what was uploaded, until it is
    processed. `results` are lines by the last part of their address. Moments are of the session's
    date.
    """

    id: str
    token: str
    owner: str
    version: str
    asked: Asked
    since: dt.datetime
    state: str = OPEN
    entity: str = ""
    """What a query job has queried."""
    data: bytes = b""
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    message: str = ""
    until: dt.datetime | None = None
    results: dict[str, Lines] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set where nothing more is to be done, though data are left."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set once it has ended."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return len(self.data) + sum(lines.size for lines in self.results.values())

    def end(self, state: str, now: dt.datetime, message: str = "") -> None:
        """End it."""
        self.message, self.until, self.data = message, now, b""
        self.state = state
        self.over.set()

    def described(self) -> dict[str, object]:
        """What is said of it."""
        asked = self.asked
        said: dict[str, object] = {
            "id": self.id,
            "operation": asked.operation,
            "object": asked.entity or self.entity,
            "createdById": self.owner,
            "createdDate": _spoken(self.since),
            "systemModstamp": _spoken(self.until or self.since),
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "jobType": "V2Query" if asked.sort == QUERY else "V2Ingest",
            "lineEnding": asked.form.ending,
            "columnDelimiter": asked.form.delimiter,
            "retries": 0,
            "totalProcessingTime": self.milliseconds,
            "numberRecordsProcessed": self.processed,
        }
        if self.message:
            said["errorMessage"] = self.message
        if asked.sort == QUERY:
            return {**said, "isPkChunkingSupported": False}
        if asked.key:
            said["externalIdFieldName"] = asked.key
        if self.state == OPEN:
            said["contentUrl"] = f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"
        return {
            **said,
            "numberRecordsFailed": self.failed,
            "apiActiveProcessingTime": self.milliseconds,
            "apexProcessingTime": 0,
        }


class Jobs:
    """All jobs, each seen by its own session alone."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._numbers = count(1)
        self._lock = threading.Lock()

    def new_id(self) -> str:
        """An id that no job has had."""
        fifteen = f"750Or0{next(self._numbers):09d}"
        return fifteen + suffix(fifteen)

    def add(self, job: Job) -> None:
        """Remember a job.

        Raises:
            OrgError: LIMIT_EXCEEDED, the session has too many jobs that have not ended.
        """
        with self._lock:
            mine = [each for each in self._jobs.values() if each.token == job.token]
            ended = next((each for each in mine if each.ended), None)
            if len(mine) >= MOST_JOBS and ended is None:
                raise OrgError(
                    "LIMIT_EXCEEDED",
                    f"the session has {MOST_JOBS} jobs that have not ended; close or abort some",
                )
            if len(mine) >= MOST_JOBS and ended is not None:
                del self._jobs[ended.id]
            self._jobs[job.id] = job

    def make_room(self, size: int, keep: Job) -> None:
        """Forget jobs that have ended, oldest first, until so many bytes more can be held.

        Raises:
            OrgError: LIMIT_EXCEEDED, they cannot.
        """
        with self._lock:
            held = sum(job.size for job in self._jobs.values())
            for job in [each for each in self._jobs.values() if each.ended and each is not keep]:
                if held + size <= MOST_BYTES:
                    return
                held -= job.size
                del self._jobs[job.id]
            if held + size > MOST_BYTES:
                raise OrgError(
                    "LIMIT_EXCEEDED",
                    f"bulk jobs of this org hold at most {MOST_BYTES // 2**20} MB; "
                    "do it in smaller jobs",
                )

    def find(self, token: str, sort: str, job_id: str) -> Job:
        """A job of a session, by its id of 15 or 18 characters.

        Raises:
            OrgError: NOT_FOUND, the session has no such job.
        """
        with self._lock:
            job = self._jobs.get(job_id if len(job_id) != 15 else job_id + suffix(job_id))
        if job is None or job.token != token or job.asked.sort != sort:
            raise not_found()
        return job

    def of(self, token: str, sort: str) -> list[Job]:
        """The jobs of a session, newest first."""
        with self._lock:
            jobs = [each for each in self._jobs.values() if each.token == token]
        return [each for each in reversed(jobs) if each.asked.sort == sort]

    def remove(self, job: Job) -> None:
        """Forget a job."""
        job.stopped.set()
        with self._lock:
            self._jobs.pop(job.id, None)

    def stop(self) -> None:
        """Let nothing more be done for any job."""
        with self._lock:
            for job in self._jobs.values():
                job.stopped.set()

    def drop(self, token: str) -> None:
        """Forget the jobs of a session; one that is being done has stopped when this returns."""
        with self._lock:
            mine = [job for job in self._jobs.values() if job.token == token]
            for job in mine:
                job.stopped.set()
                del self._jobs[job.id]
        for job in mine:
            if job.state == RUNNING:
                job.over.wait()


def _spoken(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
