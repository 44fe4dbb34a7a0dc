"""A dataset's cases read row by row, for answers that are counted without any query."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from orgsmith.arena.tasks.question import Asked, Parameter
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.streams import stream


@dataclass(frozen=True)
class Assignment:
    """A row of the history that gives a case to an agent."""

    row: str
    case: str
    old: str | None
    new: str
    at: dt.datetime


@dataclass(frozen=True)
class Case:
    """A case with what is known of its order, issue and customer."""

    key: str
    created: dt.datetime
    closed: dt.datetime | None
    owner: str
    issue: str
    product: str
    state: str | None
    subject: str
    description: str

    def closed_before(self, day: dt.date) -> bool:
        """Whether it was closed before a day."""
        return self.closed is not None and self.closed < midnight(day)


class Books:
    """Cases and assignments of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def agents(self) -> list[dict[str, object]]:
        """All agents."""
        return self.dataset.scan("User").collect().to_dicts()

    @cached_property
    def cases(self) -> list[Case]:
        """All cases."""
        items = self.dataset.scan("OrderItem").select(
            pl.col("Id").alias("OrderItemId__c"), "Product2Id"
        )
        accounts = self.dataset.scan("Account").select(
            pl.col("Id").alias("AccountId"), "ShippingState"
        )
        joined = (
            self.dataset.scan("Case")
            .join(items, on="OrderItemId__c", how="left")
            .join(accounts, on="AccountId", how="left")
            .select(
                "Id",
                "CreatedDate",
                "ClosedDate",
                "OwnerId",
                "IssueId__c",
                "Product2Id",
                "ShippingState",
                "Subject",
                "Description",
            )
        )
        return [Case(*row) for row in joined.collect().iter_rows()]

    @cached_property
    def assignments(self) -> list[Assignment]:
        """All assignments, the earliest first."""
        rows = (
            self.dataset.scan("CaseHistory__c")
            .filter(pl.col("Field__c") == "Owner Assignment")
            .select("Id", "CaseId__c", "OldValue__c", "NewValue__c", "CreatedDate")
            .sort("CreatedDate")
        )
        return [Assignment(*row) for row in rows.collect().iter_rows()]

    def created(self, asked: Asked) -> list[Case]:
        """The cases that were created in a question's window."""
        return [case for case in self.cases if inside(case.created, asked)]

    def before(self, day: dt.date) -> list[Assignment]:
        """The assignments before a day."""
        return [one for one in self.assignments if one.at < midnight(day)]

    def managed(self, asked: Asked) -> dict[str, list[Case]]:
        """The cases created in the window by the agent who manages them."""
        first: dict[str, str] = {}
        for one in self.before(asked.today):
            if one.old is None and one.case not in first:
                first[one.case] = one.new
        found: dict[str, list[Case]] = {}
        for case in self.created(asked):
            if case.key in first:
                found.setdefault(first[case.key], []).append(case)
        return found


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a day."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def inside(moment: dt.datetime, asked: Asked) -> bool:
    """Whether a moment lies in a question's window."""
    return midnight(asked.day("start")) <= moment < midnight(asked.day("end"))


def asked(task: str, today: str, context: str = "", **parameters: Parameter) -> Asked:
    """A question of a task."""
    return Asked(task, dt.date.fromisoformat(today), parameters, context)


def windows(
    seed: int, number: int, first: dt.date, last: dt.date, shortest: int
) -> Iterator[tuple[np.random.Generator, str, str, str]]:
    """Random windows: what draws the rest of a question, today, start and end."""
    drawn, days = stream(seed, "any", 0, "windows"), (last - first).days
    for _ in range(number):
        length = int(drawn.integers(shortest, days, endpoint=True))
        start = int(drawn.integers(0, days - length, endpoint=True))
        end = start + length
        # Half of the windows end with the day before.
        today = end + int(drawn.integers(0, 2)) * int(drawn.integers(0, days - end, endpoint=True))
        said, begun, ended = (str(first + dt.timedelta(days=day)) for day in (today, start, end))
        yield drawn, said, begun, ended


def only(keys: Sequence[str]) -> str:
    """The one that comes first, or None if several do."""
    return keys[0] if len(keys) == 1 else "None"
