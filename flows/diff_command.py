"""`orgsmith diff`: what changed between two published versions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.options import Json, Out
from orgsmith.flows.tables import print_table
from orgsmith.flows.terminal import say

if TYPE_CHECKING:
    from orgsmith.outputs.changes import Changes, Column
    from orgsmith.outputs.drift import Drift
    from orgsmith.outputs.manifest import Check

COLUMNS_SHOWN = 20
"""Columns that the text shows, those farthest apart first; JSON has all."""

LONGEST = 100
"""Characters of a value or a question that are shown."""

Row = tuple[str, ...]

Before = Annotated[
    str,
    typer.Argument(
        metavar="A",
        help="The version before: a dataset's folder, INDUSTRY or INDUSTRY/VERSION.",
        show_default=False,
    ),
]
After = Annotated[
    str, typer.Argument(metavar="B", help="The version after, named alike.", show_default=False)
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Example: orgsmith diff sportswear/20260101T060000Z sportswear/20260201T060000Z"
    )(diff)


def diff(before: Before, after: After, out: Out = None, json: Json = False) -> None:
    """Show what changed from version A to version B, and which of it is drift."""
    with progress.Shown() as shown:
        shown.phase("comparing")
        from orgsmith.flows.settings import load_settings
        from orgsmith.outputs.changes import changes
        from orgsmith.outputs.dataset import find_dataset
        from orgsmith.outputs.drift import drifts

        folder = load_settings(out=out).out
        found = changes(find_dataset(before, folder), find_dataset(after, folder))
        # Only a version of the same industry is what the next one is held against.
        same = all(each.name != "industry" for each in found.facts)
        drifting = drifts(found) if same else ()
    if json:
        say(_json(found, drifting))
    elif found.equal:
        say(
            f"{found.before.path} and {found.after.path} are equal: "
            f"fingerprint {found.after.fingerprint[:16]}"
        )
    else:
        _print(found, drifting)
        if same:
            say(_verdict(drifting))


def _json(found: "Changes", drifting: tuple["Drift", ...]) -> str:
    """The whole result; null for each nan and infinity, which JSON has not."""
    import json

    from pydantic import TypeAdapter

    changes = TypeAdapter(type(found)).dump_json(found)
    return json.dumps(
        {
            "equal": found.equal,
            **json.loads(changes),
            "drifts": [
                {"object": each.object, "field": each.field, "what": each.what, "says": str(each)}
                | {"distance": each.distance, "bound": each.bound}
                for each in drifting
            ],
        },
        indent=2,
    )


def _print(found: "Changes", drifting: tuple["Drift", ...]) -> None:
    """What differs, a table of each kind; a kind without differences has none."""
    say(
        f"before {found.before.path}, fingerprint {found.before.fingerprint[:16]}\n"
        f"after  {found.after.path}, fingerprint {found.after.fingerprint[:16]}"
    )
    facts = [(each.name, _short(each.before), _short(each.after)) for each in found.facts]
    _table("Made from", ("", "before", "after"), facts, left=3)
    schema = [
        (
            f"{each.object}.{each.field}" if each.field else each.object,
            each.aspect or ("removed" if each.removed else "added"),
            _short(each.before or ""),
            _short(each.after or ""),
        )
        for each in found.schema
    ]
    _table("Schema", ("", "what", "before", "after"), schema, left=4)
    rows = [
        (each.object, f"{each.before:,}", _number(each.expected), f"{each.after:,}")
        for each in found.rows
        if each.before != each.after
    ]
    _table("Rows", ("object", "before", "expected", "after"), rows)
    _print_columns(found)
    _print_effects(found)
    _print_questions(found)
    for each in drifting:
        say(f"drift: {each}")


def _verdict(drifting: tuple["Drift", ...]) -> str:
    if not drifting:
        return "no drift: every change is within its bound"
    number = "1 change is" if len(drifting) == 1 else f"{len(drifting)} changes are"
    return f"{number} drift: a run that makes such a version fails"


def _print_columns(found: "Changes") -> None:
    """The columns that are apart, or have more or fewer gaps."""
    apart = [each for each in found.columns if each.before != each.after]
    apart.sort(key=lambda each: -max(each.distance or 0, each.null_distance))
    rows = [
        (
            f"{each.object}.{each.field}",
            _summary(each.before),
            _summary(each.after),
            "" if each.distance is None else f"{each.distance:.3f}",
        )
        for each in apart[:COLUMNS_SHOWN]
    ]
    more = f", the {len(rows)} farthest apart of {len(apart)}" if len(apart) > len(rows) else ""
    title = f"Columns{more} (numbers, and days since the as-of date: first, fifth, ninth decile)"
    _table(title, ("field", "before", "after", "distance"), rows, left=3)


def _print_effects(found: "Changes") -> None:
    """What was measured of the latent variables' effects, where it differs."""
    rows = [
        (each.latent, each.check, _measured(each.before), _measured(each.after))
        for each in found.effects
        if each.before != each.after
    ]
    headings = ("latent variable", "effect", "before", "after")
    _table("Effects of latent variables", headings, rows, left=4)


def _print_questions(found: "Changes") -> None:
    """How many questions of each task came and went, and some of them."""
    rows = [
        (each.task, f"{each.kept:,}", f"{each.added:,}", f"{each.dropped:,}")
        for each in found.questions
    ]
    _table("Questions", ("task", "kept", "added", "dropped"), rows)
    for task in found.questions:
        for sign, questions in (("+", task.first_added), ("-", task.first_dropped)):
            for question in questions:
                say(f"{sign} {task.task}: {_short(' '.join(question.split()))}")


def _table(title: str, headings: Sequence[str], rows: Sequence[Row], left: int = 1) -> None:
    if rows:
        print_table(headings, rows, left=left, title=title)


def _summary(column: "Column") -> str:
    """What the values of a column are like, and the share of rows without, in a line."""
    parts = [_values(column)]
    if column.nulls:
        parts.append(f"{column.null_share:.1%} empty")
    return _short(", ".join(part for part in parts if part))


def _values(column: "Column") -> str:
    from orgsmith.outputs.changes import Deciles
    from orgsmith.outputs.shape import Length, Parents, Values

    match column.summary:
        case Values(counts):
            often = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
            return ", ".join(f"{value} {count / column.filled:.0%}" for value, count in often)
        case Deciles(deciles) if deciles:
            return " / ".join(f"{deciles[place]:g}" for place in (1, 5, 9))
        case Parents(distinct, busiest):
            return f"{distinct:,} parents, at most {busiest:,} rows"
        case Length(mean) if mean is not None:
            return f"{mean:,.0f} characters"
        case _:
            return ""


def _measured(check: "Check | None") -> str:
    if check is None:
        return ""
    statistic = "" if check.statistic is None else f"{check.statistic:.3g}, "
    return f"{statistic}n {check.n:,}, {check.status.value.replace('_', ' ')}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
