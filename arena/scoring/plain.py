"""A reply in plain signs: no look-alikes of spaces, hyphens and quotes, white space tidied."""

import re
import unicodedata

_NOTHING = (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062"
    "\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys(_NOTHING, ""),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2043\u2212", "-"),
        **dict.fromkeys("\u2014\u2015\ufe58", " - "),
        **dict.fromkeys("\u00b4\u2018\u2019\u201a\u201b\u2032\u2039\u203a", "'"),
        **dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033", '"'),
        # One sign for a whole sentence: a megabyte of them would be twenty.
        **dict.fromkeys("\ufdfa\ufdfb", " "),
        **dict.fromkeys("\u2192\u21d2", "->"),
    }
)
"""Signs that show nothing are dropped; a long dash parts words, a short one joins them."""

_PIECE = re.compile(r"\S{1,64}|\s{1,64}")


def plain(reply: str) -> str:
    """A reply in Unicode's compatible signs, single spaces, and lines that are not empty."""
    text = reply if reply.isascii() else _compatible(reply.translate(_LOOKALIKES))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _compatible(text: str) -> str:
    """The NFKC form of a text."""
    # Accents are sorted by insertion, in quadratic time for a word of a million of them.
    return "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECE.findall(text))
