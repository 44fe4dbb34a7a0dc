"""What a reader brings along who speaks the language: by which words a trade calls things.

Only words stand here; what a text says is worked out by the examiner.
"""

import re
from functools import cache

from orgsmith.schema.industry import Industry
from orgsmith.schema.packs import load

_ANGRY = """
angry anger annoyed annoying ashamed awful bad cheated disappointed disappointing disgrace dreadful
frustrated frustrating furious hate horrible lousy mad miserable outraged pathetic terrible
unacceptable upset worst
"""
_FRIENDLY = """
appreciate appreciates cheerful delighted friendly glad grateful gratefully great happy kind kindly
lovely nice pleased thank thankful thanks wonderful
"""
ANGRY, FRIENDLY = frozenset(_ANGRY.split()), frozenset(_FRIENDLY.split())
TELLING = 2
"""Words of a mood from which it is heard: one may have slipped in."""
SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
WANTING = re.compile(
    r"\b(?:wish|aim|want|prefer|would like|ask to|in mind|settle it|up to me|possible for me)\b"
)


@cache
def trade() -> Industry:
    """The trade whose words are known."""
    return load("sportswear")


def mood(text: str) -> tuple[str, list[str]]:
    """The mood of a text, and the words that show it."""
    spoken = re.findall(r"[a-z']+", text.lower())
    angry = [word for word in spoken if word in ANGRY]
    friendly = [word for word in spoken if word in FRIENDLY]
    if max(len(angry), len(friendly)) < TELLING or len(angry) == len(friendly):
        return "Neutral", []
    return ("Negative", angry) if len(angry) > len(friendly) else ("Positive", friendly)


def issue_meant(text: str) -> tuple[str, str] | None:
    """The issue that a text is about, and the words by which it calls it: the longest there are.

    What somebody wants is no trouble, so sentences that say so come last.
    """
    sentences = SENTENCE.findall(text)
    trouble = [each for each in sentences if not WANTING.search(each)]
    return _issue_called(" ".join(trouble)) or _issue_called(text)


def _issue_called(text: str) -> tuple[str, str] | None:
    called = [
        (words, issue.name)
        for issue in trade().issues
        for words in (*issue.mentions, *issue.terms)
        if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE)
    ]
    words, name = max(called, key=lambda each: len(each[0]), default=("", ""))
    return (name, words) if name else None


def remedies_named(text: str) -> dict[str, int]:
    """The remedies that a text names, and where each is named first."""
    found: dict[str, int] = {}
    for remedy in trade().remedies:
        places = [
            hit.start()
            for term in remedy.terms
            for hit in re.finditer(rf"(?<!\w){re.escape(term)}", text, re.IGNORECASE)
        ]
        if places:
            found[remedy.name] = min(places)
    return found
