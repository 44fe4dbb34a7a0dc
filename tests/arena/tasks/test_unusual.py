"""Unusual organisations: whatever the pack says, questions that are found have true answers."""

import datetime as dt
from collections.abc import Mapping

import polars as pl
import pytest

from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.case_routing import OPEN
from orgsmith.arena.tasks.deal import deal
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.schema.streams import stream
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World
from tests.validators.published import make
from tests.validators.tables import Frames

BASE = load("sportswear")


def _counts(**changed: float) -> Industry:
    return BASE.model_copy(update={"counts": BASE.counts.model_copy(update=changed)})


def _latents(**sections: Mapping[str, object]) -> Industry:
    changed = {
        name: getattr(BASE.latents, name).model_copy(update=dict(values))
        for name, values in sections.items()
    }
    return BASE.model_copy(update={"latents": BASE.latents.model_copy(update=changed)})


def _as_of(day: dt.date) -> Industry:
    return BASE.model_copy(update={"as_of": day})


UNUSUAL = {
    "smallest": BASE,
    "four issues": BASE.model_copy(update={"issues": BASE.issues[:4]}),
    "nobody leaves": _latents(Tenure={"turnover": False}),
    "no bursts": _latents(ProductTrouble={"bursts": 0}),
    "nothing misrouted": _latents(Misrouting={"episodes": 0}),
    "policy kept": _latents(PolicyViolation={"share": 0.0}),
    "policy broken": _latents(PolicyViolation={"share": 1.0}),
    "moods not told": _latents(CustomerMood={"tone_strength": 0.0}),
    "all in one mood": _latents(CustomerMood={"negative": 1.0, "neutral": 0.0, "positive": 0.0}),
    "nothing handed over": _counts(transfer_share=0.0),
    "everything handed over": _counts(transfer_share=1.0),
    "nothing closed": _counts(closed_share=0.0),
    "everything closed by chat": _counts(closed_share=1.0, chat_share=1.0),
    "leap day": _as_of(dt.date(2024, 2, 29)),
    "end of a month": _as_of(dt.date(2025, 1, 31)),
}


@pytest.fixture(params=UNUSUAL.items(), ids=lambda item: item[0])
def unusual(request: pytest.FixtureRequest) -> World:
    """An organisation of each such pack, small."""
    name, industry = request.param
    scale = 0.02 if name == "smallest" else 0.05
    return World.of(make(Organisation(industry, seed=3, scale=scale, as_of=industry.as_of)))


def test_what_is_asked_has_true_answers(unusual: World) -> None:
    for task in TASKS.values():
        asked = unusual.candidates(task)
        chosen = deal(asked, task, 20, 0.15, stream(1, task.key, 0, "test"))
        assert len(chosen) <= 20
        for candidate in chosen:
            truth(unusual.rows, unusual.facts, task, candidate)


COUNTED = ("User", "Account", "Issue__c", "Product2", "OrderItem", "Case", "CaseHistory__c")
SLOWER = 80


@pytest.fixture(scope="module")
def slow(reference: World) -> World:
    """The reference, slowed."""
    return _slowed(reference)


def _slowed(world: World) -> World:
    """An organisation where all that happens to a case takes many times as long.

    On the day of a question many cases are open, and what becomes of them comes later.
    """
    tables = world.facts.tables
    frames = {node: tables.scan(node).collect() for node in COUNTED}
    begun = frames["Case"].select(CaseId__c="Id", begun="CreatedDate")
    steps = frames["CaseHistory__c"].join(begun, on="CaseId__c", maintain_order="left")
    slower = {
        "Case": frames["Case"].with_columns(_stretched("ClosedDate", "CreatedDate")),
        "CaseHistory__c": steps.with_columns(_stretched("CreatedDate", "begun")).drop("begun"),
    }
    return World.of(Frames(tables.organisation, {**frames, **slower}))


def _stretched(at: str, begun: str) -> pl.Expr:
    return (pl.col(begun) + SLOWER * (pl.col(at) - pl.col(begun))).alias(at)


@pytest.mark.parametrize(
    "key", ["handle_time", "transfer_count", "best_region_identification", "case_routing"]
)
def test_what_comes_after_today_is_not_known(slow: World, key: str) -> None:
    task = TASKS[key]
    asked = slow.sample(task, 200)
    assert any(candidate.none_reason is None for candidate in asked)
    for candidate in asked:
        truth(slow.rows, slow.facts, task, candidate)


def test_the_least_busy_is_told_by_who_had_what_then() -> None:
    """All is handed over and nothing closed: open cases decide, each with whom it lay that day."""
    industry = UNUSUAL["everything handed over"]
    organisation = Organisation(industry, seed=3, scale=0.1, as_of=industry.as_of)
    tables = _slowed(World.of(make(organisation))).facts.tables
    assert isinstance(tables, Frames)
    never = pl.lit(None, pl.Datetime("us", "UTC")).alias("ClosedDate")
    world = World.of(tables.with_frame("Case", tables.frames["Case"].with_columns(never)))
    task = TASKS["case_routing"]
    asked = world.sample(task)
    assert {candidate.labels[0] for candidate in asked} == {OPEN}
    for candidate in asked:
        truth(world.rows, world.facts, task, candidate)
