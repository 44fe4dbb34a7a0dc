"""What holds for every node together: counts, ids, days, determinism."""

import datetime as dt

import polars as pl
import pytest

from orgsmith.flows.draw import DRAW
from orgsmith.flows.draw.frames import drawn_fields
from orgsmith.schema.declaration import Kind, Latent, Object
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from tests.flows.draw.organisations import Drawn, Make

REFERENCE = {
    "User": 100,
    "Account": 200,
    "Contact": 196,
    "Knowledge__kav": 45,
    "ProductCategory": 12,
    "Product2": 500,
    "ProductCategoryProduct": 762,
    "Pricebook2": 44,
    "PricebookEntry": 22_000,
    "Order": 2_071,
    "OrderItem": 7_100,
    "Issue__c": 10,
}
"""Rows of the reference organisation (reference-crmarena.md, section 2)."""

SET_UP_BEFORE = frozenset({"Order", "OrderItem"})
"""Objects whose records belong to the organisation's life; others may be older."""


def test_every_node_has_a_drawing_function() -> None:
    assert DRAW.keys() == NODES.keys()


@pytest.mark.parametrize("name", REFERENCE)
def test_counts_are_near_the_reference(shop: Drawn, name: str) -> None:
    assert shop[name].height == pytest.approx(REFERENCE[name], rel=0.1)


def test_counts_follow_the_scale(make: Make) -> None:
    drawn = make("OrderItem", "Contact", scale=12)
    assert drawn.organisation.blocks == 2
    assert drawn["Account"].height == 2_400
    assert drawn["Contact"].height == pytest.approx(0.98 * 2_400, abs=1)
    assert drawn["Order"].height == 12 * 2_071
    assert drawn["OrderItem"].height == 12 * 7_100
    assert drawn["User"].height == round(100 * 12**0.5)
    assert drawn["PricebookEntry"].height == round(500 * 12**0.5) * drawn["Pricebook2"].height


def test_columns_types_and_order_are_as_declared(any_shop: Drawn) -> None:
    for name, frame in any_shop.frames.items():
        fields = drawn_fields(name)
        drawn = frame.select(f.name for f in fields)
        assert drawn.schema == {f.name: f.kind.dtype for f in fields}, name
        for field in fields:
            if not field.optional:
                assert frame[field.name].null_count() == 0, (name, field.name)


def test_rows_come_in_order_of_their_key(shop: Drawn) -> None:
    for name, frame in shop.frames.items():
        node = NODES[name]
        key = node.key if isinstance(node, Latent) else ("Id",)
        assert frame.select(key).equals(frame.select(key).sort(*key)), name


def test_keys_and_unique_fields_are_unique(any_shop: Drawn) -> None:
    for name, frame in any_shop.frames.items():
        node = NODES[name]
        keys = (
            [node.key] if isinstance(node, Latent) else [(f.name,) for f in node.fields if f.unique]
        )
        if isinstance(node, Object):
            written = {f.name for f in node.written}
            keys += [node.identity] if not written & {*node.identity} else []
        for key in filter(None, keys):
            assert not frame.select(key).is_duplicated().any(), (name, key)


def test_references_hold(any_shop: Drawn) -> None:
    for name, frame in any_shop.frames.items():
        for field in NODES[name].fields:
            parent = field.reference.parent if field.reference else ""
            if parent in any_shop.frames:
                missing = frame[field.name].drop_nulls().is_in(any_shop[parent]["Id"].implode())
                assert missing.all(), (name, field.name)


def test_values_fit_patterns_and_lists(any_shop: Drawn) -> None:
    for name, frame in any_shop.frames.items():
        for field in drawn_fields(name):
            column = frame[field.name].drop_nulls()
            if field.pattern:
                assert column.str.contains(field.pattern).all(), (name, field.name)
            if field.values:
                assert column.is_in([*field.values]).all(), (name, field.name)
            if field.max_length:
                assert (column.str.len_chars() <= field.max_length).all(), (name, field.name)
            if field.minimum is not None:
                assert (column >= field.minimum).all(), (name, field.name)


def test_gaps_lie_inside_their_bounds(any_shop: Drawn) -> None:
    for name, declared in OBJECTS.items():
        for field in declared.fields:
            if field.gaps and name in any_shop.frames:
                low, high = field.gaps
                share = any_shop[name][field.name].null_count() / any_shop[name].height
                assert low <= share <= high, (name, field.name)


def test_days_lie_inside_the_organisations_life(any_shop: Drawn) -> None:
    organisation = any_shop.organisation
    for name, declared in OBJECTS.items():
        if name not in any_shop.frames:
            continue
        for field in declared.fields:
            if field.kind not in (Kind.DATE, Kind.DATETIME) or field.name == "ValidTo":
                continue
            days = any_shop[name][field.name].drop_nulls().cast(pl.Date)
            assert (days < organisation.as_of).all(), (name, field.name)
            if name in SET_UP_BEFORE:
                assert (days >= organisation.start).all(), (name, field.name)


def test_money_is_whole_cents(any_shop: Drawn) -> None:
    for name, frame in any_shop.frames.items():
        for field in drawn_fields(name):
            if field.kind is Kind.CURRENCY:
                cents = (frame[field.name] * 100).round()
                assert frame[field.name].to_list() == [c / 100 for c in cents.to_list()], name


def test_the_same_seed_draws_the_same(make: Make, shop: Drawn) -> None:
    again = make("Contact", "Knowledge__kav", "OrderItem", "ProductCategoryProduct")
    for name, frame in shop.frames.items():
        assert frame.equals(again[name]), name


def test_another_seed_draws_another_organisation(make: Make, shop: Drawn) -> None:
    other = make("OrderItem", seed=8)
    assert set(other["Order"]["Id"]).isdisjoint(shop["Order"]["Id"])
    assert other["Order"]["TotalAmount"].sum() != shop["Order"]["TotalAmount"].sum()


def test_a_block_does_not_depend_on_the_others(make: Make) -> None:
    first = make("OrderItem", scale=12, blocks=1)
    both = make("OrderItem", scale=12)
    height = first["OrderItem"].height
    assert both["OrderItem"].head(height).equals(first["OrderItem"])


@pytest.mark.parametrize(
    "as_of", [dt.date(2025, 7, 17), dt.date(2024, 2, 29), dt.date(2026, 2, 28), dt.date(2025, 1, 1)]
)
def test_any_as_of_day_works(make: Make, as_of: dt.date) -> None:
    drawn = make("OrderItem", scale=0.3, as_of=as_of)
    assert drawn.organisation.as_of == as_of
    days = drawn["Order"]["EffectiveDate"]
    assert days.is_between(drawn.organisation.start, as_of, closed="left").all()
    months = pl.date_range(
        drawn.organisation.start, as_of, "1mo", closed="left", eager=True
    ).dt.strftime("%Y-%m")
    assert set(months) <= set(days.dt.strftime("%Y-%m"))


def test_serials_tell_nothing_about_the_order_of_creation(shop: Drawn) -> None:
    ranks = shop["Order"].sort("Id").select(pl.col("CreatedDate").rank().alias("rank"))
    correlation = ranks.with_row_index().select(pl.corr("index", "rank")).item()
    assert abs(correlation) < 0.1


def test_counts_are_those_of_the_organisation(any_shop: Drawn) -> None:
    organisation: Organisation = any_shop.organisation
    assert any_shop["User"].height == organisation.agents
    assert any_shop["Product2"].height == organisation.products
    assert any_shop["Account"].height == organisation.accounts
