"""Everything that happens in a case, in order."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Bools, Ints, day_number, node_frame
from orgsmith.flows.draw.hours import shifts_of
from orgsmith.flows.draw.moments import SECOND, utc
from orgsmith.flows.draw.pace import Agenda, message_times
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import rows_in
from orgsmith.flows.draw.span import DAY
from orgsmith.flows.draw.subjects import STATUSES
from orgsmith.flows.draw.threads import INCOMING, MOVES, NO_MOVE, draw_threads
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

EVENTS = ("created", "assigned", "transferred", "message", "closed")
CREATED, ASSIGNED, TRANSFERRED, MESSAGE, CLOSED = range(5)
NOBODY = -1
NEVER = np.iinfo(np.int64).max


def draw_case_timeline(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's events, from each case's creation to its closing or to the as-of date."""
    plan, tenure = parents["CasePlan"], parents["Tenure"]
    rng = stream(organisation.seed, "CaseTimeline", block, "events")
    users = tenure["UserId"]
    first, last = rows_in(users, plan["FirstOwnerId"]), rows_in(users, plan["OwnerId"])
    is_chat = (plan["channel"] == "Chat").to_numpy()
    threads = draw_threads(
        rows_in(STATUSES, plan["status"]),
        is_chat,
        organisation.industry.counts.emails_per_thread,
        rng,
    )
    agenda = Agenda(
        created=_seconds(plan["created"]),
        assigned=_assigned(plan, is_chat, rng),
        handed_over=_seconds(plan["handed_over"]),
        closed=_seconds(plan["closed"]),
        end=day_number(organisation.as_of) * DAY,
        is_chat=is_chat,
        agent=last,
    )
    shifts = shifts_of(tenure, day_number(organisation.start), organisation.days)
    said = message_times(agenda, threads, shifts, rng)
    steps = np.column_stack((agenda.created, agenda.assigned, agenda.handed_over, agenda.closed))
    at = np.column_stack((steps, said))
    event = np.concatenate(
        ([CREATED, ASSIGNED, TRANSFERRED, CLOSED], np.full(said.shape[1], MESSAGE))
    )
    move = np.column_stack((np.full(steps.shape, NO_MOVE), threads.moves))
    return _ordered(plan["CaseId"], users, first, last, agenda.handed_over, at, event, move)


def _ordered(
    case_ids: pl.Series,
    users: pl.Series,
    first: Ints,
    last: Ints,
    handed_over: Ints,
    at: Ints,
    event: Ints,
    move: Ints,
) -> pl.DataFrame:
    """The frame of all events that happen, each case's in order of time.

    Args:
        at: seconds since 1970 or `NEVER`, shape (n, events).
        event: what each column is, shape (events,).
        move: what each message does, shape (n, events).
    """
    row, column = np.nonzero(at != NEVER)
    when = at[row, column]
    order = np.lexsort((when, row))
    row, column, when = row[order], column[order], when[order]
    what, does = event[column], move[row, column]
    agent = np.where(when >= handed_over[row], last[row], first[row])
    # What has no move indexes the last one, and is emptied after.
    is_message = pl.Series(what == MESSAGE)
    return node_frame(
        "CaseTimeline",
        {
            "CaseId": case_ids.gather(row),
            "number": np.arange(row.size) - np.searchsorted(row, row),
            "event": pl.Series(EVENTS).gather(what),
            "at": utc(when * SECOND),
            "UserId": users.gather(agent).set(pl.Series(what == CREATED), None),
            "FromUserId": users.gather(first[row]).set(pl.Series(what != TRANSFERRED), None),
            "incoming": pl.Series(INCOMING[does]).set(~is_message, None),
            "move": pl.Series(MOVES).gather(does % len(MOVES)).set(~is_message, None),
        },
    )


def _seconds(moments: pl.Series) -> Ints:
    """Seconds since 1970; `NEVER` for nulls."""
    seconds: Ints = moments.dt.epoch("s").fill_null(NEVER).to_numpy()
    return seconds


def _assigned(plan: pl.DataFrame, is_chat: Bools, rng: np.random.Generator) -> Ints:
    """A queue assigns chats within seconds and mails within minutes."""
    wait = np.where(is_chat, rng.integers(3, 40, plan.height), rng.integers(25, 290, plan.height))
    return _seconds(plan["created"]) + wait
