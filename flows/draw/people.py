"""Customers: person accounts, and their contacts at the service desk."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.agents import on_duty
from orgsmith.flows.draw.frames import Ints, dates, day_number, day_numbers, empty_where, node_frame
from orgsmith.flows.draw.keys import foreign_id, ids
from orgsmith.flows.draw.moments import office_moments, shopping_moments
from orgsmith.flows.draw.names import mail_addresses, people, phone_numbers, scattered
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.places import area_codes, pack_places, places_in, streets
from orgsmith.flows.draw.shares import deal, even, normalised, pick, share_of
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import BLOCK_ACCOUNTS, stream

FEWEST_IN_STATE = 2

REGISTERED = (60, 1400)
"""Days before the organisation's first day on which customers registered."""

ENTERED = (31, 400)
"""Days before it on which the service desk entered them: some of today's agents were there."""

NO_PHONE = 0.08
NO_BILLING = 0.22
OTHER_BILLING = 0.12
NO_BIRTHDATE = 0.4
CONTACT_PHONE_MISSING = 0.06
"""Shares of gaps, inside the bounds that the declarations state."""

AGES = (19, 78)
SOURCE_SHARES = {"Web": 0.52, "Store": 0.2, "Event": 0.08, "Partner Referral": 0.06}
"""How contacts came, in the shares of a shop on the web; what is not named shares the rest."""


def draw_account(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block of customers; the first block reaches every state."""
    rng = stream(organisation.seed, "Account", block, "people")
    count = organisation.block_accounts(block)
    persons = people(rng, count)
    states = _states(rng, parents["RegionEffect"], count, block)
    rows = places_in(organisation, states, rng)
    serials = block * BLOCK_ACCOUNTS + np.arange(count)
    numbers = scattered(serials, organisation.accounts)
    home = _address(organisation, rng, rows)
    first = day_number(organisation.start)
    registered = first - rng.integers(*REGISTERED, count)
    return node_frame(
        "Account",
        {
            "Id": ids(organisation, "Account", count, block),
            "Name": persons["name"],
            "FirstName": persons["first"],
            "LastName": persons["last"],
            "PersonEmail": mail_addresses(rng, persons, numbers, plain_ones=block == 0),
            "Phone": empty_where(
                phone_numbers(area_codes(organisation, rows, rng), serials),
                share_of(rng, count, NO_PHONE),
            ),
            "RecordTypeId": foreign_id(organisation, "012", "PersonAccount"),
            **{f"Shipping{part}": home[part] for part in home.columns},
            **_billing(organisation, rng, states, home),
            "PersonBirthdate": _birthdates(organisation, rng, count),
            "CreatedDate": shopping_moments(
                rng, registered, pack_places(organisation)["zone"].gather(rows)
            ),
        },
    )


def _states(rng: np.random.Generator, regions: pl.DataFrame, count: int, block: int) -> pl.Series:
    """The state of each customer, by weight; in the first block two in each at least."""
    weights = regions["weight"].to_numpy()
    floor = FEWEST_IN_STATE if block == 0 else 0
    return regions["state"].gather(deal(rng, weights, count, floor))


def _address(organisation: Organisation, rng: np.random.Generator, rows: Ints) -> pl.DataFrame:
    """An address at each place, a column for each part that the declaration names."""
    places = pack_places(organisation)
    return pl.DataFrame(
        {
            "Street": streets(rng, rows.size),
            "City": places["city"].gather(rows),
            "State": places["state"].gather(rows),
            "PostalCode": places["code"].gather(rows),
        }
    ).with_columns(pl.lit(organisation.industry.places.country).alias("Country"))


def _billing(
    organisation: Organisation, rng: np.random.Generator, states: pl.Series, home: pl.DataFrame
) -> dict[str, pl.Series]:
    """The billing address: mostly the shipping one, for some another of the state, or none."""
    other = _address(organisation, rng, places_in(organisation, states, rng))
    moved = pl.Series(share_of(rng, len(states), OTHER_BILLING))
    missing = share_of(rng, len(states), NO_BILLING)
    return {
        f"Billing{part}": empty_where(home[part].zip_with(~moved, other[part]), missing)
        for part in home.columns
    }


def _birthdates(organisation: Organisation, rng: np.random.Generator, count: int) -> pl.Series:
    youngest, oldest = AGES
    age = youngest + (oldest - youngest) * rng.beta(1.6, 2.2, count)
    born = day_number(organisation.start) - (age * 365.25).astype(np.int64)
    return empty_where(dates(born), share_of(rng, count, NO_BIRTHDATE))


def draw_contact(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The contacts of most accounts: the same person, entered by an agent on duty that day."""
    accounts, users = parents["Account"], parents["User"]
    rng = stream(organisation.seed, "Contact", block, "contacts")
    has = share_of(rng, accounts.height, organisation.industry.counts.contact_share)
    accounts = accounts.filter(pl.Series(has))
    created = _entered(organisation, rng, accounts)
    return node_frame(
        "Contact",
        {
            "Id": ids(organisation, "Contact", accounts.height, block),
            "Name": accounts["Name"],
            "FirstName": accounts["FirstName"],
            "LastName": accounts["LastName"],
            "Email": accounts["PersonEmail"],
            "Phone": empty_where(
                accounts["Phone"], share_of(rng, accounts.height, CONTACT_PHONE_MISSING)
            ),
            "AccountId": accounts["Id"],
            "OwnerId": _owners(rng, users, day_numbers(created)),
            "LeadSource": _sources(rng, accounts.height),
            "CreatedDate": created,
        },
    )


def _entered(
    organisation: Organisation, rng: np.random.Generator, accounts: pl.DataFrame
) -> pl.Series:
    """When each contact was entered: in office hours, on a later day than the registration."""
    first = day_number(organisation.start)
    earliest = np.maximum(day_numbers(accounts["CreatedDate"]) + 4, first - ENTERED[1])
    span = first - ENTERED[0] - earliest
    return office_moments(rng, earliest + (span * rng.random(accounts.height)).astype(np.int64))


def _owners(rng: np.random.Generator, users: pl.DataFrame, days: Ints) -> pl.Series:
    """An agent on duty on each day."""
    tenure = users.select(start="DutyStart__c", end="DutyEnd__c")
    different, of_day = np.unique(days, return_inverse=True)
    chosen = np.zeros(days.size, dtype=np.int64)
    for number, there in enumerate(on_duty(tenure, different)):
        here = np.flatnonzero(of_day == number)
        chosen[here] = rng.choice(np.flatnonzero(there), here.size)
    return users["Id"].gather(chosen)


def _sources(rng: np.random.Generator, count: int) -> pl.Series:
    values = OBJECTS["Contact"].field("LeadSource").values
    rest = (1 - sum(SOURCE_SHARES.values())) / (len(values) - len(SOURCE_SHARES))
    weights = normalised([SOURCE_SHARES.get(value, rest) for value in values])
    return pl.Series(values).gather(pick(weights, even(rng, count)))
