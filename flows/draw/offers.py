"""What agents offer, whether that is what customers wish, and which offers break policy."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deal, pick_column
from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_numbers, node_frame
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import issue_rows, rows_in
from orgsmith.flows.draw.wording import fill
from orgsmith.schema.industry import Industry
from orgsmith.schema.objects.variables import WISHES
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
PLEASING = 4.0
"""How many times likelier agents offer what fulfils a customer's wish than anything else that fits,
within policy and against it."""
GRANTED, OTHER, APART = range(3)
"""Places in `WISHES`."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Company policy: arrays of shape (issues, remedies), in the order of `remedies`."""

    remedies: pl.Series
    allowed: Bools
    never: Bools
    """What would be absurd: nobody offers it, not even against policy."""
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
    wished = _wished(organisation.industry, policy, issue, cases["request_number"].to_numpy())
    closed = (cases["status"] == "Closed").to_numpy()
    kind = _kinds(choices, issue, wished, closed, latents.PolicyViolation.share, rng)
    pool = choices.kept
    # A latent that is switched off binds nobody, and breaks no rule that anyone would know of.
    timeless = (rng.random(age.size) >= latents.Solution.limit_strength)[:, None]
    pool = np.where(timeless, policy.allowed[issue], pool)
    lawless = (rng.random(age.size) >= latents.IssueSolution.policy_strength)[:, None]
    pool |= lawless & ~policy.never[issue]
    for number, broken in enumerate(choices.broken):
        pool = np.where((kind == number)[:, None], broken, pool)
    remedy = pick_column(_leaning(pool, wished), rng.random(age.size))
    granted = wished[np.arange(age.size), remedy]
    wish = np.where(granted, GRANTED, np.where(wished.any(axis=1), OTHER, APART))
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
            "outcome": _outcomes(organisation, policy, cases, issue, remedy, rng),
            "settled": _settled(organisation, cases, issue, block),
            "wish": pl.Series(WISHES).gather(wish),
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
    keys = solution["remedy"].to_list()
    never = np.array([[key in of.never for key in keys] for of in organisation.industry.issues])
    percent = np.zeros(shape, dtype=np.int64)
    allowed[issue, remedy] = True
    within[issue, remedy] = links["within_days"].cast(pl.Float64).fill_null(np.inf).to_numpy()
    percent[issue, remedy] = links["up_to_percent"].fill_null(0).to_numpy()
    measured = (solution["measured_in"] == "percent").to_numpy()
    return Rules(solution["remedy"], allowed, never, within, percent, measured)


def _offered(parents: Parents) -> pl.DataFrame:
    """The cases in which something is offered, with the moment and what the product is called."""
    offers = parents["CaseTimeline"].filter(move="offer").select("CaseId", "at")
    return (
        parents["CasePlan"]
        .select("CaseId", "IssueId", "ProductId", "order_date", "status", "request_number")
        .join(offers, on="CaseId")
        .join(parents["ProductProfile"].select("ProductId", noun="spoken"), on="ProductId")
        .sort("CaseId")
    )


def _choices(policy: Rules, issue: Ints, age: Ints) -> Choices:
    allowed, within = policy.allowed[issue], policy.within[issue]
    kept = allowed & (age[:, None] <= within - MARGIN_DAYS)
    late = allowed & (age[:, None] > within + MARGIN_DAYS)
    sized = policy.measured & (policy.percent[issue] > 0)
    return Choices(kept, (~allowed & ~policy.never[issue], late, kept & sized))


def _wished(industry: Industry, policy: Rules, issue: Ints, request: Ints) -> Bools:
    """Which remedies fulfil each case's request, shape (cases, remedies)."""
    keys = policy.remedies.to_list()
    met = [[[key in said.met_by for key in keys] for said in of.requests] for of in industry.issues]
    starts = np.cumsum([0, *map(len, met[:-1])])
    wished: Bools = np.array([row for rows in met for row in rows])[starts[issue] + request]
    return wished


def _leaning(pool: Bools, wished: Bools) -> Floats:
    """The weight of each remedy: of those that fit, the wished for weigh `PLEASING` to one."""
    pleasing, rest = pool & wished, pool & ~wished
    weights: Floats = PLEASING * pleasing / np.maximum(pleasing.sum(axis=1, keepdims=True), 1)
    weights += rest / np.maximum(rest.sum(axis=1, keepdims=True), 1)
    return weights


def _kinds(
    choices: Choices,
    issue: Ints,
    wished: Bools,
    closed: Bools,
    share: float,
    rng: np.random.Generator,
) -> Ints:
    """How each case's offer breaks policy; `KEPT` if it does not.

    The share of each issue's closed cases, rounded up; kinds in turn, as far as there are cases in
    which they are possible, and sooner where breaking policy pleases the customer.
    """
    possible = np.column_stack([broken.any(axis=1) for broken in choices.broken])
    pleases = np.column_stack([(broken & wished).any(axis=1) for broken in choices.broken])
    kind = np.full(issue.size, KEPT, dtype=np.int64)
    # As in `deals.exactly`: the smallest keys are a draw by weight without replacement.
    keys = rng.standard_exponential(issue.size)[:, None] / np.where(pleases, PLEASING, 1.0)
    for number in range(int(issue.max(initial=-1)) + 1):
        rows = np.flatnonzero((issue == number) & closed)
        total = math.ceil(share * rows.size)
        turn = np.bincount((np.arange(total) + number) % len(KINDS), minlength=len(KINDS))

        def mark(of_kind: int, count: int, rows: Ints = rows) -> None:
            fit = rows[possible[rows, of_kind]]
            _mark(kind, fit[np.argsort(keys[fit, of_kind], kind="stable")], of_kind, count)

        # What is possible in the fewest cases first; what is left over falls to the others.
        for of_kind in (TOO_LATE, TOO_MUCH, NOT_ALLOWED):
            mark(of_kind, int(turn[of_kind]))
        missing = total - int((kind[rows] != KEPT).sum())
        mark(TOO_MUCH, missing // 2)
        for of_kind in (NOT_ALLOWED, TOO_MUCH, TOO_LATE):
            mark(of_kind, total - int((kind[rows] != KEPT).sum()))
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
    """The words of each offer."""
    words = {of_pack.key: of_pack.offers for of_pack in organisation.industry.remedies}
    slots = pl.DataFrame({"noun": cases["noun"], "percent": percent.cast(pl.String).fill_null("")})
    return fill(_dealt(words, policy, cases, issue, remedy, rng), slots)


def _outcomes(
    organisation: Organisation,
    policy: Rules,
    cases: pl.DataFrame,
    issue: Ints,
    remedy: Ints,
    rng: np.random.Generator,
) -> pl.Series:
    """What is said of each offer once it has been carried out."""
    words = {of_pack.key: of_pack.outcomes for of_pack in organisation.industry.remedies}
    return fill(_dealt(words, policy, cases, issue, remedy, rng), cases.select("noun"))


def _settled(organisation: Organisation, cases: pl.DataFrame, issue: Ints, block: int) -> pl.Series:
    """What settles each case's trouble itself; null where the remedy does."""
    rng = stream(organisation.seed, "PolicyViolation", block, "settled")
    lists = [of.settled for of in organisation.industry.issues]
    sizes = np.array([max(1, len(phrases)) for phrases in lists])
    said = [phrase for phrases in lists for phrase in phrases or (None,)]
    flat = pl.Series(said, dtype=pl.String)
    starts = np.cumsum(sizes) - sizes
    product = cases["ProductId"].rank("dense").to_numpy()
    order = np.lexsort((product, issue))
    picks = np.empty(issue.size, dtype=np.int64)
    picks[order] = deal(issue[order], sizes, rng)
    return fill(flat.gather(starts[issue] + picks), cases.select("noun"))


def _dealt(
    words: Mapping[str, tuple[str, ...]],
    policy: Rules,
    cases: pl.DataFrame,
    issue: Ints,
    remedy: Ints,
    rng: np.random.Generator,
) -> pl.Series:
    """A phrase of each remedy; cases of one product get different ones where they can."""
    lists = [words[key] for key in policy.remedies.to_list()]
    sizes = np.array([len(phrases) for phrases in lists])
    product = cases["ProductId"].rank("dense").to_numpy()
    order = np.lexsort((product, issue, remedy))
    picks = np.empty(remedy.size, dtype=np.int64)
    picks[order] = deal(remedy[order], sizes, rng)
    flat = pl.Series([phrase for phrases in lists for phrase in phrases])
    starts = np.cumsum(sizes) - sizes
    return flat.gather(starts[remedy] + picks)
