"""The records that questions are asked of, as arrays to count with; texts are read on demand."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.schema.organisation import Organisation
from orgsmith.validators.outcome import Tables

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

NOBODY = -1
NEVER = np.iinfo(np.int64).max
"""Stands for a moment that has not come."""

LOOKED_AT = 3_000
"""Records that are looked at for a task where there are more than can be asked about."""

ASSIGNMENT = "Owner Assignment"
DAY_US = 86_400_000_000


def moment(day: dt.date) -> int:
    """The first moment of a UTC day in microseconds since 1970."""
    return (day - dt.date(1970, 1, 1)).days * DAY_US


def day_of(microseconds: int) -> dt.date:
    """The UTC day of a moment in microseconds since 1970."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=microseconds // DAY_US)


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases in the order of their creation; arrays of shape (n,).

    Moments are microseconds since 1970 (UTC), `NEVER` if there is none; agents, issues, products
    and states are places in `Facts.agents` and so on. `manager` is the first owner, `assigned`
    when that was; `owner` is the one at the end.
    """

    ids: list[str]
    created: Ints
    closed: Ints
    issue: Ints
    product: Ints
    state: Ints
    manager: Ints
    assigned: Ints
    owner: Ints
    handed_over: Bools

    def named(self, places: Ints) -> tuple[str, ...]:
        """The Ids of the cases at some places."""
        return tuple(self.ids[place] for place in places.tolist())

    def between(self, start: int, end: int) -> slice:
        """The cases created in [start, end)."""
        first, last = np.searchsorted(self.created, (start, end))
        return slice(int(first), int(last))


@dataclass(frozen=True, slots=True)
class Assignments:
    """All owner assignments in the order of time, shape (n,); `giver` is `NOBODY` for the first."""

    ids: list[str]
    at: Ints
    case: Ints
    giver: Ints
    receiver: Ints

    def named(self, places: Ints) -> tuple[str, ...]:
        """The Ids of the assignments at some places."""
        return tuple(self.ids[place] for place in places.tolist())

    def between(self, start: int, end: int) -> slice:
        """The assignments made in [start, end)."""
        first, last = np.searchsorted(self.at, (start, end))
        return slice(int(first), int(last))


class Facts:
    """What the tables of an organisation say, read once for all tasks."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.organisation: Organisation = tables.organisation

    def read(self, node: str, *columns: str) -> pl.DataFrame:
        """Some columns of a node, in order of the first."""
        return self.tables.scan(node).select(columns).sort(columns[0]).collect()

    @cached_property
    def agents(self) -> pl.DataFrame:
        """Id, Name, DutyStart__c, DutyEnd__c of every agent, in order of Id."""
        return self.read("User", "Id", "Name", "DutyStart__c", "DutyEnd__c")

    @cached_property
    def issues(self) -> pl.DataFrame:
        """Id and Name of every issue, in order of Id."""
        return self.read("Issue__c", "Id", "Name")

    @cached_property
    def products(self) -> pl.DataFrame:
        """Id and Name of every product, in order of Id."""
        return self.read("Product2", "Id", "Name")

    @cached_property
    def states(self) -> list[str]:
        """Every state a customer lives in, in order of the alphabet."""
        states = self.tables.scan("Account").select(pl.col("ShippingState").unique()).collect()
        return sorted(states["ShippingState"].drop_nulls().to_list())

    @cached_property
    def assignments(self) -> Assignments:
        """Every owner assignment."""
        steps = (
            self.tables.scan("CaseHistory__c")
            .filter(pl.col("Field__c") == ASSIGNMENT)
            .select("Id", "CaseId__c", "OldValue__c", "NewValue__c", "CreatedDate")
            .sort("CreatedDate", "Id")
            .collect()
        )
        return Assignments(
            ids=steps["Id"].to_list(),
            at=steps["CreatedDate"].dt.epoch("us").to_numpy(),
            case=_places(steps["CaseId__c"], pl.Series(self.cases.ids)),
            giver=_places(steps["OldValue__c"], self.agents["Id"]),
            receiver=_places(steps["NewValue__c"], self.agents["Id"]),
        )

    @cached_property
    def cases(self) -> Cases:
        """Every case."""
        steps = (
            self.tables.scan("CaseHistory__c")
            .filter(pl.col("Field__c") == ASSIGNMENT)
            .group_by("CaseId__c")
            .agg(
                first=pl.col("OldValue__c").is_null(),
                to=pl.col("NewValue__c"),
                at=pl.col("CreatedDate"),
            )
            .select(
                Id="CaseId__c",
                manager=pl.col("to").list.get(pl.col("first").list.arg_max()),
                assigned=pl.col("at").list.get(pl.col("first").list.arg_max()),
                handed_over=pl.col("first").list.len() > 1,
            )
        )
        frame = (
            self.tables.scan("Case")
            .select(
                "Id",
                "CreatedDate",
                "ClosedDate",
                "IssueId__c",
                "OwnerId",
                "AccountId",
                item="OrderItemId__c",
            )
            .join(self.tables.scan("OrderItem").select(item="Id", product="Product2Id"), on="item")
            .join(
                self.tables.scan("Account").select(AccountId="Id", state="ShippingState"),
                on="AccountId",
            )
            .join(steps, on="Id", how="left")
            .sort("CreatedDate", "Id")
            .collect()
        )
        agents = self.agents["Id"]
        return Cases(
            ids=frame["Id"].to_list(),
            created=frame["CreatedDate"].dt.epoch("us").to_numpy(),
            closed=frame["ClosedDate"].dt.epoch("us").fill_null(NEVER).to_numpy(),
            issue=_places(frame["IssueId__c"], self.issues["Id"]),
            product=_places(frame["product"], self.products["Id"]),
            state=_places(frame["state"], pl.Series(self.states)),
            manager=_places(frame["manager"], agents),
            assigned=frame["assigned"].dt.epoch("us").fill_null(NEVER).to_numpy(),
            owner=_places(frame["OwnerId"], agents),
            handed_over=frame["handed_over"].fill_null(value=False).to_numpy(),
        )

    def on_duty(self, day: dt.date) -> Ints:
        """The places of the agents who are on duty on a day."""
        starts, ends = self._duties
        now = np.datetime64(day)
        return np.flatnonzero((starts <= now) & (now < ends)).astype(np.int64)

    @cached_property
    def _duties(self) -> tuple[Days, Days]:
        """First day on duty of each agent, and the day after the last; shape (agents,) each."""
        ends = self.agents["DutyEnd__c"].fill_null(dt.date.max)
        return self.agents["DutyStart__c"].to_numpy(), ends.to_numpy()


def _places(values: pl.Series, known: pl.Series) -> Ints:
    """The place of each value among known ones, `NOBODY` for nulls and others."""
    places = values.replace_strict(
        known, np.arange(len(known)), default=NOBODY, return_dtype=pl.Int64
    )
    found: Ints = places.fill_null(NOBODY).to_numpy()
    return found


def sampled(rows: pl.DataFrame, rng: np.random.Generator, most: int = LOOKED_AT) -> pl.DataFrame:
    """At most so many rows, drawn at random, in the order they had."""
    if rows.height <= most:
        return rows
    return rows[np.sort(rng.permutation(rows.height)[:most])]
