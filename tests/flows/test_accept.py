"""Refused records are written again and keep their facts; stubborn ones end the run."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
import pytest
from rapidfuzz import fuzz

from orgsmith.flows import accept
from orgsmith.flows.accept import accept_object
from orgsmith.flows.jobs import jobs_of
from orgsmith.flows.make import make_block, parent_frame
from orgsmith.flows.parts import Made, Part
from orgsmith.flows.progress import Progress, watched
from orgsmith.flows.work import Work
from orgsmith.outputs.rejects import REJECTS
from orgsmith.prompts.likeness import normalised
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.prompts.writer import NO_NOTES, Notes, Reader, Writer
from orgsmith.prompts.writing import Writing
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import RejectedError
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.validators import duplicates

PRODUCT = OBJECTS["Product2"]
CASE = OBJECTS["Case"]


@dataclass
class Scripted:
    """The phrasebook, but for one object's records whose texts are given for some attempts."""

    inner: PhrasebookWriter
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    until: int = 1
    kind: str = "phrasebook"
    model: str | None = None
    reader: Reader | None = None
    usage: Usage = NO_USAGE
    fresh: bool = True
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    def waves(self, declared: Object, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        return self.inner.waves(declared, rows)

    def write(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> pl.DataFrame:
        self.asked.append((declared.name, attempt, variables.height))
        written = self.inner.write(declared, variables, attempt)
        if attempt % accept.ATTEMPTS >= self.until:
            return written
        rows = [
            {**row, **self.texts.get(row["Id"], {})} if declared is PRODUCT else row
            for row in written.iter_rows(named=True)
        ]
        return pl.DataFrame(rows, schema=written.schema)


def organisation(scale: float) -> Organisation:
    """The built-in industry at some scale."""
    industry = load("sportswear")
    return Organisation(industry=industry, seed=7, scale=scale, as_of=industry.as_of)


@contextmanager
def run(out: Path, node: str, scale: float, writer: Writer) -> Iterator[tuple[Work, list[Made]]]:
    """Everything up to the blocks of one node, made and accepted without Prefect."""
    work = Work.of(out, organisation(scale), Writing())
    needed = {node}
    for job in reversed(list(jobs_of(work.organisation))):
        if job.node in needed:
            needed |= set(NODES[job.node].parents)
    done: dict[str, Made] = {}
    with work.held(lambda: None):
        for job in jobs_of(work.organisation):
            if job.node not in needed or (job.node == node and job.accepts):
                continue
            parents = {name: [done[each] for each in jobs] for name, jobs in job.needs.items()}
            if job.accepts:
                done[job.name] = accept_object(work, writer, OBJECTS[job.node], parents[job.node])
                continue
            frames = {name: parent_frame(work, job.node, 0, made) for name, made in parents.items()}
            block = make_block(work.organisation, writer, job.node, frames, 0)
            refused = (
                (work.save(block.refused, "refused", job.node, "0", list(REJECTS)),)
                if block.refused.height
                else ()
            )
            table = work.save_block(block.frame, "made", job.node, 0)
            done[job.name] = Made(job.node, (table,), refused)
        yield work, [made for made in done.values() if made.node == node]


def split(work: Work, made: Made, blocks: int) -> list[Made]:
    """The same records in several blocks."""
    frame = work.read(made.tables[0]).with_row_index("_row")
    return [
        Made(
            made.node,
            (
                work.save_block(
                    frame.filter(pl.col("_row") % blocks == block).drop("_row"),
                    "made",
                    made.node,
                    block,
                ),
            ),
        )
        for block in range(blocks)
    ]


def rows(work: Work, parts: tuple[Part, ...]) -> pl.DataFrame:
    """All records of some files, in order of Id."""
    return pl.concat([work.read(part) for part in parts]).sort("Id")


def test_a_refused_text_is_written_again(tmp_path: Path) -> None:
    inner = PhrasebookWriter(organisation(0.05))
    with run(tmp_path / "plain", "Product2", 0.05, inner) as (work, (plain,)):
        expected = rows(work, plain.tables)
    victim = expected["Id"][3]
    writer = Scripted(inner, {victim: {"Name": "x" * 300}})
    with run(tmp_path / "again", "Product2", 0.05, writer) as (work, (made,)):
        frame, refused = rows(work, made.tables), rows(work, made.refused)
    assert refused["Id"].to_list() == [victim]
    assert refused["round"].to_list() == [0]
    assert refused["rule"].to_list() == ["length"]
    record = json.loads(refused["record"][0])
    assert record["Name"] == "x" * 300
    facts = [f.name for f in PRODUCT.fields if not f.written]
    assert frame.select(facts).equals(expected.select(facts))
    others = pl.col("Id") != victim
    assert frame.filter(others).equals(expected.filter(others))
    assert ("Product2", 1, 1) in writer.asked


def test_only_texts_that_are_compared_count_as_seen(tmp_path: Path) -> None:
    writer = PhrasebookWriter(organisation(0.05))
    rule = PRODUCT.near_duplicates
    assert rule is not None
    with run(tmp_path, "Product2", 0.05, writer) as (work, (made,)):
        frame = rows(work, made.tables)
        texts = (frame["Name"] + " " + frame["Description"]).to_list()
        lengths = sorted(len(normalised(text)) for text in texts)
        longest = replace(rule, shortest=lengths[-3])
        seen = accept_object(work, writer, replace(PRODUCT, near_duplicates=longest), [made]).seen
    assert seen == sum(length >= lengths[-3] for length in lengths) < len(texts)


def near_copies(frame: pl.DataFrame, count: int = 2) -> dict[str, dict[str, str]]:
    """Texts by which some products come near an earlier one."""
    ids = frame["Id"].sort()
    first = frame.filter(pl.col("Id") == ids[0]).row(0, named=True)
    return {
        ids[1 + 3 * copy]: {
            "Name": f"{first['Name']} {'I' * (copy + 1)}",
            "Description": first["Description"],
        }
        for copy in range(count)
    }


@pytest.mark.parametrize("blocks", [1, 3])
def test_near_duplicates_are_written_again_over_all_blocks(tmp_path: Path, blocks: int) -> None:
    inner = PhrasebookWriter(organisation(0.05))
    with run(tmp_path / "plain", "Product2", 0.05, inner) as (work, (plain,)):
        expected = rows(work, plain.tables)
    copies = near_copies(expected)
    writer = Scripted(inner, copies)
    with run(tmp_path / "again", "Product2", 0.05, writer) as (work, (made,)):
        accepted = accept_object(work, writer, PRODUCT, split(work, made, blocks))
        frame, refused = rows(work, accepted.tables), rows(work, accepted.refused)
    assert len(accepted.tables) == blocks
    assert accepted.seen == expected.height
    assert accepted.removed == len(copies)
    assert refused["Id"].to_list() == sorted(copies)
    assert set(refused["rule"]) == {"duplicate"}
    assert set(refused["duplicate"]) == {expected["Id"].sort()[0]}
    assert refused["score"].min() >= 90  # type: ignore[operator]
    facts = [f.name for f in PRODUCT.fields if not f.written]
    assert frame.select(facts).equals(expected.select(facts))
    untouched = ~pl.col("Id").is_in(list(copies))
    assert frame.filter(untouched).equals(expected.filter(untouched))


def test_a_stubborn_duplicate_ends_the_run(tmp_path: Path) -> None:
    inner = PhrasebookWriter(organisation(0.05))
    with run(tmp_path / "plain", "Product2", 0.05, inner) as (work, (plain,)):
        copies = near_copies(rows(work, plain.tables))
    writer = Scripted(inner, copies, until=accept.ATTEMPTS)
    with (
        run(tmp_path / "again", "Product2", 0.05, writer) as (work, (made,)),
        pytest.raises(
            RejectedError, match=rf"Product2: 2 of 112 .* {accept.STUBBORN} rounds .* % like 01t"
        ),
    ):
        accept_object(work, writer, PRODUCT, [made])
    rewritten = [attempt for name, attempt, _ in writer.asked if name == "Product2" and attempt]
    assert rewritten == [accept.ATTEMPTS + attempt for attempt in range(1, accept.STUBBORN + 1)]


class Slow(Scripted):
    """Gives up one of its texts with each attempt."""

    def write(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> pl.DataFrame:
        if attempt:
            self.texts = dict([*self.texts.items()][1:])
        return super().write(declared, variables, attempt, notes)


def test_rounds_go_on_as_long_as_fewer_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accept, "STUBBORN", 1)
    inner = PhrasebookWriter(organisation(0.05))
    with run(tmp_path / "plain", "Product2", 0.05, inner) as (work, (plain,)):
        copies = near_copies(rows(work, plain.tables), 12)
    writer = Slow(inner, copies, until=accept.ATTEMPTS)
    with run(tmp_path / "again", "Product2", 0.05, writer) as (work, (made,)):
        accept_object(work, writer, PRODUCT, [made])
    refused = [count for _, attempt, count in writer.asked if attempt]
    assert refused == list(range(12, 0, -1))


def test_scopes_are_compared_alike_however_they_are_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lower threshold makes work enough; what is left is compared pair by pair."""
    writer = PhrasebookWriter(organisation(0.3))
    rule = CASE.near_duplicates
    assert rule is not None
    strict = replace(CASE, near_duplicates=replace(rule, threshold=54.0))
    with run(tmp_path, "Case", 0.3, writer) as (work, (made,)):
        found = []
        parts = split(work, made, 2)
        for bucket in (duplicates.BUCKET, 40):
            monkeypatch.setattr(duplicates, "BUCKET", bucket)
            accepted = accept_object(work, writer, strict, parts)
            found.append(rows(work, accepted.tables))
            assert accepted.removed > 0
    assert found[0].equals(found[1])
    for _, scope in found[0].group_by(rule.scope):
        texts = [normalised(f"{a} {b}") for a, b in scope.select("Subject", "Description").rows()]
        for later in range(len(texts)):
            for earlier in range(later):
                assert fuzz.ratio(texts[later], texts[earlier]) < 54.0


class Told(Progress):
    """Keeps what the user is told."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def show_told(self, text: str) -> None:
        self.texts.append(text)


def test_a_long_search_says_now_and_then_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    with watched(told):
        quiet = accept.Seldom("Case")
        quiet("1 of 3 texts compared")
        monkeypatch.setattr(accept, "SILENT_S", -1.0)
        eager = accept.Seldom("Case")
        eager("2 of 3 texts compared")
    assert told.texts == ["near-duplicates of Case: 2 of 3 texts compared"]
