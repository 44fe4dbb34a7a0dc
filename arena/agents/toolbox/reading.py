"""A case read from end to end."""

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import cited, name_of, record_id
from orgsmith.arena.agents.toolbox.case_file import facts_of_case, spoken
from orgsmith.arena.ids import full_id
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, quoted
from orgsmith.arena.solver.speech import speech


def read_case(desk: Desk, case: str) -> Record:
    """Read a case: issue, product, day of the order, and all that was written, in order.

    "messages" are emails and lines of chats before today, in the writer's own words: what emails
    quote is left out.

    Args:
        case: Id or number of the case.
    """
    about = facts_of_case(desk, _case(desk, name_of(case, "case")))
    return {**about, "messages": [spoken(each) for each in speech(desk, about["case_id"])]}


def _case(desk: Desk, case: str) -> str:
    if full_id(case) or not case.isdecimal():
        return record_id(case, "Case")
    found = desk.query(f"SELECT Id FROM Case WHERE CaseNumber = {quoted(case)}")
    if not found:
        raise ToolError(f"there is no case with the number {cited(case)}: check its digits")
    return str(found[0]["Id"])
