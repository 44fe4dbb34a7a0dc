"""Nothing an agent may see tells a hidden variable or an answer: names, ids, order, wording."""

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.solver.solve import derive
from orgsmith.arena.tasks.question import Asked
from orgsmith.outputs.dataset import OBJECTS_FOLDER, Dataset
from orgsmith.outputs.questions import (
    ANSWERS_FOLDER,
    CANARY,
    CANARY_COLUMN,
    TASK_KEYS,
    TASKS_FOLDER,
    read_answers,
    read_questions,
)
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

FAR = 5.0
"""Standard errors from zero that chance does not reach once in a million checks."""


@pytest.fixture(scope="module")
def opened(dataset: Path) -> Dataset:
    """The reference organisation at scale 1."""
    return Dataset.open(dataset)


def rank_correlation(first: pl.Series, second: pl.Series) -> float:
    """Spearman's rank correlation in standard errors: rho times the root of n - 1."""
    ranks = pl.DataFrame({"a": first.rank(), "b": second.rank()}).drop_nulls()
    rho = ranks.select(pl.corr("a", "b")).item()
    return float(rho) * math.sqrt(ranks.height - 1)


def hidden_values(opened: Dataset) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Each hidden number or kind of a record: what it is, and columns Id and value."""
    references = {
        "Case": ("CaseId", ("CustomerMood", "PolicyViolation", "CasePlan")),
        "User": ("UserId", ("ResponseTime", "Tenure")),
        "Product2": ("ProductId", ("ProductProfile",)),
        "Account": ("AccountId", ("ShoppingHabit", "ComplaintHabit")),
    }
    for name, (key, latents) in references.items():
        for latent in latents:
            frame = opened.scan(latent).collect()
            for field in LATENTS[latent].fields:
                if field.name == key or frame[field.name].n_unique() < 2:
                    continue
                values = frame[field.name]
                number = values if values.dtype.is_numeric() else values.rank("dense")
                yield (
                    name,
                    f"{latent}.{field.name}",
                    frame.select(Id=key).with_columns(value=number.cast(pl.Float64)),
                )


def test_ids_and_order_tell_nothing(opened: Dataset) -> None:
    """Records lie in the order of their Ids: the order is as blind as the Ids are."""
    found = {}
    for name, what, frame in hidden_values(opened):
        ids = opened.scan(name).select("Id").collect()["Id"]
        assert ids.is_sorted()
        value = frame.join(pl.DataFrame({"Id": ids}), on="Id").sort("Id")["value"]
        found[f"{name} {what}"] = rank_correlation(pl.Series(range(len(value))), value)
    assert len(found) > 30
    assert {name: far for name, far in found.items() if abs(far) > FAR} == {}


def test_external_ids_tell_nothing(opened: Dataset) -> None:
    products = opened.scan("Product2").select("Id", "External_ID__c").collect()
    for _, what, frame in hidden_values(opened):
        if what.startswith("ProductProfile"):
            both = products.join(frame, on="Id")
            assert abs(rank_correlation(both["External_ID__c"], both["value"])) < FAR


def test_objects_hold_declared_fields_alone(opened: Dataset) -> None:
    hidden = {field.name for latent in LATENTS.values() for field in latent.fields}
    for name, node in opened.nodes.items():
        if name in OBJECTS:
            columns = set(opened.scan(name).collect_schema())
            assert columns == {field.name for field in node.fields}
            # What the two have in common is whom they belong to.
            assert columns & hidden <= {field.name for field in node.fields if field.reference}


def test_hidden_tables_are_not_served(opened: Dataset) -> None:
    with closing(Org.open(opened)) as org:
        session = org.session("agent")
        for name in (*LATENTS, *TASK_KEYS, TASKS_FOLDER, ANSWERS_FOLDER):
            with pytest.raises(OrgError) as refused:
                session.query(f"SELECT Id FROM {name}")
            assert refused.value.code == "INVALID_TYPE"


@pytest.mark.parametrize("key", TASK_KEYS)
def test_questions_do_not_tell_their_answers(opened: Dataset, key: str) -> None:
    rows = read_questions(opened, key).join(read_answers(opened, key), on="task_id")
    assert rows.height >= 100
    told = pl.concat_str("task_id", "persona", "question", "context", "domain", separator="\n")
    for row in rows.with_columns(told=told).iter_rows(named=True):
        # States and labels are words that rules and windows are made of.
        if row["answer_type"] in {"state", "label"} or row["none_reason"] is not None:
            continue
        secrets = [*row["answers"], row["runner_up"], row["parameters"]]
        shown = row["told"].casefold()
        assert [each for each in secrets if each and each.casefold() in shown] == []


@pytest.mark.parametrize("key", TASK_KEYS)
def test_neither_order_nor_length_tells_what_supposes_something_false(
    opened: Dataset, key: str
) -> None:
    rows = read_questions(opened, key).join(read_answers(opened, key), on="task_id")
    assert rows["task_id"].is_sorted()
    false = rows["none_reason"].is_not_null().cast(pl.Float64)
    if false.sum() == 0:
        return
    assert abs(rank_correlation(pl.Series(range(rows.height)), false)) < FAR
    assert abs(rank_correlation(rows["question"].str.len_chars(), false)) < FAR


def test_the_canary_stands_in_every_row(opened: Dataset) -> None:
    for key in TASK_KEYS:
        for rows in (read_questions(opened, key), read_answers(opened, key)):
            assert rows[CANARY_COLUMN].unique().to_list() == [CANARY]
    for file in (opened.path / OBJECTS_FOLDER).rglob("*.parquet"):
        assert CANARY.encode() not in file.read_bytes()


@pytest.mark.parametrize("key", ["handle_time", "transfer_count"])
def test_numbers_do_not_tell_that_nobody_is_above_them(opened: Dataset, key: str) -> None:
    """The n of "more than n cases", by how long the window is."""
    asked = read_answers(opened, key)
    told = [json.loads(each) for each in asked["parameters"]]
    days = [
        (dt.date.fromisoformat(each["end"]) - dt.date.fromisoformat(each["start"])).days
        for each in told
    ]
    rate = pl.Series([each["more_than"] / span for each, span in zip(told, days, strict=True)])
    false = asked["none_reason"].is_not_null().cast(pl.Float64)
    assert abs(rank_correlation(rate, false)) < FAR


def test_each_level_of_routing_decides(opened: Dataset) -> None:
    """What decided stands in the solver's derivation."""
    rows = read_questions(opened, "case_routing").join(
        read_answers(opened, "case_routing"), on="task_id"
    )
    levels: Counter[str] = Counter()
    with closing(Org.open(opened)) as org:
        for row in rows.iter_rows(named=True):
            parameters = json.loads(row["parameters"])
            asked = Asked("case_routing", row["today"], parameters, row["context"])
            levels[derive(org, asked).derivation.split("\n")[0]] += 1
    assert len(levels) == 3
    assert min(levels.values()) >= 8
