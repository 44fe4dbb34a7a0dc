"""Row counts against the plan, and that no month, week or state is empty."""

import datetime as dt
import math
from collections.abc import Iterator

import polars as pl

from orgsmith.schema.declaration import Latent, Object, Scaling
from orgsmith.schema.graph import generation_order
from orgsmith.schema.industry import Industry
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import FEWEST, Organisation
from orgsmith.validators.outcome import Finding, Outcome, Status, Tables, counted

TOLERANCE = 0.1
"""How far a row count may lie from the plan."""

SIGMAS = 5.0
"""Small counts may lie so many square roots away, whatever their share."""

DAYS_PER_YEAR = 365.25

CASES_PER_MONTH = 10
ORDERS_PER_WEEK = 8
ACCOUNTS_PER_STATE = 4
"""Means from which an empty month, week or state is a fault."""


def check_counts(tables: Tables) -> Iterator[Outcome]:
    """Every object's rows, and the coverage of time and places."""
    rows = {name: _height(tables, name) for name in OBJECTS}
    due = planned(tables.organisation, rows)
    for name, n in rows.items():
        yield _count(name, n, due[name])
    for name, (n, wanted) in _latents(tables, rows).items():
        reason = f"is the count of rows; {wanted} are due"
        findings = [Finding("rows", name, "(all)", "(rows)", str(n), reason)] if n != wanted else []
        yield counted("rows", name, n, len(findings), findings)
    yield from _coverage(tables, rows)


def planned(organisation: Organisation, rows: dict[str, int]) -> dict[str, float]:
    """How many rows of each object are due; `rows` are those there are, for products of two."""
    industry, counts = organisation.industry, organisation.industry.counts
    due = dict(_constant(industry, organisation.days / DAYS_PER_YEAR))
    # The pack names its counts by the objects they are of.
    given = {name: count for name, count in counts if name in OBJECTS}
    for name in generation_order():
        if name in OBJECTS and name in given:
            due[name] = given[name] * _growth(organisation, OBJECTS[name], due, given)
    due |= {
        "Contact": due["Account"] * counts.contact_share,
        "CaseHistory__c": due["Case"] * (2 + counts.transfer_share + counts.closed_share),
        "EmailMessage": due["Case"] * (1 - counts.chat_share) * counts.emails_per_thread,
        "LiveChatTranscript": due["Case"] * counts.chat_share,
    }
    pairs = {
        name: math.prod(rows[parent] for parent in _referred(declared))
        for name, declared in OBJECTS.items()
        if declared.scaling is Scaling.PRODUCT and name not in given
    }
    return due | pairs


def _growth(
    organisation: Organisation, declared: Object, due: dict[str, float], given: dict[str, int]
) -> float:
    """By what the pack's count of an object is multiplied; links grow as what they link."""
    match declared.scaling:
        case Scaling.LINEAR:
            factor = organisation.scale
        case Scaling.ROOT:
            factor = math.sqrt(organisation.scale)
        case Scaling.CONSTANT:
            factor = 1.0
        case Scaling.PRODUCT:
            grown = (name for name in _referred(declared) if name in given)
            factor = math.prod(due[name] / given[name] for name in grown)
    return max(factor, FEWEST.get(declared.name, 0) / given[declared.name])


def _constant(industry: Industry, years: float) -> dict[str, float]:
    """Objects whose rows the pack lists one by one, or one a year."""
    articles = sum(len(category.articles) for category in industry.categories)
    return {
        "Issue__c": len(industry.issues),
        "ProductCategory": len(industry.categories),
        "Pricebook2": 1 + len(industry.sales) * years,
        "Knowledge__kav": len(industry.issues) + articles + len(industry.company_articles),
    }


def _referred(declared: Object) -> list[str]:
    """The parents of an object's references."""
    return [field.reference.parent for field in declared.fields if field.reference]


def _latents(tables: Tables, rows: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Rows of latent variables, and how many are due; only of those whose number is fixed."""
    industry = tables.organisation.industry
    shelved = [article for category in industry.categories for article in category.articles]
    facts = [fact for article in (*shelved, *industry.company_articles) for fact in article.facts]
    allowed = sum(len(issue.remedies) for issue in industry.issues)
    skills = min(len(industry.latents.Skill.weights), len(industry.issues))
    moves = tables.scan("CaseTimeline").filter(pl.col("move") == "offer")
    due = {
        latent.name: rows[parent]
        for latent in LATENTS.values()
        if (parent := _one_to_one(latent)) is not None
    }
    due |= {
        "Solution": len(industry.remedies),
        "IssueSolution": allowed,
        "KnowledgeFact": allowed + len(facts),
        "RegionEffect": len(industry.places.states),
        "Skill": skills * rows["User"],
        "PolicyViolation": int(moves.select(pl.col("CaseId").n_unique()).collect().item()),
    }
    return {name: (_height(tables, name), wanted) for name, wanted in due.items()}


def _one_to_one(latent: Latent) -> str | None:
    """The object that a latent variable has one row for each record of, by its key."""
    fields = [field for field in latent.fields if (field.name,) == latent.key]
    return fields[0].reference.parent if fields and fields[0].reference else None


def _count(name: str, n: int, due: float) -> Outcome:
    """The rows of one object against the plan."""
    away = max(TOLERANCE * due, SIGMAS * due**0.5 if due < SIGMAS**2 / TOLERANCE**2 else 0.0)
    if (OBJECTS[name].blocked and abs(n - due) <= away) or abs(n - due) <= TOLERANCE * due:
        return counted("rows", name, n, 0, ())
    finding = Finding(
        "rows", name, "(all)", "(rows)", str(n), f"is the count of rows; {due:.0f} are due"
    )
    return counted("rows", name, n, 1, (finding,))


def _coverage(tables: Tables, rows: dict[str, int]) -> Iterator[Outcome]:
    """No month without a case, no week without an order, no state without a customer."""
    organisation = tables.organisation
    months = _starts(organisation, "1mo")
    weeks = _starts(organisation, "1w")
    reported = tables.scan("Case").select(pl.col("CreatedDate").cast(pl.Date).dt.truncate("1mo"))
    ordered = tables.scan("Order").select(pl.col("EffectiveDate").dt.truncate("1w"))
    homes = tables.scan("Account").select("ShippingState")
    states = sorted(organisation.industry.places.states)
    yield _covered(
        "months with cases", "Case", "CreatedDate", reported, months[1:-1], CASES_PER_MONTH
    )
    yield _covered(
        "weeks with orders", "Order", "EffectiveDate", ordered, weeks[1:-1], ORDERS_PER_WEEK
    )
    yield _covered(
        "states with customers", "Account", "ShippingState", homes, states, ACCOUNTS_PER_STATE
    )


def _covered(
    name: str, node: str, field: str, values: pl.LazyFrame, due: list[str], mean: int
) -> Outcome:
    """Whether each value that is due occurs; `mean` is the support each needs on average."""
    found = values.select(pl.first().cast(pl.String)).collect().to_series()
    missing = sorted(set(due) - set(found.unique().drop_nulls().to_list()))
    if found.len() < mean * len(due):
        return Outcome(name, node, Status.TOO_FEW, found.len(), float(len(missing)), 0.0)
    findings = [
        Finding(name, node, "(all)", field, value, "has no record at all") for value in missing
    ]
    return counted(name, node, found.len(), len(missing), findings)


def _starts(organisation: Organisation, every: str) -> list[str]:
    """First days of the months or weeks of the organisation's life, the broken ones at its ends."""
    last = organisation.as_of - dt.timedelta(days=1)
    days = pl.select(pl.date_range(organisation.start, last)).to_series()
    return days.dt.truncate(every).unique().sort().cast(pl.String).to_list()


def _height(tables: Tables, name: str) -> int:
    return int(tables.scan(name).select(pl.len()).collect().item())
