"""Names of people, and the addresses and numbers made from them."""

from functools import cache
from typing import cast

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Floats, Ints
from orgsmith.flows.draw.shares import pick

MAIL_DOMAINS = ("example.com", "example.net", "example.org")
"""Reserved for examples (RFC 2606)."""

MAIL_SHARES = np.array([0.6, 0.2, 0.2])

SHORTEST_NUMBER = 10
"""Smallest number behind a name in a mail address."""

LINE_NUMBERS = 10_000
LINE_STEP = 7919
"""Coprime to LINE_NUMBERS: neighbours in a block get numbers far apart, none twice."""


@cache
def first_names() -> tuple[pl.Series, Floats]:
    """American first names with their weights, half of it for each gender (Faker, en_US)."""
    from faker.providers.person.en_US import Provider

    lists = (Provider.first_names_female, Provider.first_names_male)
    names = [name for listed in lists for name in listed]
    weights = [np.array([*listed.values()], dtype=np.float64) for listed in lists]
    return pl.Series(names), np.concatenate([w / w.sum() for w in weights])


@cache
def last_names() -> tuple[pl.Series, Floats]:
    """American last names with their weights (Faker, en_US)."""
    from faker.providers.person.en_US import Provider

    listed = cast("dict[str, float]", Provider.last_names)
    return pl.Series([*listed]), np.array([*listed.values()], dtype=np.float64)


@cache
def street_suffixes() -> pl.Series:
    """What streets are called: Street, Road and so on (Faker, en_US)."""
    from faker.providers.address.en_US import Provider

    return pl.Series([*Provider.street_suffixes])


def people(rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Invented people: columns first, last, name; drawn by the names' weights."""
    first, first_weights = first_names()
    last, last_weights = last_names()
    return pl.DataFrame(
        {
            "first": first.gather(pick(first_weights, rng.random(count))),
            "last": last.gather(pick(last_weights, rng.random(count))),
        }
    ).with_columns(pl.concat_str("first", "last", separator=" ").alias("name"))


def plain(name: str) -> pl.Expr:
    """A name as it stands in a mail address: small letters only."""
    return pl.col(name).str.to_lowercase().str.replace_all("[^a-z]", "")


def mail_addresses(
    rng: np.random.Generator, persons: pl.DataFrame, numbers: Ints, plain_ones: bool
) -> pl.Series:
    """Mail addresses of people, unique as long as their numbers are.

    Args:
        rng: random stream.
        persons: columns first and last.
        numbers: a number of each person that no other person of the organisation has.
        plain_ones: whether some addresses may do without a number. True for one block only, for
            blocks do not know of each other's names; there no two of them are alike.
    """
    count = persons.height
    style = pl.Series(rng.integers(0, 4, count))
    frame = persons.select(
        pl.when(style == 0)
        .then(pl.concat_str(plain("first").str.slice(0, 1), plain("last")))
        .when(style == 1)
        .then(pl.concat_str(plain("first"), pl.lit("_"), plain("last")))
        .otherwise(pl.concat_str(plain("first"), pl.lit("."), plain("last")))
        .alias("local"),
        pl.Series("domain", MAIL_DOMAINS).gather(pick(MAIL_SHARES, rng.random(count))),
        pl.Series("number", numbers + SHORTEST_NUMBER),
        pl.Series("wants_plain", rng.random(count) < (0.7 if plain_ones else 0.0)),
    )
    first_of_its_kind = pl.col("local").is_first_distinct().over("wants_plain")
    return frame.select(
        pl.when(pl.col("wants_plain") & first_of_its_kind)
        .then(pl.concat_str("local", pl.lit("@"), "domain"))
        .otherwise(pl.concat_str("local", "number", pl.lit("@"), "domain"))
    ).to_series()


def phone_numbers(area_codes: pl.Series, serials: Ints) -> pl.Series:
    """Numbers of the exchange 555: no two alike among ten thousand neighbouring serials."""
    line = pl.Series("line", (serials * LINE_STEP + 1234) % LINE_NUMBERS)
    return (
        pl.DataFrame([area_codes.alias("area"), line])
        .select(pl.format("({}) 555-{}", "area", pl.col("line").cast(pl.String).str.zfill(4)))
        .to_series()
    )


def aliases(persons: pl.DataFrame) -> pl.Series:
    """Short names of at most eight characters, the later of two alike with a number."""
    short = persons.select(
        pl.concat_str(plain("first").str.slice(0, 1), plain("last").str.slice(0, 4)).alias("short")
    )
    repeat = pl.col("short").cum_count().over("short")
    return short.select(
        pl.when(repeat > 1).then(pl.concat_str("short", repeat)).otherwise("short")
    ).to_series()


def distinct_people(rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Invented people of whom no two share both names; as `people`."""
    drawn = people(rng, 2 * count + 50)
    while (kept := drawn.unique(maintain_order=True)).height < count:
        drawn = pl.concat([drawn, people(rng, drawn.height)])
    return kept.head(count)


def scattered(serials: Ints, total: int) -> Ints:
    """Distinct numbers below the next power of ten for serials below `total`, in no clear order."""
    modulus = 10 ** max(2, len(str(total)))
    numbers: Ints = (serials * 7_368_787 + 41) % modulus
    return numbers
