"""What operators see of a run in Prefect: its name, how far it is, what was made, the verdict."""

import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ParamSpec, cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from orgsmith.flows.environment import TEMPORARY
from orgsmith.flows.logs import log
from orgsmith.flows.progress import dollars
from orgsmith.flows.published import Published
from orgsmith.flows.settings import Settings
from orgsmith.outputs.fetch import manifest_of
from orgsmith.outputs.manifest import Manifest
from orgsmith.schema.errors import CheckError, DriftError, PackError, UsageError

P = ParamSpec("P")

EVERY_S = 1.0
"""Seconds between two updates of the progress, at least."""

WHOLE = 100.0


def stem(settings: Settings) -> str:
    """What the industry is called before its pack is read: a pack may be named by its file."""
    return Path(settings.industry).stem


def run_name(industry: str, version: str | None, scale: float) -> str:
    """What a run is called: industry, version as far as it is known, scale."""
    return f"{industry} {version or 'next version'} at scale {scale:g}"


class Report:
    """The artifacts of one run; none where the server is a temporary one that nobody looks at."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._industry = stem(settings)
        self._shown = TEMPORARY not in os.environ
        self._progress: UUID | None = None
        self._total, self._done, self._told = 1, 0, 0.0

    def begin(self, total: int) -> None:
        """The work begins: so many jobs, and a step after them."""
        self._total = total
        self._tell(self._create_progress)

    def advance(self) -> None:
        """One more job is done."""
        self._done += 1
        if time.monotonic() - self._told >= EVERY_S:
            self._told = time.monotonic()
            # The last step is to be published.
            self._tell(self._update_progress, WHOLE * self._done / (self._total + 1))

    def published(self, published: Published) -> None:
        """The run has published: all done, what was made, the verdict, and the run's final name."""
        self._tell(self._update_progress, WHOLE)
        self._tell(self._describe, published)
        self._tell(self._rename, published.path.name)

    def failed(self, error: BaseException) -> None:
        """The run has failed: why, and what to do."""
        text = refusal(self._industry, error)
        self._tell(create_markdown_artifact, text, self._key("verdict"), "Not published")

    def _tell(self, tell: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Tell the server; that it does not take something is no reason for a run to fail."""
        if not self._shown:
            return
        try:
            tell(*args, **kwargs)
        except Exception as error:
            log(f"Prefect's server did not take what it was told: {error}", logging.WARNING)

    def _create_progress(self) -> None:
        described = f"Jobs done of {self._total}, then publishing"
        made = create_progress_artifact(0.0, self._key("progress"), described)
        # Not awaitable outside of coroutines.
        self._progress = cast("UUID", made)
        self._told = time.monotonic()

    def _update_progress(self, percent: float) -> None:
        if self._progress:
            update_progress_artifact(self._progress, percent)

    def _key(self, name: str) -> str:
        """Artifacts of an industry's runs stand together; keys have no other signs."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self._industry}-{name}".lower()).strip("-")

    def _describe(self, published: Published) -> None:
        described = f"What was made of each object: {published.path.name}"
        create_table_artifact(table(published), self._key("objects"), described)
        manifest = manifest_of(published.path)
        if manifest.tasks:
            described = f"What is asked in each task: {published.path.name}"
            create_table_artifact(asked(manifest), self._key("questions"), described)
        text = verdict(published, manifest)
        create_markdown_artifact(text, self._key("verdict"), "Published")

    def _rename(self, version: str) -> None:
        name = run_name(self._industry, version, self._settings.scale)
        with get_client(sync_client=True) as client:
            client.update_flow_run(UUID(str(flow_run.id)), name=name)


def table(published: Published) -> list[dict[str, str | int | float]]:
    """A row for each object: rows, rejects, duplicates, seconds, cost; the sum at the end.

    Seconds are those of all its tasks; tasks run at the same time count in full each.
    """
    rows: list[dict[str, str | int | float]] = []
    for name, counts in published.objects.items():
        used = published.usage.get(name)
        cost = 0.0 if used is None else used.cost_usd
        rows.append(
            {
                "object": name,
                "rows": counts.rows,
                "rejects": counts.refused,
                "duplicates": counts.duplicates,
                "seconds": round(published.seconds.get(name, 0.0), 2),
                "cost (USD)": "unknown" if cost is None else round(cost, 4),
            }
        )
    rows.append(_sums(rows))
    return rows


def asked(manifest: Manifest) -> list[dict[str, str | int | float]]:
    """A row for each task: its questions, and what a guesser scores; shares as they are."""
    return [
        {
            "task": key,
            "questions": task.rows,
            "asked for": task.asked,
            "None": task.none_share,
            "distinct answers": task.distinct_answers,
            "constant baseline": task.constant_baseline,
            "facts": task.facts,
            "near-duplicates": task.near_duplicates,
            "dropped": task.dropped,
        }
        for key, task in manifest.tasks.items()
    ]


def _sums(rows: Sequence[Mapping[str, str | int | float]]) -> dict[str, str | int | float]:
    """The last row: sums of numbers; a sum with something unknown in it is unknown."""
    total: dict[str, str | int | float] = {"object": "all"}
    for column in [name for name in rows[0] if name != "object"]:
        numbers = [row[column] for row in rows]
        known = [number for number in numbers if not isinstance(number, str)]
        total[column] = round(sum(known), 4) if len(known) == len(numbers) else "unknown"
    return total


def verdict(published: Published, manifest: Manifest) -> str:
    """What was published, in Markdown: the checks, the manifest's key figures, where it lies."""
    passed, few = published.checks.get("passed", 0), published.checks.get("too_few", 0)
    removed = sum(each.removed for each in manifest.duplicates.values())
    writer = manifest.writer.model or manifest.writer.kind
    cost = manifest.usage.cost_usd
    questions = sum(task.rows for task in manifest.tasks.values())
    figures = {
        "dataset": f"`{published.path.absolute()}`",
        "version": published.path.name,
        "seed, scale": f"{manifest.seed}, {manifest.scale:g}",
        "as-of date": manifest.as_of,
        "writer": writer,
        "records": f"{sum(each.rows for each in manifest.objects.values()):,}",
        "questions": f"{questions:,}",
        "near-duplicates removed": f"{removed:,}",
        "calls, cost": f"{manifest.usage.calls:,}, {dollars(cost)}",
        "seconds": f"{manifest.duration_s:,.1f}",
        "bytes": f"{sum(file.bytes for file in manifest.files):,}",
        "fingerprint": f"`{manifest.fingerprint}`",
    }
    lines = [
        f"# {manifest.industry}: published",
        "",
        f"**{passed} checks passed, none failed**, {few} had too few rows to tell.",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {name} | {_cell(value)} |" for name, value in figures.items()),
        "",
    ]
    lines += _list("Accepted drift from the version before", published.drifts)
    lines += _list("Older versions removed", [path.name for path in published.retired])
    return "\n".join(lines)


def refusal(industry: str, error: BaseException) -> str:
    """Why nothing was published, in Markdown."""
    lines = [f"# {industry}: not published", "", f"{_cell(error) or type(error).__name__}", ""]
    match error:
        case DriftError():
            lines += _list("Drift from the last version", error.drifts)
        case UsageError() | PackError():
            lines += ["Set that right, then start another run.", ""]
        case CheckError():
            lines += ["The tables are kept in the work folder the message names.", ""]
        case _:
            lines += ["The same run, started again, goes on where this one ended.", ""]
    return "\n".join(lines)


def _list(title: str, entries: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {_cell(entry)}" for entry in entries), ""] if entries else []


def _cell(value: object) -> str:
    """Text that stays in its cell and is not taken for HTML."""
    text = " ".join(str(value).split())
    return text.replace("|", "\\|").replace("<", "&lt;").replace("![", "!\\[")
