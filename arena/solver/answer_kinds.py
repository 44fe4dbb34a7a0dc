"""What kind of thing a question asks for, and whether a sentence says one of that kind."""

import re
from dataclasses import dataclass
from functools import lru_cache

from orgsmith.arena.sosl.words import stem

_COUNTS = (
    "once|twice|half|halves|thirds?|quarters?|double|dozens?|hundreds?|thousands?|one|two|three|four|"
    "five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_COUNT = rf"\b(?:\d[\d.,:/]*|{_COUNTS})\b"
_SPAN = r"\b(?:second|minute|hour|day|night|week|weekend|month|season|quarter|year|lifetime)s?\b"
_CLOCK = r"\b(?:[ap]\.m\b|noon|midnight|o'clock)"
_MOMENT = (
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekdays?|afternoon|evening|night|spring|"
    r"summer|fall|winter|easter|thanksgiving|christmas|birthday|before|after|once|when|whenever|"
    r"until|as soon as|while|same day|next)\b"
)
_LENGTH = (
    r"\b(?:inch(?:es)?|foot|feet|yards?|miles?|(?:milli|centi|kilo)?meters?|microns?|steps?)\b"
)
_WEIGHT = r"\b(?:ounces?|pounds?|(?:kilo|milli)?grams?|tons?)\b"
_MONEY = r"[$€£]|\b(?:dollars?|cents?|percent|free|fee|no charge|nothing)\b"
_PRICE = (
    r"\b(?:for (?:only |just )?\d|costs?|fee|price|charged?|free"
    r"|(?:dollars?|cents?) (?:a|an|per|each|for)\b)"
)
_DEGREES = r"\bdegrees?\b|\blukewarm\b|\bcold\b|\bcool\b|\bhot\b|\bwarm\b"
_SHARE = rf"%|\bpercent\b|\b(?:half|thirds?|quarters?|tenths?|one in|out of)\b|{_COUNT}"
_MEASURES = (
    "temperature|angle|height|distance|speed|share|percentage|age|price|fee|value|weight|length|width|"
    "limit|pressure|amount|total|rate|deposit|capacity|interval"
)
_PLACE = (
    r"\b(?:in|at(?! least| most)|on|under|to|into|from|behind|next to|near|below|"
    r"above|beside|between|inside|outside|around|away|over|top|bottom|left|right)\b"
)
_REASON = r"\b(?:because|since|as|so that|so|otherwise|or else|or|which|to|for|lest|due)\b"
_LIST = r"\w+, (?:\w+ ){1,3}?(?:and|or) \w+|\w+, \w+, \w+"
_DENIAL = r"\b(?:no|not|never|nothing|none|cannot|refuse|except|but|only|nor|free of)\b|n't\b"
_NAME = r"(?<=[a-z,] )(?:[A-Z][a-z]+)"


@dataclass(frozen=True, slots=True)
class Kind:
    """Questions of a kind, and what a sentence says that can answer one."""

    asked: re.Pattern[str]
    said: re.Pattern[str]


def _kind(asked: str, said: str, *, names: bool = False) -> Kind:
    return Kind(re.compile(asked, re.IGNORECASE), re.compile(said, 0 if names else re.IGNORECASE))


_AT = r"(?:^|, )(?:\w+ )?"
"""A question begins with its question word, or after a clause or preposition."""

KINDS = (
    _kind(
        _AT
        + r"how (?:many|much|often|long|far|old|young|large|big|small|wide|broad|deep|high|tall|"
        r"low|thick|thin|fine|heavy|fast|slow|quickly|soon|loud|close|steep)\b",
        _COUNT,
    ),
    _kind(_AT + rf"(?:what|which) (?:\w+ ){{0,2}}(?:{_MEASURES})\b", _COUNT),
    _kind(_AT + r"what is the (?:\w+est|most|least)\b", _COUNT),
    _kind(_AT + r"how (?:soon|old|long)\b(?!.* be\?)", rf"{_COUNT} (?:\w+ )?{_SPAN}"),
    _kind(_AT + r"how often\b", r"\b(?:every|each|once|twice|times|daily|weekly|monthly|yearly)\b"),
    _kind(
        _AT + r"(?:when|(?:what|which) (?:day|month|holiday|season|date)s?)\b",
        rf"{_MOMENT}|\b(?:day|week|month|year)\b|{_CLOCK}",
    ),
    _kind(r"\b(?:what|which|latest|earliest) (?:time|hours?)\b", f"{_CLOCK}|{_MOMENT}"),
    _kind(
        _AT + r"how (?:far|deep|high|tall|wide|broad|thick|thin|fine)\b", f"{_LENGTH}|\\bdegrees\\b"
    ),
    _kind(_AT + r"how heavy\b|\bweigh", _WEIGHT),
    _kind(
        _AT + r"how (?:warm|hot|cold|cool)\b|\b(?:what|which) (?:\w+ ){0,2}temperature\b", _DEGREES
    ),
    _kind(
        _AT + r"(?:what (?:do|does|is)\b.* cost|how much)\b|\b(?:what|which) (?:fee|price)\b",
        _MONEY,
    ),
    _kind(_AT + r"what (?:do|does|is)\b.* cost\b", _PRICE),
    _kind(_AT + r"what (?:share|percentage|part)\b", _SHARE),
    _kind(_AT + r"why\b", _REASON),
    _kind(_AT + r"where\b", _PLACE),
    _kind(r"\b(?:country|city|cities|located|named|called)\b", _NAME, names=True),
    _kind(r"\b(?:named|called)\b|\bin (?:what|which) order\b", _LIST),
    _kind(r"\b(?:not|cannot|never|refused?)\b", _DENIAL),
)
_COUNTED = re.compile(
    r"\b(?:how many|what share of|how much) ((?:[a-z-]+ ){0,1}[a-z-]+)", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W_]+(?:[.,:][^\W_]+)*")
_IS_COUNT = re.compile(_COUNT)
NEAR = 3
"""Words behind a number among which stands what it is a number of."""
COUNTED = 2
"""Weight of a number of what is counted, beside one for each other thing that is wanted."""


ASKING_WORDS = re.compile(
    r"\bhow (?!should|is|are|can|does|do|may|must|will|to)\w+|"
    rf"\b(?:what|which) (?:is the )?(?:\w+est )?(?:{_MEASURES}|time|hour|kind|sort|share)s?\b",
    re.IGNORECASE,
)
"""Words that say what is asked for, and that an answer need not say."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for: what a sentence must say, and what it must give a number of."""

    said: tuple[re.Pattern[str], ...]
    counted: frozenset[str]

    @classmethod
    def by(cls, question: str) -> "Wanted":
        """What a question asks for; nothing in particular if that cannot be told."""
        said = tuple(kind.said for kind in KINDS if kind.asked.search(question))
        counted = _COUNTED.search(question)
        words = _TOKEN.findall(counted[1].casefold()) if counted else []
        return cls(said, frozenset(map(stem, words)))

    def fit(self, sentence: str) -> float:
        """The share of what is wanted that a sentence says, 0 to 1."""
        found = [float(said.search(sentence) is not None) for said in self.said]
        if self.counted:
            found += [self._numbers(sentence)] * COUNTED
        return sum(found) / len(found) if found else 0.0

    def _numbers(self, sentence: str) -> float:
        """1 if a sentence gives a number of what is counted, else 0."""
        tokens = _TOKEN.findall(sentence.casefold())
        after = (
            tokens[place + 1 : place + 1 + NEAR]
            for place, token in enumerate(tokens)
            if _IS_COUNT.fullmatch(token)
        )
        return float(any(_stem(word) in self.counted for near in after for word in near))


@lru_cache(maxsize=1 << 12)
def _stem(word: str) -> str:
    return stem(word)
