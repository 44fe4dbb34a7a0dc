"""Moods that a reply names."""

import re

from orgsmith.arena.solver.mood_words import Mood

_ENDINGS = {
    Mood.NEGATIVE: "negative(?:ly)?|negativity",
    Mood.NEUTRAL: "neutral(?:ly|ity)?",
    Mood.POSITIVE: "positive(?:ly)?|positivity",
}
_SURE = r"(?:not|no|none|nothing|never) (?:less|[a-z]{1,12} than)"
_DENIES = (
    r"(?:(?:not|no|isn't|wasn't)(?: any)?(?: longer| more)?|never|neither|nor|non|without"
    r"|rather than|instead of)"
)
# What may stand between a "not" and the label: "no clear", "not really a", "never been".
_WEAK = (
    r"(?:(?:a|an|any|at all|very|too|either|be|been|being|feel|felt"
    r"|(?:real|clear|strong|particular|explicit|overt|obvious|especial|exact|true|tru)(?:ly)?)[ ]"
    r"){0,2}"
)
# A label behind a "not" is one that the reply does not give.
_LABEL = re.compile(
    rf"(?:(?:(?<![a-z])(?:(?P<sure>{_SURE})|(?P<denied>{_DENIES})|(?P<less>less)|(?P<than>than)"
    rf"|(?P<joined>or))[ -]|(?P<parted>/)){_WEAK}[\"'*_`]{{0,3}})?(?<![a-z])(?:"
    + "|".join(f"(?P<{mood.name}>{words})" for mood, words in _ENDINGS.items())
    + ")(?![a-z])",
    re.IGNORECASE | re.ASCII,
)
_QUOTES = "\"'*_`"


def named(text: str) -> tuple[str, ...]:
    """Each mood that is named, in any case, as adjective, adverb or noun; none that is denied.

    Of "not negative or neutral" both are denied, of "less negative than neutral" only the first.
    """
    found: list[str] = []
    end, denied, less = 0, False, False
    for match in _LABEL.finditer(text):
        gap = text[end : match.start()].strip(_QUOTES)
        denied = _denied(match, gap, denied=denied, less=less)
        end, less = match.end(), match["less"] is not None
        if not denied:
            found.append(Mood[match.lastgroup or ""].value)
    return tuple(dict.fromkeys(found))


def _denied(match: re.Match[str], gap: str, *, denied: bool, less: bool) -> bool:
    """Whether a label is denied, by what stands between it and the one before, and by that one."""
    if match["than"]:
        return not (less and gap == " ")
    if match["joined"] or match["parted"]:
        return denied and gap == (" " if match["joined"] else "")
    return match["denied"] is not None or match["less"] is not None
