"""The search for the nearest kept text of each text, bounds first, over all scopes at once.

Small scopes are swept as they are. A large one is taken a part at a time: first its texts are
compared with the kept ones before it, in order of length, so that only lengths that can reach the
threshold meet; then the part is settled in itself, the same way. So nothing is held but texts,
profiles and the nearest text of each, and texts that are removed are never compared with again.

Where the time goes: letters are compared of what lengths leave of n^2 / 2 pairs, at a nanosecond
each; where they do not settle it, pairs of letters, at ten to twenty; and each distance that is
left takes some hundred for texts of 200 characters. Those are most of the time where many texts
are made alike, as by templates: a million from 500 templates leave one pair of 200 to it. Letters
tell nothing of anagrams, and little of texts of 1,000 characters and more: for them, this is a
faster way to compare all pairs, and no more.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.validators.likeness.profiles import LETTERS, Whole, profiled
from orgsmith.validators.likeness.sweep import (
    LEAF,
    Best,
    Limits,
    Scratch,
    against,
    pack,
    scratch,
    sweep,
)
from orgsmith.validators.likeness.vectors import GROUP

PART = 8
"""Leaves that are compared together with what is kept before them."""

HARD = 0.01
"""Share of pairs without a bound that settles them from which a search is called a hard one."""

POLL_S = 1.0
"""Time after which one is told how far a search is, and can stop it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest kept text of each text."""

    partners: Whole
    """-1 where none is near enough."""
    pairs: int
    unsettled: int


def search(
    words: pl.Series,
    scopes: Whole,
    limits: Whole,
    workers: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Found:
    """The nearest kept text before each text of its scope.

    Args:
        words: texts, none empty.
        scopes: shape (scopes, 2): first row and end of each.
        limits: for each number of characters of two texts the greatest distance that counts.
        workers: threads; as many as there are cores where it is left out.
        tell: told every second how far it is.
    """
    workers = workers or _cores()
    with ThreadPoolExecutor(workers) as pool:
        return _Search(words, scopes, limits, pool, workers, tell).run()


def _cores() -> int:
    """Processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class _Search:
    """One search: its texts, what is found so far, and the threads at work.

    Texts are numbered by scope and length, so that those that meet lie side by side in memory.
    """

    def __init__(
        self,
        words: pl.Series,
        scopes: Whole,
        limits: Whole,
        pool: ThreadPoolExecutor,
        workers: int,
        tell: Callable[[str], None] | None,
    ) -> None:
        lengths = words.str.len_chars().to_numpy()
        scope = np.searchsorted(scopes[:, 0], np.arange(len(words)), side="right")
        turn = np.lexsort((lengths, scope))
        self._order = np.empty_like(turn)
        self._order[turn] = np.arange(turn.size)
        self._texts = profiled(words.gather(turn))
        self._lengths = self._texts.lengths
        self._scopes, self._stretch = scopes, _stretch(limits)
        self._limits = _limits(limits, self._stretch)
        self._pool, self._tell, self._due = pool, tell, time.monotonic() + POLL_S
        row, distance, total = np.full(turn.size, -1), np.zeros_like(turn), np.zeros_like(turn)
        self._best = Best(row, distance, total, turn)
        self._stop = np.zeros(1, dtype=np.uint8)
        self._work = [scratch(self._texts, self._stop) for _ in range(workers)]

    def run(self) -> Found:
        """Search all scopes."""
        sizes = self._scopes[:, 1] - self._scopes[:, 0]
        # The largest first: dealt in turn, threads get about the same.
        scopes = self._scopes[np.argsort(-sizes, kind="stable")]
        large = int((sizes > LEAF).sum())
        self._sweep(scopes[large:])
        for start, end in scopes[:large].tolist():
            self._settle(start, end)
        _, pairs, unsettled = self._tally()
        partners = np.full_like(self._order, -1)
        near = np.flatnonzero(self._best.row >= 0)
        partners[self._best.turn[near]] = self._best.turn[self._best.row[near]]
        return Found(partners, pairs, unsettled)

    def _settle(self, start: int, end: int) -> None:
        """Settle texts of one scope, given by when they are taken, among themselves."""
        if end - start <= LEAF:
            self._sweep(np.array([[start, end]]))
            return
        step = LEAF if end - start <= LEAF * PART else LEAF * PART
        for first in range(start, end, step):
            last = min(first + step, end)
            self._against(self._order[start:first], self._order[first:last])
            self._settle(first, last)

    def _sweep(self, scopes: Whole) -> None:
        """Settle scopes as they are."""
        self._threads(
            lambda first, step, work: sweep(
                self._texts, self._limits, self._order, scopes, first, step, self._best, work
            )
        )

    def _against(self, earlier: Whole, rows: Whole) -> None:
        """Compare texts of a scope with those of earlier ones that are kept."""
        kept, rows = np.sort(earlier[self._best.row[earlier] < 0]), np.sort(rows)
        lengths, known = self._lengths[rows], self._lengths[kept]
        # One character more makes up for rounding.
        low = np.searchsorted(known, lengths / self._stretch - 1, side="left")
        high = np.searchsorted(known, lengths * self._stretch + 1, side="right")
        reach = np.stack([low, high], axis=1)
        packed = np.zeros(-(-kept.size // GROUP) * GROUP * LETTERS, dtype=np.uint8)
        pack(self._texts.letters, kept, packed)
        texts, limits, best = self._texts, self._limits, self._best
        self._threads(
            lambda first, step, work: against(
                texts, limits, rows, reach, kept, packed, first, step, best, work
            )
        )

    def _threads(self, task: Callable[[int, int, Scratch], None]) -> None:
        """Do every share of a task; the threads end before this does, whatever happens."""
        step = len(self._work)
        waiting = {
            self._pool.submit(task, first, step, work) for first, work in enumerate(self._work)
        }
        try:
            while waiting:
                done, waiting = wait(waiting, POLL_S)
                for each in done:
                    each.result()
                if self._tell is not None and time.monotonic() >= self._due:
                    self._due = time.monotonic() + POLL_S
                    self._tell(self._told())
        except BaseException:
            self._stop[0] = 1
            wait(waiting)
            raise

    def _tally(self) -> tuple[int, int, int]:
        """Texts done, pairs looked at, pairs that no bound settled."""
        texts, pairs, unsettled, _ = np.sum([work.tally for work in self._work], axis=0).tolist()
        return texts, pairs, unsettled

    def _told(self) -> str:
        """How far the search is."""
        texts, pairs, unsettled = self._tally()
        total = int((self._scopes[:, 1] - self._scopes[:, 0]).sum())
        said = f"{texts:,} of {total:,} texts compared"
        if unsettled > HARD * pairs:
            share = 100 * unsettled / pairs
            said += f", slowly: {share:.0f} % of pairs are too alike for a quick verdict"
        return said


def _stretch(exact: Whole) -> float:
    """How many times as long as another a text may be that counts.

    Texts of a <= b characters are at least b - a apart. No limit is more than `share` of a + b, so
    that b - a <= share (a + b), and b <= a (1 + share) / (1 - share).
    """
    share = float((exact[1:] / np.arange(1, exact.size)).max())
    # No text is as many times as long as there are limits.
    return (1 + share) / (1 - share) if share < 1 else float(exact.size)


def _limits(exact: Whole, stretch: float) -> Limits:
    """Limits as the loops need them, for texts of up to half as many characters."""
    up_to = np.maximum.accumulate(exact)
    lengths = np.arange(exact.size // 2 + 1)
    # One character more makes up for rounding.
    longest = np.minimum(lengths * stretch + 1, exact.size // 2)
    return Limits(exact, up_to, up_to[lengths + longest.astype(np.int64)])
