"""When each message of a conversation is sent: in the agent's shift, one after another."""

from dataclasses import dataclass

import numpy as np

from orgsmith.flows.draw.frames import Bools, Floats, Ints
from orgsmith.flows.draw.hours import HOUR, Shifts
from orgsmith.flows.draw.span import DAY
from orgsmith.flows.draw.threads import NO_MOVE, Threads

NEVER = np.iinfo(np.int64).max

MAIL_GAPS = {
    "ask_detail": 1.5,
    "give_detail": 1.0,
    "offer": 1.3,
    "doubt": 0.9,
    "reassure": 0.8,
    "accept": 0.9,
    "confirm": 0.6,
    "thank": 0.6,
}
"""Relative time before each move of a thread of mails: deciding takes longest."""
CHAT_GAPS = {
    "greet": 0.5,
    "report": 0.9,
    "ask_detail": 0.9,
    "give_detail": 1.2,
    "check": 0.6,
    "offer": 1.6,
    "doubt": 0.8,
    "reassure": 0.9,
    "accept": 0.7,
    "confirm": 0.7,
    "thank": 0.4,
    "close": 0.4,
}
GAP_SIGMA = 0.45
TAIL = 0.15
"""Relative time from the last message to the closing."""
SHORTEST_GAP = {True: 3, False: 60}
"""Seconds between two messages of a chat (True) or a thread (False) at least."""
ROOMY = 240
"""Seconds a message that a shift must have left for a thread to lie inside it."""
CHAT_LINE = 100
"""Seconds a line of a chat takes at most on average; the agent looks things up in what is left."""
LONGEST_WAIT = (130, 235)
LONGEST_SEARCH = (200, 290)
"""Seconds before a line of a chat at most, and before the offer, for which the agent looks things
up: nobody stays in a chat in which nothing happens. What a case takes longer comes after it."""
OPEN_HOURS = (6.0, 0.5)
"""Median and sigma of the hours that a thread goes on before it comes to rest unfinished."""
OPEN_LINE = (40, 95)
"""Seconds a line of a chat that ends unfinished."""
CHASE_DAYS = (1.0, 6.0)
ASKED_BEFORE = 0.45
"""Share of transferred threads in which the first agent has asked for a detail already."""
LEAST_OVERLAP = 2400
"""Seconds of an earlier shift or of waiting in which a detail can be asked for."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The fixed points of each case: seconds since 1970, `NEVER` for what does not happen.

    `end` is the as-of date; `agent` the row in Tenure of the agent who answers last.
    """

    created: Ints
    assigned: Ints
    handed_over: Ints
    closed: Ints
    end: int
    is_chat: Bools
    agent: Ints


def message_times(
    agenda: Agenda, threads: Threads, shifts: Shifts, rng: np.random.Generator
) -> Ints:
    """When each message is sent, seconds since 1970, shape of `threads.moves`.

    The report of a mail case makes the case; what follows lies between the last assignment and
    the closing, inside the shift in which the case is closed if that leaves time enough, and the
    question for a detail in a shift before it where there is one. Strictly increasing.
    """
    moved = agenda.handed_over != NEVER
    ready = np.where(moved, agenda.handed_over, agenda.assigned)
    until = _until(agenda, threads, shifts, ready, rng)
    begin = _shift_begin(agenda, threads, shifts, ready, until)
    asked = _asked_before(agenda, threads, shifts, moved, begin, until, rng)
    at = _laid_out(agenda, threads, begin, until, asked, rng)
    at = _with_early_question(threads, at, asked, rng)
    at = _with_chase(agenda, threads, at, rng)
    return np.where(threads.moves == NO_MOVE, NEVER, at)


def _until(
    agenda: Agenda, threads: Threads, shifts: Shifts, ready: Ints, rng: np.random.Generator
) -> Ints:
    """When each conversation is over: at the closing, or where it comes to rest unfinished."""
    median, sigma = OPEN_HOURS
    hours = median * np.exp(sigma * rng.standard_normal(ready.size))
    lines = rng.integers(*OPEN_LINE, ready.size) * (threads.lengths + 1)
    rest = ready + np.where(agenda.is_chat, lines, hours * HOUR).astype(np.int64)
    rest = np.minimum(rest, agenda.end - 1)
    inset = rng.integers(600, 7200, ready.size)
    for _ in range(4):
        later = rest + DAY - shifts.since(agenda.agent, rest) + inset
        off = ~agenda.is_chat & ~shifts.working(agenda.agent, rest) & (later < agenda.end)
        rest = np.where(off, later, rest)
    return np.where(agenda.closed == NEVER, rest, agenda.closed)


def _shift_begin(
    agenda: Agenda, threads: Threads, shifts: Shifts, ready: Ints, until: Ints
) -> Ints:
    """From when the last agent writes mails: the shift in which the thread ends, if roomy."""
    began = until - shifts.since(agenda.agent, until)
    inside = np.maximum(ready, began)
    fits = until - inside >= ROOMY * (threads.lengths + 1)
    suits = ~agenda.is_chat & shifts.working(agenda.agent, until) & fits
    return np.where(suits, inside, ready)


def _asked_before(
    agenda: Agenda,
    threads: Threads,
    shifts: Shifts,
    moved: Bools,
    begin: Ints,
    until: Ints,
    rng: np.random.Generator,
) -> Ints:
    """When the question for a detail is asked ahead of the rest; `NEVER` where it is not.

    Before the hand-over, by the first agent; or in the last agent's shift of the day before.
    """
    asks = threads.holds("ask_detail").any(axis=1) & ~agenda.is_chat
    shift_began = until - shifts.since(agenda.agent, until)
    low = np.where(moved, agenda.assigned, np.maximum(agenda.assigned, shift_began - DAY)) + 120
    shift_end = shift_began - DAY + shifts.length[agenda.agent]
    high = np.where(moved, agenda.handed_over, np.minimum(shift_end, begin)) - 120
    at = low + (rng.random(low.size) * np.maximum(high - low, 1)).astype(np.int64)
    early = rng.random(low.size) < ASKED_BEFORE
    worked = np.where(moved, early, shifts.working(agenda.agent, at))
    return np.where(asks & worked & (high - low >= LEAST_OVERLAP), at, NEVER)


def _laid_out(
    agenda: Agenda,
    threads: Threads,
    begin: Ints,
    until: Ints,
    asked: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Messages one after another between `begin` and `until`, by drawn gaps."""
    chat = agenda.is_chat[:, None]
    gaps = np.where(chat, threads.by_move(CHAT_GAPS), threads.by_move(MAIL_GAPS))
    early = asked[:, None] != NEVER
    gaps[(threads.holds("ask_detail") | threads.holds("give_detail")) & early] = 0
    gaps *= np.exp(GAP_SIGMA * rng.standard_normal(gaps.shape))
    window = (until - begin).astype(np.float64)
    lengths = threads.lengths
    # A long chat is a chat in which the agent has to look things up before the offer.
    searched = np.where(agenda.is_chat, np.maximum(window - CHAT_LINE * lengths, 0), 0)
    searched = np.where(threads.holds("offer").any(axis=1), searched, 0)
    least = np.where(agenda.is_chat, SHORTEST_GAP[True], SHORTEST_GAP[False]).astype(np.float64)
    least = np.minimum(least, window / (lengths + 2))
    counted = gaps > 0
    free = window - searched - least * (counted.sum(axis=1) + 1)
    tail = TAIL * np.exp(GAP_SIGMA * rng.standard_normal(window.size))
    scale = np.maximum(free, 0) / (gaps.sum(axis=1) + tail)
    seconds = gaps * scale[:, None] + counted * least[:, None]
    seconds += threads.holds("offer") * searched[:, None]
    seconds = np.where(chat, _evened(threads, seconds, counted, rng), seconds)
    at = begin[:, None] + np.cumsum(seconds, axis=1)
    # The report made the case; the queue assigns it after.
    reported = agenda.created + rng.integers(2, 20, begin.size)
    is_report = threads.holds("report") & ~chat
    return np.where(is_report, reported[:, None], at.astype(np.int64))


def _evened(threads: Threads, seconds: Floats, counted: Bools, rng: np.random.Generator) -> Floats:
    """The waits of a chat without one that is too long: its excess is spread over the others.

    Args:
        seconds: before each line, shape (n, longest).
        counted: which lines there are, shape (n, longest).
    """
    most = np.where(
        threads.holds("offer"),
        rng.uniform(*LONGEST_SEARCH, seconds.shape),
        rng.uniform(*LONGEST_WAIT, seconds.shape),
    )
    kept = np.minimum(seconds, most)
    excess, room = (seconds - kept).sum(axis=1), ((most - kept) * counted).sum(axis=1)
    share = np.minimum(excess / np.maximum(room, 1), 1)
    evened: Floats = kept + (most - kept) * counted * share[:, None]
    return evened


def _with_early_question(threads: Threads, at: Ints, asked: Ints, rng: np.random.Generator) -> Ints:
    """Put the early question at its time, and the customer's answer between it and what follows."""
    early = (asked != NEVER)[:, None]
    asks, gives = threads.holds("ask_detail"), threads.holds("give_detail")
    at = np.where(asks & early, asked[:, None], at)
    # Where nothing follows the answer, the place it would have been laid out at stands for it.
    following = np.where(gives[:, :-1], np.maximum(at[:, 1:], at[:, :-1]), 0).max(axis=1)
    reply = (
        asked
        + 60
        + ((following - asked - 120) * rng.uniform(0.1, 0.9, asked.size)).astype(np.int64)
    )
    return np.where(gives & early, reply[:, None], at)


def _with_chase(agenda: Agenda, threads: Threads, at: Ints, rng: np.random.Generator) -> Ints:
    """A customer who hears nothing asks again, days after the last message."""
    before = np.column_stack((agenda.created, at[:, :-1]))
    left = agenda.end - 1 - before
    days = rng.uniform(*CHASE_DAYS, agenda.created.size)[:, None] * DAY
    wait = np.where(days < left, days, left * 0.8)
    return np.where(threads.holds("chase"), before + wait.astype(np.int64), at)
