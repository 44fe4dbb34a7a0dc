"""TII: the issue most often reported of a product."""

from collections.abc import Iterator

import numpy as np

from orgsmith.arena.tasks.facts import NEVER, Facts, Ints, moment
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.ranking import lead
from orgsmith.arena.tasks.rules import ISSUE_FLOOR
from orgsmith.arena.tasks.task import SERVICE_ANALYST, Task
from orgsmith.arena.tasks.windows import WINDOW_RULE, Window, windows

RULE = (
    "Count the cases created in the window whose order item is of the product, by issue. If there "
    "is no such case, the answer is None."
)

WINDOWS = 500
PRODUCTS = 40
"""Products that are looked at in each window."""

COMMONEST = "most common issue"
"""A guesser who always names the issue that most cases of the organisation have."""

ONE_ISSUE = "one issue only"
"""Label of questions about cases that all have the same issue."""


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about issues of products."""
    overall = np.bincount(facts.cases.issue, minlength=facts.issues.height)
    commonest = facts.issues["Id"][int(np.argmax(overall))]
    first = np.full(facts.products.height, NEVER)
    sold, places = np.unique(facts.cases.product, return_index=True)
    first[sold] = facts.cases.created[places]
    for window in windows(facts.organisation, len(facts.cases.ids), WINDOWS, rng):
        yield from _about(facts, window, commonest, rng)
        yield from _unreported(facts, window, commonest, first, rng)


def _about(
    facts: Facts, window: Window, commonest: str, rng: np.random.Generator
) -> Iterator[Candidate]:
    cases, issues = facts.cases, facts.issues["Id"]
    inside = cases.between(moment(window.start), moment(window.end))
    product, issue = cases.product[inside], cases.issue[inside]
    products, numbers = np.unique(product, return_counts=True)
    for each in rng.permutation(products[numbers >= ISSUE_FLOOR])[:PRODUCTS].tolist():
        reported = np.bincount(issue[product == each], minlength=len(issues)).astype(np.int64)
        found = lead(np.arange(len(issues)), reported, highest=True)
        if found is None or found.value < ISSUE_FLOOR:
            continue
        answer = issues[found.winner]
        alone = np.count_nonzero(reported) == 1
        own = np.flatnonzero((product == each) & (issue == found.winner)) + inside.start
        labels = [ONE_ISSUE if alone else "several issues"]
        labels += [COMMONEST] if answer == commonest else []
        yield Candidate(
            today=window.today,
            shape="most",
            parameters=_parameters(facts, each, window),
            slots={"product": facts.products["Name"][each], "window": window.words},
            answers=(answer,),
            evidence=cases.named(own),
            fact=f"{facts.products['Id'][each]} {answer}",
            # Where all cases have one issue, nothing came second.
            runner_up=None if alone else issues[found.runner_up],
            margin=found.margin,
            labels=tuple(labels),
            guesses={COMMONEST: commonest},
        )


def _unreported(
    facts: Facts, window: Window, commonest: str, first: Ints, rng: np.random.Generator
) -> Iterator[Candidate]:
    """`first` is the moment of each product's first case."""
    cases = facts.cases
    inside = cases.between(moment(window.start), moment(window.end))
    known = first < moment(window.today)
    quiet = np.setdiff1d(np.flatnonzero(known), cases.product[inside])
    never = np.flatnonzero(~known)
    reason, pool = ("no_case_in_window", quiet) if rng.random() < 1 / 2 else ("no_case_yet", never)
    if not pool.size:
        return
    each = int(rng.choice(pool))
    yield Candidate(
        today=window.today,
        shape="most",
        parameters=_parameters(facts, each, window),
        slots={"product": facts.products["Name"][each], "window": window.words},
        answers=(NONE,),
        evidence=(),
        fact=f"{reason} {facts.products['Id'][each]}",
        none_reason=reason,
        guesses={COMMONEST: commonest},
    )


def _parameters(facts: Facts, product: int, window: Window) -> dict[str, str | int | None]:
    return {
        "product": facts.products["Id"][product],
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
    }


TOP_ISSUE = Task(
    key="top_issue_identification",
    code="TII",
    persona=SERVICE_ANALYST,
    answer_type="id",
    metric="exact",
    find=find,
    rules=(WINDOW_RULE, RULE),
    none=True,
    quotas={COMMONEST: 0.12, ONE_ISSUE: 0.25},
    per_fact=2,
)
