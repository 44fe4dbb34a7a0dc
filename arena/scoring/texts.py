"""Replies that are scored by the words they share with the answer."""

from collections.abc import Sequence

from orgsmith.arena.scoring.clauses import clauses
from orgsmith.arena.scoring.none_words import clause_says_none
from orgsmith.arena.scoring.refusals import clause_refuses
from orgsmith.arena.scoring.verdict import Kind, Verdict
from orgsmith.arena.scoring.words import f1, tokens
from orgsmith.arena.solver.word_stems import SKIPPED
from orgsmith.outputs.questions import NONE

ANSWERED = 0.5
"""F1 from which a text is an answer, whatever else it says: an article may state what cannot be."""

LONGEST_SAID = 500
"""Characters that a verdict keeps of a text."""


def score_text(found: Sequence[str], answers: Sequence[str], *, exact: bool) -> Verdict:
    """The verdict on a text.

    Args:
        found: the reply, and what is in it, wrapper by wrapper; the best of these counts.
        answers: the accepted alternatives; the best counts.
        exact: whether only a text with the very words of an answer scores.
    """
    right = [tokens(answer) for answer in answers]
    best, said = 0.0, tokens(found[-1])
    for text in reversed(found):
        spoken = tokens(text)
        value = max(f1(spoken, each) for each in right)
        if value > best:
            best, said = value, spoken
    if best < ANSWERED:
        words = frozenset(word for each in right for word in each)
        kind = _silence(found[-1], words) or _silence(found[0], words)
        if kind:
            return Verdict(kind, 0.0, 0.0, (NONE,) if kind is Kind.NONE_WRONG else ())
        if not said:
            return Verdict(Kind.UNREADABLE if found[-1] else Kind.UNANSWERED, 0.0, 0.0)
    score = float(best == 1) if exact else best
    kind = Kind.RIGHT if best == 1 else Kind.PARTLY if score else Kind.WRONG
    return Verdict(kind, score, best, (" ".join(said)[:LONGEST_SAID],))


def _silence(text: str, right: frozenset[str]) -> Kind | None:
    """What a reply is that gives no answer beside declining; None if it gives one.

    It gives one if a clause that does not decline has a word of the answer that tells something.
    """
    none = refused = False
    for clause in clauses(text):
        if clause_says_none(clause):
            none = True
        elif clause_refuses(clause):
            refused = True
        elif not right.isdisjoint(set(tokens(clause)) - SKIPPED):
            return None
    if none:
        return Kind.NONE_WRONG
    return Kind.REFUSED if refused else None
