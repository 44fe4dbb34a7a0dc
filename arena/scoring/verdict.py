"""What a scorer says of a reply."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a reply compares with the answer.

    `SEVERAL` names the right answer and others beside it; `PARTLY` holds a part: some words of a
    text, some of several answers. `NONE_RIGHT` says None and that is right, `NONE_WRONG` says None
    where there is an answer, `NONE_MISSED` answers where None is right. `REFUSED` declines to
    answer, `UNREADABLE` holds nothing of the kind that was asked for, `UNANSWERED` is no reply.
    """

    RIGHT = "right"
    NONE_RIGHT = "none right"
    PARTLY = "partly"
    SEVERAL = "several"
    WRONG = "wrong"
    NONE_WRONG = "none wrong"
    NONE_MISSED = "none missed"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reply's score.

    `score` is what counts, 0 to 1: 1 or 0 for exact answers, token F1 for texts. `partial` gives
    credit for a part: the overlap of what was named with what was asked for. `said` is what was
    read out of the reply, in normal form.
    """

    kind: Kind
    score: float
    partial: float
    said: tuple[str, ...] = ()

    @property
    def said_none(self) -> bool:
        """Whether the reply says that nothing answers the question."""
        return self.kind in {Kind.NONE_RIGHT, Kind.NONE_WRONG}
