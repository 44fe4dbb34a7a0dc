"""The object whose ids answer a question."""

from collections.abc import Mapping

from orgsmith.schema.objects import OBJECTS

ASKED_FOR: Mapping[str, str] = {
    "case_routing": "User",
    "handle_time": "User",
    "transfer_count": "User",
    "named_entity_disambiguation": "Product2",
    "policy_violation_identification": "Knowledge__kav",
    "top_issue_identification": "Issue__c",
}
"""By task, what its answers are ids of; of the others the answers are no ids."""


def prefixes_of(task: str) -> tuple[str, ...]:
    """The first characters of the ids that answer the questions of a task; none if no ids do."""
    return (OBJECTS[ASKED_FOR[task]].key_prefix,) if task in ASKED_FOR else ()
