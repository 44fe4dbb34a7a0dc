"""The statements that an agent writes freely: SOQL, or SOSL where one begins with FIND."""

import re

from orgsmith.arena.agents.toolbox.free import query, search
from orgsmith.arena.solver.desk import Desk

_SEARCH = re.compile(r"\s*FIND\b", re.IGNORECASE)


def execute(desk: Desk, statement: str) -> object:
    """What a statement finds.

    Raises:
        OrgError: the org refuses it.
        ToolError: it cannot be meant.
    """
    return search(desk, statement) if _SEARCH.match(statement) else query(desk, statement)
