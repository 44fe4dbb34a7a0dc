"""The same questions in the same order, whatever the threads and the hashes of a process."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orgsmith.arena.tasks import TASKS
from orgsmith.outputs.dataset import Dataset
from tests.arena.tasks.world import World

SCRIPT = """
import sys
from pathlib import Path
from orgsmith.outputs.dataset import Dataset
from tests.arena.tasks.test_same_everywhere import digest
sys.stdout.write(digest(Path(sys.argv[1])))
"""


def digest(path: Path) -> str:
    """Everything that can be asked of a dataset, as a digest."""
    world = World.of(Dataset.open(path))
    asked = repr([world.candidates(task) for task in TASKS.values()])
    return hashlib.sha256(asked.encode()).hexdigest()


@pytest.mark.parametrize("number", ["1", "5"])
def test_threads_and_hashes_do_not_matter(dataset: Dataset, repo: Path, number: str) -> None:
    elsewhere = subprocess.run(
        [sys.executable, "-c", SCRIPT, os.fspath(dataset.path)],
        cwd=repo,
        env={**os.environ, "POLARS_MAX_THREADS": number, "PYTHONHASHSEED": number},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout == digest(dataset.path)
