"""When each industry is regenerated, and with which parameters, unless somebody says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEZONE = "UTC"
KEEP = 8
"""Versions kept: two months of weekly ones."""

HOUR = 3
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One industry's deployment; `cron` is in UTC."""

    industry: str
    cron: str
    description: str

    @property
    def name(self) -> str:
        """What the deployment is called; a pack may be named by its file."""
        return Path(self.industry).stem

    @property
    def tags(self) -> list[str]:
        """What the deployment is found by."""
        return ["orgsmith", self.name]


def weekly(industries: Sequence[str]) -> tuple[Scheduled, ...]:
    """Once a week each, at night, on days in turn from Monday on."""
    return tuple(
        Scheduled(
            industry=name,
            cron=f"0 {HOUR} * * {(place + 1) % len(WEEKDAYS)}",
            description=(
                f"Regenerates the {name} organisation every {WEEKDAYS[place % len(WEEKDAYS)]}."
            ),
        )
        for place, name in enumerate(industries)
    )


def by(cron: str, industries: Sequence[str]) -> tuple[Scheduled, ...]:
    """All by the same expression."""
    return tuple(
        Scheduled(name, cron, f"Regenerates the {name} organisation by {cron}.")
        for name in industries
    )
