"""Nothing that a dataset holds is obeyed by a terminal."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TextColumn

from orgsmith.flows import cli
from orgsmith.flows.progress import TerminalProgress
from orgsmith.flows.tables import print_table
from orgsmith.flows.terminal import plain, say

HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x1b[0m\r\x9b2J\u202eevil\x00"
SHOWN = r"\x1b]0;owned\x07\x1b[31mred\x1b[0m\r\x9b2J\u202eevil\x00"


def test_what_is_not_printable_is_escaped() -> None:
    assert plain(HOSTILE) == SHOWN
    assert plain("a\nb\tc") == r"a\nb\tc"
    assert plain("a\nb\tc", keep="\n") == "a\nb\\tc"
    assert plain("Gr\u00fc\u00dfe, \u4e2d\u6587 [red]") == "Gr\u00fc\u00dfe, \u4e2d\u6587 [red]"


def test_no_way_out_prints_raw(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    print_table((HOSTILE, "b"), [(HOSTILE, HOSTILE), ("[/red]", "")], title=HOSTILE)
    cli._complain(HOSTILE)
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert text.replace("\n", "").isprintable(), text
        assert SHOWN.partition(r"\r")[0] in text
    assert "[/red]" in said.out


def test_progress_shows_names_as_text() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=200, color_system=None)
    with Bar(TextColumn("{task.fields[note]}", markup=False), console=console) as bar:
        progress = TerminalProgress(bar)
        progress.phase("checking")
        progress.advance(f"[/red] {HOSTILE}")
        progress.tell(HOSTILE)
        assert plain(HOSTILE) in bar.tasks[0].fields["note"]
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert shown.count(SHOWN) >= 2
    assert "\x1b]0;" not in shown
