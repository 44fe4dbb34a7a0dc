"""The stems of a text's content words, by which forms of one word are told to be the same."""

import re
from functools import lru_cache

from orgsmith.arena.sosl.words import stem

_LITTLE = """
a about all also an and any are as at be been being best by can cannot case could did do does for
from had has have he her his how i if in into is it its least may might more most must never no nor
not of on one or our ours out shall she should so than that the their them then there these they
this those to too up us was we were what when where which while who whom whose why will with would
you your
"""
SKIPPED = frozenset(_LITTLE.split())
"""Words that tell little of what a sentence is about."""

_IRREGULAR = """
begin began begun, bend bent, bite bit bitten, blow blew blown, break broke broken, bring brought,
build built, burn burnt, buy bought, catch caught, choose chose chosen, come came, deal dealt,
draw drew drawn, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feel felt,
find found, fly flew flown, forget forgot forgotten, freeze froze frozen, get got gotten, give gave
given, go went gone, grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept,
know knew known, lead led, leave left, lend lent, lose lost, make made, mean meant, meet met, pay
paid, ride rode ridden, rise rose risen, run ran, say said, see saw seen, sell sold, send sent, sew
sewn, shake shook shaken, shine shone, show shown, shrink shrank shrunk, sink sank sunk, sit sat,
sleep slept, speak spoke spoken, spend spent, stand stood, steal stole stolen, stick stuck, swell
swollen, swim swam swum, take took taken, teach taught, tear tore torn, tell told, think thought,
throw threw thrown, wake woke woken, wear wore worn, weave wove woven, wind wound, wring wrung,
write wrote written, child children, foot feet, half halves, knife knives, leaf leaves, life lives,
man men, person people, tooth teeth, woman women
"""
_BASES = {form: base for base, *forms in map(str.split, _IRREGULAR.split(",")) for form in forms}
_WORD = re.compile(r"[^\W_]+")
_OWNED = re.compile(r"['\u2019]s\b")


def content(text: str) -> list[str]:
    """The words of a text that tell what it is about, in small letters and in order."""
    words = _WORD.findall(_OWNED.sub("", text.casefold()))
    return [word for word in words if word not in SKIPPED]


def stems(text: str) -> list[str]:
    """The stems of a text's content words, in order."""
    return [_stem(word) for word in content(text)]


@lru_cache(maxsize=1 << 14)
def _stem(word: str) -> str:
    return stem(_BASES.get(word, word))
