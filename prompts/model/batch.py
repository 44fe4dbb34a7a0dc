"""One batch of records asked for until each is there, within bounds."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from orgsmith.prompts.model.served import Question, Served
from orgsmith.prompts.model.shape import ReplyError, parse, short
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.prompts.writer import Refusal

MOST_LOST = 5
"""Batches a model may fail to deliver before no further one is sent."""

LONE = 1_000
"""The number of a record's first try alone: told apart from those of its batch."""

MOST_TRIES = 1_000
"""Tries in all, kept ones included: far more than anybody pays for."""

REASONS_SHOWN = 3

T = TypeVar("T")

MakeQuestion = Callable[[Sequence[int], int, Refusal | None], Question]
"""Builds the call for some rows of the batch: in which try, and after which refusal."""

ReadRecord = Callable[[int, Mapping[str, object]], T]
"""Reads the record of a row; ValueError says what is wrong with it."""


@dataclass(slots=True)
class Asked(Generic[T]):
    """Records by row, why the missing ones were not delivered, and what it took: `fresh` calls were
    made just now."""

    records: dict[int, T]
    failed: dict[int, str]
    usage: Usage = NO_USAGE
    fresh: int = 0


async def ask_records(
    served: Served, count: int, question: MakeQuestion, read: "ReadRecord[T]"
) -> Asked[T]:
    """Ask for `count` records, numbered from 1 in the prompt.

    A reply that cannot be read is asked for again whole; of one with bad or missing records each of
    these alone, with the reason. Records that were not asked for are ignored.

    Raises:
        WriterError: the server could not answer, or the limit on the cost is reached.
    """
    asked: Asked[T] = Asked({}, {})
    async with served.calls.lanes:
        readable = await _ask(asked, served, list(range(count)), question, read, 0)
        alone = sorted(asked.failed) if readable and count > 1 else []
        await asyncio.gather(*(_ask(asked, served, [row], question, read, LONE) for row in alone))
    return asked


async def _ask(
    asked: "Asked[T]",
    served: Served,
    rows: Sequence[int],
    question: MakeQuestion,
    read: "ReadRecord[T]",
    first: int,
) -> bool:
    """Ask for some rows; whether a reply could be read.

    Tries count on from `first`, so that no call is like one before it.
    """
    fresh = tries = 0
    # Tries whose answers are kept cost nothing: the next run goes on where one gave up. A single
    # try is a look at what comes back, kept or not.
    most = served.calls.limits.tries
    while fresh < most and tries < (1 if most == 1 else MOST_TRIES):
        reason = asked.failed.get(rows[0]) if len(rows) == 1 else None
        refusal = Refusal((reason,), {}) if reason else None
        reply = await served.ask(question(rows, first + tries, refusal))
        asked.usage += reply.usage
        fresh += reply.fresh
        asked.fresh += reply.fresh
        tries += 1
        try:
            raw = parse(served.mode, reply.completion)
        except ReplyError as error:
            asked.failed |= dict.fromkeys(rows, str(error))
            continue
        _take(asked, rows, raw, read)
        # A bad record of several is asked for alone, one that stands alone once more.
        if len(rows) > 1 or rows[0] in asked.records:
            return True
    return False


def _take(
    asked: "Asked[T]",
    rows: Sequence[int],
    raw: Sequence[Mapping[str, object]],
    read: "ReadRecord[T]",
) -> None:
    """Keep the records that can be read; the reason for each of the others."""
    by_number: dict[int, Mapping[str, object]] = {}
    for record in raw:
        number = record.get("record")
        if isinstance(number, int):
            by_number.setdefault(number, record)
    for place, row in enumerate(rows, start=1):
        found = by_number.get(place)
        if found is None:
            asked.failed[row] = "the reply left the record out"
            continue
        try:
            asked.records[row] = read(row, found)
            asked.failed.pop(row, None)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            # A field too many has whatever name the model gave it.
            field = short(".".join(str(step) for step in first["loc"]))
            asked.failed[row] = f"{field}: {first['msg']}"
        except ValueError as error:
            asked.failed[row] = str(error)


def first_reasons(failed: Mapping[str, str]) -> str:
    """The first reasons for which records were not delivered, by Id."""
    return "; ".join(f"{i}: {reason}" for i, reason in sorted(failed.items())[:REASONS_SHOWN])
