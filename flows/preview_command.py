"""`orgsmith generate --preview`: prompts and replies side by side."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orgsmith.flows.plan import organisation_of
from orgsmith.flows.preview import Preview, Verdict, previews
from orgsmith.flows.progress import Progress, told
from orgsmith.flows.settings import Settings
from orgsmith.flows.terminal import plain
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.writing import PHRASEBOOK
from orgsmith.schema.errors import UsageError
from orgsmith.schema.objects import OBJECTS

NARROWEST = 120
"""Columns of the output where it is no terminal: prompt and reply stand side by side."""


def show(settings: Settings, progress: Progress, *, as_json: bool) -> None:
    """Write a few records of each object with a model, and print what was asked and answered.

    Raises:
        UsageError: the writer is the phrasebook, or cannot be used.
        WriterError: the server could not answer, or the limit on the cost is reached.
    """
    if settings.writer == PHRASEBOOK:
        raise UsageError("--preview shows what a model writes; give one: --writer PROVIDER/MODEL")
    organisation = organisation_of(settings)
    objects = sum(1 for declared in OBJECTS.values() if declared.written)
    progress.phase("writing a few records", objects)
    made: list[Preview] = []
    for preview in previews(organisation, settings.writing, settings.limits, progress):
        progress.advance(preview.object, len(preview.verdicts))
        made.append(preview)
        if not as_json:
            _print(preview)
    progress.end()
    total = sum((each.usage for each in made), NO_USAGE)
    if as_json:
        facts = {"objects": [_facts(each) for each in made], "usage": asdict(total)}
        typer.echo(json.dumps(facts, indent=2))
        return
    verdicts = [verdict for each in made for verdict in each.verdicts]
    accepted = sum(verdict.refused is None for verdict in verdicts)
    typer.echo(f"{accepted} of {len(verdicts)} records accepted; {told(total)}; nothing published")


def _facts(preview: Preview) -> dict[str, object]:
    return {
        "object": preview.object,
        "usage": asdict(preview.usage),
        "calls": [asdict(each) for each in preview.exchanges],
        "records": [
            {
                "Id": verdict.id,
                "texts": dict(verdict.texts),
                "refused": verdict.refused,
                "read_of": verdict.read_of,
                "readings": verdict.readings.drop("Id", "round").to_dicts(),
            }
            for verdict in preview.verdicts
        ],
    }


def _print(preview: Preview) -> None:
    """A table for the calls of an object, prompt beside reply, and what became of its records."""
    console = Console(width=None if Console().is_terminal else NARROWEST)
    title = f"{preview.object}: {told(preview.usage)}"
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    table.add_column("prompt", ratio=1, overflow="fold")
    table.add_column("reply", ratio=1, overflow="fold")
    for each in preview.exchanges:
        kind = "read again, without the variables" if each.reading else "written"
        where = "" if each.fresh else " (kept from before)"
        table.add_row(Text(f"[{kind}{where}]\n{_safe(each.prompt)}"), Text(_reply(each.reply)))
        table.add_section()
    console.print(table)
    for line in _verdicts(preview.verdicts):
        console.print(Text(line))
    console.print()


def _verdicts(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        became = "accepted" if verdict.refused is None else f"refused: {plain(verdict.refused)}"
        yield f"{verdict.id} {became}"
        found = ", ".join(
            plain(f"{question} {answer}" + ("" if right else f" (it should be {expected})"))
            for question, answer, right, expected in verdict.readings.select(
                "question", "found", "passed", "expected"
            ).iter_rows()
        )
        if found:
            whose = "" if verdict.read_of == "model" else ", the phrasebook's text in its place"
            yield f"    read again{whose}: {found}"


def _reply(text: str) -> str:
    """A reply as it is read by people: JSON indented, anything else as it is."""
    try:
        return _safe(json.dumps(json.loads(text), indent=2, ensure_ascii=True))
    except ValueError:
        return _safe(text)


def _safe(text: str) -> str:
    return plain(text, keep="\n")
