"""The moves of every conversation: mails back and forth, chats line by line."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from orgsmith.flows.draw.deals import exactly
from orgsmith.flows.draw.frames import Bools, Floats, Ints
from orgsmith.flows.draw.subjects import ESCALATED_STATUS, NEW, WORKING
from orgsmith.prompts.moves import CUSTOMER, SPEAKERS

MOVES = tuple(SPEAKERS)
NO_MOVE = -1

SHORTEST_THREAD = ("report", "offer", "accept", "confirm")
DETAIL, DOUBT, THANK = ("ask_detail", "give_detail"), ("doubt", "reassure"), ("thank",)
ADDED_SHARES = (0.5, 0.15, 0.3)
"""Shares of closed threads with a detail, a doubt, thanks, where these add 1.6 mails a thread."""
ADDED_MAILS = 1.6
DOUBTED_CHATS = 0.2

Pattern = tuple[str, ...]

_MAIL: list[Pattern] = [
    ("report", *DETAIL * detail, "offer", *DOUBT * doubt, "accept", "confirm", *THANK * thank)
    for detail, doubt, thank in product((0, 1), repeat=3)
]
_CHAT_OPENING = ("greet", "report", *DETAIL, "check")
_CHAT: list[Pattern] = [
    (*_CHAT_OPENING, "offer", *DOUBT * doubt, "accept", "confirm", "thank", "close")
    for doubt in (0, 1)
]
_OPEN_MAIL: dict[int, list[Pattern]] = {
    NEW: [("report",)],
    WORKING: [
        ("report", "ask_detail"),
        ("report", *DETAIL),
        ("report", *DETAIL, "chase"),
        ("report", *DETAIL, "offer"),
        ("report", "offer"),
    ],
    ESCALATED_STATUS: [
        ("report", *DETAIL, "chase"),
        ("report", *DETAIL, "offer", "doubt"),
        ("report", "offer", "doubt"),
        ("report", *DETAIL, "offer"),
    ],
}
_OPEN_CHAT: dict[int, list[Pattern]] = {
    WORKING: [_CHAT_OPENING, (*_CHAT_OPENING, "offer")],
    ESCALATED_STATUS: [(*_CHAT_OPENING, "offer"), (*_CHAT_OPENING, "offer", "doubt")],
}
_PATTERNS = [*_MAIL, *_CHAT]


@dataclass(frozen=True, slots=True)
class Threads:
    """The moves of each case's conversation: numbers in `MOVES`, `NO_MOVE` after the last one.

    `moves` has shape (n, longest).
    """

    moves: npt.NDArray[np.int64]

    def holds(self, move: str) -> Bools:
        """Where a move stands, shape (n, longest)."""
        held: Bools = self.moves == MOVES.index(move)
        return held

    @property
    def lengths(self) -> Ints:
        """Messages of each conversation."""
        lengths: Ints = (self.moves != NO_MOVE).sum(axis=1)
        return lengths

    def by_move(self, values: dict[str, float]) -> Floats:
        """The value of each move, 0 where there is none, shape (n, longest)."""
        table = np.array([*(values.get(move, 0.0) for move in MOVES), 0.0])
        return table[self.moves]


INCOMING = np.array([SPEAKERS[move] == CUSTOMER for move in MOVES])
"""Which moves are the customer's."""


def draw_threads(
    status: Ints, is_chat: Bools, emails_per_thread: float, rng: np.random.Generator
) -> Threads:
    """Choose each conversation's moves; mails of closed cases have the mean length asked for.

    Args:
        status: index in `subjects.STATUSES`, shape (n,).
        is_chat: whether it is a chat, shape (n,).
        emails_per_thread: mean number of mails of a closed case.
        rng: random stream.
    """
    patterns = list(_PATTERNS)
    number = np.full(status.size, -1, dtype=np.int64)
    closed = np.ones(status.size, dtype=np.bool_)
    for kinds, of_chats in ((_OPEN_MAIL, False), (_OPEN_CHAT, True)):
        for of_status, options in kinds.items():
            rows = np.flatnonzero((status == of_status) & (is_chat == of_chats))
            number[rows] = len(patterns) + rng.integers(0, len(options), rows.size)
            patterns += options
            closed[rows] = False
    mails, chats = np.flatnonzero(closed & ~is_chat), np.flatnonzero(closed & is_chat)
    number[mails] = _mail_patterns(mails.size, emails_per_thread, rng)
    number[chats] = len(_MAIL) + _share(chats.size, DOUBTED_CHATS, rng)
    table = np.full((len(patterns), max(map(len, patterns))), NO_MOVE, dtype=np.int64)
    for row, pattern in enumerate(patterns):
        table[row, : len(pattern)] = [MOVES.index(move) for move in pattern]
    return Threads(table[number])


def _mail_patterns(count: int, emails_per_thread: float, rng: np.random.Generator) -> Ints:
    strength = (emails_per_thread - len(SHORTEST_THREAD)) / ADDED_MAILS
    detail, doubt, thank = (_share(count, strength * share, rng) for share in ADDED_SHARES)
    return 4 * detail + 2 * doubt + thank


def _share(count: int, share: float, rng: np.random.Generator) -> Ints:
    """1 for the rounded share of `count`, 0 for the others, mixed."""
    return exactly(round(count * min(share, 1.0)), np.ones(count), rng).astype(np.int64)
