"""`orgsmith generate --dry-run`: what a model would be asked and cost, before a cent is spent.

Prompts of a small organisation are rendered and measured, the phrasebook's texts standing for the
model's, and scaled up: all of it is an estimate.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import polars as pl
import typer

from orgsmith.arena.benchmark.cards import cards
from orgsmith.flows.plan import organisation_of
from orgsmith.flows.progress import Progress
from orgsmith.flows.sample import Sample, drawn
from orgsmith.flows.settings import Settings
from orgsmith.flows.writers import models
from orgsmith.prompts.model.asks import batches
from orgsmith.prompts.model.paraphrase import OBJECT, TOGETHER, paraphrase_size
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.reader import REPLIES
from orgsmith.prompts.questions import Request, compose
from orgsmith.prompts.render import ROLE, render, render_reading
from orgsmith.prompts.replies import is_chat, reply_model
from orgsmith.prompts.writing import PHRASEBOOK
from orgsmith.schema.declaration import Object, Scaling
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream
from orgsmith.validators.readings import examined, shared

WRITE, READ = "write", "read"
"""What is done with an object's records: written by one model, read again by one."""

CHARACTERS_PER_TOKEN = 4
"""Of English text and JSON, for the tokenizers in use; there is no tokenizer offline that fits
every model."""

REASONING_TOKENS = 60
"""What a reader's reply holds beside its answers, for each passage."""

TOKENS_PER_SECOND = 60
"""What a call's reply is assumed to come in, after `SECONDS_TO_FIRST_TOKEN`."""

SECONDS_TO_FIRST_TOKEN = 1.0

LARGEST_SAMPLE = 0.1
BATCHES_MEASURED = 8


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one object's records take: `cost_usd` is None where a price is not known."""

    object: str
    work: str
    records: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Measured:
    """The calls for an object's records in the sample, and the characters of each on average."""

    records: int
    calls: int
    prompt: float
    reply: float


def show(settings: Settings, progress: Progress, *, as_json: bool) -> None:
    """Print what generating with these settings would take.

    Raises:
        UsageError: there is no such industry or provider.
        PackError: the industry pack is wrong.
    """
    if settings.writer == PHRASEBOOK:
        typer.echo('{"objects": []}' if as_json else "the phrasebook makes no calls and costs none")
        return
    writer, checker = models(settings.writing)
    organisation = organisation_of(settings)
    progress.phase("measuring prompts")
    rows = list(estimates(settings, organisation))
    progress.end()
    tables = {Prices.of(model, settings.limits).table for model in (writer, checker)}
    table = "; ".join(sorted(each or "price not known" for each in tables))
    costs = [row.cost_usd for row in rows]
    total = None if None in costs else sum(cost for cost in costs if cost is not None)
    if as_json:
        facts = {
            "writer": writer.full_name,
            "checker": checker.full_name,
            "objects": [asdict(row) for row in rows],
            "calls": sum(row.calls for row in rows),
            "prompt_tokens": sum(row.prompt_tokens for row in rows),
            "completion_tokens": sum(row.completion_tokens for row in rows),
            "cost_usd": total,
            "seconds": sum(row.seconds for row in rows),
            "price_table": table,
        }
        typer.echo(json.dumps(facts, indent=2))
        return
    _print(rows, total, settings, table)


def _print(rows: Sequence[Estimate], total: float | None, settings: Settings, table: str) -> None:
    from orgsmith.flows.tables import print_table

    whole = Estimate(
        "in all",
        "",
        0,
        sum(row.calls for row in rows),
        sum(row.prompt_tokens for row in rows),
        sum(row.completion_tokens for row in rows),
        total,
        sum(row.seconds for row in rows),
    )
    print_table(
        ("object", "records", "calls", "kT in", "kT out", "USD", "seconds"),
        [
            (
                row.object if row.work != READ else "  read again",
                f"{row.records:,}" if row.records else "",
                f"{row.calls:,}",
                f"{row.prompt_tokens / 1e3:,.1f}",
                f"{row.completion_tokens / 1e3:,.1f}",
                "unknown" if row.cost_usd is None else f"{row.cost_usd:,.4f}",
                f"{row.seconds:,.0f}",
            )
            for row in (*rows, whole)
        ],
    )
    typer.echo(
        f"prices: {table}\n"
        f"kT: thousands of tokens, estimated at {CHARACTERS_PER_TOKEN} characters each; what is "
        "refused and written again comes on top\n"
        f"seconds: {settings.concurrency} calls at a time, {TOKENS_PER_SECOND} tokens a second "
        "each"
    )


def estimates(settings: Settings, organisation: Organisation) -> Iterator[Estimate]:
    """What each object takes: to be written, and to be read again."""
    sample = _sample(organisation)
    writer, checker = (Prices.of(model, settings.limits) for model in models(settings.writing))
    for declared in sample.written:
        written = _written(sample, declared)
        yield _scaled(settings, organisation, sample, declared, WRITE, written, writer)
        if declared.name in REPLIES:
            read = _read(sample, declared)
            yield _scaled(settings, organisation, sample, declared, READ, read, checker)
    asked = _asked(settings.wanted.of(organisation.scale))
    if asked.records:
        yield _estimate(settings, OBJECT, WRITE, asked, writer)


def _asked(number: int) -> _Measured:
    """The calls that say so many composed questions of each task in other words."""
    sizes = []
    for key, card in cards().items():
        requests = [Request(key, card.shape, card.slots)] * TOGETHER
        sizes.append(paraphrase_size(requests, compose(requests, stream(0, key, 0, "estimate"))))
    prompts, replies = zip(*sizes, strict=True)
    calls = len(sizes) * math.ceil(number / TOGETHER)
    return _Measured(len(sizes) * number, calls, _mean(prompts), _mean(replies))


def _sample(organisation: Organisation) -> Sample:
    *_, (_, sample) = drawn(organisation, min(organisation.scale, LARGEST_SAMPLE))
    return sample


def _written(sample: Sample, declared: Object) -> _Measured:
    """The calls that write an object's records."""
    variables = sample.variables(declared)
    texts = {row["Id"]: row for row in sample.frames[declared.name].iter_rows(named=True)}
    parts = list(batches(declared, variables))
    measured = parts[:BATCHES_MEASURED]
    schema = len(json.dumps(reply_model(declared).model_json_schema())) + len(ROLE)
    prompts = [len(render(sample.organisation, declared, part)) + schema for part in measured]
    replies = [sum(_size(declared, texts[i]) for i in part["Id"]) for part in measured]
    return _Measured(variables.height, len(parts), _mean(prompts), _mean(replies))


def _size(declared: Object, row: dict[str, object]) -> int:
    """Characters of a record in a reply."""
    texts = [str(row[field.name]) for field in declared.written]
    lines = texts[0].split("\n") if is_chat(declared) else texts
    return len(json.dumps({"record": 10, **{str(i): line for i, line in enumerate(lines)}})) + sum(
        len(field.name) for field in declared.written
    )


def _read(sample: Sample, declared: Object) -> _Measured:
    """The calls that read an object's texts again."""
    reply, _, size = REPLIES[declared.name]
    parents = sample.parents(declared.name)
    every = examined(declared, sample.frames[declared.name], parents)
    parts = [every[start : start + size] for start in range(0, len(every), size)]
    measured = parts[:BATCHES_MEASURED]
    common = shared(declared, parents)
    schema = len(json.dumps(reply.model_json_schema()))
    prompts = [
        schema
        + len(
            render_reading(
                sample.organisation, declared, common, [each.passage.shown for each in part]
            )
        )
        for part in measured
    ]
    replies = [
        sum(
            REASONING_TOKENS * CHARACTERS_PER_TOKEN + len(json.dumps(dict(each.expected)))
            for each in part
        )
        for part in measured
    ]
    return _Measured(len(every), len(parts), _mean(prompts), _mean(replies))


def _scaled(
    settings: Settings,
    organisation: Organisation,
    sample: Sample,
    declared: Object,
    work: str,
    measured: _Measured,
    prices: Prices,
) -> Estimate:
    """What was measured on the sample, for the whole organisation."""
    factor = _factor(organisation, sample, declared)
    calls = math.ceil(measured.calls * factor) if factor != 1 else measured.calls
    whole = replace(measured, records=round(measured.records * factor), calls=calls)
    return _estimate(settings, declared.name, work, whole, prices)


def _estimate(
    settings: Settings, name: str, work: str, measured: _Measured, prices: Prices
) -> Estimate:
    """What all calls take."""
    calls = measured.calls
    prompt = round(calls * measured.prompt / CHARACTERS_PER_TOKEN)
    reply = round(calls * measured.reply / CHARACTERS_PER_TOKEN)
    # By the call: some prices rise with its size.
    each_cost = prices.cost(math.ceil(prompt / calls), math.ceil(reply / calls)) if calls else 0.0
    rounds = math.ceil(calls / settings.concurrency)
    each = measured.reply / CHARACTERS_PER_TOKEN / TOKENS_PER_SECOND
    return Estimate(
        object=name,
        work=work,
        records=measured.records,
        calls=calls,
        prompt_tokens=prompt,
        completion_tokens=reply,
        cost_usd=None if each_cost is None else calls * each_cost,
        seconds=rounds * (SECONDS_TO_FIRST_TOKEN + each),
    )


def _factor(organisation: Organisation, sample: Sample, declared: Object) -> float:
    """How many times the sample's records the organisation has."""
    match declared.scaling:
        case Scaling.LINEAR:
            return organisation.scale / sample.organisation.scale
        case Scaling.ROOT:
            return organisation.products / sample.organisation.products
        case _:
            return 1.0


def _mean(values: Sequence[int]) -> float:
    return float(pl.Series(values, dtype=pl.Int64).mean() or 0.0)  # type: ignore[arg-type]
