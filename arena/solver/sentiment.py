"""The mood of a customer, heard in the customer's own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from orgsmith.arena.solver.desk import Desk, Found
from orgsmith.arena.solver.mood_words import Mark, Mood, marks
from orgsmith.arena.solver.speech import speech
from orgsmith.arena.tasks.question import Asked

HEARD_TWICE = 2
"""Messages in which a mood must show, unless the customer wrote fewer: a word about the matter
itself may sound like a mood once."""

SHOWN = 5
"""Phrases that a derivation names."""


@dataclass(frozen=True, slots=True)
class Heard:
    """In how many messages a mood shows, and by which phrases."""

    messages: int
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, mood: Mood, shown: Sequence[Sequence[Mark]]) -> "Heard":
        """How a mood is heard, given the marks of each message."""
        found = [tuple(mark.phrase for mark in each if mark.mood is mood) for each in shown]
        return cls(sum(map(bool, found)), tuple(phrase for each in found for phrase in each))

    def __str__(self) -> str:
        words = ", ".join(f'"{phrase}"' for phrase in self.phrases[:SHOWN])
        return f"{self.messages} of them" + (f" ({words})" if words else "")


def solve(desk: Desk, asked: Asked) -> Found:
    """Whether the customer of a case is heard to be displeased, pleased or neither.

    Raises:
        OrgError: the case has no Id.
    """
    case = asked.text("case")
    own = [words for words in speech(desk, case) if not words.by_agent]
    shown = [marks(words.text) for words in own]
    negative, positive = (Heard.of(mood, shown) for mood in (Mood.NEGATIVE, Mood.POSITIVE))
    lines = (
        f"The customer wrote {len(own)} messages or lines",
        f"displeasure shows in {negative}",
        f"pleasure shows in {positive}",
    )
    records = dict.fromkeys(words.record for words in own)
    mood = judged(negative, positive, len(own))
    return Found(mood.value, "\n".join(lines), (case, *records))


def judged(negative: Heard, positive: Heard, messages: int) -> Mood:
    """The mood that shows in more messages, by more phrases if in as many; neutral if in too few.

    `messages` is how many the customer wrote.
    """
    displeased, pleased = ((heard.messages, len(heard.phrases)) for heard in (negative, positive))
    if displeased == pleased or max(displeased, pleased)[0] < min(HEARD_TWICE, messages):
        return Mood.NEUTRAL
    return Mood.NEGATIVE if displeased > pleased else Mood.POSITIVE
