"""Figures as they are written, on the page and in the terminal."""

from orgsmith.arena.results.consistency import Consistency
from orgsmith.arena.results.figures import Figures
from orgsmith.arena.results.intervals import Interval
from orgsmith.arena.results.leaderboard import Row

NOT_SCORED = "not scored"
UNKNOWN = "unknown"
NOT_ASKED = "not asked"
UNDEFINED = "\N{EN DASH}"

_SMALL = 0.01


def counted(number: int, noun: str) -> str:
    """So many of what a noun names."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float | None) -> str:
    """A share as a percentage, 54.3."""
    return NOT_SCORED if share is None else f"{100 * share:.1f}"


def score(known: Figures | None) -> str:
    """The score in percent; what was not scored has none, not even 0."""
    return NOT_ASKED if known is None else percent(known.score)


def interval(known: Figures | None) -> str:
    """The interval of the score in percent."""
    return "" if known is None or known.score is None else _ends(known.score_interval)


def success(known: Figures) -> str:
    """How often the score is full, in percent, with its interval."""
    if known.success is None:
        return NOT_SCORED
    return f"{percent(known.success)} ({_ends(known.success_interval)})"


def _ends(interval: Interval | None) -> str:
    return UNKNOWN if interval is None else f"{percent(interval.low)} to {percent(interval.high)}"


def passed(known: Figures) -> str:
    """pass^k for the highest k that a question was answered so often."""
    if not known.consistency:
        return NOT_SCORED
    last: Consistency = known.consistency[-1]
    return f"{percent(last.chance)} (k={last.k})"


def none(known: Figures) -> str:
    """Precision and recall of None in percent, each undefined where nothing counts for it."""
    return " / ".join(
        UNDEFINED if each is None else percent(each)
        for each in (known.none.precision, known.none.recall)
    )


def whole(mean: float | None) -> str:
    """A mean of large numbers, 48,569."""
    return UNKNOWN if mean is None else f"{mean:,.0f}"


def decimal(mean: float | None) -> str:
    """A mean of small numbers, 7.3."""
    return UNKNOWN if mean is None else f"{mean:,.1f}"


def errors(mean: float | None) -> str:
    """A mean of numbers around one, 0.31."""
    return UNKNOWN if mean is None else f"{mean:,.2f}"


def dollars(cost: float | None) -> str:
    """An amount, in as many digits as it takes: $0.00042, $0.182, $12.30."""
    if cost is None:
        return UNKNOWN
    if cost == 0:
        return "$0"
    if cost < _SMALL:
        return f"${cost:.2g}" if cost >= 1e-4 else f"${cost:.1e}"
    return f"${cost:.3f}" if cost < 1 else f"${cost:,.2f}"


def measured(known: Figures, value: str) -> str:
    """A mean over scored samples; nothing where there is none."""
    return value if known.scored else ""


def unscored(known: Figures) -> str:
    """How many samples are not scored, and why."""
    kinds = {"endpoint": known.endpoint, "budget": known.budget, "failed": known.failed}
    why = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items() if count)
    return why or "0"


def standing(row: Row) -> str:
    """The rank, or why there is none."""
    if row.entry.is_baseline:
        return "baseline"
    return UNDEFINED if row.rank is None else str(row.rank)


def part(row: Row) -> str:
    """Of how many questions an entry has answered few, and what its score is worth; or nothing."""
    if not row.is_partial:
        return ""
    answered = row.entry.overall.answered
    if not answered:
        return "not scored: no answer to any question counts"
    text = f"partial: {answered:,} of {row.of:,} questions"
    if row.shared is None:
        return text
    return f"{text}; place {row.shared.place} of {row.shared.among} on these"
