"""How many words two texts share.

Source: the token F1 of the SQuAD evaluation (Rajpurkar et al., "SQuAD: 100,000+ questions for
machine comprehension of text", EMNLP 2016): small letters, no punctuation, no articles. Beyond it,
number words are digits, since an article may say "two" where a reply says "2".
"""

import re
import string
from collections import Counter

_ARTICLES = frozenset({"a", "an", "the"})
_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_DIGITS = {
    **{word: str(number) for number, word in enumerate(f"zero {_ONES} {_TEENS}".split())},
    **{word: str(10 * number) for number, word in enumerate(_TENS.split(), start=2)},
}
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS.split())})[- ]({'|'.join(_ONES.split())})\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def tokens(text: str) -> list[str]:
    """The words of a text that count: "the twenty-five Days." is 25, days."""
    joined = _COMPOUND.sub(_sum, text.lower())
    words = joined.translate(_NO_PUNCTUATION).split()
    return [_DIGITS.get(word, word) for word in words if word not in _ARTICLES]


def f1(said: list[str], right: list[str]) -> float:
    """The harmonic mean of the share of said words that are right and of right words said."""
    if not said or not right:
        return float(said == right)
    shared = sum((Counter(said) & Counter(right)).values())
    return 2 * shared / (len(said) + len(right))


def _sum(match: re.Match[str]) -> str:
    return str(int(_DIGITS[match[1]]) + int(_DIGITS[match[2]]))
