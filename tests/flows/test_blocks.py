"""A run of several blocks with much to write again: its bytes, its resumption, its rejects.

Elsewhere a small organisation is one block and the phrasebook seldom repeats itself, so that
neither the order of blocks nor the rewriting of near-duplicates could go wrong.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.objects import OBJECTS
from tests.flows.conftest import Environment, result_of, tables
from tests.flows.repeating import REPEATED
from tests.flows.test_resume import finished, when
from tests.validators.test_duplicates import naive

SCRIPT = Path(__file__).with_name("repeating.py")
SCALE = "0.15"
BLOCK = "10"
BLOCKS = 3

Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def begin(
    environment: Environment, api_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Begin]:
    """Starts a run with so many workers and threads of Polars; what still runs is ended."""
    running: list[subprocess.Popen[str]] = []

    def start(out: Path, workers: int, threads: int) -> "subprocess.Popen[str]":
        settings = {"ORGSMITH_WORKERS": str(workers), "POLARS_MAX_THREADS": str(threads)}
        process = subprocess.Popen(
            [sys.executable, SCRIPT, BLOCK, "generate", "--scale", SCALE, "--json", "--out", out],
            cwd=tmp_path_factory.mktemp("cwd"),
            env=environment({**settings, "PREFECT_API_URL": api_url}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def in_blocks(begin: Begin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset that the others are compared with: one worker, one thread of Polars."""
    return result_of(begin(tmp_path_factory.mktemp("blocks"), 1, 1)).dataset


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    """Files that are not the same in both, or only in one."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def blocks_of(cases: pl.DataFrame) -> dict[str, int]:
    """The block of each case: the digit its running number begins with, less one."""
    number = cases["CaseNumber"].str.strip_chars_start("0").str.head(1).cast(pl.Int64) - 1
    return dict(zip(cases["Id"], number, strict=True))


def test_the_same_bytes(begin: Begin, in_blocks: Path, tmp_path: Path) -> None:
    made = result_of(begin(tmp_path / "out", 4, 2)).dataset
    assert differing(tables(made), tables(in_blocks)) == set()


def test_the_same_bytes_after_a_kill(begin: Begin, in_blocks: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = begin(out, 4, 4)
    when(process, lambda: len(finished(out)) >= 45)
    process.kill()
    process.communicate()
    assert not list(out.glob("*/latest"))
    done = len(finished(out))
    result = result_of(begin(out, 1, 4))
    assert result.done_before == done < result.tasks
    assert differing(tables(result.dataset), tables(in_blocks)) == set()


def test_what_is_written_again_is_what_comparing_all_pairs_finds(in_blocks: Path) -> None:
    """Round by round: a record's text is that of its next refusal, or else the published one."""
    dataset = Dataset.open(in_blocks)
    rule = OBJECTS[REPEATED].near_duplicates
    assert rule is not None
    assert rule.scope == ("IssueId__c", "product_category")
    category = dataset.scan("CasePlan").select("CaseId", product_category="ProductCategoryId")
    cases = (
        dataset.scan(REPEATED).join(category, left_on="Id", right_on="CaseId").sort("Id").collect()
    )
    blocks = blocks_of(cases)
    assert set(blocks.values()) == set(range(BLOCKS))
    scopes = {row["Id"]: "/".join(row[c] for c in rule.scope) for row in cases.rows(named=True)}
    refused = pl.read_parquet(in_blocks / f"rejects/{REPEATED}.parquet").sort("Id", "round")
    assert set(refused["rule"]) == {"duplicate"}
    texts = {row["Id"]: " ".join(row[c] for c in rule.text) for row in cases.rows(named=True)}
    last = int(refused["round"].max())  # type: ignore[arg-type]
    assert last >= 1, "nothing was written again twice"
    for number in range(last + 1, -1, -1):
        found = refused.filter(pl.col("round") == number)
        for record, values in found.select("Id", "record").iter_rows():
            texts[record] = " ".join(json.loads(values)[c] for c in rule.text)
        rows = [(record, scopes[record], text) for record, text in texts.items()]
        expected = naive(rows, rule.threshold, rule.shortest)
        assert found.select("Id", "duplicate", "score").rows() == expected, number
        assert bool(expected) == (number <= last)
        if number == 0:
            across = sum(blocks[record] != blocks[partner] for record, partner, _ in expected)
            assert 0 < across < len(expected)
            assert {blocks[record] for record, _, _ in expected} == set(range(BLOCKS))
    (told,) = [v for name, v in dataset.manifest.duplicates.items() if name == REPEATED]
    assert (told.seen, told.removed) == (cases.height, refused.height)


def test_only_what_was_refused_is_written_again(in_blocks: Path) -> None:
    """Facts stay, in the rejects as in the table."""
    declared = OBJECTS[REPEATED]
    cases = Dataset.open(in_blocks).scan(REPEATED).collect()
    refused = pl.read_parquet(in_blocks / f"rejects/{REPEATED}.parquet")
    drawn = [field.name for field in declared.fields if not field.written]
    published = {row["Id"]: row for row in cases.rows(named=True)}
    for values in refused["record"]:
        record = json.loads(values)
        now = json.loads(json.dumps(published[record["Id"]], default=str))
        assert {name: record[name] for name in drawn} == {name: now[name] for name in drawn}
        assert record["Description"] != now["Description"]
