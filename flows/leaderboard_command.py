"""`orgsmith leaderboard` and `orgsmith rescore`: what runs have come to, and what they come to by
another scorer."""

from pathlib import Path
from typing import Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.options import Json
from orgsmith.flows.terminal import say
from orgsmith.schema.errors import DatasetError

LEADERBOARD = """\
Example: orgsmith leaderboard

Example: orgsmith leaderboard outputs/runs --json
"""
RESCORE = """\
Example: orgsmith rescore outputs/runs/sportswear-0123456789ab

Example: orgsmith rescore outputs/runs/sportswear-0123456789ab/react-openai-gpt-4o-mini-0123456789
"""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=LEADERBOARD)(leaderboard)
    app.command(epilog=RESCORE)(rescore)


def leaderboard(
    folder: Annotated[
        str | None,
        typer.Argument(
            metavar="[DIR]",
            help="A folder with runs of evaluations. [default: outputs/runs]",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Merge the runs below a folder into a leaderboard: a page, a table, and results.parquet.

    Runs on organisations with different fingerprints stand in boards of their own: their scores
    cannot be compared.
    """
    with progress.Shown() as shown:
        shown.phase("reading runs")
        from orgsmith.flows.board_output import as_rows, print_board
        from orgsmith.flows.trial_settings import load_trial_settings
        from orgsmith.flows.trials import PAGE, needed, write_leaderboard

        needed()
        runs = load_trial_settings(runs=folder).runs
        boards = write_leaderboard(runs)
    if json:
        import json as spelling

        say(spelling.dumps({"page": str(runs / PAGE), "results": as_rows(boards)}, indent=2))
        return
    for board in boards:
        print_board(board, by_task=len(boards) == 1)
    if len(boards) > 1:
        say(f"{len(boards)} organisations: scores of different ones cannot be compared")
    say(f"leaderboard: {runs / PAGE}")


def rescore(
    log: Annotated[
        Path,
        typer.Argument(
            metavar="LOG",
            help="A log of inspect-ai (.eval), the folder of a run, or a folder with many.",
            show_default=False,
        ),
    ],
    json: Json = False,
) -> None:
    """Score the answers in logs anew, with the scorer of this version; no model is asked."""
    with progress.Shown() as shown:
        from orgsmith.flows.trials import needed, scored_anew

        needed()
        from orgsmith.arena.trial.rescore import logs_at

        logs = logs_at(log)
        shown.phase("scoring anew", len(logs))
        found, passed_over = [], []
        for file in logs:
            try:
                found.append(scored_anew(file, shown))
            except DatasetError as error:
                passed_over.append(str(error))
            shown.advance(file.name)
    # With nothing done there is only the error to tell.
    if json and found:
        import json as spelling

        told = [
            {"log": str(each.log), "answers": each.answers, "changed": each.changed}
            for each in found
        ]
        say(spelling.dumps(told, indent=2))
    else:
        for each in found:
            say(f"{each.log}: {each.answers:,} answers, {each.changed:,} with another score")
    if passed_over:
        # One of a folder keeps none of the others from it: a board would mix two scorers.
        why, *more = passed_over
        raise DatasetError(f"{why}; {len(more)} more like it" if more else why)
