"""Commands that were timed, as a table and as facts to keep."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from bench.generate import Cost
from bench.reporting import spread

Timed = Mapping[str, Sequence[Cost]]
"""What each command took, by its name, each time it ran."""


def table(title: str, found: Timed, targets_s: Mapping[str, float], digits: int) -> Table:
    """A row for each command: medians, the seconds with so many digits, beside what is aimed at."""
    shown = Table(title=f"{title}: median (lowest-highest)")
    for heading in ("command", "wall s", "CPU s", "MiB", "at most s"):
        shown.add_column(heading, justify="right")
    for name, costs in found.items():
        shown.add_row(
            name,
            spread([cost.wall_s for cost in costs], digits),
            spread([cost.cpu_s for cost in costs], digits),
            spread([cost.peak_mib for cost in costs], 0),
            f"{targets_s[name]:g}" if name in targets_s else "",
        )
    return shown


def facts(found: Timed) -> dict[str, object]:
    """Wall and CPU seconds of every run."""
    return {
        name: [{"wall_s": cost.wall_s, "cpu_s": cost.cpu_s} for cost in costs]
        for name, costs in found.items()
    }
