import polars as pl
import pytest

from orgsmith.flows.draw.places import pack_places, time_zones
from orgsmith.schema.industry import Counts, Industry
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


def test_every_state_of_the_pack_has_two_customers(shop: Drawn) -> None:
    counts = shop["Account"]["ShippingState"].value_counts()
    assert set(counts["ShippingState"]) == set(shop.organisation.industry.places.states)
    assert counts["count"].to_numpy().min() >= 2


def test_states_have_customers_by_the_root_of_their_population(make: Make) -> None:
    drawn = make("Account", scale=12)
    counts = drawn["Account"]["ShippingState"].value_counts().sort("ShippingState")
    weights = drawn["RegionEffect"].sort("state")["weight"]
    assert (counts["count"] / 2400).to_list() == pytest.approx(weights.to_list(), abs=0.004)


def test_customers_fill_as_many_states_as_they_can(make: Make) -> None:
    assert make("Account", scale=0.13)["Account"]["ShippingState"].n_unique() == 24
    assert make("Account", scale=0.02)["Account"]["ShippingState"].n_unique() == 8


@pytest.mark.parametrize("prefix", ["Shipping", "Billing"])
def test_city_state_and_postal_code_belong_together(any_shop: Drawn, prefix: str) -> None:
    address = any_shop["Account"].drop_nulls(f"{prefix}PostalCode")
    joined = address.join(
        pack_places(any_shop.organisation), left_on=f"{prefix}PostalCode", right_on="code"
    )
    assert joined.height == address.height > 0
    assert joined["city"].equals(joined[f"{prefix}City"])
    assert joined["state"].equals(joined[f"{prefix}State"])


def test_area_code_belongs_to_the_postal_code(any_shop: Drawn) -> None:
    joined = (
        any_shop["Account"]
        .drop_nulls("Phone")
        .join(pack_places(any_shop.organisation), left_on="ShippingPostalCode", right_on="code")
    )
    area = joined["Phone"].str.slice(1, 3)
    assert joined.select(pl.col("area_codes").list.contains(area)).to_series().all()


def test_a_missing_billing_address_is_missing_whole(shop: Drawn) -> None:
    billing = shop["Account"].select(pl.col("^Billing.*$").is_null())
    assert (
        billing.select(pl.all_horizontal(pl.all()) == pl.any_horizontal(pl.all())).to_series().all()
    )


def test_most_billing_addresses_are_the_shipping_address(shop: Drawn) -> None:
    filled = shop["Account"].drop_nulls("BillingStreet")
    same = filled["BillingStreet"] == filled["ShippingStreet"]
    assert 0.75 < same.to_numpy().mean() < 1


def test_phone_numbers_are_unique(any_shop: Drawn) -> None:
    assert any_shop["Account"]["Phone"].drop_nulls().is_unique().all()


def test_contacts_are_the_people_of_their_accounts(any_shop: Drawn) -> None:
    joined = any_shop["Contact"].join(
        any_shop["Account"], left_on="AccountId", right_on="Id", suffix="_account", validate="1:1"
    )
    assert joined.height == any_shop["Contact"].height
    assert joined["Name"].equals(joined["Name_account"])
    assert joined["Email"].equals(joined["PersonEmail"])
    assert (joined["CreatedDate"] > joined["CreatedDate_account"]).all()
    share = any_shop.organisation.industry.counts.contact_share
    assert joined.height == pytest.approx(share * any_shop["Account"].height, abs=1)


def test_contacts_were_entered_by_an_agent_on_duty(any_shop: Drawn) -> None:
    joined = any_shop["Contact"].join(any_shop["User"], left_on="OwnerId", right_on="Id")
    day = joined["CreatedDate"].dt.date()
    assert (day >= joined["DutyStart__c"]).all()
    assert (day < joined["DutyEnd__c"].fill_null(any_shop.organisation.as_of)).all()


def test_customers_were_there_before_their_first_order(shop: Drawn) -> None:
    joined = shop["Order"].join(
        shop["Account"], left_on="AccountId", right_on="Id", suffix="_account"
    )
    assert (joined["CreatedDate"] > joined["CreatedDate_account"]).all()


def test_names_are_as_common_as_names_are(make: Make) -> None:
    last = make("Account", scale=12)["Account"]["LastName"].value_counts(sort=True)
    assert "Smith" in last["LastName"].head(3).to_list()
    assert last.height > 400


def test_time_zones_belong_to_the_postal_codes(shop: Drawn) -> None:
    zones = time_zones(shop.organisation, shop["Account"]["ShippingPostalCode"])
    east = shop["Account"]["ShippingState"] == "NY"
    assert set(zones.filter(east)) == {"America/New_York"}


def test_a_block_of_one_customer_has_a_contact_who_can_complain(industry: Industry) -> None:
    few = Counts(contact_share=0.6)
    pack = industry.model_copy(update={"counts": few})
    drawn = draw_organisation(pack, "CasePlan", scale=2001 / few.Account)
    assert drawn.organisation.block_accounts(1) == 1
    assert drawn["Contact"].height == 1201
    assert drawn["CasePlan"]["ContactId"].n_unique() > 100
