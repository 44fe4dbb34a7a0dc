"""What agents offer, and which offers break company policy."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deal, pick_column
from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_numbers, node_frame
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import issue_rows, rows_in
from orgsmith.flows.draw.wording import fill
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

MARGIN_DAYS = 2
"""No offer's age lies closer to a limit: time zones and the day's end decide nothing."""
PERCENT_STEP = 5
UNLIMITED_PERCENT = 30
"""Greatest size of an offer where policy names none."""
EXCESS_STEPS = (2, 6)
"""By how many steps an offer is too large, first and last."""
KINDS = ("not_allowed", "too_late", "too_much")
NOT_ALLOWED, TOO_LATE, TOO_MUCH = range(3)
KEPT = -1


@dataclass(frozen=True, slots=True)
class Rules:
    """Company policy: arrays of shape (issues, remedies), in the order of `remedies`."""

    remedies: pl.Series
    allowed: Bools
    within: Floats
    """Days, infinite where there is no limit."""
    percent: Ints
    """Greatest size, 0 where there is no limit."""
    measured: Bools
    """Whether a remedy is measured in percent, shape (remedies,)."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be offered in each case, and how it would break policy; shape (cases, remedies)."""

    kept: Bools
    broken: tuple[Bools, Bools, Bools]
    """By the kinds of `KINDS`."""


def draw_policy_violation(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One row for each case of a block in which something is offered."""
    latents = organisation.industry.latents
    rng = stream(organisation.seed, "PolicyViolation", block, "offers")
    policy = policy_of(organisation, parents)
    cases = _offered(parents)
    issue = issue_rows(organisation, cases["IssueId"])
    age = day_numbers(cases["at"]) - day_numbers(cases["order_date"])
    choices = _choices(policy, issue, age)
    closed = (cases["status"] == "Closed").to_numpy()
    kind = _kinds(choices, issue, closed, latents.PolicyViolation.share, rng)
    pool = choices.kept
    # A latent that is switched off binds nobody, and breaks no rule that anyone would know of.
    timeless = (rng.random(age.size) >= latents.Solution.limit_strength)[:, None]
    pool = np.where(timeless, policy.allowed[issue], pool)
    pool |= (rng.random(age.size) >= latents.IssueSolution.policy_strength)[:, None]
    for number, broken in enumerate(choices.broken):
        pool = np.where((kind == number)[:, None], broken, pool)
    remedy = pick_column(pool.astype(np.float64), rng.random(age.size))
    percent = _percents(policy, issue, remedy, kind, rng)
    articles = parents["KnowledgeFact"].filter(kind="policy").unique("IssueId", keep="first")
    article = cases["IssueId"].replace_strict(
        articles["IssueId"], articles["KnowledgeId"], return_dtype=pl.String
    )
    violated = pl.Series(kind != KEPT)
    return node_frame(
        "PolicyViolation",
        {
            "CaseId": cases["CaseId"],
            "remedy": policy.remedies.gather(remedy),
            "percent": percent,
            "offer": _offers(organisation, policy, cases, issue, remedy, percent, rng),
            "age_days": age,
            "violated": violated,
            "violation": pl.Series(KINDS).gather(np.maximum(kind, 0)).set(~violated, None),
            "KnowledgeId": article.set(~violated, None),
        },
    )


def policy_of(organisation: Organisation, parents: Parents) -> Rules:
    """Company policy as IssueSolution and Solution state it."""
    solution, links = parents["Solution"], parents["IssueSolution"]
    issue = issue_rows(organisation, links["IssueId"])
    remedy = rows_in(solution["remedy"], links["remedy"])
    shape = (len(organisation.industry.issues), solution.height)
    allowed, within = np.zeros(shape, dtype=np.bool_), np.full(shape, np.inf)
    percent = np.zeros(shape, dtype=np.int64)
    allowed[issue, remedy] = True
    within[issue, remedy] = links["within_days"].cast(pl.Float64).fill_null(np.inf).to_numpy()
    percent[issue, remedy] = links["up_to_percent"].fill_null(0).to_numpy()
    measured = (solution["measured_in"] == "percent").to_numpy()
    return Rules(solution["remedy"], allowed, within, percent, measured)


def _offered(parents: Parents) -> pl.DataFrame:
    """The cases in which something is offered, with the moment and the product's noun."""
    offers = parents["CaseTimeline"].filter(move="offer").select("CaseId", "at")
    return (
        parents["CasePlan"]
        .select("CaseId", "IssueId", "ProductId", "order_date", "status")
        .join(offers, on="CaseId")
        .join(parents["ProductProfile"].select("ProductId", "noun"), on="ProductId")
        .sort("CaseId")
    )


def _choices(policy: Rules, issue: Ints, age: Ints) -> Choices:
    allowed, within = policy.allowed[issue], policy.within[issue]
    kept = allowed & (age[:, None] <= within - MARGIN_DAYS)
    late = allowed & (age[:, None] > within + MARGIN_DAYS)
    sized = policy.measured & (policy.percent[issue] > 0)
    return Choices(kept, (~allowed, late, kept & sized))


def _kinds(
    choices: Choices, issue: Ints, closed: Bools, share: float, rng: np.random.Generator
) -> Ints:
    """How each case's offer breaks policy; `KEPT` if it does not.

    The share of each issue's closed cases, rounded up; kinds in turn, as far as there are cases in
    which they are possible.
    """
    possible = np.column_stack([broken.any(axis=1) for broken in choices.broken])
    kind = np.full(issue.size, KEPT, dtype=np.int64)
    keys = rng.random(issue.size)
    for number in range(int(issue.max(initial=-1)) + 1):
        rows = np.flatnonzero((issue == number) & closed)
        rows = rows[np.argsort(keys[rows], kind="stable")]
        total = math.ceil(share * rows.size)
        turn = np.bincount((np.arange(total) + number) % len(KINDS), minlength=len(KINDS))
        # What is possible in the fewest cases first; what is left over falls to the others.
        for of_kind in (TOO_LATE, TOO_MUCH, NOT_ALLOWED):
            _mark(kind, rows[possible[rows, of_kind]], of_kind, int(turn[of_kind]))
        missing = total - int((kind[rows] != KEPT).sum())
        _mark(kind, rows[possible[rows, TOO_MUCH]], TOO_MUCH, missing // 2)
        for of_kind in (NOT_ALLOWED, TOO_MUCH, TOO_LATE):
            missing = total - int((kind[rows] != KEPT).sum())
            _mark(kind, rows[possible[rows, of_kind]], of_kind, missing)
    # Where policy allows nothing any more, whatever is offered breaks it.
    stuck = ~choices.kept.any(axis=1) & (kind == KEPT)
    return np.where(stuck, np.where(possible[:, TOO_LATE], TOO_LATE, NOT_ALLOWED), kind)


def _mark(kind: Ints, rows: Ints, of_kind: int, count: int) -> None:
    """Make the first `count` of the rows that are unmarked yet break policy in one way."""
    kind[rows[kind[rows] == KEPT][:count]] = of_kind


def _percents(
    policy: Rules, issue: Ints, remedy: Ints, kind: Ints, rng: np.random.Generator
) -> pl.Series:
    """The size of each offer in steps of five percent, null for what has no size."""
    limit = policy.percent[issue, remedy]
    limit = np.where(limit > 0, limit, UNLIMITED_PERCENT)
    steps = limit // PERCENT_STEP
    size = 1 + (rng.random(limit.size) * steps).astype(np.int64)
    low, high = EXCESS_STEPS
    excess = steps + rng.integers(low, high + 1, limit.size)
    size = PERCENT_STEP * np.where(kind == TOO_MUCH, excess, np.maximum(size, 1))
    return pl.Series(size).set(pl.Series(~policy.measured[remedy]), None)


def _offers(
    organisation: Organisation,
    policy: Rules,
    cases: pl.DataFrame,
    issue: Ints,
    remedy: Ints,
    percent: pl.Series,
    rng: np.random.Generator,
) -> pl.Series:
    """The words of each offer; cases of one product get different ones where they can."""
    words = {of_pack.key: of_pack.offers for of_pack in organisation.industry.remedies}
    lists = [words[key] for key in policy.remedies.to_list()]
    sizes = np.array([len(offers) for offers in lists])
    product = cases["ProductId"].rank("dense").to_numpy()
    order = np.lexsort((product, issue, remedy))
    picks = np.empty(remedy.size, dtype=np.int64)
    picks[order] = deal(remedy[order], sizes, rng)
    flat = pl.Series([offer for offers in lists for offer in offers])
    starts = np.cumsum(sizes) - sizes
    slots = pl.DataFrame({"noun": cases["noun"], "percent": percent.cast(pl.String).fill_null("")})
    return fill(flat.gather(starts[remedy] + picks), slots)
