"""Boards: who stands where, and who is not compared."""

import polars as pl
import pytest

from orgsmith.arena.results.leaderboard import Board, Row, Shared, boards
from orgsmith.arena.results.names import tag
from tests.arena.results.plausible import Made, frame, plausible, sample, unscored, wrong


def answers(marks: str, **values: object) -> list[dict[str, object]]:
    """A sample for each mark: 1 right, 0 wrong, x not scored; a space is a question left out."""
    kinds = {"1": sample, "0": wrong, "x": unscored}
    return [
        kinds[mark](task_id=f"t-{number}", fact=str(number), **values)
        for number, mark in enumerate(marks)
        if mark != " "
    ]


def only(samples: list[dict[str, object]]) -> Board:
    """The one board of samples."""
    (board,) = boards(frame(samples))
    return board


def by_model(board: Board) -> dict[str | None, Row]:
    """The rows of a board by model."""
    return {row.entry.model: row for row in board.rows}


def test_boards_of_different_fingerprints_are_never_mixed() -> None:
    made = [Made("react", "m", questions=1), Made("constant", questions=1)]
    mixed = pl.concat(
        [
            plausible(made, fingerprint=letter * 64, seed=seed)
            for letter, seed in zip("ba", (1, 2), strict=True)
        ]
    )

    found = boards(mixed)

    assert [(each.fingerprint[0], each.seed) for each in found] == [("b", 1), ("a", 2)]
    for board in found:
        assert {row.entry.fingerprint for row in board.rows} == {board.fingerprint}
        assert [row.entry.overall.samples for row in board.rows] == [10, 10]


def test_what_a_board_says_of_its_organisation() -> None:
    board = only(
        answers("10", dataset_version="b", scale=0.3, seed=None)
        + answers("1", dataset_version="a", scale=0.3, seed=None, agent="act")
    )

    assert (board.industry, board.scale, board.seed) == ("sportswear", 0.3, None)
    assert board.versions == ("a", "b")
    assert board.questions == 2
    assert board.tasks == ("handle_time",)


def test_entries_are_ranked_by_score_and_baselines_marked() -> None:
    board = only(
        answers("1000", model="low")
        + answers("1110", model="high")
        + answers("0111", model="same")
        + answers("1111", agent="solver", model=None)
        + answers("0000", agent="constant", model=None)
    )

    assert [(row.tag, row.name, row.rank) for row in board.rows] == [
        ("A", "solver", None),
        ("B", "high (react)", 1),
        ("C", "same (react)", 1),
        ("D", "low (react)", 3),
        ("E", "constant", None),
    ]
    assert not any(row.is_partial or row.shared for row in board.rows)


def test_a_part_of_the_questions_is_no_rank() -> None:
    board = only(
        answers("110000", model="full")
        + answers("011111", model="better")
        + answers("11    ", model="part")
        + answers("  1   ", model="other")
        + answers("111111", agent="solver", model=None)
    )

    rows = by_model(board)
    assert [row.entry.model for row in board.rows] == [None, "better", "full", "part", "other"]
    assert (rows["better"].rank, rows["full"].rank) == (1, 2)
    # Of its two questions `full` has both right as well, `better` one; `other` has not answered.
    assert rows["part"].rank is None
    assert rows["part"].shared == Shared(1, 3)
    assert rows["part"].is_partial
    assert rows["other"].shared == Shared(1, 3)


def test_an_outage_has_no_score_and_stands_last() -> None:
    board = only(
        answers("xxx", model="gone") + answers("000", model="bad") + answers("10x", model="half")
    )

    assert [row.entry.model for row in board.rows] == ["bad", "half", "gone"]
    gone = by_model(board)["gone"]
    assert gone.entry.overall.score is None
    assert (gone.rank, gone.shared) == (None, None)
    assert by_model(board)["half"].shared == Shared(1, 2)


def test_a_question_that_one_entry_could_not_be_scored_on_is_of_the_board() -> None:
    assert only(answers("11x")).questions == 3
    assert only(answers("11x")).rows[0].is_partial


def test_names_tell_settings_where_nothing_else_differs() -> None:
    board = only(
        answers("1", settings='{"limit": 20, "temperature": 0}')
        + answers("0", settings='{"limit": 20, "temperature": 1}')
        + answers("0", tool_level="query", settings='{"limit": 9}')
        + answers("0", model="odd", settings="not JSON")
    )

    assert [row.name for row in board.rows] == [
        "lab/large (react) temperature=0",
        "lab/large (react, query)",
        "lab/large (react) temperature=1",
        "odd (react)",
    ]


@pytest.mark.parametrize(
    ("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_tags(place: int, letters: str) -> None:
    assert tag(place) == letters


def test_order_and_copies_change_nothing() -> None:
    samples = plausible([Made("act", "m", questions=2, epochs=2), Made("react", "n", questions=1)])

    assert boards(pl.concat([samples.reverse(), samples])) == boards(samples)


def test_no_samples_no_boards() -> None:
    assert boards(frame([])) == []
