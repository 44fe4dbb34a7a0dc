import dataclasses
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from orgsmith.outputs import publish as module
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import check_files
from orgsmith.outputs.manifest import Check, Writer
from orgsmith.outputs.merge import merged
from orgsmith.outputs.publish import publish
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.outputs.store import write_table
from orgsmith.schema.errors import CheckError, StorageError, UsageError
from orgsmith.schema.graph import NODES
from orgsmith.schema.ids import record_ids
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome, Status, counted
from tests.outputs.asked import every_task
from tests.outputs.asked import made as made_tasks
from tests.outputs.conftest import how_made

if TYPE_CHECKING:
    from tests.outputs.conftest import Small

Tree = Callable[[Path], dict[str, bytes]]

SCRIPT = """
import datetime as dt, os, pickle, signal, sys, time
from pathlib import Path
from orgsmith.outputs.manifest import Writer
from orgsmith.outputs.publish import Made, publish
folder, out, kill_at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
organisation, sources = pickle.loads((folder / "small.pickle").read_bytes())
def progress(node):
    if node == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
made = Made(Writer(kind="phrasebook"), time.monotonic(), [], {})
now = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
print("ready", flush=True)
if kill_at == "wait":
    sys.stdin.readline()
print(publish(out, organisation, sources, {}, made, now=now, progress=progress).name)
"""


@pytest.fixture
def handed_over(small: "Small", tmp_path: Path) -> Path:
    """A folder that tells another process what to publish."""
    facts = (small.organisation, small.work(tmp_path / "work"))
    (tmp_path / "small.pickle").write_bytes(pickle.dumps(facts))
    return tmp_path


def start(
    folder: Path, out: Path, kill_at: str, environment: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Publish in another process."""
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, folder, out, kill_at],
        env=os.environ | (environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(each.name for each in folder.iterdir())


def parquet(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in tree.items() if name.endswith(".parquet")}


def test_the_folder_has_the_layout_of_the_contract(published: Path) -> None:
    files = {
        file.relative_to(published).as_posix() for file in published.rglob("*") if file.is_file()
    }
    assert files == {
        "manifest.json",
        "industry.yaml",
        "schema.json",
        "README.md",
        *(f"objects/{name}/part-00000.parquet" for name in OBJECTS),
        *(f"rejects/{name}.parquet" for name in OBJECTS),
        *(f"latents/{name}.parquet" for name in NODES if name not in OBJECTS),
    }
    assert str((published.parent / "latest").readlink()) == published.name
    assert names(published.parent) == sorted(["latest", published.name])


def test_questions_stand_beside_the_rest(asked: Path, published: Path, tree: Tree) -> None:
    more = {name: content for name, content in tree(asked).items() if name.endswith(".parquet")}
    for name, content in parquet(tree(published)).items():
        assert more.pop(name) == content
    assert set(more) == {
        f"{folder}/{key}.parquet" for folder in ("tasks", "answers") for key in TASK_KEYS
    }


def test_the_same_questions_in_another_order_give_the_same_bytes(
    small: "Small", asked: Path, tmp_path: Path, tree: Tree
) -> None:
    tasks = made_tasks(tmp_path / "questions", every_task())
    for task in tasks.values():
        for file in (task.questions, task.answers):
            turned = pl.read_parquet(file).reverse()
            turned.write_parquet(file, row_group_size=1)
    made = dataclasses.replace(how_made(), tasks=tasks)
    again = small.publish(tmp_path / "out", tmp_path / "work", made=made)
    assert parquet(tree(again)) == parquet(tree(asked))
    assert Dataset.open(again).manifest.fingerprint == Dataset.open(asked).manifest.fingerprint


def test_the_published_files_pass_their_own_checks(published: Path) -> None:
    assert [str(f) for outcome in check_files(published) for f in outcome.findings] == []


def test_only_fields_are_published_never_variables(published: Path) -> None:
    for name, declared in OBJECTS.items():
        columns = pl.read_parquet_schema(published / f"objects/{name}/part-00000.parquet")
        assert dict(columns) == {field.name: field.kind.dtype for field in declared.fields}


def test_footers_name_their_tables(published: Path) -> None:
    for name in ("objects/Case/part-00000", "latents/Skill", "rejects/Case"):
        footer = pq.read_metadata(published / f"{name}.parquet")
        table = name.removesuffix("/part-00000")
        assert footer.metadata == {b"orgsmith.table": table.encode()}


def test_parts_are_cut_by_rows_in_order_of_id(
    small: "Small", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orgsmith.outputs.tables.ROWS_PER_PART", 50)
    dataset = Dataset.open(small.publish(tmp_path / "out", tmp_path / "work"))
    sizes = [pl.read_parquet(file).height for file in dataset.files("Case")]
    assert sizes == [50, 50, 50, 30]
    assert dataset.scan("Case").collect().equals(small.whole("Case"))
    assert [str(f) for outcome in check_files(dataset.path) for f in outcome.findings] == []


def test_neither_the_order_nor_the_number_of_working_files_matters(
    small: "Small", published: Path, tmp_path: Path, tree: Tree
) -> None:
    turned = {
        name: [pl.concat(frames).sample(fraction=1, shuffle=True, seed=4)]
        for name, frames in small.blocks.items()
    }
    again = dataclasses.replace(small, blocks=turned)
    other = again.publish(tmp_path / "out", tmp_path / "work")
    assert parquet(tree(other)) == parquet(tree(published))
    assert Dataset.open(other).manifest.fingerprint == Dataset.open(published).manifest.fingerprint


def test_the_number_of_threads_does_not_matter(
    handed_over: Path, published: Path, tree: Tree
) -> None:
    for threads in ("1", "2", "4"):
        out = handed_over / f"out{threads}"
        with start(handed_over, out, "", {"POLARS_MAX_THREADS": threads}) as run:
            run.communicate()
        assert run.returncode == 0
        assert parquet(tree(out / "sportswear/20260501T000000Z")) == parquet(tree(published))


@pytest.mark.parametrize("node", [next(iter(NODES)), "Case", list(NODES)[-1]])
def test_a_kill_leaves_nothing_visible_and_the_next_run_cleans_up(
    handed_over: Path, node: str
) -> None:
    out = handed_over / "out"
    with start(handed_over, out, node) as run:
        run.communicate()
    assert run.returncode == -signal.SIGKILL
    assert [name[0] for name in names(out / "sportswear")] == ["."]
    with start(handed_over, out, "") as run:
        run.communicate()
    assert names(out / "sportswear") == ["20260501T000000Z", "latest"]


def test_processes_that_publish_at_the_same_second_get_different_versions(
    handed_over: Path,
) -> None:
    out = handed_over / "out"
    runs = [start(handed_over, out, "wait") for _ in range(3)]
    for run in runs:
        assert run.stdout
        run.stdout.readline()
    for run in runs:
        assert run.stdin
        run.stdin.write("go\n")
        run.stdin.flush()
    said = [run.communicate()[0].strip() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    stamps = [f"20260501T00000{second}Z" for second in range(3)]
    assert sorted(said) == stamps
    assert names(out / "sportswear") == [*stamps, "latest"]
    assert str((out / "sportswear/latest").readlink()) in stamps
    for stamp in stamps:
        assert not any(outcome.failed for outcome in check_files(out / "sportswear" / stamp))


def test_a_disk_that_is_too_small_is_refused_before_a_byte_is_written(
    small: "Small", tmp_path: Path, small_disk: Path
) -> None:
    (small_disk / "ballast").write_bytes(bytes(1_800_000))
    with pytest.raises(StorageError, match="MB are free"):
        small.publish(small_disk / "out", tmp_path / "work")
    assert names(small_disk) == ["ballast"]


def test_a_disk_that_runs_full_leaves_nothing(
    small: "Small", tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orgsmith.outputs.disk.free_bytes", lambda folder: 10**12)
    small.publish(small_disk / "out", tmp_path / "work", version="first")
    (small_disk / "ballast").write_bytes(bytes(1_400_000))
    with pytest.raises(StorageError, match="no room is left"):
        small.publish(small_disk / "out", tmp_path / "work", version="second")
    assert names(small_disk / "out/sportswear") == ["first", "latest"]
    first = small_disk / "out/sportswear/first"
    assert not any(outcome.failed for outcome in check_files(first))


def test_an_output_path_that_is_a_file_is_a_storage_error(small: "Small", tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with pytest.raises(StorageError, match=r"is a file, not a folder|file where a folder"):
        small.publish(tmp_path / "out", tmp_path / "work")
    assert (tmp_path / "out").read_text() == "precious"


def test_a_failed_check_publishes_nothing(small: "Small", tmp_path: Path) -> None:
    made = dataclasses.replace(
        module.Made(Writer(kind="phrasebook"), 0.0, [], {}),
        outcomes=[counted("times", "Case", 9, 1, [])],
    )
    with pytest.raises(CheckError, match=r"1 checks failed, nothing is published; .*Case: times"):
        small.publish(tmp_path / "out", tmp_path / "work", made=made)
    assert not (tmp_path / "out").exists()


def test_a_check_without_support_does_not_stop_publishing(published: Path) -> None:
    checks = Dataset.open(published).manifest.checks
    assert [check.name for check in checks if check.status is Status.TOO_FEW] == ["rare"]


@pytest.mark.parametrize("version", ["../up", "latest", "a/b"])
def test_a_bad_name_publishes_nothing(small: "Small", tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError):
        small.publish(tmp_path / "out", tmp_path / "work", version=version)
    assert not (tmp_path / "out").exists()


def test_an_error_in_a_source_leaves_nothing(small: "Small", tmp_path: Path) -> None:
    sources = small.work(tmp_path / "work")
    frame = pl.read_parquet(sources["Case"][1]).rename({"Status": "State"})
    write_table(frame, sources["Case"][1], ("Id",))
    made = module.Made(Writer(kind="phrasebook"), 0.0, [], {})
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        publish(tmp_path / "out", small.organisation, sources, {}, made)
    assert names(tmp_path / "out") == []


def test_refused_records_are_published(small: "Small", tmp_path: Path) -> None:
    rejects = pl.DataFrame(
        {
            "Id": ["b", "a"],
            "round": [1, 0],
            "rule": ["duplicate", "pattern"],
            "reason": ["r", "q"],
            "duplicate": ["a", None],
            "score": [93.5, None],
            "record": ["{}", "{}"],
        }
    )
    write_table(rejects, tmp_path / "refused.parquet", ("Id",))
    made = module.Made(Writer(kind="phrasebook"), 0.0, [], {})
    sources = small.work(tmp_path / "work")
    refused = {"Case": [tmp_path / "refused.parquet"]}
    path = Path(str(publish(tmp_path / "out", small.organisation, sources, refused, made)))
    assert pl.read_parquet(path / "rejects/Case.parquet").equals(rejects.sort("Id"))
    assert pl.read_parquet(path / "rejects/Order.parquet").is_empty()


def test_memory_is_bounded_by_the_chunk_not_by_the_object(tmp_path: Path) -> None:
    """A megabyte of rows in eight files, read in chunks, never stands in memory as a whole."""
    files = []
    for block in range(8):
        ids = record_ids("500", np.arange(block * 40_000, (block + 1) * 40_000), 1)
        frame = pl.DataFrame({"Id": ids, "text": ids.str.reverse()})
        files.append(tmp_path / f"{block}.parquet")
        write_table(frame, files[-1], ("Id",))
    sizes = [frame.height for frame in merged(files, ("Id",), ["Id", "text"], 20_000)]
    assert sum(sizes) == 320_000
    assert max(sizes) < 100_000


def test_outcomes_become_checks_of_the_manifest(published: Path) -> None:
    checks = Dataset.open(published).manifest.checks
    assert checks[0] == Check.of(
        Outcome("Solution shows", "Solution", Status.PASSED, 977, 0.25, 0.125)
    )
