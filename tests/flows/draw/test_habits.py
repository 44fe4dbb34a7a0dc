import numpy as np
import pytest

from orgsmith.flows.draw.shares import category_weights, issue_weights
from tests.flows.draw.organisations import Drawn, Make


@pytest.mark.parametrize(("name", "sigma"), [("ShoppingHabit", 0.5), ("ComplaintHabit", 0.6)])
def test_rates_are_lognormal_with_mean_one(make: Make, name: str, sigma: float) -> None:
    rates = make(name, scale=10)[name]["rate"].to_numpy()
    assert rates.mean() == pytest.approx(1)
    assert np.log(rates).std() == pytest.approx(sigma, abs=0.04)


def test_the_two_favourite_categories_differ(any_shop: Drawn) -> None:
    habits = any_shop["ShoppingHabit"]
    assert (habits["FirstCategoryId"] != habits["SecondCategoryId"]).all()


def test_favourites_follow_the_weights(make: Make) -> None:
    drawn = make("ShoppingHabit", scale=10)
    counts = drawn["ShoppingHabit"]["FirstCategoryId"].value_counts()["count"].sort()
    weights = np.sort(category_weights(drawn.organisation.industry))
    assert (counts / 2000).to_list() == pytest.approx(weights.tolist(), abs=0.001)


def test_complaints_follow_the_issues_weights(make: Make) -> None:
    drawn = make("ComplaintHabit", scale=10)
    counts = drawn["ComplaintHabit"]["IssueId"].value_counts()["count"].sort()
    weights = np.sort(issue_weights(drawn.organisation.industry))
    assert (counts / 2000).to_list() == pytest.approx(weights.tolist(), abs=0.001)


def test_every_month_begins_someones_season(shop: Drawn) -> None:
    assert set(shop["ShoppingHabit"]["season"]) == set(range(1, 13))
