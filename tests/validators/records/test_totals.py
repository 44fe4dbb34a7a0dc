"""Sale prices: each price book has the discount of the sale it is named after."""

from dataclasses import replace

import pytest

from orgsmith.schema.organisation import Organisation
from orgsmith.validators.outcome import Finding
from orgsmith.validators.records.totals import check_totals
from tests.validators.tables import Frames, rows


def found(organisation: Organisation, book: str, price: float) -> tuple[Finding, ...]:
    """What is found in a product's price, 100 as standard, in a price book."""
    tables = Frames(
        organisation,
        {
            "ProductProfile": rows("ProductProfile", {"ProductId": "p", "price_cents": 10_000}),
            "Pricebook2": rows("Pricebook2", {"Id": "b", "IsStandard": False, "Name": book}),
            "PricebookEntry": rows(
                "PricebookEntry",
                {"Id": "e", "Product2Id": "p", "Pricebook2Id": "b", "UnitPrice": price},
            ),
        },
    )
    (outcome,) = [each for each in check_totals(tables) if each.object == "PricebookEntry"]
    return outcome.findings


@pytest.fixture(params=[False, True], ids=["as listed", "the other way round"])
def two_sales(organisation: Organisation, request: pytest.FixtureRequest) -> Organisation:
    """Two sales, one's name the beginning of the other's."""
    industry = organisation.industry
    short = industry.sales[0].model_copy(update={"name": "Spring", "discount": 0.1})
    long = industry.sales[0].model_copy(update={"name": "Spring Again", "discount": 0.5})
    sales = (long, short) if request.param else (short, long)
    return replace(organisation, industry=industry.model_copy(update={"sales": sales}))


@pytest.mark.parametrize(
    ("book", "right", "wrong"), [("Spring 2024", 90.0, 50.0), ("Spring Again 2024", 50.0, 90.0)]
)
def test_the_discount_is_that_of_the_sale(
    two_sales: Organisation, book: str, right: float, wrong: float
) -> None:
    assert found(two_sales, book, right) == ()
    (finding,) = found(two_sales, book, wrong)
    assert (finding.record, finding.field) == ("e", "UnitPrice")
    assert f"the discount of {book}" in finding.reason


def test_a_price_book_of_no_sale_is_named(two_sales: Organisation) -> None:
    (finding,) = found(two_sales, "Springtime 2024", 90.0)
    assert (finding.record, finding.field) == ("e", "Pricebook2Id")
    assert "Springtime 2024" in finding.reason
