"""Effects on who deals with cases, when, and how fast."""

import numpy as np
import polars as pl

from orgsmith.schema.organisation import Organisation
from orgsmith.validators.effects import Effect, Measured, table, texts, weights
from orgsmith.validators.history import ASSIGNMENT
from orgsmith.validators.measures import association, matching, slope
from orgsmith.validators.outcome import Tables


def skill(tables: Tables) -> Measured:
    """Cases in the hands of agents who can solve their issue."""
    cases = tables.scan("Case").select("OwnerId", "IssueId__c").collect()
    skills = tables.scan("Skill").collect()
    agents, issues = texts(cases["OwnerId"]), texts(cases["IssueId__c"])
    counts = table(cases, "OwnerId", "IssueId__c", agents, issues)
    score = weights(skills, "UserId", "IssueId", "weight", agents, issues)
    return cases.height, matching((counts, score))


def response_time(tables: Tables) -> Measured:
    """Handle times of agents who work slowly."""
    factors = tables.scan("ResponseTime").select(
        pl.col("UserId").alias("OwnerId"), pace=pl.col("factor").log()
    )
    cases = handled(tables).join(factors, on="OwnerId").collect()
    return cases.height, association(cases, "pace", "took", ("chat", "IssueId__c"))


def region(tables: Tables) -> Measured:
    """By how much handle times rise with a state's factor, agents' speed taken out: by all of it.

    Both in log time, so that the whole effect is a slope of 1.
    """
    factors = tables.scan("ResponseTime").select(
        pl.col("UserId").alias("OwnerId"), pace=pl.col("factor").log()
    )
    states = tables.scan("RegionEffect").select("state", delay=pl.col("factor").log())
    homes = tables.scan("Account").select(AccountId="Id", state="ShippingState")
    cases = (
        handled(tables)
        .join(factors, on="OwnerId")
        .join(homes, on="AccountId")
        .join(states, on="state")
        .select("chat", "IssueId__c", "delay", rest=pl.col("took") - pl.col("pace"))
        .collect()
    )
    return cases.height, slope(cases, "delay", "rest", ("chat", "IssueId__c"))


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


def misrouting(tables: Tables) -> Measured:
    """Hand-overs by the agent whom an episode sent cases by mistake."""
    episodes = tables.scan("Misrouting").sort("start").collect()
    moved = (
        tables.scan("CaseHistory__c")
        .filter(pl.col("OldValue__c").is_not_null())
        .sort("CreatedDate", "CaseId__c")
        .unique("CaseId__c", keep="first", maintain_order=True)
        .select("CaseId__c", agent="OldValue__c")
        .join(
            tables.scan("Case").select("Id", day=pl.col("CreatedDate").cast(pl.Date)),
            left_on="CaseId__c",
            right_on="Id",
        )
        .collect()
    )
    if not episodes.height:
        return moved.height, 0.0
    days = texts(moved["day"])
    agents = texts(moved["agent"])
    counts = table(moved, "day", "agent", days, agents)
    return moved.height, matching((counts, _episode_score(episodes, days, agents)))


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


def tenure(tables: Tables) -> Measured:
    """Assignments to agents who are on duty."""
    moment = pl.col("CreatedDate").cast(pl.Date)
    given = (
        tables.scan("CaseHistory__c")
        .filter(pl.col("Field__c") == ASSIGNMENT)
        .select(agent="NewValue__c", month=moment.dt.truncate("1mo"))
        .collect()
    )
    months = texts(given["month"])
    agents = texts(given["agent"])
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
    return given.height, matching((table(given, "month", "agent", months, agents), score))


def trouble_month(tables: Tables) -> Measured:
    """Cases about a product in the month of one of its bursts, in standard deviations.

    Not as an effect size: the more bursts a product has, the less a single one stands out.
    """
    cases = _troubles(tables).collect()
    plan = _bursts(tables).with_columns(one=pl.lit(1.0)).collect()
    products = texts(cases["ProductId"])
    months = texts(cases["month"], plan["month"])
    counts = table(cases, "ProductId", "month", products, months)
    score = weights(plan, "ProductId", "month", "one", products, months)
    return cases.height, matching((counts, score)) * cases.height**0.5


def trouble_issue(tables: Tables) -> Measured:
    """Cases of the issue of the burst, among those about its product in its month."""
    cases = _troubles(tables).join(_bursts(tables), on=("ProductId", "month")).collect()
    issues = texts(tables.scan("Issue__c").select("Id").collect()["Id"])
    counts = table(cases, "IssueId__c", "IssueId", issues, issues)
    if not cases.height:
        return int(tables.scan("Case").select(pl.len()).collect().item()), 0.0
    return cases.height, matching((counts, np.eye(len(issues))))


def _troubles(tables: Tables) -> pl.LazyFrame:
    """Cases with their product and month."""
    items = tables.scan("OrderItem").select("Id", ProductId="Product2Id")
    month = pl.col("CreatedDate").dt.truncate("1mo").cast(pl.Date)
    return (
        tables.scan("Case")
        .select("OrderItemId__c", "IssueId__c", month=month)
        .join(items, left_on="OrderItemId__c", right_on="Id")
    )


def _bursts(tables: Tables) -> pl.LazyFrame:
    return tables.scan("ProductTrouble").select("ProductId", "IssueId", "month")


def lag(tables: Tables) -> Measured:
    """Days from order to case beside the median lag of the issue."""
    medians = _medians(tables.organisation)
    usual = pl.col("Name").replace_strict(medians, default=None, return_dtype=pl.Float64)
    issues = tables.scan("Issue__c").select(IssueId__c="Id", usual=usual.log())
    items = tables.scan("OrderItem").select(OrderItemId__c="Id", OrderId="OrderId")
    orders = tables.scan("Order").select(OrderId="Id", ordered="EffectiveDate")
    days = (pl.col("CreatedDate").cast(pl.Date) - pl.col("ordered")).dt.total_days()
    cases = (
        tables.scan("Case")
        .select("OrderItemId__c", "IssueId__c", "CreatedDate")
        .join(items, on="OrderItemId__c")
        .join(orders, on="OrderId")
        .join(issues, on="IssueId__c")
        .select("usual", waited=days.clip(1).cast(pl.Float64).log())
        .collect()
    )
    return cases.height, association(cases, "usual", "waited")


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


def shifts(tables: Tables) -> Measured:
    """Mails that agents send while their shift lasts."""
    columns = ("UserId", "time_zone", "shift_start", "shift_hours")
    duty = tables.scan("Tenure").select(columns).drop_nulls().collect()
    sent = (
        tables.scan("CaseTimeline")
        .filter((pl.col("event") == "message") & ~pl.col("incoming"))
        .select("UserId", "at")
        .join(duty.lazy(), on="UserId")
        .collect()
    )
    hours = pl.concat(
        [
            group.select(
                "UserId",
                hour=pl.col("at").dt.convert_time_zone(zone).dt.hour().cast(pl.Int64),
            )
            for (zone,), group in sorted(sent.group_by("time_zone"), key=lambda pair: str(pair[0]))
        ]
        or [pl.DataFrame(schema={"UserId": pl.String, "hour": pl.Int64})]
    )
    agents = texts(hours["UserId"])
    day = [str(hour) for hour in range(24)]
    score = np.zeros((len(agents), len(day)))
    places = {agent: place for place, agent in enumerate(agents)}
    for agent, start, length in duty.select("UserId", "shift_start", "shift_hours").iter_rows():
        if agent in places:
            since = (np.arange(24) + 0.5 - start) % 24
            score[places[agent]] = since < length
    return hours.height, matching((table(hours, "UserId", "hour", agents, day), score))


SERVICE_EFFECTS = (
    Effect("Skill", "cases by skill", skill, 1.0, 300),
    Effect("ResponseTime", "handle time by agent", response_time, 0.25, 450),
    Effect("RegionEffect", "handle time by state", region, 0.35, 700),
    Effect("Misrouting", "hand-overs in episodes", misrouting, 2.0, 20),
    Effect("Tenure", "assignments on duty", tenure, 0.8, 300),
    Effect("ProductTrouble", "cases in the month of a burst", trouble_month, 8.0, 300),
    Effect("ProductTrouble", "cases of the issue of a burst", trouble_issue, 0.8, 100),
    Effect("CasePlan", "lag by issue", lag, 0.4, 300),
    Effect("CaseTimeline", "agents' messages in their shift", shifts, 0.4, 300),
)
