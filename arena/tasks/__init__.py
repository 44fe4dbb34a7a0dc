"""The ten tasks of the benchmark, in the order in which they are listed everywhere."""

from collections.abc import Mapping

from orgsmith.arena.tasks.best_region import BEST_REGION
from orgsmith.arena.tasks.case_routing import CASE_ROUTING
from orgsmith.arena.tasks.handle_time import HANDLE_TIME
from orgsmith.arena.tasks.knowledge import KNOWLEDGE_QA
from orgsmith.arena.tasks.monthly_trend import MONTHLY_TREND
from orgsmith.arena.tasks.named_entity import NAMED_ENTITY
from orgsmith.arena.tasks.policy_violation import POLICY_VIOLATION
from orgsmith.arena.tasks.sentiment import SENTIMENT
from orgsmith.arena.tasks.task import Task
from orgsmith.arena.tasks.top_issue import TOP_ISSUE
from orgsmith.arena.tasks.transfer_count import TRANSFER_COUNT

TASKS: Mapping[str, Task] = {
    task.key: task
    for task in (
        CASE_ROUTING,
        HANDLE_TIME,
        TRANSFER_COUNT,
        NAMED_ENTITY,
        POLICY_VIOLATION,
        KNOWLEDGE_QA,
        TOP_ISSUE,
        MONTHLY_TREND,
        BEST_REGION,
        SENTIMENT,
    )
}
