"""Cases and the steps of their lives, as the organisation shows them."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import pick_column
from orgsmith.flows.draw.frames import node_frame
from orgsmith.flows.draw.keys import ids, running_numbers
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import issue_rows, rows_in
from orgsmith.schema.industry import Issue
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

PRIORITIES = ("Low", "Medium", "High")
RAISED = 0.3
"""Chance that the priority of a customer in a bad mood is set one step higher."""
TYPES = ("Problem", "Question", "Request")
BROKEN_TYPES = (0.84, 0.06, 0.1)
OTHER_TYPES = (0.5, 0.2, 0.3)
"""Shares of `TYPES` where something is broken or late, and elsewhere."""
NUMBER_WIDTH = 8

FIELDS = {
    "created": "Case Creation",
    "assigned": "Owner Assignment",
    "transferred": "Owner Assignment",
    "closed": "Case Closed",
}
"""What CaseHistory__c calls the events of CaseTimeline."""


def draw_case(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's cases: what the plan says, with the names a writer needs."""
    rng = stream(organisation.seed, "Case", block, "columns")
    plan = _told(parents)
    created = plan["created"]
    rank = (created.rank("ordinal").to_numpy() - 1).astype(np.int64)
    delivered = pl.col("delivery_date") <= pl.col("created").dt.date()
    product = plan.select(
        pl.col("spoken").alias("noun"),
        "category",
        "issue",
        "order_number",
        delivery_date=pl.when(delivered).then("delivery_date"),
    )
    kept = (
        *("product", "mention", "symptom", "request", "detail_ask", "detail_give", "tone"),
        *("first_name", "last_name", "order_date", "ContactId", "AccountId", "OwnerId"),
    )
    return node_frame(
        "Case",
        {
            **{name: plan[name] for name in kept},
            **{name: product[name] for name in product.columns},
            "Id": plan["CaseId"],
            "CaseNumber": running_numbers(
                organisation, organisation.industry.counts.Case, rank, block, NUMBER_WIDTH
            ),
            "Priority": _priorities(plan, rng),
            "Status": plan["status"],
            "Origin": plan["channel"],
            "Type": _types(organisation, plan["IssueId"], rng),
            "IsClosed": plan["status"] == "Closed",
            "OrderItemId__c": plan["OrderItemId"],
            "IssueId__c": plan["IssueId"],
            "CreatedDate": created,
            "ClosedDate": plan["closed"],
            "product_id": plan["ProductId"],
            "product_category": plan["ProductCategoryId"],
        },
    )


def _told(parents: Parents) -> pl.DataFrame:
    """The plan with the names of what it points to, in order of its ids."""
    named = (
        (parents["Product2"].select("spoken", ProductId="Id", product="Name"), "ProductId"),
        (
            parents["ProductCategory"].select(ProductCategoryId="Id", category="Name"),
            "ProductCategoryId",
        ),
        (parents["Issue__c"].select(IssueId="Id", issue="Name"), "IssueId"),
        (
            parents["Contact"].select(ContactId="Id", first_name="FirstName", last_name="LastName"),
            "ContactId",
        ),
        (parents["Order"].select(OrderId="Id", order_number="OrderNumber"), "OrderId"),
        (parents["CustomerMood"], "CaseId"),
    )
    plan = parents["CasePlan"]
    for frame, key in named:
        plan = plan.join(frame, on=key, how="left")
    return plan.sort("CaseId")


def _priorities(plan: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """The planned priority, sometimes a step higher where the customer is cross."""
    planned = rows_in(PRIORITIES, plan["priority"])
    cross = (plan["mood"] == "Negative").to_numpy()
    raised = planned + (cross & (rng.random(plan.height) < RAISED))
    return pl.Series(PRIORITIES).gather(np.minimum(raised, len(PRIORITIES) - 1))


def _types(organisation: Organisation, issue_ids: pl.Series, rng: np.random.Generator) -> pl.Series:
    issue = issue_rows(organisation, issue_ids)
    weights = np.array(
        [BROKEN_TYPES if _broken(each) else OTHER_TYPES for each in organisation.industry.issues]
    )
    return pl.Series(TYPES).gather(pick_column(weights[issue], rng.random(issue.size)))


def _broken(issue: Issue) -> bool:
    return issue.about_fault or issue.late_delivery


def draw_case_history(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's steps: every event of the timelines but messages."""
    steps = parents["CaseTimeline"].filter(pl.col("event").is_in(list(FIELDS)))
    assigns = pl.col("event").replace_strict(FIELDS) == "Owner Assignment"
    columns = steps.select(
        CaseId__c="CaseId",
        Field__c=pl.col("event").replace_strict(FIELDS),
        OldValue__c=pl.when(assigns).then("FromUserId"),
        NewValue__c=pl.when(assigns).then("UserId"),
        CreatedDate="at",
    )
    serials = ids(organisation, "CaseHistory__c", columns.height, block)
    return node_frame(
        "CaseHistory__c",
        {"Id": serials, **{name: columns[name] for name in columns.columns}},
    )
