"""Names of products: no two alike, although each is made without knowledge of the others."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from orgsmith.prompts.hashes import mix, seed_of

_ROMAN = ("", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True, slots=True)
class ProductNames:
    """Deals the pairs of line and attribute to serial numbers by a permutation of its own.

    Within one noun the name is a one-to-one function of (serial, attempt), so names are unique
    whatever is written again. A serial past the number of pairs, and every further attempt, takes
    a model number ("II").
    """

    seed: int
    lines: tuple[str, ...]
    products: int

    def name(self, attributes: tuple[str, ...], noun: str, serial: int, attempt: int) -> str:
        """The name of the product with this serial number: "Line Attribute Noun"."""
        pairs = len(self.lines) * len(attributes)
        model, place = divmod(serial, pairs)
        rounds = math.ceil(self.products / pairs)
        dealt = self._deal(place, pairs, noun)
        attribute, line = divmod(dealt, len(self.lines))
        words = [self.lines[line], attributes[attribute], capitals(noun)]
        if model := model + attempt * rounds:
            words.append(_ROMAN[model] if model < len(_ROMAN) else str(model + 1))
        return " ".join(words)

    def _deal(self, place: int, pairs: int, noun: str) -> int:
        """An affine permutation of [0, pairs), another one for each noun."""
        step, start = _walk(self.seed, pairs, noun)
        return (place * step + start) % pairs


@lru_cache(maxsize=1 << 12)
def _walk(seed: int, pairs: int, noun: str) -> tuple[int, int]:
    """Step and start of the permutation of a noun: the step has no divisor in common with pairs."""
    drawn = int(mix(np.array([seed_of(f"{seed}/{noun}")], dtype=np.uint64))[0])
    step = max(1, round(pairs * 0.618)) + drawn % 97
    while math.gcd(step, pairs) != 1:
        step += 1
    return step, drawn >> 32


@lru_cache(maxsize=1 << 12)
def capitals(noun: str) -> str:
    """A noun as it stands in a name: every word with a capital."""
    return " ".join(word[:1].upper() + word[1:] for word in noun.split())
