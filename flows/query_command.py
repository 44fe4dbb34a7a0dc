"""`orgsmith query`: SOQL and SOSL from the terminal."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.opening import (
    ROWS,
    SECONDS,
    MaxRows,
    MaxSeconds,
    Today,
    day_of,
    limits_of,
    open_org,
)
from orgsmith.flows.options import Json, Out
from orgsmith.flows.terminal import plain, say
from orgsmith.schema.errors import OrgsmithError, UsageError

if TYPE_CHECKING:
    from orgsmith.arena.errors import OrgError
    from orgsmith.arena.record import Record
    from orgsmith.arena.soql.run import Answer

SHOWN = 1_000
"""Rows that a table shows; CSV and JSON have all."""

LONGEST = 120
"""Characters of a value that a table shows."""

STDIN = "-"

EXAMPLES = """\
Example: orgsmith query "SELECT Id, Subject, Account.Name FROM Case LIMIT 5"

Example: orgsmith query sportswear "FIND {refund} RETURNING Case(Id, Subject)" --json
"""

_SEARCH = re.compile(r"\s*FIND\b", re.IGNORECASE)
_PLACE = re.compile(r"\n.*\n *\^\nERROR at Row:(\d+):Column:(\d+)\n(.*)", re.DOTALL)

Cells = Sequence[object]


class StatementError(OrgsmithError):
    """A statement that the org refuses: code, place and message in one line."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(query)


def query(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[DATASET] STATEMENT",
            help='SOQL ("SELECT ...") or SOSL ("FIND {...} ..."); - reads it from standard input. '
            "DATASET is a dataset's folder, INDUSTRY or INDUSTRY/VERSION; left out, the newest.",
            show_default=False,
        ),
    ],
    today: Today = None,
    out: Out = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the result as CSV.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Ask the recycle bin too, as queryAll does.")
    ] = False,
    seconds: MaxSeconds = SECONDS,
    rows: MaxRows = ROWS,
) -> None:
    """Run a SOQL query or a SOSL search on a dataset."""
    dataset, statement = _asked(words)
    if json and csv:
        raise UsageError("--json --csv: say one of them")
    from orgsmith.arena.errors import OrgError
    from orgsmith.flows.settings import load_settings

    day, limits = day_of(today), limits_of(seconds, rows)
    folder = load_settings(out=out).out
    with ExitStack() as stack:
        try:
            with progress.Shown() as shown:
                shown.phase("opening")
                org = open_org(dataset, folder, day, limits)
                stack.callback(org.close)
                shown.phase("asking")
                session = org.session(STDIN)
                found: Answer | list[Record]
                if _SEARCH.match(statement):
                    found = session.search(statement)
                else:
                    found = session.query(statement, deleted=everything)
            if isinstance(found, list):
                _show_found(found, json=json, csv=csv)
            else:
                _show(found, json=json, csv=csv)
            sys.stdout.flush()
        except OrgError as error:
            raise StatementError(_said(error)) from error
        except BrokenPipeError:
            # Whoever reads has had enough (`| head`): Typer would make a failure of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _asked(words: list[str]) -> tuple[str | None, str]:
    """The dataset and the statement that are named."""
    if len(words) > 2:
        raise UsageError(
            f"{len(words)} arguments: say [DATASET] STATEMENT, with the statement in quotes"
        )
    dataset = words[0] if len(words) == 2 else None
    statement = sys.stdin.read() if words[-1] == STDIN else words[-1]
    return dataset, statement


def _said(error: "OrgError") -> str:
    """An error in one line, its place told by row and column."""
    place = _PLACE.fullmatch(error.message)
    if place is None:
        return str(error)
    return f"{error.code} at row {place[1]}, column {place[2]}: {place[3]}"


def _show(answer: "Answer", *, json: bool, csv: bool) -> None:
    """Print what a query found."""
    if json:
        records = answer.page(0, answer.total)
        _print_json({"totalSize": answer.total, "done": True, "records": records})
    elif csv:
        if answer.children:
            named = ", ".join(answer.children)
            raise StatementError(f"CSV has no place for sub-queries ({named}); ask for --json")
        columns = ("count",) if answer.count_only else answer.columns
        _print_csv(columns, [(answer.total,)] if answer.count_only else answer.rows())
    elif answer.count_only:
        say(f"{answer.total:,}")
    else:
        _print_table(answer.page(0, SHOWN), (*answer.columns, *answer.children))
        _print_total(answer.total)


def _show_found(found: "list[Record]", *, json: bool, csv: bool) -> None:
    """Print what a search found."""
    if json:
        _print_json({"searchRecords": found})
        return
    if csv:
        records = [{"type": each["attributes"]["type"], **_flat(each)} for each in found]
        columns = list(dict.fromkeys(name for record in records for name in record))
        _print_csv(columns, ([record.get(name) for name in columns] for record in records))
        return
    kinds: dict[str, list[Record]] = {}
    for record in found[:SHOWN]:
        kinds.setdefault(record["attributes"]["type"], []).append(record)
    for kind, records in kinds.items():
        columns = list(dict.fromkeys(name for record in records for name in _flat(record)))
        _print_table(records, columns, title=kind)
    _print_total(len(found))


def _flat(record: "Record", prefix: str = "") -> dict[str, object]:
    """The values of a record by their dotted names; children stay lists of records."""
    values: dict[str, object] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict) and "attributes" in value:
            values |= _flat(value, f"{prefix}{name}.")
        else:
            values[prefix + name] = value
    return values


def _print_table(records: "Sequence[Record]", columns: Sequence[str], title: str = "") -> None:
    from orgsmith.flows.tables import print_table

    if not records:
        return
    flat = [_flat(record) for record in records]
    cells = [[_cell(record.get(name)) for name in columns] for record in flat]
    print_table(columns, cells, left=len(columns), title=title)


def _cell(value: object) -> str:
    """A value as a table shows it: one line, not too long; of children, how many there are."""
    if isinstance(value, dict):
        return f"{value['totalSize']:,} records"
    line = " ".join(_text(value).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _print_total(total: int) -> None:
    more = f", the first {SHOWN:,} are shown; --csv and --json print all" if total > SHOWN else ""
    say(f"{total:,} record{'' if total == 1 else 's'}{more}")


def _print_json(content: object) -> None:
    import json

    # ASCII alone: nothing in it steers a terminal. Of ASCII, JSON leaves DEL as it is.
    for part in json.JSONEncoder(indent=2).iterencode(content):
        sys.stdout.write(part.replace("\x7f", "\\u007f"))
    sys.stdout.write("\n")


def _print_csv(columns: Sequence[str], rows: Iterable[Cells]) -> None:
    """Print CSV as RFC 4180 has it, in UTF-8; on a terminal, without what would steer it."""
    import csv
    import io

    written = io.StringIO(newline="")
    writer = csv.writer(written)
    shown = _plain(rows) if sys.stdout.isatty() else rows
    writer.writerow(columns)
    for row in shown:
        writer.writerow([_text(value) for value in row])
    sys.stdout.buffer.write(written.getvalue().encode())


def _plain(rows: Iterable[Cells]) -> Iterator[Cells]:
    for row in rows:
        yield [plain(_text(value), keep="\n") for value in row]
