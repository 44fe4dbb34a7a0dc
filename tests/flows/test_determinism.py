"""The same bytes in every file, whatever the number of workers or of Polars' threads."""

from pathlib import Path

import pytest

from tests.flows.conftest import Start, result_of, tables


@pytest.mark.parametrize(("workers", "threads"), [("2", "1"), ("4", "2")])
def test_workers_and_threads(
    start: Start, undisturbed: Path, api_url: str, tmp_path: Path, workers: str, threads: str
) -> None:
    """The dataset they are compared with was made by one worker, with four threads of Polars."""
    env = {
        "ORGSMITH_WORKERS": workers,
        "POLARS_MAX_THREADS": threads,
        "PREFECT_API_URL": api_url,
    }
    made = tables(result_of(start(tmp_path / "out", env=env)).dataset)
    differing = {name for name, digest in tables(undisturbed).items() if made.get(name) != digest}
    assert differing == set()
    assert made.keys() == tables(undisturbed).keys()
