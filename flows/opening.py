"""A dataset opened for asking: what `query` and `sandbox` share."""

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.schema.errors import UsageError

if TYPE_CHECKING:
    from orgsmith.arena.engine import Limits
    from orgsmith.arena.org import Org
    from orgsmith.outputs.remote import Place

Today = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="The day that TODAY, LAST_N_DAYS:n and so on count from. [default: the as-of date]",
    ),
]
MaxSeconds = Annotated[
    float, typer.Option("--seconds", metavar="N", help="Seconds that one query may take.")
]
MaxRows = Annotated[int, typer.Option("--rows", metavar="N", help="Rows that one query may find.")]

SECONDS, ROWS = 30.0, 200_000

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def open_org(dataset: str | None, out: "Place", today: dt.date | None, limits: "Limits") -> "Org":
    """Open the dataset that a user means, on a day.

    Raises:
        DatasetError: there is no such dataset, or it is damaged.
    """
    from orgsmith.arena.org import Org
    from orgsmith.outputs.dataset import find_dataset

    return Org.open(find_dataset(dataset, out), today=today, limits=limits)


def limits_of(seconds: float, rows: int) -> "Limits":
    """What one query may take.

    Raises:
        UsageError: a limit is not above zero.
    """
    for name, value in (("seconds", seconds), ("rows", rows)):
        if not 0 < value < float("inf"):
            raise UsageError(f"--{name} {value:g}: must be above zero")
    from orgsmith.arena.engine import Limits

    return Limits(seconds=seconds, rows=rows)


def day_of(text: str | None) -> dt.date | None:
    """The day that `--today` names.

    Raises:
        UsageError: it names none.
    """
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"--today {text}: must be a day, written YYYY-MM-DD")
