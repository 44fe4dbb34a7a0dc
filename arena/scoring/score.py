"""The scorer: what a reply says, beside the answer."""

from collections.abc import Callable, Collection, Mapping, Sequence

from orgsmith.arena.scoring import ids, labels, months, states
from orgsmith.arena.scoring.none_words import says_none
from orgsmith.arena.scoring.plain import plain
from orgsmith.arena.scoring.refusals import refuses
from orgsmith.arena.scoring.texts import score_text
from orgsmith.arena.scoring.unwrap import layers
from orgsmith.arena.scoring.verdict import Kind, Verdict
from orgsmith.outputs.questions import NONE

ID, TEXT = "id", "text"
EXACT, F1 = "exact", "f1"

Read = Callable[[str], tuple[str, ...]]

READERS: Mapping[str, Read] = {
    ID: ids.named,
    "month": months.named,
    "state": states.named,
    "label": labels.named,
}
"""What reads the answers of a type out of a reply, in normal form."""

MOST_SAID = 50
"""Things that a verdict keeps of what a reply named; all of them are compared."""


def score_reply(
    reply: str | None,
    answers: Sequence[str],
    answer_type: str,
    metric: str,
    given: Collection[str] = (),
    prefixes: Collection[str] = (),
) -> Verdict:
    """The verdict on a reply.

    Args:
        reply: what the agent answered, as it stands; None if it never did.
        answers: the right answers: None alone where nothing answers; for texts the alternatives,
            of which the best counts; else all that are asked for, mostly one.
        answer_type: id, month, state, label or text.
        metric: exact, or f1 for texts.
        given: ids that stand in the question or beside it, of 18 characters: who repeats one does
            not answer with it, unless it is the answer.
        prefixes: the first characters of the ids that are asked for: beside such an id, or beside
            None, an id of another object is no answer. Where they are not known, those of the
            right answers are, and where None is right every id is an answer.

    Raises:
        ValueError: no type or metric of answers is called that, or an answer is not of its type.
    """
    if not answers or metric not in {EXACT, F1}:
        raise ValueError(f"a reply is scored by answers {answers!r} and metric {metric!r}")
    found = layers(plain(reply or ""))
    if not found[0]:
        return Verdict(Kind.UNANSWERED, 0.0, 0.0)
    if answer_type == TEXT and list(answers) != [NONE]:
        return score_text(found, [plain(each) for each in answers], exact=metric == EXACT)
    if answer_type == TEXT:
        return _score_none(found)
    if answer_type not in READERS or metric != EXACT:
        raise ValueError(f"answers of type {answer_type!r} are not scored by {metric!r}")
    right = _right(answers, answer_type)
    if answer_type != ID:
        return _score_exact(found, right, READERS[answer_type])
    wanted = {*prefixes, *map(ids.prefix_of, right)}
    return _score_ids(found, right, frozenset(given).difference(right), wanted)


def _score_none(found: Sequence[str]) -> Verdict:
    """The verdict on a text where None is right: whatever else is said is an answer."""
    if says_none(found[-1]) or says_none(found[0]):
        return _none(expected=True)
    kind = _unread(found)
    return Verdict(Kind.NONE_MISSED if kind is Kind.UNREADABLE else kind, 0.0, 0.0)


def _score_exact(
    found: Sequence[str], right: tuple[str, ...], read: Read, beside: Read | None = None
) -> Verdict:
    """The verdict by the innermost layer that names something, unless the innermost says None.

    Args:
        found: the layers of the reply.
        right: the right answers; none where None is right.
        read: what a layer names of what is asked for.
        beside: what a layer names that is an answer only where the layer says nothing else.
    """
    innermost = next(text for text in reversed(found) if text)
    for text in reversed(found):
        if said := read(text):
            return _compared(said, right)
        # Around it, "no agent" may be a step on the way: "No agent of Ohio. Answer: Dana".
        if text is innermost and says_none(text):
            return _none(expected=not right)
        if beside and (said := beside(text)):
            return _compared(said, right)
    return Verdict(_unread(found), 0.0, 0.0)


def _score_ids(
    found: Sequence[str], right: tuple[str, ...], given: Collection[str], wanted: Collection[str]
) -> Verdict:
    """The verdict by ids: those given are none, those of other objects than wanted the last."""

    def new(text: str) -> tuple[str, ...]:
        return tuple(each for each in ids.named(text) if each not in given)

    return _score_exact(found, right, lambda text: ids.of_objects(new(text), wanted), new)


def _right(answers: Sequence[str], answer_type: str) -> tuple[str, ...]:
    """The answers in normal form; nothing if None is right."""
    if list(answers) == [NONE]:
        return ()
    read = [READERS[answer_type](answer) for answer in answers]
    for answer, each in zip(answers, read, strict=True):
        if len(each) != 1:
            raise ValueError(f"the answer {answer!r} is no {answer_type}")
    return tuple(value for each in read for value in each)


def _compared(said: tuple[str, ...], right: tuple[str, ...]) -> Verdict:
    """What is named beside what is asked for; their overlap is intersection over union."""
    kept = said[:MOST_SAID]
    if not right:
        return Verdict(Kind.NONE_MISSED, 0.0, 0.0, kept)
    shared, either = set(said) & set(right), set(said) | set(right)
    overlap = len(shared) / len(either)
    if overlap == 1:
        return Verdict(Kind.RIGHT, 1.0, 1.0, kept)
    if not shared:
        return Verdict(Kind.WRONG, 0.0, 0.0, kept)
    if len(set(right)) == 1:
        return Verdict(Kind.SEVERAL, 0.0, overlap, kept)
    return Verdict(Kind.PARTLY, overlap, overlap, kept)


def _none(*, expected: bool) -> Verdict:
    if expected:
        return Verdict(Kind.NONE_RIGHT, 1.0, 1.0, (NONE,))
    return Verdict(Kind.NONE_WRONG, 0.0, 0.0, (NONE,))


def _unread(found: Sequence[str]) -> Kind:
    """What a reply is that neither names anything nor says None."""
    if refuses(found[0]) or refuses(found[-1]):
        return Kind.REFUSED
    return Kind.UNREADABLE if found[-1] else Kind.UNANSWERED
