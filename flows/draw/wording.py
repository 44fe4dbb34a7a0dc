"""Which of the pack's phrases each case is told in, dealt so that repeats lie far apart."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deal
from orgsmith.flows.draw.frames import Ints
from orgsmith.schema.industry import Industry


def draw_wording(
    industry: Industry,
    issue: Ints,
    category: Ints,
    product: Ints,
    nouns: pl.Series,
    rng: np.random.Generator,
) -> dict[str, pl.Series]:
    """The phrases of each case, slots filled.

    Args:
        industry: the pack.
        issue: number of each case's issue in the pack, shape (n,).
        category: number of its product's first category in the pack, shape (n,).
        product: any number that tells products apart, shape (n,).
        nouns: what each case's product is, length n.
        rng: random stream.

    Returns:
        The columns symptom, request, detail_ask, detail_give and mention of CasePlan.
    """
    # Cases of one product get their phrases one after another, so that they differ.
    order = np.lexsort((product, category, issue))
    shelf = issue * len(industry.categories) + category

    def dealt(groups: Ints, sizes: list[int]) -> Ints:
        picks = np.empty(issue.size, dtype=np.int64)
        picks[order] = deal(groups[order], np.array(sizes, dtype=np.int64), rng)
        return picks

    def phrases(lists: list[tuple[str, ...]], groups: Ints, picks: Ints) -> pl.Series:
        starts = np.cumsum([0, *map(len, lists[:-1])])
        flat = pl.Series([phrase for phrases in lists for phrase in phrases], dtype=pl.String)
        return flat.gather(starts[groups] + picks)

    def of_issue(lists: list[tuple[str, ...]]) -> pl.Series:
        sizes = [len(phrases) for phrases in lists for _ in industry.categories]
        return phrases(lists, issue, dealt(shelf, sizes))

    faults = [category.faults for category in industry.categories]
    fault_sizes = [len(of_shelf) for _ in industry.issues for of_shelf in faults]
    slots = pl.DataFrame(
        {"noun": nouns, "fault": phrases(faults, category, dealt(shelf, fault_sizes))}
    )
    details = [issue.details for issue in industry.issues]
    asks = [tuple(detail.ask for detail in of_issue) for of_issue in details]
    gives = [tuple(detail.give for detail in of_issue) for of_issue in details]
    detail = dealt(shelf, [len(of_issue) for of_issue in details for _ in industry.categories])
    symptoms = [issue.symptoms for issue in industry.issues]
    requests = [issue.requests for issue in industry.issues]
    mentions = [issue.mentions for issue in industry.issues]
    return {
        "symptom": fill(of_issue(symptoms), slots),
        "request": fill(of_issue(requests), slots),
        "detail_ask": fill(phrases(asks, issue, detail), slots),
        "detail_give": fill(phrases(gives, issue, detail), slots),
        "mention": fill(of_issue(mentions), slots),
    }


def fill(phrases: pl.Series, slots: pl.DataFrame) -> pl.Series:
    """The phrases with each slot replaced by the column of its name, row by row."""
    filled = slots.with_columns(phrases.alias("phrase"))
    text = pl.col("phrase")
    for name in slots.columns:
        text = text.str.replace_all("{" + name + "}", pl.col(name), literal=True)
    return filled.select(text)["phrase"]
