"""What an agent is shown of what was found, and what it is told of the rest."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.agents.observation import LEAST, observed

Rows = list[dict[str, str]]


def test_what_fits_is_shown_whole() -> None:
    assert observed([]) == "[]"
    assert json.loads(observed([{"Id": "a", "Name": "é"}])) == [{"Id": "a", "Name": "é"}]
    assert observed("a text") == "a text"
    assert observed(3) == "3"


def test_a_list_is_cut_between_its_elements() -> None:
    rows = [{"Id": f"{number:018}"} for number in range(100)]
    shown, _, told = observed(rows, LEAST).rpartition("\n")
    kept = json.loads(shown)
    assert kept == rows[: len(kept)]
    assert 0 < len(kept) < 100
    assert told.startswith(
        f"(100 found, the first {len(kept)} are shown, {100 - len(kept)} are not"
    )


def test_a_long_text_says_how_much_is_missing() -> None:
    assert observed("x" * 1_500, LEAST).endswith("\n(1,000 further characters are not shown)")
    one = observed([{"Body": "x" * 5_000}], LEAST)
    assert "further characters are not shown" in one
    several = observed([{"Body": "x" * 5_000}, {"Body": "y"}], LEAST)
    assert "further characters of it are not shown" in several
    assert "2 found, the first 1 are shown, 1 are not" in several


@given(st.lists(st.dictionaries(st.just("Name"), st.text(max_size=300)), max_size=60))
def test_the_budget_is_kept_and_the_count_is_true(rows: Rows) -> None:
    text = observed(rows, LEAST)
    assert len(text) <= LEAST + 250
    told = re.search(r"\((\d+) found, the first (\d+) are shown, (\d+) are not", text)
    if told is None:
        assert json.loads(text) == rows or "further characters" in text
    else:
        total, shown, left = (int(each) for each in told.groups())
        assert total == len(rows) == shown + left
