"""Which of the pack's phrases each case is told in, dealt so that repeats lie far apart."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deal
from orgsmith.flows.draw.frames import Ints
from orgsmith.schema.ids import spelled
from orgsmith.schema.industry import Industry

DIGITS = (1000, 10_000)
"""Numbers of four digits without a nought in front: for the end of a card and for a count."""
CODE_DIGITS = 10
CODE_LETTERS = "BCDFGHJKLMNPRTVWXZ"
"""Without vowels: no reference spells a word."""


def draw_wording(
    industry: Industry,
    issue: Ints,
    category: Ints,
    product: Ints,
    nouns: pl.Series,
    rng: np.random.Generator,
) -> dict[str, pl.Series]:
    """The phrases of each case, slots filled, and the number of its request in the pack.

    Args:
        industry: the pack.
        issue: number of each case's issue in the pack, shape (n,).
        category: number of its product's first category in the pack, shape (n,).
        product: any number that tells products apart, shape (n,).
        nouns: what people say of each case's product, length n.
        rng: random stream.

    Returns:
        The columns symptom, request, request_number, detail_ask, detail_give and mention of
        CasePlan.
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

    def on_shelves(lists: list[tuple[str, ...]]) -> Ints:
        return dealt(shelf, [len(phrases) for phrases in lists for _ in industry.categories])

    def of_issue(lists: list[tuple[str, ...]]) -> pl.Series:
        return phrases(lists, issue, on_shelves(lists))

    faults = [category.faults for category in industry.categories]
    fault_sizes = [len(of_shelf) for _ in industry.issues for of_shelf in faults]
    slots = pl.DataFrame(
        {
            "noun": nouns,
            "fault": phrases(faults, category, dealt(shelf, fault_sizes)),
            "digits": pl.Series(rng.integers(*DIGITS, issue.size)).cast(pl.String),
            "code": _codes(issue.size, rng),
        }
    )
    asks = [tuple(detail.ask for detail in of.details) for of in industry.issues]
    gives = [detail.give for of in industry.issues for detail in of.details]
    detail = on_shelves(asks)
    # Numbered through all issues: each detail has answers of its own.
    asked = np.cumsum([0, *map(len, asks[:-1])])[issue] + detail
    symptoms = [of.symptoms for of in industry.issues]
    requests = [tuple(request.say for request in of.requests) for of in industry.issues]
    request = on_shelves(requests)
    mentions = [of.mentions for of in industry.issues]
    return {
        "symptom": fill(of_issue(symptoms), slots),
        "request": fill(phrases(requests, issue, request), slots),
        "request_number": pl.Series(request),
        "detail_ask": fill(phrases(asks, issue, detail), slots),
        "detail_give": fill(phrases(gives, asked, dealt(asked, [*map(len, gives)])), slots),
        "mention": fill(of_issue(mentions), slots),
    }


def _codes(count: int, rng: np.random.Generator) -> pl.Series:
    """Random references: two letters and ten digits."""
    alphabet = np.frombuffer(CODE_LETTERS.encode(), dtype=np.uint8)
    letters = alphabet[rng.integers(0, len(CODE_LETTERS), (count, 2))]
    digits = rng.integers(0, 10, (count, CODE_DIGITS)).astype(np.uint8) + ord("0")
    return spelled(np.concatenate((letters, digits), axis=1))


def fill(phrases: pl.Series, slots: pl.DataFrame) -> pl.Series:
    """The phrases with each slot replaced by the column of its name, row by row."""
    filled = slots.with_columns(phrases.alias("phrase"))
    text = pl.col("phrase")
    for name in slots.columns:
        text = text.str.replace_all("{" + name + "}", pl.col(name), literal=True)
    return filled.select(text)["phrase"]
