"""The second entry of every answer: found with what an agent has, and with nothing else."""

from collections.abc import Callable, Mapping

from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.arena.solver import (
    best_region,
    case_routing,
    handle_time,
    knowledge,
    monthly_trend,
    named_entity,
    policy_violation,
    sentiment,
    top_issue,
    transfer_count,
)
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.tasks.question import Asked

Solver = Callable[[Desk, Asked], Found]

SOLVERS: Mapping[str, Solver] = {
    "case_routing": case_routing.solve,
    "handle_time": handle_time.solve,
    "transfer_count": transfer_count.solve,
    "named_entity_disambiguation": named_entity.solve,
    "policy_violation_identification": policy_violation.solve,
    "knowledge_qa": knowledge.solve,
    "top_issue_identification": top_issue.solve,
    "monthly_trend_analysis": monthly_trend.solve,
    "best_region_identification": best_region.solve,
    "customer_sentiment_analysis": sentiment.solve,
}
"""By the key of the task."""

SESSION = "solver"
"""The session of an org in which questions are solved."""


def solve(session: Session, asked: Asked, memory: Memory | None = None) -> tuple[Found, Desk]:
    """What a solver finds for a question, and the desk with the statements it sent.

    Raises:
        OrgError: a statement went wrong.
    """
    desk = Desk(session, asked.today, memory)
    return SOLVERS[asked.task](desk, asked), desk


def derive(org: Org, asked: Asked) -> Found:
    """What a solver finds for a question about an org.

    Raises:
        OrgError: a statement went wrong.
    """
    found, _ = solve(org.session(SESSION), asked)
    return found
