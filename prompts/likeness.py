"""How texts are compared: what makes two of them the same to a reader."""

import unicodedata


def normalised(text: str) -> str:
    """A text as it is compared: NFKC, case-folded, runs of white space one space."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.split())
