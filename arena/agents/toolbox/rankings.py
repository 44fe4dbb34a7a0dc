"""Rankings by the benchmark's rules: who or what comes first in a window, by how much."""

from typing import Literal

from orgsmith.arena.agents.toolbox.arguments import at_least, known, one_of, window
from orgsmith.arena.record import Record
from orgsmith.arena.solver import best_region, handle_time, monthly_trend, top_issue, transfer_count
from orgsmith.arena.solver.desk import Desk, Found


def rank_agents_by_handle_time(
    desk: Desk, start: str, end: str, more_than: int, extreme: Literal["highest", "lowest"]
) -> Record:
    """Rank agents by the mean handle time of the cases created in a window, best first.

    Compares agents who manage more than so many of these cases; the mean is over those closed
    before today and never handed over, and takes two of them at least. "answer" is the Id of the
    agent who comes first; None if nobody is left, or if several are equal. The window is half-open.

    Args:
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
        more_than: Managed cases that an agent must exceed; 0 for "at least one case".
        extreme: highest or lowest mean first.
    """
    chosen = one_of(extreme, ("highest", "lowest"), "extreme")
    least = at_least(more_than, 0, "more_than")
    asked = window(desk, start, end, more_than=least, extreme=chosen)
    return told(handle_time.solve(desk, asked))


def rank_agents_by_transfer_count(
    desk: Desk, start: str, end: str, more_than: int, extreme: Literal["most", "fewest"]
) -> Record:
    """Rank agents by how many cases they handed over in a window, best first.

    Compares agents who manage more than so many of the cases created in the window; those without a
    hand-over count with 0. "answer" is the Id of the agent who comes first; None if nobody is
    compared, if nobody handed over a case where most are asked for, or if several are equal. The
    window is half-open.

    Args:
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
        more_than: Managed cases that an agent must exceed; 0 for "at least one case".
        extreme: most or fewest hand-overs first.
    """
    chosen = one_of(extreme, (transfer_count.MOST, "fewest"), "extreme")
    least = at_least(more_than, 0, "more_than")
    asked = window(desk, start, end, more_than=least, extreme=chosen)
    return told(transfer_count.solve(desk, asked))


def rank_states_by_closing_time(desk: Desk, start: str, end: str) -> Record:
    """Rank states by the mean time from creation to closing of the cases created in a window.

    The fastest comes first. Takes cases closed before today, handed over or not, and states with
    three of them at least. "answer" is the state that comes first; None if there is none, or if
    several are equal. The window is half-open.

    Args:
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
    """
    return told(best_region.solve(desk, window(desk, start, end)))


def count_cases_by_month_for_product(desk: Desk, product_id: str, start: str, end: str) -> Record:
    """Count the cases about a product by the month of their creation, the busiest month first.

    "answer" is the month (YYYY-MM) that has significantly more cases than any other of the window:
    three at least, and twice as many as any other; None if none has. The window is half-open and
    consists of whole months.

    Args:
        product_id: Id of the product (Product2).
        start: First day of the first month, YYYY-MM-DD.
        end: First day of the month after the last, YYYY-MM-DD.
    """
    product = known(desk, product_id, "Product2")
    return told(monthly_trend.solve(desk, window(desk, start, end, product=product)))


def count_issues_of_product(desk: Desk, product_id: str, start: str, end: str) -> Record:
    """Count the cases about a product that were created in a window by issue, the commonest first.

    "answer" is the Id of the issue with most cases; None if there is no case, or if several are
    equal. The window is half-open.

    Args:
        product_id: Id of the product (Product2).
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
    """
    product = known(desk, product_id, "Product2")
    return told(top_issue.solve(desk, window(desk, start, end, product=product)))


def told(found: Found) -> Record:
    """What was found: the answer first, then how it came about, line by line."""
    return {"answer": found.answer, "ranking": found.derivation.split("\n")}
