"""`orgsmith inspect`, `orgsmith verify` and `orgsmith clean`."""

import math
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.options import Json, Out
from orgsmith.flows.terminal import say

if TYPE_CHECKING:
    from orgsmith.validators.outcome import Outcome

DatasetName = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATASET]",
        help="A dataset's folder, INDUSTRY or INDUSTRY/VERSION. [default: the newest]",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: orgsmith inspect sportswear Case")(inspect)
    app.command(epilog="Example: orgsmith verify sportswear --json")(verify)
    app.command(epilog="Example: orgsmith clean --out /tmp/orgs")(clean)


def inspect(
    dataset: DatasetName = None,
    object_name: Annotated[
        str | None,
        typer.Argument(metavar="[OBJECT]", help="An object, such as Case.", show_default=False),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Show what is in a dataset: counts, time span, a record, and the latents' effects."""
    from orgsmith.flows.settings import load_settings
    from orgsmith.outputs.dataset import find_dataset
    from orgsmith.outputs.inspect import summary
    from orgsmith.schema.objects import OBJECTS

    if dataset in OBJECTS and object_name is None:
        dataset, object_name = None, dataset
    found = summary(find_dataset(dataset, load_settings(out=out).out), object_name)
    if json:
        from pydantic import TypeAdapter

        _print_json(TypeAdapter(type(found)).dump_python(found, mode="json"))
        return
    from orgsmith.flows.summary import print_summary

    print_summary(found)


def verify(dataset: DatasetName = None, out: Out = None, json: Json = False) -> None:
    """Check a published dataset again: its files, its tables, what they say, and its answers."""
    with progress.Shown() as shown:
        shown.phase("checking")
        from orgsmith.arena.benchmark.verify import verify as examine
        from orgsmith.flows.settings import load_settings
        from orgsmith.outputs.dataset import find_dataset

        path = find_dataset(dataset, load_settings(out=out).out, again=True).path
        outcomes: list[Outcome] = []
        for outcome in examine(path):
            outcomes.append(outcome)
            shown.advance(f"{outcome.name} of {outcome.object}")
    failed = [outcome for outcome in outcomes if outcome.failed]
    if json:
        from pydantic import TypeAdapter

        from orgsmith.validators.outcome import Outcome as Value

        checks = TypeAdapter(tuple[Value, ...]).dump_python(tuple(outcomes), mode="json")
        _print_json({"dataset": str(path), "failed": len(failed), "checks": checks})
    else:
        for outcome in outcomes:
            # What was not checked, and why, is told as well as what is wrong.
            for finding in outcome.findings:
                say(f"{outcome.name}: {finding}")
        few = sum(outcome.status.value == "too_few" for outcome in outcomes)
        passed = len(outcomes) - len(failed) - few
        say(f"{path}: {passed} checks passed, {len(failed)} failed, {few} had too few rows")
    if failed:
        from orgsmith.schema.errors import CheckError

        first = failed[0]
        shown_first = f": {first.findings[0]}" if first.findings else ""
        raise CheckError(
            f"{len(failed)} of {len(outcomes)} checks failed, {first.name} of {first.object} "
            f"first{shown_first}; generate the dataset again"
        )


def clean(
    out: Out = None,
    work: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|URL", help="Where working files lie. [default: as generate has it]"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Remove what runs that were killed or failed have left, and copies of datasets elsewhere."""
    from orgsmith.flows.clean import clean as remove
    from orgsmith.flows.settings import load_settings

    settings = load_settings(out=out, work=work)
    done = remove(settings.out, settings.work_base)
    if json:
        _print_json(
            {
                "removed": [str(path) for path in done.removed],
                "in_use": [str(path) for path in done.in_use],
                "bytes": done.bytes,
            }
        )
        return
    for path in done.removed:
        say(f"removed {path}")
    for path in done.in_use:
        say(f"in use, left alone: {path}")
    say(f"{len(done.removed)} folders, {done.bytes / 1e6:,.1f} MB")


def _print_json(value: object) -> None:
    import json

    say(json.dumps(_finite(value), indent=2, allow_nan=False))


def _finite(value: object) -> object:
    """The value with null for each nan and infinity, which JSON has not."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
