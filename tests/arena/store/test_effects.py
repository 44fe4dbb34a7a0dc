"""What an org does of itself when a case, a message, a person or an article is written."""

from collections.abc import Callable

import pytest

from tests.arena.store.desk import LATER, STORED_LATER, STORED_NOW, Desk, refusal

Step = tuple[object, ...]


def history(desk: Desk, case: str) -> list[Step]:
    """The steps of a case's history."""
    names = ("Field__c", "OldValue__c", "NewValue__c", "CreatedDate")
    rows = desk.rows("CaseHistory__c", '"CaseId__c" = $1 AND NOT "IsDeleted"', case)
    found: list[Step] = [tuple(row[name] for name in names) for row in rows]
    return sorted(found, key=lambda step: str(step[-1]))


def agents(desk: Desk) -> tuple[str, str]:
    """Two users."""
    one, other = desk.rows("User")[:2]
    return str(one["Id"]), str(other["Id"])


def test_a_new_case_has_a_history(desk: Desk) -> None:
    owner, _ = agents(desk)
    case = desk.create("Case", {"OwnerId": owner})
    assert history(desk, case) == [
        ("Case Creation", None, None, STORED_NOW),
        ("Owner Assignment", None, owner, STORED_NOW),
    ]


def test_history_looks_as_published(desk: Desk) -> None:
    """Published histories begin with the same two steps, told in the same way."""
    published = history(desk, str(desk.some("Case")["Id"]))
    assert published[0][:3] == ("Case Creation", None, None)
    assert published[1][:2] == ("Owner Assignment", None)
    assert str(published[1][2]).startswith("005")


def test_a_change_of_owner_is_noted(desk: Desk) -> None:
    one, other = agents(desk)
    case = desk.create("Case", {"OwnerId": one})
    desk.update("Case", case, {"OwnerId": other})
    assert history(desk, case)[2:] == [("Owner Assignment", one, other, STORED_LATER)]
    desk.update("Case", case, {"OwnerId": other, "Subject": "no new owner"})
    assert len(history(desk, case)) == 3


def test_a_published_case_changes_hands(desk: Desk) -> None:
    case = desk.some("Case")
    other = desk.some("User", '"Id" <> $1', case["OwnerId"])["Id"]
    before = history(desk, str(case["Id"]))
    desk.update("Case", str(case["Id"]), {"OwnerId": other})
    assert history(desk, str(case["Id"])) == [
        *before,
        ("Owner Assignment", case["OwnerId"], other, STORED_LATER),
    ]


def test_closing_and_opening_again(desk: Desk) -> None:
    case = desk.create("Case", {})
    desk.update("Case", case, {"Status": "Closed"})
    row = desk.row("Case", case)
    assert (row["IsClosed"], row["ClosedDate"]) == (True, STORED_LATER)
    assert history(desk, case)[2:] == [("Case Closed", None, None, STORED_LATER)]
    desk.update("Case", case, {"Status": "Closed", "Subject": "still"})
    assert desk.row("Case", case)["ClosedDate"] == STORED_LATER
    desk.update("Case", case, {"Status": "Working"})
    row = desk.row("Case", case)
    assert (row["IsClosed"], row["ClosedDate"]) == (False, None)
    assert len(history(desk, case)) == 3
    desk.update("Case", case, {"Status": "Closed"})
    assert len(history(desk, case)) == 4


def test_a_published_case_is_opened_again(desk: Desk) -> None:
    case = str(desk.some("Case", '"IsClosed"')["Id"])
    closed = desk.row("Case", case)["ClosedDate"]
    desk.update("Case", case, {"Subject": "A closed case is still closed"})
    assert desk.row("Case", case)["ClosedDate"] == closed
    desk.update("Case", case, {"Status": "Escalated"})
    row = desk.row("Case", case)
    assert (row["IsClosed"], row["ClosedDate"]) == (False, None)


def test_a_case_may_be_created_closed(desk: Desk) -> None:
    case = desk.create("Case", {"Status": "Closed"})
    row = desk.row("Case", case)
    assert (row["IsClosed"], row["ClosedDate"]) == (True, STORED_NOW)
    assert sorted(str(step[0]) for step in history(desk, case)) == [
        "Case Closed",
        "Case Creation",
        "Owner Assignment",
    ]


def test_a_case_is_of_its_contacts_account(desk: Desk) -> None:
    one, other = desk.rows("Contact")[:2]
    case = desk.create("Case", {"ContactId": one["Id"]})
    assert desk.row("Case", case)["AccountId"] == one["AccountId"]
    desk.update("Case", case, {"ContactId": other["Id"]})
    assert desk.row("Case", case)["AccountId"] == other["AccountId"]
    desk.update("Case", case, {"ContactId": one["Id"], "AccountId": other["AccountId"]})
    assert desk.row("Case", case)["AccountId"] == other["AccountId"]
    desk.update("Case", case, {"ContactId": None})
    assert desk.row("Case", case)["AccountId"] == other["AccountId"]


@pytest.mark.parametrize(
    ("given", "status"),
    [({}, "Sent"), ({"Incoming": True}, "New"), ({"Incoming": True, "Status": "Read"}, "Read")],
)
def test_messages_have_a_state_and_touch_their_case(
    desk: Desk, given: dict[str, object], status: str
) -> None:
    case = str(desk.some("Case")["Id"])
    message = desk.create("EmailMessage", {"ParentId": case, **given}, LATER)
    row = desk.row("EmailMessage", message)
    assert (row["Status"], row["MessageDate"]) == (status, STORED_LATER)
    touched = desk.row("Case", case)
    assert touched["LastModifiedDate"] == touched["SystemModstamp"] == STORED_LATER


def test_chats_are_of_the_people_of_their_case_and_touch_it(desk: Desk) -> None:
    case = desk.some("Case")
    chat = desk.row("LiveChatTranscript", desk.create("LiveChatTranscript", {"CaseId": case["Id"]}))
    assert (chat["AccountId"], chat["ContactId"]) == (case["AccountId"], case["ContactId"])
    assert str(chat["LiveChatVisitorId"]).startswith("571")
    assert desk.row("Case", str(case["Id"]))["LastModifiedDate"] == STORED_NOW
    alone = desk.row("LiveChatTranscript", desk.create("LiveChatTranscript", {}))
    assert (alone["CaseId"], alone["AccountId"], alone["ContactId"]) == (None, None, None)
    other = desk.some("Contact", '"Id" <> $1', case["ContactId"])["Id"]
    given = {"CaseId": case["Id"], "ContactId": other}
    chat = desk.row("LiveChatTranscript", desk.create("LiveChatTranscript", given))
    assert (chat["AccountId"], chat["ContactId"]) == (case["AccountId"], other)


@pytest.mark.parametrize("name", ["Account", "Contact", "User"])
def test_names_are_composed(desk: Desk, name: str) -> None:
    person = desk.some(name)
    record = str(person["Id"])
    desk.update(name, record, {"FirstName": "Ada"})
    assert desk.row(name, record)["Name"] == f"Ada {person['LastName']}"
    desk.update(name, record, {"FirstName": None, "LastName": "Byron"})
    assert desk.row(name, record)["Name"] == "Byron"


def test_articles_are_published(desk: Desk) -> None:
    article = desk.create("Knowledge__kav", {"Title": "How", "UrlName": "how"})
    row = desk.row("Knowledge__kav", article)
    assert (row["PublishStatus"], row["LastPublishedDate"]) == ("Draft", None)
    desk.update("Knowledge__kav", article, {"PublishStatus": "Online"})
    assert desk.row("Knowledge__kav", article)["LastPublishedDate"] == STORED_LATER


def test_effects_are_undone_with_the_write(desk: Desk, new_desk: Callable[[], Desk]) -> None:
    case = str(desk.some("Case", 'NOT "IsClosed"')["Id"])
    before = history(desk, case)

    def write() -> None:
        with desk.overlay.transaction():
            desk.update("Case", case, {"Status": "Closed"})
            desk.create("Case", {"Status": "unknown"})

    refusal(write)
    assert history(desk, case) == before
    assert desk.rows("CaseHistory__c") == new_desk().rows("CaseHistory__c")
