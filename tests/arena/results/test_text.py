"""Boards in the terminal."""

import pytest

from orgsmith.arena.results.leaderboard import boards
from orgsmith.arena.results.names import title
from orgsmith.arena.results.text import COLUMNS, Table, tables
from orgsmith.flows.tables import print_table
from tests.arena.results.plausible import Made, plausible, sample, unscored, wrong
from tests.arena.results.test_leaderboard import answers, only


def cells(table: Table) -> list[dict[str, str]]:
    """Each row by its headings."""
    return [dict(zip(table.headings, row, strict=True)) for row in table.rows]


def test_a_row_by_hand() -> None:
    board = only(
        [
            sample(task_id="t-1", fact="a"),
            wrong(task_id="t-1", fact="a", epoch=2, prompt_tokens=3000, none_said=True, turns=4),
            wrong(task_id="t-2", fact="b", tool_errors=1),
            unscored(task_id="t-2", fact="b", epoch=2),
        ]
    )

    overall, task = tables(board)

    (row,) = cells(overall)
    assert row == {
        "rank": "1",
        "entry": "lab/large (react)",
        "score %": "25.0",
        "95 % interval": "0.0 to 50.0",
        "success %": "25.0 (0.0 to 50.0)",
        "pass^k %": "0.0 (k=2)",
        "tokens": "1,767",
        "cost": "$0.010",
        "turns": "3.3",
        "seconds": "2.0",
        "tool errors": "0.33",
        "None P/R %": "0.0 / \N{EN DASH}",
        "not scored": "endpoint 1",
    }
    assert task.title == "Handle time"
    assert cells(task) == [{name: text for name, text in row.items() if name != "rank"}]


def test_there_is_a_table_for_each_task() -> None:
    made = [Made("act", "m", questions=1), Made("tools", "m", questions=1, tasks=["handle_time"])]
    (board,) = boards(plausible(made))

    overall, *others = tables(board)

    assert [each.title for each in others] == [title(task) for task in board.tasks]
    assert overall.headings == ("rank", "entry", *COLUMNS)
    assert {each.title: len(each.rows) for each in others} == {
        title(task): 2 if task == "handle_time" else 1 for task in board.tasks
    }


def test_an_outage_is_not_scored_rather_than_nought() -> None:
    (row,) = cells(tables(only(answers("xxx")))[0])

    assert row["score %"] == row["success %"] == row["pass^k %"] == "not scored"
    assert row["not scored"] == "endpoint 3"
    assert "not scored" in row["entry"]
    assert [row[name] for name in ("95 % interval", "tokens", "cost", "turns", "None P/R %")] == [
        ""
    ] * 5


def test_parts_and_unknown_costs_are_said() -> None:
    rows = cells(tables(only(answers("1 ", cost_usd=None) + answers("01", model="all")))[0])

    assert rows[1]["entry"] == "lab/large (react)\npartial: 1 of 2 questions; place 1 of 2 on these"
    assert rows[1]["rank"] == "\N{EN DASH}"
    assert rows[1]["cost"] == "unknown"
    assert rows[1]["95 % interval"] == "unknown"


def test_tables_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    (board,) = boards(plausible([Made("act", "m", questions=1)]))
    for table in tables(board):
        print_table(table.headings, table.rows, left=table.left, title=table.title)

    assert capsys.readouterr().out.count("m (act)") == 1 + len(board.tasks)
