"""Row counts that are due follow the pack's counts and the declared scaling."""

from dataclasses import replace

import pytest

from orgsmith.schema.declaration import Scaling
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.records.counts import planned

ROWS = {"Product2": 500, "Pricebook2": 65}
GROWTH = {Scaling.LINEAR: 4.0, Scaling.ROOT: 2.0, Scaling.CONSTANT: 1.0}


@pytest.mark.parametrize("name", OBJECTS)
def test_counts_grow_as_declared(organisation: Organisation, name: str) -> None:
    declared = OBJECTS[name]
    due = [planned(replace(organisation, scale=scale), ROWS)[name] for scale in (1.0, 4.0)]
    if declared.scaling is Scaling.PRODUCT:
        # Links grow with what they link, pairs with the rows that are there.
        expected = 1.0 if name == "PricebookEntry" else 2.0
    else:
        expected = GROWTH[declared.scaling]
    assert due[1] / due[0] == pytest.approx(expected)


@pytest.mark.parametrize("scale", [0.02, 0.3, 1.0, 50.0])
def test_counts_are_those_of_the_organisation(organisation: Organisation, scale: float) -> None:
    """The organisation counts what it draws; here it is counted by the declarations."""
    sized = replace(organisation, scale=scale)
    due = planned(sized, ROWS)
    assert due["Account"] == pytest.approx(sized.accounts, abs=0.5)
    assert due["User"] == pytest.approx(sized.agents, abs=0.5)
    assert due["Product2"] == pytest.approx(sized.products, abs=0.5)
    assert due["PricebookEntry"] == ROWS["Product2"] * ROWS["Pricebook2"]


def test_links_have_a_floor_with_what_they_link(organisation: Organisation) -> None:
    counts = organisation.industry.counts.model_copy(update={"Product2": 60})
    small = replace(
        organisation,
        scale=0.02,
        industry=organisation.industry.model_copy(update={"counts": counts}),
    )
    due = planned(small, ROWS)
    assert due["Product2"] == small.products
    assert due["ProductCategoryProduct"] / due["Product2"] == pytest.approx(
        counts.ProductCategoryProduct / counts.Product2
    )
