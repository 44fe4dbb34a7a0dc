"""Work folders: whose they are, who may use them, and how they are cleaned up."""

import json
import threading
from dataclasses import asdict, replace
from pathlib import Path

import polars as pl
import pytest
from pyarrow.parquet import read_metadata

from orgsmith.flows.clean import Cleaned, clean
from orgsmith.flows.parts import Part
from orgsmith.flows.work import Work, open_work
from orgsmith.flows.work_files import DONE
from orgsmith.outputs.versions import staging
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.errors import StorageError
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load

FRAME = pl.DataFrame({"Id": ["b", "a"], "n": [1, 2]})


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """The work folder of a small run."""
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=0.1, as_of=industry.as_of)
    return Work.of(tmp_path / ".work", organisation, Writing())


def cleaned(out: Path) -> Cleaned:
    """What was removed below a folder for outputs."""
    return clean(out, out / ".work")


def ignore() -> None:
    """Waits without a word."""


def test_equal_runs_share_a_folder_and_others_do_not(work: Work, tmp_path: Path) -> None:
    def key(organisation: Organisation, writer: str = "phrasebook", url: str | None = None) -> str:
        return Work.of(tmp_path, organisation, Writing(writer, url)).key

    asked = work.organisation
    industry = asked.industry
    others = {
        key(replace(asked, seed=8)),
        key(replace(asked, scale=0.2)),
        key(replace(asked, as_of=asked.start)),
        key(replace(asked, industry=industry.model_copy(update={"season": (1.0,) * 12}))),
        key(asked, "openai/x"),
        key(asked, "openai/x", "http://localhost"),
    }
    assert key(asked) == work.key
    assert len(others | {work.key}) == 7


def test_files_of_a_large_organisation_have_small_groups(work: Work) -> None:
    """As many of them as there are blocks are merged at once."""
    frame = pl.DataFrame({"Id": [f"{row:05}" for row in range(6_000)]})
    groups = {}
    for scale in (0.1, 1000.0):
        of_scale = replace(work, organisation=replace(work.organisation, scale=scale))
        part = of_scale.save(frame, "made", "Case", str(scale), ["Id"])
        groups[scale] = read_metadata(of_scale.path(part)).num_row_groups
    assert groups == {0.1: 1, 1000.0: 6}


def test_other_processes_find_what_is_made(work: Work) -> None:
    with work.held(ignore):
        found = open_work(str(work.folder))
        assert found.run
        assert found == replace(work, run=found.run)


def test_another_run_in_the_same_folder_pays_for_itself(work: Work) -> None:
    with work.held(ignore):
        first = open_work(str(work.folder)).run
    with work.held(ignore):
        assert open_work(str(work.folder)).run == first
        work.remove()
    with work.held(ignore):
        assert open_work(str(work.folder)).run != first


def test_limits_are_those_of_the_last_run(work: Work, tmp_path: Path) -> None:
    with work.held(ignore):
        for limits in (Limits(tmp_path, max_cost=1.0), Limits(tmp_path, concurrency=3)):
            work.limit(limits)
            assert open_work(str(work.folder)).limits() == limits


def test_a_changed_or_lost_file_is_not_read(work: Work) -> None:
    with work.held(ignore):
        part = work.save_block(FRAME, "made", "Case", 0)
        assert work.read(part)["Id"].to_list() == ["a", "b"]
        file = work.path(part)
        file.write_bytes(file.read_bytes() + b"?")
        with pytest.raises(StorageError, match="changed"):
            work.read(part)
        file.unlink()
        with pytest.raises(StorageError, match="gone"):
            work.read(part)


def test_results_whose_files_are_lost_are_forgotten(work: Work) -> None:
    def remember(name: str, *parts: Part) -> None:
        made = {"__class__": "x", "data": {"tables": [asdict(part) for part in parts]}}
        work.results.mkdir(exist_ok=True)
        (work.results / name).write_text(json.dumps({"result": json.dumps(made)}))

    with work.held(ignore):
        kept, lost = (work.save_block(FRAME, "made", "Case", block) for block in (0, 1))
        remember("whole", kept)
        remember("half", kept, lost)
        (work.results / "torn").write_text('{"result"')
        assert work.forget_lost() == 1
        work.path(lost).unlink()
        assert work.forget_lost() == 1
        assert [file.name for file in work.results.iterdir()] == ["whole"]


def test_an_equal_run_waits(work: Work, tmp_path: Path) -> None:
    told, order = threading.Event(), []

    def second() -> None:
        with work.held(told.set):
            order.append("second")

    with work.held(ignore):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(60)
        order.append("first")
        work.remove()
    thread.join(60)
    assert order == ["first", "second"]
    assert work.folder.exists()


def test_clean_leaves_what_is_in_use(work: Work, tmp_path: Path) -> None:
    with work.held(ignore):
        work.save_block(FRAME, "made", "Case", 0)
        living = tmp_path / "shop"
        with staging(living) as staged:
            assert cleaned(tmp_path).in_use == [work.folder]
            assert staged.is_dir()
        assert work.folder.exists()
    done = cleaned(tmp_path)
    assert done.removed == [work.folder]
    assert done.bytes > 0
    assert not list(tmp_path.iterdir())
    assert cleaned(tmp_path).removed == []


def test_clean_removes_what_no_lock_tells_of(tmp_path: Path) -> None:
    left = [
        tmp_path / ".work/0123456789abcdef",
        tmp_path / ".work/00000000000000ff.done",
        tmp_path / "shop/.staging-20250101T000000Z-1",
    ]
    kept = [tmp_path / ".work/mine", tmp_path / "bank/first", tmp_path / "bank/.staging-area"]
    for folder in (*left, *kept):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x" * 10)
    done = cleaned(tmp_path)
    assert set(done.removed) == set(left)
    assert done.bytes == 30
    assert all((folder / "file").exists() for folder in kept)
    assert not (tmp_path / "shop").exists()
    assert not list(tmp_path.glob(".work/*.lock"))


def test_work_that_is_done_is_gone_at_once(work: Work) -> None:
    with work.held(ignore):
        work.save_block(FRAME, "made", "Case", 0)
        (work.folder.with_suffix(DONE) / "left").mkdir(parents=True)
        work.remove()
        assert not list(work.folder.parent.glob(f"{work.key}*[!k]"))
