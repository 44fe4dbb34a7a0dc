"""What guessers score who never look: published beside every task."""

from collections import Counter
from collections.abc import Sequence

from orgsmith.arena.tasks.question import Candidate

RANDOM = "random answer"
"""A guesser who draws one of the task's answers, each as likely."""

DIGITS = 4


def constant(questions: Sequence[Candidate]) -> float:
    """The share of questions that the most frequent answer is right for."""
    if not questions:
        return 0.0
    (_, most), *_ = Counter(each.answer for each in questions).most_common(1)
    return round(most / len(questions), DIGITS)


def distinct(questions: Sequence[Candidate]) -> int:
    """How many answers there are; None counts as one."""
    return len({each.answer for each in questions})


def others(questions: Sequence[Candidate]) -> dict[str, float]:
    """The share that each other guesser is right for, by name."""
    if not questions:
        return {}
    names = sorted({name for each in questions for name in each.guesses})
    shares = {
        name: sum(each.guesses.get(name) == each.answer for each in questions) / len(questions)
        for name in names
    }
    return {
        name: round(share, DIGITS)
        for name, share in {RANDOM: 1 / distinct(questions), **shares}.items()
    }


def facts(questions: Sequence[Candidate]) -> int:
    """How many independent facts the questions with an answer rest on."""
    return len({each.fact for each in questions if each.none_reason is None})


def kinds(questions: Sequence[Candidate]) -> dict[str, int]:
    """How many questions suppose something false, by reason."""
    found = Counter(each.none_reason for each in questions if each.none_reason is not None)
    return {reason: found[reason] for reason in sorted(found)}
