"""What `orgsmith inspect` prints."""

from collections.abc import Iterator, Mapping

from orgsmith.flows.tables import print_table
from orgsmith.flows.terminal import say
from orgsmith.outputs.inspect import LatentSummary, Record, Sample, Summary, Value
from orgsmith.outputs.manifest import Task

LONGEST = 300
"""Characters of a text that are shown."""

SHORT = 48
"""The same where several values stand in a line."""


def print_summary(found: Summary) -> None:
    """The dataset's facts, tables of objects and questions, a record, latents' effects."""
    seed = "hidden" if found.seed is None else found.seed
    say(
        f"{found.path}\n{found.industry}, seed {seed}, scale {found.scale:g}, "
        f"as of {found.as_of}, fingerprint {found.fingerprint[:16]}"
    )
    print_table(
        ("object", "first", "last", "rows", "fields", "kB"),
        [
            (
                each.name,
                str(each.first.date()) if each.first else "",
                str(each.last.date()) if each.last else "",
                f"{each.rows:,}",
                str(each.columns),
                f"{each.bytes / 1e3:,.0f}",
            )
            for each in found.objects
        ],
        left=3,
        title="Objects",
    )
    if found.tasks:
        _print_tasks(found.tasks)
    if found.sample:
        _print_sample(found.sample)
    if found.latents:
        _print_latents(found.latents)


def _print_tasks(tasks: Mapping[str, Task]) -> None:
    """The questions of each task, and what a guesser who always says the same would score."""
    print_table(
        ("task", "questions", "None", "answers", "constant", "facts"),
        [
            (
                key,
                f"{task.rows:,}",
                f"{task.none_share:.0%}",
                f"{task.distinct_answers:,}",
                f"{task.constant_baseline:.0%}",
                f"{task.facts:,}",
            )
            for key, task in tasks.items()
        ],
        left=1,
        title="Questions",
    )


def _print_sample(sample: Sample) -> None:
    """A record, the records it refers to, and the first of those that refer to it."""
    record = sample.record
    print_table(("field", "value"), _fields(record), left=2, title=f"A record of {record.object}")
    if sample.parents:
        rows = [
            (parent.field, parent.record.object, _line(parent.record)) for parent in sample.parents
        ]
        print_table(("reference", "object", "record"), rows, left=3, title="It refers to")
    if sample.children:
        rows = [
            (f"{each.object}.{each.field}", str(each.count), _line(record))
            for each in sample.children
            for record in each.records
        ]
        print_table(("referred to by", "in all", "record"), rows, left=3, title="Referring to it")


def _print_latents(latents: tuple[LatentSummary, ...]) -> None:
    """Each latent variable with the checks that measured its effect."""
    print_table(
        ("latent variable", "effect", "n", "measured", "at least", ""),
        list(_effects(latents)),
        left=2,
        title="Latent variables and their measured effects",
    )


def _effects(latents: tuple[LatentSummary, ...]) -> Iterator[tuple[str, ...]]:
    for latent in latents:
        # A check that counts faults allows none; what measures an effect has something to reach.
        measured = [effect for effect in latent.effects if effect.threshold]
        if not measured:
            yield latent.name, "", "", "", "", ""
        for place, effect in enumerate(measured):
            yield (
                "" if place else latent.name,
                effect.name,
                f"{effect.n:,}",
                "" if effect.statistic is None else f"{effect.statistic:.3g}",
                f"{effect.threshold:.3g}",
                effect.status.value.replace("_", " "),
            )


def _fields(record: Record) -> list[tuple[str, str]]:
    return [(name, _value(value)) for name, value in record.values.items()]


def _line(record: Record) -> str:
    """A record's id and first values in a line."""
    shown = [
        f"{name} {' '.join(_value(value).split())[:SHORT]}"
        for name, value in record.values.items()
        if value is not None
    ]
    return ", ".join(shown[:4])


def _value(value: Value) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
