"""Questions about vague phrases: every answer, told again from the rows."""

import datetime as dt

import polars as pl

from orgsmith.arena.tasks.named_entity import NAMED_ENTITY
from tests.arena.tasks import spoken
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World
from tests.validators.tables import Frames


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(NAMED_ENTITY)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, NAMED_ENTITY, candidate)


def test_several_reasons_come(world: World) -> None:
    reasons = {each.none_reason for each in world.candidates(NAMED_ENTITY)}
    least = {None, "bought_on_another_day", "never_bought", "no_order_that_day"}
    assert least <= reasons <= least | {"draft_only"}


def _reasons_are_true(world: World) -> None:
    rows = world.rows
    ordered: dict[tuple[str, str], set[str]] = {}
    for order in rows["Order"]:
        key = order["AccountId"], order["EffectiveDate"].isoformat()
        ordered.setdefault(key, set()).add(order["Status"])
    for each in world.candidates(NAMED_ENTITY):
        account = rows.one("Contact", str(each.parameters["contact"]))["AccountId"]
        that_day = ordered.get((account, str(each.parameters["ordered_on"])), set())
        match each.none_reason:
            case "no_order_that_day":
                assert not that_day
            case "draft_only":
                assert that_day == {"Draft"}
            case _:
                assert "Activated" in that_day


def test_reasons_are_what_the_rows_say(world: World) -> None:
    _reasons_are_true(world)


def test_words_mean_the_day(world: World) -> None:
    for each in world.candidates(NAMED_ENTITY):
        day = spoken.day_ago(each.slots["ago"], each.today)
        assert day.isoformat() == each.parameters["ordered_on"]


def _with_orders(world: World, changed: pl.Expr) -> World:
    tables = world.facts.tables
    assert isinstance(tables, Frames)
    return World.of(tables.with_frame("Order", tables.frames["Order"].with_columns(changed)))


def test_months_end_on_different_days(stranger: World) -> None:
    """Everything is ordered on the last day of a month: not every month has such a day."""
    world = _with_orders(stranger, pl.col("EffectiveDate").dt.month_end())
    assert any(" month" in each.slots["ago"] for each in world.candidates(NAMED_ENTITY))
    test_words_mean_the_day(world)


def test_a_day_between_orders_has_none(stranger: World) -> None:
    """Customers who order every few days."""
    first = stranger.facts.organisation.start + dt.timedelta(days=400)
    days = pl.duration(days=2 * (pl.col("EffectiveDate").dt.day() % 4))
    world = _with_orders(stranger, (pl.lit(first) + days).alias("EffectiveDate"))
    assert any(each.none_reason == "no_order_that_day" for each in world.candidates(NAMED_ENTITY))
    _reasons_are_true(world)


def test_a_draft_is_no_order(stranger: World) -> None:
    third = pl.int_range(pl.len()) % 3 == 0
    status = pl.when(third).then(pl.lit("Draft")).otherwise("Status").alias("Status")
    world = _with_orders(stranger, status)
    reasons = {each.none_reason for each in world.candidates(NAMED_ENTITY)}
    assert "draft_only" in reasons
    _reasons_are_true(world)
    for each in world.sample(NAMED_ENTITY):
        truth(world.rows, world.facts, NAMED_ENTITY, each)
