"""Which of many possible questions are asked: spread over answers and facts, within quotas."""

import heapq
import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.task import Task

LARGEST_SHARE = 0.5
"""Of questions with the same answer, however few answers there are."""


def deal(
    candidates: Sequence[Candidate],
    task: Task,
    number: int,
    none_share: float,
    rng: np.random.Generator,
) -> list[Candidate]:
    """The questions of a task, as many as can be asked without leaning on one answer.

    Args:
        candidates: what can be asked; equal questions are asked once.
        task: whose quotas hold.
        number: how many questions are wanted.
        none_share: the share of them that suppose something false, if the task has any.
        rng: random stream.

    Returns:
        At most `number` questions. Where the records carry fewer, those that suppose something
        false are fewer as well, so that their share stays.
    """
    unlike = list({each.identity: each for each in candidates}.values())
    order = [unlike[place] for place in rng.permutation(len(unlike))]
    true = [each for each in order if each.none_reason is None]
    false = _in_turn([each for each in order if each.none_reason is not None], task)
    while True:
        chosen = _chosen(true, false, task, number, none_share)
        if len(chosen) in {0, number}:
            return chosen
        # Caps are shares of the questions that there are, not of those that were wanted.
        number = len(chosen)


def _chosen(
    true: Sequence[Candidate],
    false: Sequence[Candidate],
    task: Task,
    number: int,
    none_share: float,
) -> list[Candidate]:
    """At most so many questions, no answer right for more than the task's share of so many."""
    nothing = math.floor(round(number * none_share, 6)) if task.none else 0
    kinds = len({each.answer for each in true})
    # An industry with few issues has few answers: each may be right more often then.
    share = max(task.share, min(1 / kinds, LARGEST_SHARE)) if kinds else task.share
    most = max(2, math.ceil(number * share))
    chosen: list[Candidate] = []
    # Too little for the quotas: what leans on labels is better than nothing.
    for quotas in (task.quotas, {}):
        taken = {each.identity for each in chosen}
        rest = [each for each in true if each.identity not in taken]
        chosen += _spread(rest, task, number - nothing, most, number, quotas, chosen)
    if task.none and none_share < 1:
        nothing = min(nothing, round(len(chosen) * none_share / (1 - none_share)))
    return [*chosen, *false[:nothing]]


def _spread(
    candidates: Sequence[Candidate],
    task: Task,
    wanted: int,
    most: int,
    number: int,
    quotas: Mapping[str, float],
    before: Sequence[Candidate],
) -> list[Candidate]:
    """Candidates whose facts and answers came least often so far, one after another."""
    facts = Counter(each.fact for each in before)
    answers = Counter(each.answer for each in before)
    labels: Counter[str] = Counter(label for each in before for label in each.labels)
    limits = {label: int(share * number) for label, share in quotas.items()}

    def rank(place: int) -> tuple[int, int, int]:
        each = candidates[place]
        return facts[each.fact], answers[each.answer], place

    waiting = [rank(place) for place in range(len(candidates))]
    heapq.heapify(waiting)
    chosen: list[Candidate] = []
    while waiting and len(before) + len(chosen) < wanted:
        known = heapq.heappop(waiting)
        place = known[-1]
        now = rank(place)
        if now != known:
            # Counts only grow: what has fallen behind waits again.
            heapq.heappush(waiting, now)
            continue
        each = candidates[place]
        full = any(labels[label] >= limits.get(label, number) for label in each.labels)
        if full or facts[each.fact] >= task.per_fact or answers[each.answer] >= most:
            continue
        chosen.append(each)
        facts[each.fact] += 1
        answers[each.answer] += 1
        labels.update(each.labels)
    return chosen


def _in_turn(candidates: Sequence[Candidate], task: Task) -> list[Candidate]:
    """One of each reason in turn, none of them resting on a fact too often."""
    seen: Counter[str | None] = Counter()
    facts: Counter[str] = Counter()
    ranked = []
    for place, each in enumerate(candidates):
        facts[each.fact] += 1
        if facts[each.fact] > task.per_fact:
            continue
        ranked.append((seen[each.none_reason], place))
        seen[each.none_reason] += 1
    return [candidates[place] for _, place in sorted(ranked)]
