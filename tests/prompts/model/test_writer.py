"""What a prompt shows, which records a call asks for, and what is told of refused texts."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.model.asks import ASKS, batches, waves
from orgsmith.prompts.model.writer import SHOWN
from orgsmith.prompts.writer import Notes, Refusal
from orgsmith.schema.declaration import Object
from orgsmith.schema.objects import OBJECTS
from tests.endpoint.model import answer
from tests.endpoint.server import serving
from tests.prompts.model.asking import asking
from tests.prompts.world import WRITTEN, World

CASE, MAIL = OBJECTS["Case"], OBJECTS["EmailMessage"]

BESIDE = {
    "Case": {"Description": pl.col("product")},
    "EmailMessage": {"Subject": pl.col("case_subject")},
    "Knowledge__kav": {"FAQ_Answer__c": pl.col("facts")},
}
"""Variables that the author's texts hold word for word."""


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_every_record_is_written_in_the_order_given(
    declared: Object, small: World, tmp_path: Path
) -> None:
    rows = small.variables(declared)
    mixed = rows.sample(min(rows.height, 23), seed=1, shuffle=True)
    with serving(answer) as server, asking(server, tmp_path, small.organisation) as asked:
        assert (asked.writer.kind, asked.writer.model) == ("model", "openai/scripted")
        written = asked.writer.write(declared, mixed, 0)
        assert written.columns == ["Id", *(f.name for f in declared.written)]
        assert set(written.dtypes) == {pl.String()}
        assert written["Id"].equals(mixed["Id"])
        assert sum(len(call.records) for call in server.calls) == mixed.height
        assert all(call.body["model"] == "scripted" for call in server.calls)
    # The text belongs to the record it stands beside.
    joined = mixed.join(written, on="Id", validate="1:1", maintain_order="left")
    for text, variable in BESIDE.get(declared.name, {}).items():
        assert joined.select(pl.col(text).str.contains(variable, literal=True).all()).item()


def test_no_id_stands_in_a_prompt(small: World, tmp_path: Path) -> None:
    ids = {i for frame in small.frames.values() if "Id" in frame.columns for i in frame["Id"]}
    with serving(answer) as server, asking(server, tmp_path, small.organisation) as asked:
        for declared in WRITTEN:
            asked.writer.write(declared, small.variables(declared).head(12), 0)
        words = {word.strip('",:') for call in server.calls for word in call.prompt.split()}
    assert not ids & words


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_conversations_are_never_torn_apart(lengths: list[int]) -> None:
    rows = pl.DataFrame(
        {
            "ParentId": [f"{case:03}" for case, n in enumerate(lengths) for _ in range(n)],
            "number": [number for n in lengths for number in range(n)],
            "Id": [f"{case:03}-{number}" for case, n in enumerate(lengths) for number in range(n)],
        }
    )
    parts = list(waves(MAIL, rows.sample(fraction=1.0, shuffle=True, seed=1)))
    calls = [batch for part in parts for batch in batches(MAIL, part)]
    assert pl.concat(calls).equals(rows.select(calls[0].columns))
    for split in (parts, calls):
        seen = Counter(case for part in split for case in part["ParentId"].unique())
        assert set(seen.values()) == {1}
    for batch in calls:
        assert batch.height <= ASKS["EmailMessage"].records or batch["ParentId"].n_unique() == 1


@given(rows=st.integers(1, 12_000))
def test_waves_depend_on_the_rows_alone(rows: int) -> None:
    frame = pl.DataFrame({"Id": [f"{row:06}" for row in range(rows)]})
    first = list(waves(CASE, frame))
    again = list(waves(CASE, frame.sample(fraction=1.0, shuffle=True, seed=3)))
    assert [part["Id"].to_list() for part in first] == [part["Id"].to_list() for part in again]
    assert pl.concat(first).equals(frame)
    assert first[0].height <= 64 * 10


def test_a_prompt_shows_accepted_texts_of_records_like_its_own(
    small: World, tmp_path: Path
) -> None:
    frame = small["Case"]
    earlier, rest = frame.head(60), small.variables(CASE).tail(-60)
    like = rest.join(earlier, on=["IssueId__c", "product_category"], how="semi").head(1)
    texts = earlier.join(like, on=["IssueId__c", "product_category"], how="semi")
    with serving(answer) as server, asking(server, tmp_path, small.organisation) as asked:
        asked.writer.write(CASE, like, 0, Notes(earlier))
        asked.writer.write(CASE, rest.head(1), 0)
        with_earlier, without = (call.prompt for call in server.calls)
    assert "Texts that exist already" in with_earlier
    assert "Texts that exist already" not in without
    for subject in texts["Subject"].tail(SHOWN):
        assert subject in with_earlier
    others = earlier.join(like, on=["IssueId__c", "product_category"], how="anti")
    assert not any(text in with_earlier for text in others["Description"])


def test_a_refused_record_is_asked_for_alone_with_all_that_is_known(
    small: World, tmp_path: Path
) -> None:
    frame = small["EmailMessage"].sort("ParentId", "number")
    thread = frame.filter(pl.col("ParentId") == frame["ParentId"][0])
    victim, others = thread["Id"][1], thread["TextBody"].to_list()
    refusal = Refusal(
        ("TextBody does not name the remedy", "is 95 % like 02s"),
        {"TextBody": "Refused words"},
        ("A text it was too much like",),
    )
    rows = thread.drop("Subject", "TextBody")
    with serving(answer) as server, asking(server, tmp_path, small.organisation) as asked:
        asked.writer.write(MAIL, rows, 1, Notes(None, {victim: refusal}, frame))
        (alone,) = [call for call in server.calls if "was refused" in call.prompt]
        assert sum(len(call.records) for call in server.calls) == rows.height
    assert len(alone.records) == 1
    for told in (*refusal.reasons, *refusal.text.values(), *refusal.like):
        assert told in alone.prompt
    del others[1]
    for text in others:
        assert text.split("\n")[-1] in alone.prompt


def test_a_refused_text_comes_out_differently(small: World, tmp_path: Path) -> None:
    rows = small.variables(CASE).head(1)
    refusal = Refusal(("is too short",), {"Description": "x"})
    with serving(answer) as server, asking(server, tmp_path, small.organisation) as asked:
        first = asked.writer.write(CASE, rows, 0)
        again = asked.writer.write(CASE, rows, 1, Notes(None, {rows["Id"][0]: refusal}, None))
        fresh = [asked.writer.fresh]
        asked.writer.write(CASE, rows, 0)
        fresh.append(asked.writer.fresh)
    assert fresh == [True, False]
    assert first["Description"][0] != again["Description"][0]
