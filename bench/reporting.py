"""What every measurement says of its machine, how figures are shown, and where results go."""

import datetime as dt
import importlib.metadata
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured."""

    system: str
    processor: str
    cores: int
    memory_gib: float
    python: str


def machine() -> Machine:
    """This machine, as far as a reader of the figures needs it."""
    return Machine(
        system=platform.platform(),
        processor=platform.processor() or platform.machine(),
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        python=platform.python_version(),
    )


def spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, with the smallest and the largest."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def save(name: str, versions: Sequence[str], facts: Mapping[str, object]) -> Path:
    """Write a result under `RESULTS`, with date, machine and versions of packages; its file."""
    result = {
        "name": name,
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": asdict(machine()),
        "versions": {each: importlib.metadata.version(each) for each in versions},
        **facts,
    }
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    file.write_text(json.dumps(result, indent=2) + "\n")
    return file
