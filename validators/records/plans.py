"""Plans: what was planned in a latent variable is what the objects drawn from it show."""

from collections.abc import Container, Iterator

import polars as pl

from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.records.history import ASSIGNMENT, CLOSING, CREATION
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.tally import EVERY


def check_plans(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Cases, steps, messages and order lines against the latent variables that planned them."""
    for check, node, rows in (
        ("plan", "Case", _cases),
        ("plan", "CaseHistory__c", _steps),
        ("plan", "EmailMessage", _mails),
        ("plan", "LiveChatTranscript", _chats),
        ("plan", "OrderItem", _lines),
        ("plan", "Order", _orders),
        ("plan", "User", _users),
        ("plan", "CasePlan", _causes),
        ("missing", "CaseTimeline", _missing_steps),
        ("missing", "CaseTimeline", _missing_messages),
        ("missing", "ProductProfile", _missing_links),
        ("missing", "Product2", _missing_prices),
    ):
        if node in nodes:
            yield judge(check, node, *rows(tables))


def _cases(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    told = {
        "AccountId": "AccountId", "ContactId": "ContactId", "IssueId__c": "IssueId",
        "OrderItemId__c": "OrderItemId", "OwnerId": "OwnerId", "Origin": "channel",
        "Status": "status", "CreatedDate": "created",
        "ClosedDate": "closed",
    }  # fmt: skip
    plan = tables.scan("CasePlan").select(
        "CaseId", **{f"planned_{planned}": planned for planned in told.values()}
    )
    frame = (
        tables.scan("Case")
        .select("Id", *told)
        .join(plan, left_on="Id", right_on="CaseId", how="left")
    )
    return frame, [_planned(field, planned) for field, planned in told.items()]


def _steps(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Each step beside the planned event of the same case, time and kind."""
    events = _steps_planned(tables)
    frame = (
        tables.scan("CaseHistory__c")
        .select("Id", "CaseId__c", "Field__c", "CreatedDate")
        .join(
            events,
            left_on=("CaseId__c", "CreatedDate", "Field__c"),
            right_on=("CaseId", "at", "kind"),
            how="left",
        )
    )
    return frame, [
        Rule(
            "CreatedDate", pl.col("planned").is_null(), "is no time at which {Field__c} was planned"
        )
    ]


def _steps_planned(tables: Tables) -> pl.LazyFrame:
    """Planned steps, by the names that CaseHistory__c gives them."""
    kinds = {
        "created": CREATION,
        "assigned": ASSIGNMENT,
        "transferred": ASSIGNMENT,
        "closed": CLOSING,
    }
    return (
        tables.scan("CaseTimeline")
        .filter(pl.col("event") != "message")
        .select(
            "CaseId", "at", kind=pl.col("event").replace_strict(kinds), planned=pl.lit(value=True)
        )
    )


def _mails(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    events = _messages(tables).select(
        "CaseId", "at", planned_Incoming="incoming", planned=pl.lit(value=True)
    )
    frame = (
        tables.scan("EmailMessage")
        .select("Id", "ParentId", "MessageDate", "Incoming")
        .join(events, left_on=("ParentId", "MessageDate"), right_on=("CaseId", "at"), how="left")
    )
    return frame, [
        Rule(
            "MessageDate", pl.col("planned").is_null(), "is no time at which a message was planned"
        ),
        Rule(
            "Incoming",
            pl.col("Incoming") != pl.col("planned_Incoming"),
            "is not who was planned to write",
        ),
    ]


def _chats(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    events = (
        _messages(tables)
        .group_by("CaseId")
        .agg(planned_lines=pl.len(), planned_StartTime=pl.col("at").min())
    )
    frame = (
        tables.scan("LiveChatTranscript")
        .select("Id", "CaseId", "StartTime", lines=pl.col("Body").str.count_matches("\n"))
        .join(events, on="CaseId", how="left")
    )
    return frame, [
        Rule(
            "StartTime",
            pl.col("StartTime").ne_missing(pl.col("planned_StartTime")),
            "is not when the first message was planned, {planned_StartTime}",
        ),
        Rule(
            "Body",
            pl.col("lines") != pl.col("planned_lines"),
            "is its number of lines; {planned_lines} were planned",
            shown="lines",
        ),
    ]


def _messages(tables: Tables) -> pl.LazyFrame:
    return tables.scan("CaseTimeline").filter(pl.col("event") == "message")


def _lines(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    plan = tables.scan("Basket").select(
        "OrderItemId",
        planned_OrderId="OrderId",
        planned_Product2Id="ProductId",
        planned_PricebookEntryId="PricebookEntryId",
        planned_Quantity=pl.col("quantity").cast(pl.Float64),
    )
    told = ("OrderId", "Product2Id", "PricebookEntryId", "Quantity")
    frame = (
        tables.scan("OrderItem")
        .select("Id", *told)
        .join(plan, left_on="Id", right_on="OrderItemId", how="left")
    )
    return frame, [_planned(field, field) for field in told]


def _orders(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    told = {
        "AccountId": "AccountId",
        "Pricebook2Id": "PricebookId",
        "EffectiveDate": "order_date",
        "DeliveryDate__c": "delivery_date",
    }
    plan = (
        tables.scan("Basket")
        .group_by("OrderId")
        .agg(pl.col(planned).min().alias(f"planned_{planned}") for planned in told.values())
    )
    frame = (
        tables.scan("Order")
        .select("Id", *told)
        .join(plan, left_on="Id", right_on="OrderId", how="left")
    )
    return frame, [_planned(field, planned) for field, planned in told.items()]


def _users(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    told = {"DutyStart__c": "start", "DutyEnd__c": "end", "TimeZoneSidKey": "time_zone"}
    plan = tables.scan("Tenure").select("UserId", **{f"planned_{p}": p for p in told.values()})
    frame = (
        tables.scan("User")
        .select("Id", *told)
        .join(plan, left_on="Id", right_on="UserId", how="left")
    )
    return frame, [_planned(field, planned) for field, planned in told.items()]


def _causes(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """The bursts and episodes that cases name."""
    bursts = tables.scan("ProductTrouble").select("burst", burst_there=pl.lit(value=True))
    episodes = tables.scan("Misrouting").select("episode", episode_there=pl.lit(value=True))
    frame = (
        tables.scan("CasePlan")
        .select("burst", "misrouting", Id="CaseId")
        .join(bursts, on="burst", how="left")
        .join(episodes, left_on="misrouting", right_on="episode", how="left")
    )
    burst, episode = pl.col("burst"), pl.col("misrouting")
    return frame, [
        Rule(
            "burst",
            burst.is_not_null() & pl.col("burst_there").is_null(),
            "is no burst of ProductTrouble",
        ),
        Rule(
            "misrouting",
            episode.is_not_null() & pl.col("episode_there").is_null(),
            "is no episode of Misrouting",
        ),
    ]


def _missing_steps(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Planned steps that CaseHistory__c does not have."""
    steps = tables.scan("CaseHistory__c").select("CaseId__c", "Field__c", "CreatedDate")
    there = steps.with_columns(there=pl.lit(value=True))
    frame = _steps_planned(tables).join(
        there,
        left_on=("CaseId", "at", "kind"),
        right_on=("CaseId__c", "CreatedDate", "Field__c"),
        how="left",
    )
    reason = "is planned ({kind} of {CaseId}) and has no record in CaseHistory__c"
    return frame.rename({"CaseId": "Id"}).with_columns(CaseId="Id"), [
        Rule("at", pl.col("there").is_null(), reason)
    ]


def _missing_messages(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Planned messages that neither EmailMessage nor LiveChatTranscript has."""
    mails = tables.scan("EmailMessage").select(
        CaseId="ParentId", at="MessageDate", mailed=pl.lit(value=True)
    )
    chats = tables.scan("LiveChatTranscript").select("CaseId", chatted=pl.lit(value=True))
    frame = (
        _messages(tables)
        .select("CaseId", "at")
        .join(mails, on=("CaseId", "at"), how="left")
        .join(chats, on="CaseId", how="left")
        .rename({"CaseId": "Id"})
    )
    missing = pl.col("mailed").is_null() & pl.col("chatted").is_null()
    return frame, [
        Rule("at", missing, "is planned for a message that no EmailMessage and no chat holds")
    ]


def _missing_links(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Second categories that ProductCategoryProduct does not have."""
    links = tables.scan("ProductCategoryProduct").select(
        Id="ProductId", SecondCategoryId="ProductCategoryId", there=pl.lit(value=True)
    )
    frame = (
        tables.scan("ProductProfile")
        .select("SecondCategoryId", Id="ProductId")
        .join(links, on=("Id", "SecondCategoryId"), how="left")
    )
    missing = pl.col("SecondCategoryId").is_not_null() & pl.col("there").is_null()
    return frame, [Rule("SecondCategoryId", missing, "is planned, but no ProductCategoryProduct")]


def _missing_prices(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    """Products without a price in some price book."""
    books = int(tables.scan("Pricebook2").select(pl.len()).collect().item())
    prices = tables.scan("PricebookEntry").group_by("Product2Id").agg(prices=pl.len())
    frame = (
        tables.scan("Product2")
        .select("Id")
        .join(prices, left_on="Id", right_on="Product2Id", how="left")
    )
    wrong = pl.col("prices").fill_null(0) != books
    return frame, [Rule("Id", wrong, f"has {{prices}} entries in {books} price books")]


def _planned(field: str, planned: str) -> Rule:
    """The field is what was planned."""
    column = f"planned_{planned}"
    return Rule(
        field, pl.col(field).ne_missing(pl.col(column)), f"is not what was planned, {{{column}}}"
    )
