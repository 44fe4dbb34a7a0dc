"""Tables on standard output."""

from collections.abc import Sequence

from orgsmith.flows.terminal import plain

WIDEST = 100_000
"""Characters of a line that no table reaches."""


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1, title: str = ""
) -> None:
    """Print a table: the first `left` columns flush left, the others, numbers, flush right.

    Cells may hold anything: they are printed as text, their line breaks kept.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(
        box=box.SIMPLE, title=plain(title) or None, title_justify="left", title_style="bold"
    )
    for place, heading in enumerate(headings):
        table.add_column(
            plain(heading), justify="left" if place < left else "right", overflow="fold"
        )
    for row in rows:
        table.add_row(*(plain(cell, keep="\n") for cell in row))
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        # A file or a pipe has no width: nothing is folded there.
        console.width = WIDEST
    console.print(table, width=None if console.is_terminal else console.measure(table).maximum)
