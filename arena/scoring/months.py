"""Months of a year that a reply names, written YYYY-MM."""

import re

_NAMES = (
    "january|jan",
    "february|feb",
    "march|mar",
    "april|apr",
    "may",
    "june|jun",
    "july|jul",
    "august|aug",
    "september|sept|sep",
    "october|oct",
    "november|nov",
    "december|dec",
)
_NUMBERS = {
    name: number for number, names in enumerate(_NAMES, start=1) for name in names.split("|")
}
_NAME = "|".join(_NAMES)
_YEAR = "(?:19|20)[0-9]{2}"
_NUMBER = "1[0-2]|0?[1-9]"
_DAY = "[0-3]?[0-9]"
_MONTH = re.compile(
    # 2023-07, 2023/7, 2023-07-01; the day is parted as the month is, or it is another month.
    rf"(?<![0-9])(?P<y1>{_YEAR})(?P<parted>[-/.])(?P<m1>{_NUMBER})"
    rf"(?:(?P=parted){_DAY}(?![0-9])|(?![0-9]|[-/.][0-9]))"
    # 07/2023; not 01/07/2023, which is July here and January there.
    rf"|(?<![0-9])(?<![0-9][-/.])(?P<m2>{_NUMBER})[-/.](?P<y2>{_YEAR})(?![0-9]|[-/.][0-9])"
    # 2023 July, 2023-Jul.
    rf"|(?<![0-9])(?P<y3>{_YEAR})[-/,. ]{{1,2}}(?P<n3>{_NAME})\b(?!\.?,? (?:{_YEAR})\b)"
    # July 2023, Jul. 2023, July 1st, 2023; also without a year, which the next name may have.
    rf"|(?<![0-9a-z])(?P<n4>{_NAME})\b"
    rf"(?:\.?(?: {_DAY}(?:st|nd|rd|th)?)?(?:, ?| of | \(|-|/| )?(?P<y4>{_YEAR})(?![0-9]))?",
    re.IGNORECASE | re.ASCII,
)
_JOINED = frozenset({"", ",", "/", "&", "-", "and", "or", "to", ", and", ", or", "through"})


def named(text: str) -> tuple[str, ...]:
    """Each month that is named with its year; of "June and July 2023" both are.

    A month without a year is none, nor is a date whose month and day could be each other.
    """
    found: list[str] = []
    year, start = "", 0
    for match in reversed(list(_MONTH.finditer(text))):
        own = match["y1"] or match["y2"] or match["y3"] or match["y4"]
        if not own and text[match.end() : start].strip(" .").casefold() not in _JOINED:
            year = ""
        year, start = own or year, match.start()
        if year:
            name = match["n3"] or match["n4"]
            number = _NUMBERS[name.casefold()] if name else int(match["m1"] or match["m2"])
            found.append(f"{year}-{number:02}")
    return tuple(dict.fromkeys(reversed(found)))
