"""What is to be generated: an industry, a seed, a scale and a day, and the counts that follow."""

import calendar
import datetime as dt
import math
from dataclasses import dataclass

from orgsmith.schema.declaration import Node
from orgsmith.schema.industry import Industry
from orgsmith.schema.streams import BLOCK_ACCOUNTS

SPAN_MONTHS = 48
SMALLEST_SCALE = 0.02
LARGEST_SCALE = 1000.0
FEWEST = {"User": 8, "Product2": 48, "on_duty": 4, "Account": 8}
"""Floors of the counts that shrink with the scale."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation, fully determined: equal values give equal bytes."""

    industry: Industry
    seed: int
    scale: float
    as_of: dt.date

    @property
    def start(self) -> dt.date:
        """First day of the organisation's life, 48 months before the as-of date."""
        return months_before(self.as_of, SPAN_MONTHS)

    @property
    def days(self) -> int:
        """Days in [start, as-of)."""
        return (self.as_of - self.start).days

    @property
    def accounts(self) -> int:
        """Customers in all."""
        return max(FEWEST["Account"], round(self.industry.counts.Account * self.scale))

    @property
    def agents(self) -> int:
        """Service agents, those who have left included."""
        return self._root("User", self.industry.counts.User)

    @property
    def seats(self) -> int:
        """Agents on duty at any time."""
        return min(self._root("on_duty", self.industry.counts.on_duty), self.agents)

    @property
    def products(self) -> int:
        """Products in the catalogue."""
        return self._root("Product2", self.industry.counts.Product2)

    @property
    def blocks(self) -> int:
        """Blocks of accounts."""
        return math.ceil(self.accounts / BLOCK_ACCOUNTS)

    def block_accounts(self, block: int) -> int:
        """Accounts in one block."""
        return min(BLOCK_ACCOUNTS, self.accounts - block * BLOCK_ACCOUNTS)

    def block_share(self, count_at_scale_1: float, block: int) -> int:
        """One block's part of something that grows with the scale.

        Blocks are cut at rounded cumulative totals, so that their parts add up to the rounded
        total whatever their number.
        """
        total = count_at_scale_1 * self.scale
        upto = min((block + 1) * BLOCK_ACCOUNTS, self.accounts) / self.accounts
        return round(total * upto) - round(total * block * BLOCK_ACCOUNTS / self.accounts)

    def blocks_of(self, node: Node) -> int:
        """In how many blocks a node is drawn."""
        return self.blocks if node.blocked else 1

    def _root(self, name: str, count: int) -> int:
        return max(FEWEST[name], round(count * math.sqrt(self.scale)))


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month some months earlier, or that month's last day.

    Raises:
        ValueError: the result would lie before the year 1.
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
