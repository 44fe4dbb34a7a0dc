"""Where customers live: cities, postal codes, area codes and time zones that belong together."""

from functools import cache

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Ints, day_number, node_frame
from orgsmith.flows.draw.moments import utc_offsets
from orgsmith.flows.draw.names import last_names, street_suffixes
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import pick, state_weights
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

FLATS = 0.12
"""Share of addresses with the number of a flat."""

LONGEST_HOUSE_NUMBER = 9900


@cache
def postal_codes(states: tuple[str, ...]) -> pl.DataFrame:
    """The standard postal codes of some states, in order of their code.

    Columns: code, city, state, zone (IANA), area_codes (list). Source: the package zipcodes, built
    from the United States Postal Service's tables. Codes without an area code, which are being set
    up, and those for post boxes and single firms are left out.
    """
    import zipcodes

    # Queries, not list_all: that keeps all codes with all they hold in memory for good. Each row
    # that is asked for is made a dict, which takes longer than the search.
    rows = [
        row
        for state in states
        for row in zipcodes.filter_by(active=True, zip_code_type="STANDARD", state=state)  # type: ignore[no-untyped-call]
        if row["area_codes"]
    ]
    named = {"code": "zip_code", "city": "city", "state": "state", "zone": "timezone"}
    columns = {name: [row[key] for row in rows] for name, key in named.items()}
    # Joined and split again: Polars takes lists from Python one by one.
    lists = pl.Series([" ".join(row["area_codes"]) for row in rows], dtype=pl.String)
    return pl.DataFrame({**columns, "area_codes": lists.str.split(" ")}).sort("code")


def pack_places(organisation: Organisation) -> pl.DataFrame:
    """The postal codes of the pack's states; see `postal_codes`."""
    return postal_codes(tuple(organisation.industry.places.states))


def time_zones(organisation: Organisation, codes: pl.Series) -> pl.Series:
    """The time zone (IANA name) of each postal code, in the same order."""
    places = pack_places(organisation)
    return codes.replace_strict(places["code"], places["zone"], return_dtype=pl.String)


def zone_weights(organisation: Organisation) -> dict[str, float]:
    """Share of customers that live by each clock, from east to west.

    States whose clocks show the same time in winter count together, under the name of the zone
    with most postal codes; a state counts by the zone of most of its postal codes.
    """
    places, industry = pack_places(organisation), organisation.industry
    winter = day_number(organisation.as_of.replace(month=1, day=1))
    zones = (
        places["zone"].value_counts(name="codes").sort("codes", "zone", descending=[True, False])
    )
    offset = {zone: int(utc_offsets(zone, winter, winter)[0]) for zone in zones["zone"]}
    main = {offset[zone]: zone for zone in reversed(zones["zone"].to_list())}
    weights = dict.fromkeys(sorted(main, reverse=True), 0.0)
    for state, weight in zip(industry.places.states, state_weights(industry), strict=True):
        there = places.filter(pl.col("state") == state)["zone"]
        weights[offset[there.mode().sort()[0]]] += float(weight)
    return {main[hours]: weight for hours, weight in weights.items() if weight}


def draw_region_effect(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """How many customers a state has, and how much longer its cases take."""
    del parents, block
    industry = organisation.industry
    states = list(industry.places.states)
    rng = stream(organisation.seed, "RegionEffect", 0, "factor")
    factor = np.exp(industry.latents.RegionEffect.sigma * rng.standard_normal(len(states)))
    weight = state_weights(industry)
    return node_frame(
        "RegionEffect", {"state": pl.Series(states), "weight": weight, "factor": factor}
    )


def places_in(organisation: Organisation, states: pl.Series, rng: np.random.Generator) -> Ints:
    """A row of `pack_places` for each state given: cities by their number of postal codes."""
    places = pack_places(organisation)
    rows = np.zeros(len(states), dtype=np.int64)
    for state in states.unique().sort().to_list():
        here = (states == state).to_numpy()
        candidates = (places["state"] == state).arg_true().to_numpy().astype(np.int64)
        rows[here] = candidates[rng.integers(0, candidates.size, int(here.sum()))]
    return rows


def area_codes(organisation: Organisation, rows: Ints, rng: np.random.Generator) -> pl.Series:
    """An area code in use at each place."""
    codes = pack_places(organisation)["area_codes"].gather(rows)
    counts = codes.list.len().cast(pl.Int64).to_numpy()
    return codes.list.get(pl.Series((rng.random(len(codes)) * counts).astype(np.int64)))


def streets(rng: np.random.Generator, count: int) -> pl.Series:
    """Invented streets with house numbers; most numbers are short."""
    names, weights = last_names()
    suffixes = street_suffixes()
    number = np.exp(rng.uniform(np.log(11), np.log(LONGEST_HOUSE_NUMBER), count)).astype(np.int64)
    # Square roots: streets are named after rarer names more often than people are.
    name = names.gather(pick(np.sqrt(weights), rng.random(count)))
    suffix = suffixes.gather(rng.integers(0, len(suffixes), count))
    flat = rng.integers(1, 60, count)
    has_flat = pl.Series(rng.random(count) < FLATS)
    frame = pl.DataFrame({"number": number, "name": name, "suffix": suffix, "flat": flat})
    plain = pl.concat_str(pl.col("number"), pl.col("name"), pl.col("suffix"), separator=" ")
    return frame.select(
        pl.when(has_flat)
        .then(pl.concat_str(plain, pl.lit(" Apt "), pl.col("flat")))
        .otherwise(plain)
        .alias("street")
    )["street"]
