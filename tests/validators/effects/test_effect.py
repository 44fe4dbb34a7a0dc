"""Effects of latent variables: each shows, and each check fails where its latent is off."""

import datetime as dt
from collections.abc import Iterator, Mapping

import polars as pl
import pytest

from orgsmith.flows.draw import DRAW, Parents
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.industry import Industry
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.validators.checks import EFFECTS, check_conversations
from orgsmith.validators.effects.effect import Effect
from orgsmith.validators.outcome import Outcome, Status
from tests.validators.published import make
from tests.validators.tables import Frames

OFF: dict[str, dict[str, float | int | bool]] = {
    "Solution": {"limit_strength": 0},
    "IssueSolution": {"policy_strength": 0},
    "ShoppingHabit": {
        "season_strength": 0,
        "category_strength": 0,
        "sale_share": 0,
        "rate_sigma": 0,
    },
    "ComplaintHabit": {"rate_sigma": 0, "issue_strength": 0},
    "Skill": {"routing_strength": 0},
    "ResponseTime": {"agent_sigma": 0},
    "PolicyViolation": {"share": 0},
    "CustomerMood": {"tone_strength": 0},
    "ProductTrouble": {"bursts": 0},
    "Tenure": {"turnover": False},
    "Misrouting": {"episodes": 0},
    "RegionEffect": {"sigma": 0},
}
"""How a pack switches each latent off (schema/parameters.py)."""

HEARD = ("PolicyViolation", "CustomerMood")
"""Latents whose effect is read from words."""

SHUFFLED = {
    "KnowledgeFact": ("KnowledgeId",),
    "ProductProfile": ("popularity",),
    "CasePlan": (),
    "CaseTimeline": (),
    "Basket": ("quantity", "price_cents"),
}
"""Latents that are plans, without a parameter: dealing their values anew parts them from the data.
A case's lag is a parameter of its issue, a message's hour follows Tenure's shifts: see below."""


def organisation(industry: Industry, scale: float = 1.0) -> Organisation:
    return Organisation(industry, seed=7, scale=scale, as_of=dt.date(2026, 1, 1))


def without(latent: str, changes: Mapping[str, float | int | bool]) -> Industry:
    """The built-in pack with some parameters of a latent changed."""
    industry = load("sportswear")
    section = getattr(industry.latents, latent).model_copy(update=dict(changes))
    latents = industry.latents.model_copy(update={latent: section})
    return industry.model_copy(update={"latents": latents})


def drawn(industry: Industry) -> Frames:
    """Every table as drawn, with the record's id in the place of each text."""
    asked = organisation(industry)
    frames: dict[str, pl.DataFrame] = {}
    for name in generation_order():
        node = NODES[name]
        frame = DRAW[name](asked, Parents({p: frames[p] for p in node.parents}), 0)
        written = OBJECTS[name].written if name in OBJECTS else ()
        frames[name] = frame.with_columns(pl.col("Id").alias(field.name) for field in written)
    columns = {name: [field.name for field in node.fields] for name, node in NODES.items()}
    return Frames(asked, {name: frame.select(columns[name]) for name, frame in frames.items()})


def effects(*latents: str) -> Iterator[Effect]:
    return (effect for effect in EFFECTS if effect.latent in latents)


@pytest.fixture(scope="module")
def sound() -> Frames:
    """The built-in organisation, drawn and written."""
    return make(organisation(load("sportswear")))


def heard(frames: Frames) -> dict[str, Outcome]:
    """What is read from words, by latent."""
    outcomes = (o for o in check_conversations(frames) if o.threshold)
    return {outcome.name: outcome for outcome in outcomes if outcome.object in HEARD}


def test_every_latent_is_measured_and_shows(sound: Frames) -> None:
    outcomes = [*(effect.outcome(sound) for effect in EFFECTS), *heard(sound).values()]
    assert {outcome.object for outcome in outcomes} == set(LATENTS)
    assert {o.name: o.status for o in outcomes if o.status is not Status.PASSED} == {}
    assert len({(o.object, o.name) for o in outcomes}) == len(outcomes)


def test_every_latent_can_be_switched_off_here() -> None:
    assert OFF.keys() | SHUFFLED.keys() == LATENTS.keys()


SWITCHED = [
    (effect, parameter)
    for effect in EFFECTS
    if effect.latent in OFF
    for parameter in {
        "orders in season": ("season_strength",),
        "lines of favourite categories": ("category_strength",),
        "orders at sale prices": ("sale_share",),
        "orders by rate": ("rate_sigma",),
        "cases by rate": ("rate_sigma",),
        "cases of favourite issue": ("issue_strength",),
        "cases of favourite category": ("issue_strength",),
    }.get(effect.name, tuple(OFF[effect.latent]))
]


@pytest.mark.parametrize(
    ("effect", "parameter"), SWITCHED, ids=[f"{e.latent}-{p}-{e.name}" for e, p in SWITCHED]
)
def test_a_latent_switched_off_is_missed(effect: Effect, parameter: str) -> None:
    industry = without(effect.latent, {parameter: OFF[effect.latent][parameter]})
    outcome = effect.outcome(drawn(industry))
    assert outcome.status is Status.FAILED, outcome
    assert effect.latent in str(outcome.findings[0])


@pytest.mark.parametrize(
    ("latent", "check"),
    [("PolicyViolation", "violations in words"), ("CustomerMood", "mood in words")],
)
def test_a_latent_that_is_not_heard_is_missed(latent: str, check: str) -> None:
    frames = make(organisation(without(latent, OFF[latent])))
    assert heard(frames)[check].status is Status.FAILED


def dealt(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """The frame with some columns' values moved along by half its rows."""
    return frame.with_columns(
        pl.concat([frame[name][frame.height // 2 :], frame[name][: frame.height // 2]]).alias(name)
        for name in columns
    )


@pytest.mark.parametrize("latent", [name for name, columns in SHUFFLED.items() if columns])
def test_a_plan_that_is_not_followed_is_missed(sound: Frames, latent: str) -> None:
    frame = dealt(sound.frames[latent], SHUFFLED[latent])
    for effect in effects(latent):
        assert effect.outcome(sound.with_frame(latent, frame)).status is Status.FAILED


def test_lags_that_do_not_differ_by_issue_are_missed() -> None:
    industry = load("sportswear")
    lag = industry.issues[0].lag
    same = tuple(issue.model_copy(update={"lag": lag}) for issue in industry.issues)
    frames = drawn(industry.model_copy(update={"issues": same}))
    for effect in effects("CasePlan"):
        assert effect.outcome(frames).status is Status.FAILED


def test_messages_at_any_hour_are_missed(sound: Frames) -> None:
    events = sound.frames["CaseTimeline"]
    hour = pl.int_range(pl.len()) * 7 % 24
    spread = events.with_columns(at=pl.col("at").dt.truncate("1d") + pl.duration(hours=hour))
    for effect in effects("CaseTimeline"):
        assert effect.outcome(sound.with_frame("CaseTimeline", spread)).status is Status.FAILED
