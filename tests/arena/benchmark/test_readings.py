"""The stored reading as the second entry of questions about a model's texts."""

import datetime as dt

import polars as pl
import pytest

from orgsmith.arena.benchmark.readings import StoredReadings
from orgsmith.arena.tasks.question import Asked
from orgsmith.outputs.dataset import Dataset
from orgsmith.validators.readings import READ

DAY = dt.date(2024, 5, 1)


@pytest.fixture(scope="module")
def policies(dataset: Dataset) -> list[str]:
    """Ids of the policy articles by title."""
    kinds = dataset.scan("KnowledgeFact").filter(kind="policy").select(Id="KnowledgeId").unique()
    articles = dataset.scan("Knowledge__kav").join(kinds, on="Id", how="semi").sort("Title")
    return articles.collect()["Id"].to_list()


def stored(dataset: Dataset, *rows: tuple[str, int, str, str, str]) -> StoredReadings:
    """Readings: Id, round, question, expected, found."""
    full = [(*row, row[3] == row[4], "because") for row in rows]
    return StoredReadings.of([pl.DataFrame(full, schema=READ, orient="row")], dataset)


def asked(task: str, **parameters: str) -> Asked:
    return Asked(task, DAY, parameters, "")


def test_the_last_reading_counts(dataset: Dataset) -> None:
    readings = stored(
        dataset,
        ("500A", 1, "mood", "Neutral", "Neutral"),
        ("500A", 0, "mood", "Neutral", "Negative"),
    )
    found = readings.second(asked("customer_sentiment_analysis", case="500A"), (), ("Neutral",))
    assert found is not None
    assert found.answer == "Neutral"


def test_what_was_never_read_is_no_answer(dataset: Dataset) -> None:
    readings = stored(dataset)
    for task in ("customer_sentiment_analysis", "policy_violation_identification", "knowledge_qa"):
        found = readings.second(asked(task, case="500A"), ("500A",), ("Neutral",))
        assert found is not None
        assert found.answer == ""
        assert found.derivation


@pytest.mark.parametrize("number", [0, 1, 3])
def test_the_article_is_the_one_of_the_number(
    dataset: Dataset, policies: list[str], number: int
) -> None:
    readings = stored(dataset, ("02sA", 0, "article", str(number), str(number)))
    found = readings.second(
        asked("policy_violation_identification", case="500A"), ("500A", "02sA"), ("None",)
    )
    assert found is not None
    assert found.answer == (policies[number - 1] if number else "None")


@pytest.mark.parametrize("number", ["", "99", "-1", "two"])
def test_a_number_that_no_article_has_is_no_answer(dataset: Dataset, number: str) -> None:
    readings = stored(dataset, ("02sA", 0, "article", "1", number))
    found = readings.second(
        asked("policy_violation_identification", case="500A"), ("500A", "02sA"), ("None",)
    )
    assert found is not None
    assert found.answer == ""


def test_a_fact_is_found_where_its_question_was_answered(dataset: Dataset) -> None:
    readings = stored(dataset, ("ka0A", 0, "answer 2", "30 days", "within 30 days"))
    question = asked("knowledge_qa", question="How long?")
    found = readings.second(question, ("ka0A",), ("30 days", "It takes 30 days."))
    assert found is not None
    assert (found.answer, found.evidence) == ("It takes 30 days.", ("ka0A",))
    other = readings.second(question, ("ka0B",), ("30 days", "It takes 30 days."))
    assert other is not None
    assert other.evidence == ()


def test_counting_is_left_to_the_solver(dataset: Dataset) -> None:
    assert stored(dataset).second(asked("handle_time"), (), ()) is None
