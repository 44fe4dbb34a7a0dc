"""Moods that a reply names."""

import re

from orgsmith.arena.solver.mood_words import Mood

_ENDINGS = {
    Mood.NEGATIVE: "negative(?:ly)?|negativity",
    Mood.NEUTRAL: "neutral(?:ly|ity)?",
    Mood.POSITIVE: "positive(?:ly)?|positivity",
}
# A label behind a "not" is one that the reply does not give.
_LABEL = re.compile(
    r"(?<![a-z])(?P<denied>(?:not|neither|nor|non|isn't|wasn't|rather than|instead of)[ -]"
    r"(?:really |very |a |clearly )?[\"'*_`]{0,3})?(?:"
    + "|".join(f"(?P<{mood.name}>{words})" for mood, words in _ENDINGS.items())
    + ")(?![a-z])",
    re.IGNORECASE | re.ASCII,
)


def named(text: str) -> tuple[str, ...]:
    """Each mood that is named, in any case, as adjective, adverb or noun; none that is denied.

    Of "not negative or neutral" both are denied.
    """
    found: list[str] = []
    end, denied = 0, False
    for match in _LABEL.finditer(text):
        joined = text[end : match.start()].casefold() == " or "
        denied = match["denied"] is not None or (denied and joined)
        end = match.end()
        if not denied:
            found.append(Mood[match.lastgroup or ""].value)
    return tuple(dict.fromkeys(found))
