"""How many questions are asked for."""

from dataclasses import dataclass

from orgsmith.outputs.asking import NONE_SHARE, QUESTIONS

FEWEST = 20
"""Questions of a task that are asked for however small the organisation is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Questions of each task at scale 1, and the share of them that suppose something false."""

    number: int = QUESTIONS
    none_share: float = NONE_SHARE

    def of(self, scale: float) -> int:
        """How many at a scale: below 1 in proportion, as smaller records carry fewer."""
        if scale >= 1:
            return self.number
        return min(self.number, max(FEWEST, round(self.number * scale)))
