"""`orgsmith explain`: why the answer to a benchmark question is the answer."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.options import Json, Out
from orgsmith.flows.terminal import say
from orgsmith.schema.errors import UsageError

if TYPE_CHECKING:
    from orgsmith.flows.explanation import Explanation, Proof, Shown

LONGEST = 400
"""Characters of a value that is shown of a record."""

EXAMPLES = """\
Example: orgsmith explain handle_time-0123456789ab

Example: orgsmith explain sportswear case_routing-0123456789ab --json
"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(explain)


def explain(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[DATASET] TASK_ID",
            help="TASK_ID is a question's, from a dataset's folder tasks. DATASET is a dataset's "
            "folder, INDUSTRY or INDUSTRY/VERSION; left out, the newest.",
            show_default=False,
        ),
    ],
    out: Out = None,
    json: Json = False,
) -> None:
    """Show why an answer is the answer: what proves it, who came second, how to find it."""
    dataset, task_id = _asked(words)
    with progress.Shown() as shown:
        shown.phase("opening")
        from orgsmith.arena.org import Org
        from orgsmith.arena.solver.records import LIMITS
        from orgsmith.flows.explanation import explain as explained
        from orgsmith.flows.settings import load_settings
        from orgsmith.outputs.dataset import find_dataset
        from orgsmith.outputs.question_lookup import find_answer, find_question

        opened = find_dataset(dataset, load_settings(out=out).out)
        question = find_question(opened, task_id)
        # Asked before an org is loaded for nothing: a public copy has no answers.
        find_answer(opened, question)
        with closing(Org.open(opened, limits=LIMITS)) as org:
            shown.phase("solving")
            found = explained(org, question)
    if json:
        _print_json(found)
    else:
        _print(found)


def _asked(words: list[str]) -> tuple[str | None, str]:
    """The dataset and the question that are named."""
    from orgsmith.outputs.questions import TASK_ID

    *before, task_id = words
    if len(before) > 1:
        raise UsageError(f"{len(words)} arguments: say [DATASET] TASK_ID")
    if before and TASK_ID.fullmatch(before[0]) and not TASK_ID.fullmatch(task_id):
        raise UsageError(f"say {task_id} {before[0]}: the dataset comes first")
    if not before and not TASK_ID.fullmatch(task_id):
        raise UsageError(
            f"{task_id!r} is no TASK_ID, which is a task and 12 digits, such as "
            "handle_time-0123456789ab; a dataset's tasks/<task>.parquet lists them"
        )
    return (before[0] if before else None), task_id


def _print(found: "Explanation") -> None:
    say(
        f"{found.task_id} in {found.dataset}\n\n"
        f"A {found.persona} asks, on {found.today}:\n{_indented(found.question)}\n\n"
        f"who is told:\n{_indented(found.context)}\n\n"
        f"Answer: {_named(found.answers[0], found.name)}"
    )
    for other in found.answers[1:]:
        say(f"    or: {other}")
    if found.none_reason is not None:
        say(f"because: {found.none_reason.replace('_', ' ')}")
    if found.runner_up is not None:
        second = found.runner_up
        by = "" if second.margin is None else f", behind by {second.margin:g}"
        unit = f" ({second.unit})" if by and second.unit else ""
        say(f"Second: {_named(second.answer, second.name)}{by}{unit}")
    say(f"\nWhy:\n{_indented(found.derivation.text)}")
    if not found.derivation.agrees:
        other = found.derivation.answer or "nothing"
        say(
            f"    That is not the published answer, but {other}: "
            f"orgsmith verify {found.dataset} tells what was changed"
        )
    _print_records(found)
    say(f"\nStatements that find it, for orgsmith query:\n{_indented(found.solver_query)}")


def _print_records(found: "Explanation") -> None:
    """The records that prove the answer, object by object."""
    if not found.evidence:
        say("\nRecords that prove it: none, there is nothing to find")
        return
    say(f"\nRecords that prove it: {len(found.evidence):,}")
    for record in found.records:
        say(f"  {record.kind} {_named(record.id, record.name)}")
        for name, value in _told(record):
            say(f"      {name}: {value}")
    more = len(found.evidence) - len(found.records)
    if more:
        say(f"  and {more:,} more; --json has all Ids")


def _told(record: "Proof") -> list[tuple[str, str]]:
    """The fields of a record that have a value, each in a line."""
    return [(name, _line(value)) for name, value in record.fields.items() if value is not None]


def _line(value: "Shown") -> str:
    line = " ".join(str(value).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def _named(value: str, name: str | None) -> str:
    return value if name is None else f"{value} ({' '.join(name.split())})"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _print_json(found: "Explanation") -> None:
    import json

    from pydantic import TypeAdapter

    say(json.dumps(TypeAdapter(type(found)).dump_python(found, mode="json"), indent=2))
