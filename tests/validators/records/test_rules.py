"""Rules on rows: counts, messages, and what a missing value means."""

import polars as pl

from orgsmith.validators.outcome import FINDINGS_KEPT, Finding, Status, merged
from orgsmith.validators.records.rules import Rule, broken_rows, judge

RULE = Rule("Total", pl.col("Total") != pl.col("sum"), "is not the sum, {sum}")


def test_a_broken_row_is_named_with_field_value_and_reason() -> None:
    frame = pl.DataFrame({"Id": ["b", "a", "c"], "Total": [1.0, 2.0, None], "sum": [1.0, 3.0, 4.0]})
    outcome = judge("totals", "Order", frame, [RULE])
    assert (outcome.status, outcome.n, outcome.statistic) == (Status.FAILED, 3, 1.0)
    assert [str(finding) for finding in outcome.findings] == [
        "Order a: Total '2.0' is not the sum, 3.0"
    ]


def test_all_broken_rows_are_counted_and_some_kept() -> None:
    ids = [f"{i:03d}" for i in range(50)]
    frame = pl.DataFrame({"Id": ids[::-1], "Total": [0.0] * 50, "sum": [1.0] * 50})
    outcome = judge("totals", "Order", frame, [RULE])
    assert outcome.statistic == 50
    assert [finding.record for finding in outcome.findings] == ids[:FINDINGS_KEPT]
    assert broken_rows(frame, [RULE])["Id"].to_list() == ids[::-1]


def test_parts_add_up() -> None:
    frame = pl.DataFrame({"Id": ["a"], "Total": [0.0], "sum": [1.0]})
    (whole,) = merged(
        [judge("totals", "Order", frame, [RULE]), judge("totals", "Order", frame[:0], [RULE])]
    )
    assert (whole.n, whole.statistic, whole.status) == (1, 1.0, Status.FAILED)


def test_long_values_are_cut_in_messages() -> None:
    shown = str(Finding("text", "Case", "500", "Description", "x" * 500, "is wrong"))
    assert len(shown) < 150
    assert shown.endswith("...' is wrong")
