import polars as pl
import pytest

from orgsmith.flows.draw.frames import drawn_fields
from orgsmith.schema.declaration import Latent
from orgsmith.schema.graph import NODES
from tests.flows.draw.organisations import Drawn, Make

SERVICE = (
    *("ProductTrouble", "CasePlan", "CaseTimeline", "CustomerMood", "PolicyViolation"),
    *("Case", "CaseHistory__c", "EmailMessage", "LiveChatTranscript"),
)


@pytest.mark.parametrize("name", SERVICE)
def test_frames_are_as_declared(any_organisation: Drawn, name: str) -> None:
    node, frame = NODES[name], any_organisation[name]
    for field in drawn_fields(name):
        column = frame[field.name]
        present = column.drop_nulls()
        assert column.dtype == field.kind.dtype, field.name
        assert field.optional or not column.null_count(), field.name
        if field.values:
            assert present.is_in([*field.values]).all(), field.name
        if field.pattern:
            assert present.str.contains(field.pattern).all(), field.name
        if field.max_length:
            assert (present.str.len_chars() <= field.max_length).all(), field.name
        if field.reference:
            known = any_organisation[field.reference.parent]["Id"]
            assert present.is_in(known.implode()).all(), field.name
        if field.unique:
            assert not column.is_duplicated().any(), field.name
    key = node.key if isinstance(node, Latent) else node.identity
    assert not frame.select(key).is_duplicated().any()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Case", 977),
        ("CaseHistory__c", 2_983),
        ("EmailMessage", 3_234),
        ("LiveChatTranscript", 387),
    ],
)
def test_counts_are_near_the_reference(at_scale_1: Drawn, name: str, rows: int) -> None:
    assert at_scale_1[name].height == pytest.approx(rows, rel=0.1)


def test_cases_say_what_the_plan_says(at_scale_1: Drawn) -> None:
    both = at_scale_1["Case"].join(at_scale_1["CasePlan"], left_on="Id", right_on="CaseId")
    assert both.height == at_scale_1["CasePlan"].height
    for field, planned in (
        ("OrderItemId__c", "OrderItemId"),
        ("IssueId__c", "IssueId"),
        ("CreatedDate", "created"),
        ("ClosedDate", "closed"),
        ("Status", "status"),
        ("Origin", "channel"),
        ("product_id", "ProductId"),
    ):
        assert both[field].equals(both[planned].alias(field), null_equal=True), field
    assert both["IsClosed"].equals((both["status"] == "Closed").alias("IsClosed"))
    names = at_scale_1["Issue__c"].select("Id", expected="Name")
    named = both.join(names, left_on="IssueId", right_on="Id")
    assert (named["issue"] == named["expected"]).all()


def test_cases_agree_with_their_order_and_contact(at_scale_1: Drawn) -> None:
    cases = at_scale_1["Case"]
    lines = at_scale_1["OrderItem"].select("Product2Id", "OrderId", OrderItemId__c="Id")
    orders = at_scale_1["Order"].select(
        "OrderNumber", "EffectiveDate", OrderId="Id", account="AccountId"
    )
    bought = cases.join(lines, on="OrderItemId__c").join(orders, on="OrderId")
    assert bought.height == cases.height
    assert (bought["Product2Id"] == bought["product_id"]).all()
    assert (bought["account"] == bought["AccountId"]).all()
    assert (bought["OrderNumber"] == bought["order_number"]).all()
    assert (bought["EffectiveDate"] == bought["order_date"]).all()
    contact = at_scale_1["Contact"].select("FirstName", "LastName", ContactId="Id")
    people = cases.join(contact, on="ContactId")
    assert (people["FirstName"] == people["first_name"]).all()
    delivered = cases.filter(pl.col("delivery_date").is_not_null())
    assert (delivered["delivery_date"] <= delivered["CreatedDate"].dt.date()).all()


def test_case_numbers_follow_creation_within_a_block(make: Make) -> None:
    cases = make("Case", scale=12)["Case"].sort("CaseNumber")
    assert cases["CaseNumber"].is_unique().all()
    first = cases.filter(pl.col("CaseNumber").str.len_chars() == 8).head(9_770)
    assert first["CreatedDate"].is_sorted()


def test_ids_tell_nothing_about_time_or_bursts(at_scale_1: Drawn) -> None:
    plan = at_scale_1["CasePlan"].sort("CaseId").with_row_index("rank")
    by_time = plan.select(pl.corr("rank", pl.col("created").rank())).item()
    by_burst = plan.select(pl.corr("rank", pl.col("burst").is_null().cast(pl.Int8))).item()
    assert abs(by_time) < 0.12
    assert abs(by_burst) < 0.12


def test_priority_rises_with_a_bad_mood(make: Make) -> None:
    drawn = make("Case", scale=4)
    cases = drawn["Case"].join(drawn["CustomerMood"], left_on="Id", right_on="CaseId")
    high = cases.group_by("mood").agg(share=(pl.col("Priority") == "High").mean())
    shares = dict(high.iter_rows())
    assert shares["Negative"] > shares["Positive"] + 0.05
    assert set(cases["Priority"]) == {"High", "Medium", "Low"}


def test_what_is_broken_or_late_is_a_problem(at_scale_1: Drawn) -> None:
    issues = at_scale_1.organisation.industry.issues
    broken = [issue.name for issue in issues if issue.about_fault or issue.late_delivery]
    problem = pl.col("Type") == "Problem"
    share = at_scale_1["Case"].group_by(pl.col("issue").is_in(broken)).agg(problem.mean())
    shares = dict(share.iter_rows())
    assert shares[True] > shares[False] + 0.1
    assert set(at_scale_1["Case"]["Type"]) == {"Problem", "Question", "Request"}


def test_history_tells_the_plan(any_organisation: Drawn) -> None:
    plan, history = any_organisation["CasePlan"], any_organisation["CaseHistory__c"]
    steps = history.rename({"CaseId__c": "CaseId"}).join(plan, on="CaseId")
    created = steps.filter(Field__c="Case Creation")
    assert created.height == plan.height
    assert (created["CreatedDate"] == created["created"]).all()
    closed = steps.filter(Field__c="Case Closed")
    assert (closed["CreatedDate"] == closed["closed"]).all()
    assert closed.height == plan["closed"].count()
    assigned = steps.filter(Field__c="Owner Assignment").sort("CaseId", "CreatedDate")
    first = assigned.filter(pl.col("OldValue__c").is_null())
    assert (first["NewValue__c"] == first["FirstOwnerId"]).all()
    assert first.height == plan.height
    moved = assigned.filter(pl.col("OldValue__c").is_not_null())
    assert (moved["OldValue__c"] == moved["FirstOwnerId"]).all()
    assert (moved["NewValue__c"] == moved["OwnerId"]).all()
    assert moved.height == plan["handed_over"].count()
    last = assigned.group_by("CaseId", maintain_order=True).last()
    assert (last["NewValue__c"] == last["OwnerId"]).all()
    others = steps.filter(pl.col("Field__c") != "Owner Assignment")
    assert others["OldValue__c"].null_count() == others["NewValue__c"].null_count() == others.height


def test_the_same_seed_draws_the_same(make: Make) -> None:
    one, two = make(*SERVICE, scale=0.1), make(*SERVICE, scale=0.1)
    for name in SERVICE:
        assert one[name].equals(two[name]), name


def test_a_block_does_not_depend_on_the_others(make: Make) -> None:
    first, both = make(*SERVICE, scale=12, blocks=1), make(*SERVICE, scale=12)
    for name in SERVICE:
        assert both[name].head(first[name].height).equals(first[name]), name
