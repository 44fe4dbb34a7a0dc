"""Seconds of objects, noted in the work folder, whatever happens to the notes."""

from pathlib import Path

import pytest

from orgsmith.flows.timing import seconds_of, timed

NOTES = "seconds.jsonl"


def test_tasks_of_a_node_add_up(tmp_path: Path) -> None:
    for node in ("Case", "Order", "Case"):
        with timed(str(tmp_path), node):
            pass
    lines = (tmp_path / NOTES).read_text().splitlines()
    assert len(lines) == 3
    assert list(seconds_of(str(tmp_path))) == ["Case", "Order"]
    (tmp_path / NOTES).write_text('{"node": "Case", "seconds": 1.5}\n' * 2 + '{"node": "Ord')
    assert seconds_of(str(tmp_path)) == {"Case": 3.0}


def test_a_task_that_fails_is_not_noted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), timed(str(tmp_path), "Case"):
        raise ValueError("no")
    assert seconds_of(str(tmp_path)) == {}


def test_notes_that_cannot_be_written_fail_no_task(tmp_path: Path) -> None:
    with timed(str(tmp_path / "nowhere"), "Case"):
        pass
    assert seconds_of(str(tmp_path / "nowhere")) == {}
