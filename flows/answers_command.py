"""`orgsmith answers list|prune|import`: what models have answered, kept so that it is paid once."""

import datetime as dt
import json as encoder
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows.options import Json, Out

if TYPE_CHECKING:
    from orgsmith.prompts.model.segments import Answer

Folder = Annotated[
    str | None,
    typer.Option(
        "--answers", metavar="DIR", help="Where answers are kept. [default: OUT/.answers]"
    ),
]
OfModel = Annotated[
    str | None,
    typer.Option("--model", metavar="PROVIDER/MODEL", help="Only answers of this model."),
]

answers = typer.Typer(
    help="The answers of models, which are kept so that no call is ever paid twice.",
    epilog="Example: orgsmith answers prune --older-than 90",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(answers, name="answers")


@dataclass(slots=True)
class Kept:
    """The answers of one model for one object; `cost_usd` is None where a price is not known."""

    model: str
    object: str
    answers: int = 0
    bytes: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    first: str = ""
    last: str = ""

    def add(self, answer: "Answer", size: int) -> None:
        """Count an answer in."""
        self.answers += 1
        self.bytes += size
        self.prompt_tokens += answer.prompt_tokens or 0
        self.completion_tokens += answer.completion_tokens or 0
        known = self.cost_usd is not None and answer.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0.0) + (answer.cost_usd or 0.0) if known else None
        self.first = min(self.first or answer.at, answer.at)
        self.last = max(self.last, answer.at)


@answers.command("list", epilog="Example: orgsmith answers list --json")
def list_answers(folder: Folder = None, out: Out = None, json: Json = False) -> None:
    """List what is kept: answers, size, tokens and cost by model and object."""
    where = _folder(folder, out)
    kept = _kept(where)
    rows = [kept[key] for key in sorted(kept)]
    if json:
        facts = {"folder": str(where), "answers": [asdict(row) for row in rows]}
        typer.echo(encoder.dumps(facts, indent=2))
        return
    from orgsmith.flows.tables import print_table

    if rows:
        print_table(
            ("model", "object", "answers", "kB", "kT", "USD", "last"),
            [
                (
                    row.model,
                    row.object,
                    f"{row.answers:,}",
                    f"{row.bytes / 1e3:,.0f}",
                    f"{(row.prompt_tokens + row.completion_tokens) / 1e3:,.1f}",
                    "unknown" if row.cost_usd is None else f"{row.cost_usd:,.4f}",
                    row.last[:10],
                )
                for row in rows
            ],
            left=2,
        )
    total, size = sum(row.answers for row in rows), sum(row.bytes for row in rows)
    typer.echo(f"{where}: {total:,} answers, {size / 1e6:,.1f} MB")


@answers.command(
    epilog="Example: orgsmith answers prune --older-than 90 --model openai/gpt-4o-mini"
)
def prune(
    older_than: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=0, help="Only answers older than so many days."),
    ] = None,
    model: OfModel = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All answers, where no other option narrows them.")
    ] = False,
    folder: Folder = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Remove answers; a run that needs one again pays for it again.

    Answers that a run at work has just been given are left alone.
    """
    from orgsmith.prompts.model import upkeep
    from orgsmith.schema.errors import UsageError

    if older_than is None and model is None and not everything:
        raise UsageError("say which answers: --older-than DAYS, --model PROVIDER/MODEL, or --all")
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=older_than or 0)
    limit = f"{before:%Y-%m-%dT%H:%M:%SZ}"

    def unwanted(answer: "Answer") -> bool:
        old = older_than is None or answer.at < limit
        return old and model in (None, answer.model)

    where = _folder(folder, out)
    pruned = upkeep.prune(where, unwanted)
    if json:
        typer.echo(encoder.dumps({"folder": str(where), **asdict(pruned)}, indent=2))
        return
    typer.echo(f"{where}: removed {pruned.answers:,} answers, {pruned.bytes / 1e6:,.1f} MB")
    if pruned.in_use:
        typer.echo(f"{pruned.in_use} files are in use by runs at work and were left alone")


@answers.command("import", epilog="Example: orgsmith answers import /mnt/share/answers")
def import_answers(
    source: Annotated[
        str, typer.Argument(metavar="DIR", help="A folder of answers, of another machine perhaps.")
    ],
    folder: Folder = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Add the answers of another folder: what they answer is not paid for here again.

    Copying the files of one folder into the other does the same.
    """
    from orgsmith.prompts.model import upkeep

    where = _folder(folder, out)
    added = upkeep.copy(Path(source), where)
    if json:
        typer.echo(encoder.dumps({"folder": str(where), "added": added}, indent=2))
    else:
        typer.echo(f"{where}: {added:,} answers added")


def _folder(folder: str | None, out: str | None) -> Path:
    """Where answers are kept, by the settings of a run."""
    from orgsmith.flows.settings import load_settings

    return load_settings(answers=folder, out=out).limits.answers


def _kept(folder: Path) -> Mapping[tuple[str, str], Kept]:
    """What is kept, by model and object."""
    from orgsmith.prompts.model.segments import every

    found: dict[tuple[str, str], Kept] = {}
    for answer, size in every(folder):
        key = (answer.model, answer.object)
        found.setdefault(key, Kept(*key)).add(answer, size)
    return found
