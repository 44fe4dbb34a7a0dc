"""Choices by hash: the same seed gives the same choices, in any process and in any order."""

import hashlib
import json
from collections.abc import Sequence


class Dice:
    """Chooses again and again; what it is seeded with is anything that JSON can hold."""

    def __init__(self, *seed: object) -> None:
        self._seed = json.dumps(seed, sort_keys=True).encode()
        self._rolled = 0

    def roll(self, sides: int) -> int:
        """A number from 0, below `sides`."""
        self._rolled += 1
        digest = hashlib.sha256(self._seed + self._rolled.to_bytes(4, "big")).digest()
        return int.from_bytes(digest[:8], "big") % sides

    def pick(self, options: Sequence[str]) -> str:
        """One of the options."""
        return options[self.roll(len(options))]

    def sample(self, options: Sequence[str], count: int) -> list[str]:
        """Some of the options, none twice, in any order."""
        left = list(options)
        return [left.pop(self.roll(len(left))) for _ in range(min(count, len(left)))]
