"""How policy articles state their rules."""

import re

import pytest

from orgsmith.prompts.policy import policy_statement


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("days", [None, 30])
@pytest.mark.parametrize("percent", [None, 15])
def test_a_statement_says_remedy_limit_and_size(
    number: int, days: int | None, percent: int | None
) -> None:
    statement = policy_statement("A remedy", days, percent, number)
    assert statement.endswith(".")
    assert statement.count(".") == 1
    assert '"A remedy"' in statement
    assert "order date" in statement
    assert re.findall(r"(\d+) days", statement) == ([] if days is None else [str(days)])
    assert re.findall(r"(\d+) percent", statement) == ([] if percent is None else [str(percent)])
    assert ("time limit" in statement) == (days is None)


def test_neighbours_are_phrased_differently() -> None:
    said = {policy_statement("X", 30, None, number) for number in range(5)}
    assert len(said) == 5
