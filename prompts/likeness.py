"""How texts are compared: what makes two of them the same to a reader."""

import unicodedata

import polars as pl

_UNEVEN = r"^ | $|[\t-\r\x1c-\x1f]|  "
"""White space that does not stay as it is: in ASCII, `str.split` knows these characters."""

_RUN = r"[\t-\r\x1c-\x1f ]{2,}|[\t-\r\x1c-\x1f]"


def normalised(text: str) -> str:
    """A text as it is compared: NFKC, case-folded, runs of white space one space."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.split())


def normalised_texts(texts: pl.Series) -> pl.Series:
    """Texts as they are compared, each as `normalised` has it; a missing one is an empty one.

    ASCII texts, nearly all, do not go through Python: there NFKC changes nothing, and to fold the
    case is to take small letters.
    """
    texts = texts.fill_null("")
    ascii_ = texts.str.len_bytes() == texts.str.len_chars()
    small = texts.filter(ascii_).str.to_lowercase()
    uneven = small.str.contains(_UNEVEN)
    evened = small.filter(uneven).str.replace_all(_RUN, " ").str.strip_chars(" ")
    others = [normalised(text) for text in texts.filter(~ascii_)]
    parts = [small.filter(~uneven), evened, pl.Series(others, dtype=pl.String)]
    rows = ascii_.arg_true()
    places = [rows.filter(~uneven), rows.filter(uneven), (~ascii_).arg_true()]
    whole = pl.concat([part.alias(texts.name) for part in parts])
    return whole.gather(pl.concat(place.alias("row") for place in places).arg_sort())
