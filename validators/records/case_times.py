"""Time order within cases: report, steps, messages and chats lie between creation and closing."""

import polars as pl

from orgsmith.validators.outcome import Tables
from orgsmith.validators.records.rules import Rule


def before(field: str, other: str, label: str) -> Rule:
    """The field must not lie before another column of the row."""
    return Rule(field, pl.col(field) < pl.col(other), f"lies before {label}, {{{other}}}")


def beside(
    tables: Tables,
    name: str,
    columns: tuple[str, ...],
    key: str,
    parent: str,
    wanted: tuple[str, ...],
) -> pl.LazyFrame:
    """Columns of an object beside those of one parent, the latter named <Parent>_<column>."""
    above = tables.scan(parent).select("Id", **{f"{parent}_{column}": column for column in wanted})
    return (
        tables.scan(name)
        .select("Id", key, *columns)
        .join(above, left_on=key, right_on="Id", how="left")
    )


def cases(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """When cases are reported: after order, delivery and contact."""
    after_delivery = [
        issue.name for issue in tables.organisation.industry.issues if issue.lag.after == "delivery"
    ]
    orders = tables.scan("Order").select("Id", "EffectiveDate", "DeliveryDate__c")
    lines = (
        tables.scan("OrderItem")
        .select("Id", "OrderId")
        .join(orders, left_on="OrderId", right_on="Id", how="left")
    )
    issues = tables.scan("Issue__c").select("Id", issue="Name")
    contacts = tables.scan("Contact").select("Id", entered="CreatedDate")
    columns = ("Id", "CreatedDate", "ClosedDate", "OrderItemId__c", "IssueId__c", "ContactId")
    frame = (
        tables.scan("Case")
        .select(columns)
        .join(lines, left_on="OrderItemId__c", right_on="Id", how="left")
        .join(issues, left_on="IssueId__c", right_on="Id", how="left")
        .join(contacts, left_on="ContactId", right_on="Id", how="left")
    )
    reported = pl.col("CreatedDate").cast(pl.Date)
    delivered = pl.col("DeliveryDate__c")
    return frame, [
        before("ClosedDate", "CreatedDate", "CreatedDate"),
        before("CreatedDate", "entered", "its contact's CreatedDate"),
        Rule(
            "CreatedDate",
            reported < pl.col("EffectiveDate"),
            "lies before its order, {EffectiveDate}",
        ),
        Rule(
            "CreatedDate",
            pl.col("issue").is_in(after_delivery) & (delivered.is_null() | (reported < delivered)),
            "lies before the delivery ({DeliveryDate__c}) that {issue} presupposes",
        ),
    ]


def histories(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Steps inside their case, assignments while the agent is on duty."""
    columns = ("CreatedDate", "NewValue__c")
    frame = beside(
        tables, "CaseHistory__c", columns, "CaseId__c", "Case", ("CreatedDate", "ClosedDate")
    )
    users = tables.scan("User").select("Id", "DutyStart__c", "DutyEnd__c")
    frame = frame.join(users, left_on="NewValue__c", right_on="Id", how="left")
    day = pl.col("CreatedDate").cast(pl.Date)
    # Duty days are the agent's own, stamps are UTC: a day's difference is no fault.
    slack = pl.duration(days=1)
    return frame, [
        *_inside_case("CreatedDate"),
        Rule(
            "NewValue__c",
            day < pl.col("DutyStart__c") - slack,
            "is assigned on {CreatedDate}, before the agent's first day on duty, {DutyStart__c}",
        ),
        Rule(
            "NewValue__c",
            day > pl.col("DutyEnd__c"),
            "is assigned on {CreatedDate}, after the agent's last day on duty, {DutyEnd__c}",
        ),
    ]


def mails(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Mails inside their case."""
    columns = ("MessageDate", "CreatedDate")
    frame = beside(
        tables, "EmailMessage", columns, "ParentId", "Case", ("CreatedDate", "ClosedDate")
    )
    return frame, [
        *_inside_case("MessageDate"),
        before("CreatedDate", "MessageDate", "MessageDate"),
    ]


def chats(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Chats inside their case."""
    columns = ("StartTime", "EndTime", "CreatedDate")
    frame = beside(
        tables, "LiveChatTranscript", columns, "CaseId", "Case", ("CreatedDate", "ClosedDate")
    )
    return frame, [
        before("EndTime", "StartTime", "StartTime"),
        *_inside_case("StartTime"),
        *_inside_case("EndTime"),
        before("CreatedDate", "StartTime", "StartTime"),
    ]


def _inside_case(field: str) -> list[Rule]:
    """The moment lies between the case's creation and its closing."""
    return [
        before(field, "Case_CreatedDate", "its case's CreatedDate"),
        Rule(
            field,
            pl.col(field) > pl.col("Case_ClosedDate"),
            "lies after its case's ClosedDate, {Case_ClosedDate}",
        ),
    ]
