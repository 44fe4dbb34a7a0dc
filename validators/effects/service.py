"""Effects on who deals with cases, when, and how fast."""

import numpy as np
import polars as pl

from orgsmith.schema.organisation import Organisation
from orgsmith.validators.effects.effect import Effect, Measured, met, support, table, texts, weights
from orgsmith.validators.effects.measures import association, matching, slope
from orgsmith.validators.outcome import Tables, collected
from orgsmith.validators.records.history import ASSIGNMENT

STRATA = ("chat", "IssueId__c")
"""Handle times are compared within a channel and an issue."""


def cases_by_agent(tables: Tables) -> pl.DataFrame:
    """How many cases of each issue each agent has."""
    return met(tables.scan("Case"), "OwnerId", "IssueId__c")


def skill(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Cases in the hands of agents who can solve their issue."""
    skills = tables.scan("Skill").collect()
    agents, issues = texts(rows["OwnerId"]), texts(rows["IssueId__c"])
    counts = table(rows, "OwnerId", "IssueId__c", agents, issues)
    score = weights(skills, "UserId", "IssueId", "weight", agents, issues)
    return support(rows), matching((counts, score))


def paces(tables: Tables) -> pl.DataFrame:
    """Handle times beside the speed of their agents, both in log time."""
    cases = handled(tables).join(_speeds(tables), on="OwnerId")
    return collected(cases.select(*STRATA, "pace", "took"))


def response_time(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """Handle times of agents who work slowly."""
    return rows.height, association(rows, "pace", "took", STRATA)


def delays(tables: Tables) -> pl.DataFrame:
    """What is left of handle times without agents' speed, beside their state's delay, log time."""
    states = tables.scan("RegionEffect").select("state", delay=pl.col("factor").log())
    homes = tables.scan("Account").select(AccountId="Id", state="ShippingState")
    return collected(
        handled(tables)
        .join(_speeds(tables), on="OwnerId")
        .join(homes, on="AccountId")
        .join(states, on="state")
        .select(*STRATA, "delay", rest=pl.col("took") - pl.col("pace"))
    )


def region(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """By how much handle times rise with a state's factor, agents' speed taken out: by all of it.

    Both in log time, so that the whole effect is a slope of 1.
    """
    return rows.height, slope(rows, "delay", "rest", STRATA)


def _speeds(tables: Tables) -> pl.LazyFrame:
    return tables.scan("ResponseTime").select(OwnerId="UserId", pace=pl.col("factor").log())


def handled(tables: Tables) -> pl.LazyFrame:
    """Closed cases that were never handed over, with the logarithm of their handle time."""
    moved = (
        tables.scan("CaseHistory__c")
        .filter(pl.col("OldValue__c").is_not_null())
        .select("CaseId__c")
    )
    seconds = (pl.col("ClosedDate") - pl.col("CreatedDate")).dt.total_seconds()
    return (
        tables.scan("Case")
        .filter("IsClosed")
        .join(moved, left_on="Id", right_on="CaseId__c", how="anti")
        .select(
            "OwnerId",
            "AccountId",
            "IssueId__c",
            chat=pl.col("Origin") == "Chat",
            took=seconds.clip(1).log(),
        )
    )


def hand_overs(tables: Tables) -> pl.DataFrame:
    """How many cases that came in on a day each agent was the first to hand over."""
    days = tables.scan("Case").select("Id", day=pl.col("CreatedDate").cast(pl.Date))
    return met(
        tables.scan("CaseHistory__c")
        .filter(pl.col("OldValue__c").is_not_null())
        .sort("CreatedDate", "CaseId__c")
        .unique("CaseId__c", keep="first", maintain_order=True)
        .select("CaseId__c", agent="OldValue__c")
        .join(days, left_on="CaseId__c", right_on="Id"),
        "day",
        "agent",
    )


def misrouting(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Hand-overs by the agent whom an episode sent cases by mistake."""
    episodes = tables.scan("Misrouting").sort("start").collect()
    if not episodes.height:
        return support(rows), 0.0
    days = texts(rows["day"])
    agents = texts(rows["agent"])
    counts = table(rows, "day", "agent", days, agents)
    return support(rows), matching((counts, _episode_score(episodes, days, agents)))


def _episode_score(
    episodes: pl.DataFrame, days: list[str], agents: list[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """1 where an episode of the agent runs on the day."""
    places = {agent: place for place, agent in enumerate(agents)}
    dates = np.array(days, dtype="datetime64[D]")
    score = np.zeros((len(days), len(agents)))
    for agent, start, end in episodes.select("UserId", "start", "end").iter_rows():
        if agent in places:
            running = (dates >= np.datetime64(start)) & (dates < np.datetime64(end))
            score[running, places[agent]] = 1.0
    return score


def assignments(tables: Tables) -> pl.DataFrame:
    """How many cases each agent was given in each month."""
    month = pl.col("CreatedDate").cast(pl.Date).dt.truncate("1mo")
    given = tables.scan("CaseHistory__c").filter(pl.col("Field__c") == ASSIGNMENT)
    return met(given.select(agent="NewValue__c", month=month), "agent", "month")


def tenure(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Assignments to agents who are on duty."""
    months = texts(rows["month"])
    agents = texts(rows["agent"])
    duties = tables.scan("Tenure").select("UserId", "start", "end").collect()
    places = {agent: place for place, agent in enumerate(agents)}
    first = np.array(months, dtype="datetime64[M]")
    score = np.zeros((len(months), len(agents)))
    for agent, start, end in duties.iter_rows():
        if agent in places:
            there = first >= np.datetime64(start, "M")
            if end is not None:
                there &= first <= np.datetime64(end, "M")
            score[there, places[agent]] = 1.0
    return support(rows), matching((table(rows, "month", "agent", months, agents), score))


def troubles(tables: Tables) -> pl.DataFrame:
    """How many cases of each issue each product has in each month."""
    items = tables.scan("OrderItem").select("Id", ProductId="Product2Id")
    month = pl.col("CreatedDate").dt.truncate("1mo").cast(pl.Date)
    return met(
        tables.scan("Case")
        .select("OrderItemId__c", "IssueId__c", month=month)
        .join(items, left_on="OrderItemId__c", right_on="Id"),
        "ProductId",
        "month",
        "IssueId__c",
    )


def trouble_month(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Cases about a product in the month of one of its bursts, in standard deviations.

    Not as an effect size: the more bursts a product has, the less a single one stands out.
    """
    plan = _bursts(tables).with_columns(one=pl.lit(1.0)).collect()
    products = texts(rows["ProductId"])
    months = texts(rows["month"], plan["month"])
    counts = table(rows, "ProductId", "month", products, months)
    score = weights(plan, "ProductId", "month", "one", products, months)
    return support(rows), matching((counts, score)) * support(rows) ** 0.5


def trouble_issue(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Cases of the issue of the burst, among those about its product in its month."""
    cases = rows.join(_bursts(tables).collect(), on=("ProductId", "month"))
    issues = texts(tables.scan("Issue__c").select("Id").collect()["Id"])
    counts = table(cases, "IssueId__c", "IssueId", issues, issues)
    if not cases.height:
        return int(tables.scan("Case").select(pl.len()).collect().item()), 0.0
    return support(cases), matching((counts, np.eye(len(issues))))


def _bursts(tables: Tables) -> pl.LazyFrame:
    return tables.scan("ProductTrouble").select("ProductId", "IssueId", "month")


def lags(tables: Tables) -> pl.DataFrame:
    """Days from order to case beside the median lag of the issue, both in log time."""
    medians = _medians(tables.organisation)
    usual = pl.col("Name").replace_strict(medians, default=None, return_dtype=pl.Float64)
    issues = tables.scan("Issue__c").select(IssueId__c="Id", usual=usual.log())
    items = tables.scan("OrderItem").select(OrderItemId__c="Id", OrderId="OrderId")
    orders = tables.scan("Order").select(OrderId="Id", ordered="EffectiveDate")
    days = (pl.col("CreatedDate").cast(pl.Date) - pl.col("ordered")).dt.total_days()
    return collected(
        tables.scan("Case")
        .select("OrderItemId__c", "IssueId__c", "CreatedDate")
        .join(items, on="OrderItemId__c")
        .join(orders, on="OrderId")
        .join(issues, on="IssueId__c")
        .select("usual", waited=days.clip(1).cast(pl.Float64).log())
    )


def lag(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """How much longer cases wait whose issue usually takes longer to show."""
    return rows.height, association(rows, "usual", "waited")


def _medians(organisation: Organisation) -> dict[str, float]:
    """The median days from order to case that the pack gives each issue, delivery included."""
    industry = organisation.industry
    return {
        issue.name: issue.lag.median_days
        + (
            (industry.late_delivery_days if issue.late_delivery else industry.delivery_days)[0]
            if issue.lag.after == "delivery"
            else 0.0
        )
        for issue in industry.issues
    }


def hours_of_mails(tables: Tables) -> pl.DataFrame:
    """How many mails each agent sent in each hour of the agent's day."""
    sent = collected(
        tables.scan("CaseTimeline")
        .filter((pl.col("event") == "message") & ~pl.col("incoming"))
        .select("UserId", "at")
        .join(_shifts(tables).lazy(), on="UserId")
    )
    hours = [
        group.select(
            "UserId", hour=pl.col("at").dt.convert_time_zone(zone).dt.hour().cast(pl.Int64)
        )
        for (zone,), group in sorted(sent.group_by("time_zone"), key=lambda pair: str(pair[0]))
    ]
    none = pl.DataFrame(schema={"UserId": pl.String, "hour": pl.Int64})
    return met(pl.concat([none, *hours]).lazy(), "UserId", "hour")


def shifts(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Mails that agents send while their shift lasts."""
    agents = texts(rows["UserId"])
    day = [str(hour) for hour in range(24)]
    score = np.zeros((len(agents), len(day)))
    places = {agent: place for place, agent in enumerate(agents)}
    duty = _shifts(tables).select("UserId", "shift_start", "shift_hours")
    for agent, start, length in duty.iter_rows():
        if agent in places:
            since = (np.arange(24) + 0.5 - start) % 24
            score[places[agent]] = since < length
    return support(rows), matching((table(rows, "UserId", "hour", agents, day), score))


def _shifts(tables: Tables) -> pl.DataFrame:
    columns = ("UserId", "time_zone", "shift_start", "shift_hours")
    return tables.scan("Tenure").select(columns).drop_nulls().collect()


SERVICE_EFFECTS = (
    Effect("Skill", "cases by skill", cases_by_agent, skill, 1.0, 300),
    Effect("ResponseTime", "handle time by agent", paces, response_time, 0.25, 450),
    Effect("RegionEffect", "handle time by state", delays, region, 0.35, 700),
    Effect("Misrouting", "hand-overs in episodes", hand_overs, misrouting, 2.0, 20),
    Effect("Tenure", "assignments on duty", assignments, tenure, 0.8, 300),
    Effect("ProductTrouble", "cases in the month of a burst", troubles, trouble_month, 8.0, 300),
    Effect("ProductTrouble", "cases of the issue of a burst", troubles, trouble_issue, 0.8, 100),
    Effect("CasePlan", "lag by issue", lags, lag, 0.4, 300),
    Effect("CaseTimeline", "agents' messages in their shift", hours_of_mails, shifts, 0.4, 300),
)
