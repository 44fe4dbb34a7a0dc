"""An organisation is looked at in parts, and every check says what it says of the whole."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from orgsmith.flows.draw import keys
from orgsmith.flows.make import make_block
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import Writer
from orgsmith.outputs.publish import Made, publish
from orgsmith.outputs.store import write_table
from orgsmith.prompts.assemble import assemble
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.schema import organisation as organisations
from orgsmith.schema.declared import objects_of
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.validators import checks, parts
from orgsmith.validators.checks import check_tables
from orgsmith.validators.dealing import deal
from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.parts import BLOCKED, Part, View, cut
from orgsmith.validators.tally import Tally
from tests.validators.tables import Frames

ACCOUNTS = 15
"""Accounts of a block here: four blocks, of which two make a part."""


@dataclass(frozen=True)
class Filed:
    """Tables in files, one for each block, as a run at work has them."""

    organisation: Organisation
    paths: dict[str, tuple[Path, ...]]

    def files(self, node: str) -> tuple[Path, ...]:
        return self.paths[node]

    def scan(self, node: str) -> pl.LazyFrame:
        return pl.scan_parquet(list(self.paths[node]))

    def with_rows(self, node: str, block: int, frame: pl.DataFrame, folder: Path) -> "Filed":
        """The same with another file."""
        path = folder / f"{node}-{block}.parquet"
        frame.write_parquet(path)
        files = list(self.paths[node])
        files[block] = path
        return replace(self, paths={**self.paths, node: tuple(files)})


@pytest.fixture(scope="module")
def small_blocks() -> Iterator[None]:
    """Blocks of a few accounts."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (organisations, keys):
            patch.setattr(module, "BLOCK_ACCOUNTS", ACCOUNTS)
        yield


@pytest.fixture(scope="module")
def filed(small_blocks: None, tmp_path_factory: pytest.TempPathFactory) -> Filed:
    """An organisation of four blocks; its near-duplicates stay."""
    organisation = Organisation(
        load("sportswear"), seed=7, scale=0.3, as_of=load("sportswear").as_of
    )
    writer = PhrasebookWriter(organisation)
    folder = tmp_path_factory.mktemp("blocks")
    made: dict[str, list[pl.DataFrame]] = {}
    paths: dict[str, tuple[Path, ...]] = {}
    for name in generation_order():
        node = NODES[name]
        made[name] = []
        for block in range(organisation.blocks_of(node)):
            above = {
                parent: made[parent][block]
                if node.blocked and NODES[parent].blocked
                else pl.concat(made[parent])
                for parent in node.parents
            }
            frame = make_block(organisation, writer, name, above, block).frame
            if name in OBJECTS:
                frame = assemble(objects_of(organisation.industry)[name], frame, organisation)
            made[name].append(frame)
        key = ("Id",) if name in OBJECTS else getattr(node, "key", ())
        columns = [field.name for field in node.fields]
        files = [folder / name / f"{block:05}.parquet" for block in range(len(made[name]))]
        for frame, file in zip(made[name], files, strict=True):
            write_table(frame.select(columns), file, key)
        paths[name] = tuple(files)
    return Filed(organisation, paths)


@pytest.fixture(scope="module")
def dataset(filed: Filed, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The same, published: its blocks are gone."""
    made = Made(Writer(kind="phrasebook"), 0.0, outcomes=(), duplicates={})
    folder = tmp_path_factory.mktemp("dealt")
    published = publish(folder, filed.organisation, filed.paths, {}, made)
    assert isinstance(published, Path)
    return Dataset.open(published)


def whole(tables: Tables) -> Frames:
    """The same tables, held as one."""
    return Frames(tables.organisation, {node: tables.scan(node).collect() for node in NODES})


def said(tables: Tables) -> list[Outcome]:
    """What all checks say; statistics may differ by their order of adding up."""
    return [
        replace(outcome, statistic=float(f"{outcome.statistic:.9g}"))
        for outcome in check_tables(tables)
    ]


@pytest.mark.parametrize("kind", ["filed", "dataset"])
def test_parts_make_up_the_whole(kind: str, request: pytest.FixtureRequest) -> None:
    tables: Tables = request.getfixturevalue(kind)
    with cut(tables) as found:
        seen: dict[str, list[pl.DataFrame]] = {node: [] for node in NODES}
        cases: list[set[str]] = []
        for view in found:
            assert not view.whole
            cases.append(set(view.tables.scan("Case").collect()["Id"]))
            mails = view.tables.scan("EmailMessage").collect()
            assert set(mails["ParentId"]) <= cases[-1]
            for node in NODES:
                if node in view.nodes:
                    seen[node].append(view.tables.scan(node).collect())
    assert len(cases) == 2
    for node, frames in seen.items():
        assert len(frames) == (len(cases) if node in BLOCKED else 1)
        key = ["Id"] if node in OBJECTS else list(getattr(NODES[node], "key", ()))
        expected = tables.scan(node).collect().sort(key)
        assert pl.concat(frames).sort(key).equals(expected), node


@pytest.mark.parametrize("kind", ["filed", "dataset"])
def test_checks_say_of_parts_what_they_say_of_the_whole(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables: Tables = request.getfixturevalue(kind)
    in_parts = said(tables)
    monkeypatch.setattr(parts, "BLOCKS", 10)
    in_one = said(whole(tables))
    assert in_parts == in_one
    assert {outcome.object for outcome in in_parts} == set(NODES)


def test_faults_in_several_parts_are_found_as_in_one(
    filed: Filed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoiled = filed
    for block in (0, 3):
        lines = pl.read_parquet(filed.files("OrderItem")[block])
        dearer = pl.when(pl.int_range(pl.len()) < 15).then(pl.col("TotalPrice") + 1)
        lines = lines.with_columns(TotalPrice=dearer.otherwise("TotalPrice"))
        spoiled = spoiled.with_rows("OrderItem", block, lines, tmp_path)
    in_parts = said(spoiled)
    (totals,) = [o for o in in_parts if (o.name, o.object) == ("totals", "OrderItem")]
    assert totals.statistic == 30
    assert len(totals.findings) == 20
    monkeypatch.setattr(parts, "BLOCKS", 10)
    assert in_parts == said(whole(spoiled))


def test_a_reference_out_of_its_part_is_followed_in_the_whole(
    filed: Filed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case about a line of another block's order leads nowhere in its part, but somewhere."""
    other = pl.read_parquet(filed.files("OrderItem")[3])["Id"][0]
    cases = pl.read_parquet(filed.files("Case")[0])
    ids = pl.Series([other, *cases["OrderItemId__c"][1:]])
    moved = filed.with_rows("Case", 0, cases.with_columns(OrderItemId__c=ids), tmp_path)
    seen: list[bool] = []
    look = checks._look

    def noted(view: View, tallies: list[Tally]) -> bool:
        seen.append(view.whole)
        return look(view, tallies)

    monkeypatch.setattr(checks, "_look", noted)
    in_parts = said(moved)
    assert not seen[0]
    assert seen[1:]
    assert all(seen[1:])
    faults = [str(f) for outcome in in_parts for f in outcome.findings]
    assert any("belongs to an order of another account" in fault for fault in faults)
    assert not any("leads to no OrderItem" in fault for fault in faults)
    monkeypatch.setattr(parts, "BLOCKS", 10)
    assert in_parts == said(whole(moved))


def test_keys_that_no_id_is_are_dealt_too(dataset: Dataset, tmp_path: Path) -> None:
    """What no seed reveals a block of lies in some part: no row is lost."""
    frame = dataset.scan("CaseTimeline").collect()
    broken = pl.Series(["", "500", "zzz" * 6, "500Or0000é000AAA", None])
    ids = pl.concat([broken, frame["CaseId"][broken.len() :]])
    file = tmp_path / "CaseTimeline.parquet"
    frame.with_columns(CaseId=ids).write_parquet(file)
    dealt = deal(7, {"CaseTimeline": (file,)}, 2, 2, tmp_path)
    rows = pl.concat([pl.read_parquet(path) for part in dealt for path in part["CaseTimeline"]])
    assert rows.height == frame.height
    assert rows["CaseId"].null_count() == 1


def test_tables_that_cannot_be_cut_are_one_part(filed: Filed) -> None:
    with cut(whole(filed)) as found:
        (view,) = list(found)
    assert view.whole
    assert not isinstance(view.tables, Part)
