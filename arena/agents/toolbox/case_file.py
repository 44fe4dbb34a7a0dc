"""What a case is about, and what was written in it before the desk's day."""

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import record_id
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, moment, quoted
from orgsmith.arena.solver.speech import Words, speech
from orgsmith.schema.objects import OBJECTS

AGENT, CUSTOMER = "agent", "customer"


def get_emails_of_case(desk: Desk, case_id: str) -> Record:
    """Read the emails of a case, the earliest first, and what the case is about.

    The texts are whole: below an answer they quote, behind > signs, what it answers to.

    Args:
        case_id: Id of the case.
    """
    about = facts_of_case(desk, record_id(case_id, "Case"))
    desk.reads()
    rows = desk.query(
        "SELECT Id, Incoming, FromName, Subject, TextBody, MessageDate FROM EmailMessage "
        f"WHERE ParentId = {quoted(about['case_id'])} AND MessageDate < {moment(desk.today)} "
        "ORDER BY MessageDate, Id"
    )
    emails = [
        {
            "email_id": row["Id"],
            "by": CUSTOMER if row["Incoming"] else AGENT,
            "name": row["FromName"],
            "sent": row["MessageDate"],
            "subject": row["Subject"],
            "text": row["TextBody"],
        }
        for row in rows
    ]
    return {**about, "emails": emails}


def get_chat_of_case(desk: Desk, case_id: str) -> Record:
    """Read the lines of a case's chats, the earliest first, and what the case is about.

    Args:
        case_id: Id of the case.
    """
    about = facts_of_case(desk, record_id(case_id, "Case"))
    prefix = OBJECTS["LiveChatTranscript"].key_prefix
    said = speech(desk, about["case_id"])
    return {**about, "lines": [spoken(each) for each in said if each.record.startswith(prefix)]}


def facts_of_case(desk: Desk, case: str) -> Record:
    """A case's number, subject, description, issue, product, and the day of its order.

    Raises:
        ToolError: there is no such case before today.
    """
    desk.needs("Issue__c", "OrderItem", "Order", "Product2")
    rows = desk.query(
        "SELECT Id, CaseNumber, Subject, Description, CreatedDate, IssueId__c, IssueId__r.Name, "
        "OrderItemId__r.Product2Id, OrderItemId__r.Product2.Name, "
        f"OrderItemId__r.Order.EffectiveDate FROM Case WHERE Id = {quoted(case)} "
        f"AND CreatedDate < {moment(desk.today)}"
    )
    if not rows:
        raise ToolError(
            f"there is no case with the Id {case} before {desk.today}: check where it comes from"
        )
    (row,) = rows
    issue, item = row["IssueId__r"], row["OrderItemId__r"]
    return {
        "case_id": row["Id"],
        "number": row["CaseNumber"],
        "created": row["CreatedDate"],
        "subject": row["Subject"],
        "description": row["Description"],
        "issue_id": row["IssueId__c"],
        "issue": issue["Name"] if issue else None,
        "product_id": item["Product2Id"] if item else None,
        "product": item["Product2"]["Name"] if item else None,
        "ordered_on": item["Order"]["EffectiveDate"] if item else None,
    }


def spoken(words: Words) -> Record:
    """What one person wrote at one time."""
    return {
        "by": AGENT if words.by_agent else CUSTOMER,
        "sent": f"{words.at:%Y-%m-%dT%H:%M:%SZ}",
        "text": words.text,
    }
