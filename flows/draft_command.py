"""`orgsmith industries draft`."""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.options import Json
from orgsmith.schema.errors import StorageError, UsageError

if TYPE_CHECKING:
    from orgsmith.flows.settings import Settings
    from orgsmith.prompts.model.draft_pack import Draft
    from orgsmith.prompts.model.providers import Model
    from orgsmith.prompts.model.usage import Usage

AS_OF = dt.date(2026, 1, 1)
"""The day of a drafted pack, unless one is given: fixed, as that of a built-in one."""

NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
LONGEST_ABOUT = 2_000
REFUSED = ".refused"
"""What is added to the name of the file of a draft that was refused: no command takes it."""


def add_to(industries: typer.Typer) -> None:
    """Add the command."""
    industries.command(
        epilog='Example: orgsmith industries draft pet-insurance --about "Insurance for dogs and '
        'cats, online" --writer openai/gpt-4o'
    )(draft)


def draft(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What the industry is to be called; the file is NAME.yaml."
        ),
    ],
    about: Annotated[
        str, typer.Option(metavar="TEXT", help="The trade, in a sentence of your own.")
    ],
    writer: Annotated[
        str | None,
        typer.Option(metavar="PROVIDER/MODEL", help="The model that drafts; a capable one."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the model is served, if not by its provider."),
    ] = None,
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="USD", help="Stop before calls of this run can cost more; resumable."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help=f"The day after the data's last one. [default: {AS_OF}]"),
    ] = None,
    json: Json = False,
) -> None:
    """Have a model draft an industry pack from a sentence: ./industries/NAME.yaml.

    Each section is checked as soon as it is there and sent back with its faults. Answers are kept:
    interrupted or refused, the same command goes on where it was and pays nothing twice.
    """
    from orgsmith.flows.settings import load_settings

    file = _free_file(name)
    _check_about(about)
    with progress.Shown() as shown, progress.watched(shown):
        settings = load_settings(writer=writer, base_url=base_url, max_cost=max_cost, as_of=as_of)
        empty = _empty(name, settings.as_of)
        usage = _write(file, empty, about, settings, shown)
    _show(name, file, usage, json)


def _write(
    file: Path, empty: "Draft", about: str, settings: "Settings", shown: progress.Progress
) -> "Usage":
    """Draft the pack and put it into its file; what the calls have used up.

    Raises:
        WriterError: the model did not deliver; what it drafted is beside the file.
    """
    from orgsmith.prompts.model.answers import Answers
    from orgsmith.prompts.model.calls import Calls
    from orgsmith.prompts.model.drafter import Drafter, DraftError
    from orgsmith.prompts.model.served import Served
    from orgsmith.schema.errors import WriterError

    writing, limits = settings.writing, settings.limits
    model = _model(settings)
    head = [
        f"Drafted by {model.full_name} from this sentence:",
        _comment(about),
        f"After a change: orgsmith industries check {file.stem}",
    ]
    calls = Calls(Answers(limits.answers), limits, run=f"draft {file.stem}")
    try:
        drafter = Drafter(Served(calls, model, writing, shown.spend), empty, about, shown)
        drafted = drafter.draft()
    except DraftError as error:
        kept = file.with_name(file.name + REFUSED)
        _save(kept, error.draft, [*head, "Refused:", *map(_comment, error.faults)], again=True)
        raise WriterError(
            f"{file}: {error}; what was drafted is in {kept}: run the same command again to go on, "
            "or name another model"
        ) from error
    finally:
        calls.close()
    _save(file, drafted, head, again=False)
    return drafter.usage


def _save(file: Path, drafted: "Draft", head: Sequence[str], *, again: bool) -> None:
    """Write a draft; one without faults only if the file, as it stands, passes the check.

    Raises:
        PackError: it does not.
        StorageError: it cannot be written.
    """
    from orgsmith.schema.pack_document import Place
    from orgsmith.schema.pack_text import pack_text, values_text
    from orgsmith.schema.packs import examine, loads

    values = drafted.values()
    pack, faults = examine(Place((), values))
    text = values_text(values, head) if pack is None or faults else pack_text(pack, head)
    if not again:
        loads(text, str(file))
    try:
        file.parent.mkdir(exist_ok=True)
        # "x": one that has appeared meanwhile is not overwritten either.
        with file.open("w" if again else "x", encoding="utf-8") as content:
            try:
                content.write(text)
                content.flush()
            except OSError:
                file.unlink()
                raise
    except OSError as error:
        raise StorageError(
            f"{file}: {error.strerror}; the model's answers are kept: mend that and run the same "
            "command again, which costs nothing"
        ) from error


def _show(name: str, file: Path, usage: "Usage", as_json: bool) -> None:
    """Where the pack is, what it has cost, and what to do with it."""
    steps = (f"orgsmith industries check {name}", f"orgsmith generate {name}")
    if as_json:
        import json
        from dataclasses import asdict

        facts = {"industry": name, "file": str(file), "usage": asdict(usage), "next": steps}
        typer.echo(json.dumps(facts, indent=2))
        return
    typer.echo(f"drafted: {file}")
    typer.echo(f"model: {progress.told(usage)}")
    typer.echo(f"next: edit {file} as you like, then")
    for step in steps:
        typer.echo(f"  {step}")


def _free_file(name: str) -> Path:
    """The file of a pack that is to be drafted.

    Raises:
        UsageError: the name is none, or it is taken.
    """
    from orgsmith.schema.packs import OWN, industry_names

    if not NAME.fullmatch(name):
        raise UsageError(
            f"industry name {name!r} cannot be used: up to 60 lower-case letters, digits, hyphens "
            "and underscores, beginning with a letter, such as pet-insurance"
        )
    # A hyphen and an underscore name the same data: a pack's own name has underscores only.
    taken = {_key(each) for each in industry_names()}
    file = OWN / f"{name}.yaml"
    if _key(name) in taken:
        free = next(number for number in range(2, 1_000) if _key(f"{name}-{number}") not in taken)
        raise UsageError(
            f"there is an industry {name} already, which is never overwritten: take another name, "
            f"such as {name}-{free}, or move {file} away if it is yours"
        )
    if OWN.exists() and not OWN.is_dir():
        raise UsageError(f"{OWN} is a file; packs are kept in a folder of that name: move it away")
    return file


def _key(name: str) -> str:
    """The name of a pack by that of its file: a key, which has no hyphens."""
    return name.replace("-", "_")


def _check_about(about: str) -> None:
    if not about.strip() or len(about) > LONGEST_ABOUT:
        raise UsageError(
            f"--about has {len(about.strip()):,} characters: describe the trade in a sentence or "
            f"two, {LONGEST_ABOUT:,} characters at most"
        )


def _empty(name: str, as_of: dt.date | None) -> "Draft":
    """The pack before anything is drafted.

    Raises:
        UsageError: it cannot be of that day.
    """
    from orgsmith.prompts.model.draft_pack import Draft

    empty = Draft(_key(name), as_of or AS_OF)
    for fault in empty.faults():
        if fault.path in (("name",), ("as_of",)):
            raise UsageError(f"--as-of {as_of}: {fault.wrong}; expected {fault.expected}")
    return empty


def _model(settings: "Settings") -> "Model":
    """The model that drafts.

    Raises:
        UsageError: none is named, it is not known, or its key is missing.
    """
    from orgsmith.prompts.model.providers import Model
    from orgsmith.prompts.writing import PHRASEBOOK

    writing = settings.writing
    if writing.writer == PHRASEBOOK:
        raise UsageError(
            f"--writer {PHRASEBOOK} knows no trade: an industry is drafted by a language model, "
            "PROVIDER/MODEL such as openai/gpt-4o"
        )
    model = Model.of(writing.writer, writing.base_url)
    model.secret()
    return model


def _comment(text: str) -> str:
    """A text in one line of plain characters, whatever it holds."""
    import json

    return json.dumps(text)
