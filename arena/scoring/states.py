"""States that a reply names, as their two letters."""

import re

_LIST = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut,
DE Delaware, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa,
KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan,
MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire,
NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma,
OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee,
TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin,
WY Wyoming, DC District of Columbia, AS American Samoa, GU Guam, MP Northern Mariana Islands,
PR Puerto Rico, VI Virgin Islands
"""
NAMES = {code: " ".join(words) for code, *words in map(str.split, _LIST.split(","))}
"""The fifty states, the capital's district and the territories. Source: USPS Publication 28."""

_CODES = {name.casefold(): code for code, name in NAMES.items()}
# The longest first: West Virginia is not Virginia.
_NAMES = "|".join(sorted(_CODES, key=len, reverse=True))
_STATE = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Za-z])(?:"
    r"(?P<district>(?i:washington,? ?d\.? ?c)\b)"
    # Kansas City lies in Missouri.
    rf"|(?P<name>(?i:{_NAMES}))(?! (?i:city))"
    r"|(?P<code>[A-Z]\.?[A-Z])"
    r")(?![0-9A-Za-z])"
)
_WHOLE = re.compile(r"(?:state(?: code)?: ?)?([a-z]{2})", re.IGNORECASE | re.ASCII)


def named(text: str) -> tuple[str, ...]:
    """Each state that is named: a name in any case, or two capitals.

    Two letters that are not both capitals are a state only if they are all that is said: in, or,
    me, hi and ok are words.
    """
    whole = _WHOLE.fullmatch(text)
    if whole and whole[1].upper() in NAMES:
        return (whole[1].upper(),)
    found = map(_code, _STATE.finditer(text))
    return tuple(dict.fromkeys(code for code in found if code in NAMES))


def _code(match: re.Match[str]) -> str:
    """The two letters of what was named, of a state or not."""
    if match["district"]:
        return "DC"
    if match["name"]:
        return _CODES[match["name"].casefold()]
    return match["code"].replace(".", "")
