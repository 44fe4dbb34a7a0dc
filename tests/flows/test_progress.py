"""Progress is shown on a terminal, and counts seconds anyway."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TextColumn

from orgsmith.flows.progress import Progress, Shown, TerminalProgress, current, watched


def test_a_terminal_shows_phase_steps_and_rows() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100)
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[note]}"))
    with Bar(*columns, console=console) as bar, watched(TerminalProgress(bar)) as progress:
        progress.phase("making", 4)
        progress.advance("Case/0", 1200)
        progress.advance("Order/0", 30)
        bar.refresh()
        progress.tell("another run is at work")
    text = shown.getvalue()
    assert "making" in text
    assert "2/4, 1,230 rows  Order/0" in text
    assert "another run is at work" in text
    assert list(progress.seconds) == ["making"]


def test_nothing_is_shown_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Shown() as progress, watched(progress):
        assert type(progress) is Progress
        assert current() is progress
        progress.phase("one")
        progress.phase("two", 3)
        progress.advance("step")
        progress.phase("one")
    assert list(progress.seconds) == ["one", "two"]
    assert capsys.readouterr() == ("", "")
