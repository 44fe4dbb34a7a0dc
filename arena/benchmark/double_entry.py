"""Double entry: a task's own answer beside the solver's, which must be the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orgsmith.arena.solver.desk import Found
from orgsmith.arena.tasks.question import Candidate
from orgsmith.schema.errors import CheckError

TEXT = "text"
"""The type of answers that are words: there the same article and the same fact are asked for."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A question on which the two entries differ, with both derivations."""

    task: str
    question: str
    told: str
    found: Found

    def __str__(self) -> str:
        """One line: the question, both answers, and how each came about."""
        derived = " ".join(self.found.derivation.split())
        return f"{self.task}, {self.question!r}: {self.told}; the solver finds {derived}"


def agree(answers: Sequence[str], evidence: Sequence[str], found: Found, answer_type: str) -> bool:
    """Whether the solver finds one of the answers; for words, in the same article and sentence."""
    if answer_type != TEXT:
        return list(answers) == [found.answer]
    statement = _words(answers[-1])
    return list(found.evidence[:1]) == list(evidence[:1]) and statement in _words(found.answer)


def derivation(candidate: Candidate) -> str:
    """How the task came to its answer, in a clause."""
    reason = f" ({candidate.none_reason})" if candidate.none_reason else ""
    margin = "" if candidate.margin is None else f", ahead by {candidate.margin:g}"
    before = "" if candidate.runner_up is None else f" of {candidate.runner_up}"
    proof = f" from {', '.join(candidate.evidence[:5])}" if candidate.evidence else ""
    return f"the task counts {candidate.answer}{reason}{margin}{before}{proof}"


def refuse(disagreements: Iterable[Disagreement], asked: int) -> None:
    """End the run if the entries differ.

    Raises:
        CheckError: they do; names the first question with both derivations.
    """
    found = list(disagreements)
    if found:
        raise CheckError(
            f"{len(found)} of {asked} answers differ between the task and the solver, nothing is "
            f"published; the first: {found[0]}"
        )


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
