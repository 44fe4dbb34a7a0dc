"""Runs whose working files and outputs lie on object storage."""

import os
from pathlib import Path
from uuid import uuid4

from orgsmith.flows.clean import clean
from orgsmith.outputs.copies import CACHE
from orgsmith.outputs.dataset import find_dataset
from orgsmith.outputs.remote import Remote
from tests.flows.conftest import Start, result_of
from tests.flows.test_clusters import records
from tests.flows.test_resume import when
from tests.object_store import ObjectStore


def test_a_run_goes_on_on_another_machine(
    start: Start,
    undisturbed: Path,
    api_url: str,
    tmp_path: Path,
    store: ObjectStore,
) -> None:
    """Killed, then not allowed to publish, then ended; nothing is made twice or half seen."""
    base = store.folder(uuid4().hex)
    out, work = base / "orgs", base / "work"
    arguments = ("--questions", "0", "--work", str(work))
    env = {"PREFECT_API_URL": api_url, "ORGSMITH_OUT": str(out), **store.variables}

    def finished() -> list[str]:
        return [path for path in work.files() if "/results/" in path]

    process = start(str(out), *arguments, env=env)
    when(process, lambda: len(finished()) >= 10)
    process.kill()
    process.wait()
    assert out.files() == {}
    done = len(finished())
    texts = work.read_all(path for path in work.files() if not path.endswith(".parquet"))
    assert not any(b"the-secret-key" in text for text in texts.values())

    # Another machine has none of the local copies.
    elsewhere = env | {CACHE: os.fspath(tmp_path / "cache")}

    def refused(method: str, path: str) -> str | None:
        return "403 Forbidden" if method == "PUT" and path.endswith("manifest.json") else None

    with store.failing(refused):
        process = start(str(out), *arguments, env=elsewhere)
        _, error = process.communicate(timeout=300)
    assert process.returncode == 1
    assert error.count("\n") == 1, error
    assert "no permission" in error
    assert set(out.files()) == set()

    process = start(str(out), *arguments, env=elsewhere)
    result = result_of(process)
    assert result.done_before == result.tasks > done
    assert work.files() == {}
    assert not list((tmp_path / "cache/runs").glob("*/*"))
    published = find_dataset("sportswear", out)
    assert records(published.path) == records(undisturbed)
    assert "/".join(published.path.parts[-2:]) in "/".join(result.dataset.parts)


def test_clean_removes_what_a_killed_run_left(
    start: Start, api_url: str, tmp_path: Path, store: ObjectStore
) -> None:
    base = store.folder(uuid4().hex)
    out, work = base / "orgs", base / "work"
    arguments = ("--questions", "0", "--work", str(work))
    process = start(str(out), *arguments, env={"PREFECT_API_URL": api_url, **store.variables})
    when(process, lambda: any("/made/" in path for path in work.files()))
    (folder,) = {
        Remote(f"{work}/{path.split('/')[0]}") for path in work.files() if "/made/" in path
    }
    assert clean(out, work).in_use == [folder]
    process.kill()
    process.wait()
    assert folder in clean(out, work).removed
    assert work.files() == {}
