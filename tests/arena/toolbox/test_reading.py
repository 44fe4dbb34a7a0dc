"""Cases and articles, read: what was written before today, by whom, and what a policy allows."""

import datetime as dt

import polars as pl
import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.articles import (
    find_answer_in_articles,
    find_policy_article,
    search_articles,
)
from orgsmith.arena.agents.toolbox.case_file import get_chat_of_case, get_emails_of_case
from orgsmith.arena.agents.toolbox.reading import read_case
from orgsmith.arena.solver.desk import Desk
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import midnight
from tests.arena.solver.stage import Stage
from tests.arena.solver.talk import article, case, chat, mail, quoting
from tests.arena.toolbox.conftest import DeskOn

TODAY = "2024-02-15"
DAY = dt.date.fromisoformat(TODAY)


def test_emails_are_those_of_the_table(desk_on: DeskOn, dataset: Dataset) -> None:
    mails = dataset.scan("EmailMessage").filter(pl.col("MessageDate") < midnight(DAY)).collect()
    desk = desk_on(TODAY)
    for key in mails["ParentId"].unique().sort()[:10]:
        own = mails.filter(ParentId=key).sort("MessageDate", "Id")
        found = get_emails_of_case(desk, key)["emails"]
        assert [each["email_id"] for each in found] == own["Id"].to_list()
        assert [each["text"] for each in found] == own["TextBody"].to_list()
        assert [each["by"] == "customer" for each in found] == own["Incoming"].to_list()


def test_chats_are_those_of_the_table(desk_on: DeskOn, dataset: Dataset) -> None:
    chats = dataset.scan("LiveChatTranscript").filter(pl.col("EndTime") < midnight(DAY)).collect()
    desk = desk_on(TODAY)
    assert chats.height
    for key, body in chats.select("CaseId", "Body").sort("CaseId").head(10).iter_rows():
        lines = [line for line in body.split("\n") if line.startswith("[")]
        found = get_chat_of_case(desk, key)["lines"]
        assert len(found) == len(lines)
        for told, line in zip(found, lines, strict=True):
            assert told["text"] == line.split(": ", 1)[1]
            assert told["sent"][11:19] == line[1:9]
            assert (told["by"] == "agent") == (line[11:17] == "Agent ")


def test_a_case_says_what_it_is_about(desk_on: DeskOn, dataset: Dataset) -> None:
    items = dataset.scan("OrderItem").select(
        pl.col("Id").alias("OrderItemId__c"), "OrderId", "Product2Id"
    )
    orders = dataset.scan("Order").select(pl.col("Id").alias("OrderId"), "EffectiveDate")
    rows = dataset.scan("Case").join(items, on="OrderItemId__c").join(orders, on="OrderId")
    row = (
        rows.filter(pl.col("CreatedDate") < midnight(DAY))
        .sort("Id")
        .first()
        .collect()
        .to_dicts()[0]
    )
    desk = desk_on(TODAY)
    found = read_case(desk, row["Id"])
    assert found == read_case(desk, row["CaseNumber"])
    expected = {
        "case_id": row["Id"],
        "number": row["CaseNumber"],
        "subject": row["Subject"],
        "description": row["Description"],
        "issue_id": row["IssueId__c"],
        "product_id": row["Product2Id"],
        "ordered_on": str(row["EffectiveDate"]),
    }
    assert expected.items() <= found.items()
    assert {**found, "emails": []}.items() >= {
        name: value
        for name, value in get_emails_of_case(desk, row["Id"]).items()
        if name != "emails"
    }.items()


def test_messages_stand_in_order_in_their_writers_own_words(stage: Stage) -> None:
    about = case(stage)
    mail(stage, about, "It broke.", "2030-01-06 09:05", incoming=True)
    chat(
        stage,
        about,
        "2030-01-06 10:00:00",
        ["[10:00:00] Agent Ann: Hello", "[10:01:00] Bob Low: Hi"],
    )
    mail(stage, about, quoting("We will see.", "It broke."), "2030-01-07 09:00")
    mail(stage, about, "Too late.", "2030-01-08 00:00", incoming=True)
    desk = Desk(stage.session, dt.date(2030, 1, 8))
    found = read_case(desk, about)
    assert [(each["by"], each["text"]) for each in found["messages"]] == [
        ("customer", "It broke."),
        ("agent", "Hello"),
        ("customer", "Hi"),
        ("agent", "We will see."),
    ]
    emails = get_emails_of_case(desk, about)["emails"]
    assert [each["text"] for each in emails] == [
        "It broke.",
        quoting("We will see.", "It broke."),
    ]
    assert [each["text"] for each in get_chat_of_case(desk, about)["lines"]] == ["Hello", "Hi"]
    assert found["ordered_on"] == "2030-01-01"
    assert found["issue"] is None


def test_a_case_of_today_is_not_known_yet(stage: Stage) -> None:
    about = case(stage)
    with pytest.raises(ToolError, match=f"no case with the Id {about} before 2030-01-05"):
        read_case(Desk(stage.session, dt.date(2030, 1, 5)), about)
    assert read_case(Desk(stage.session, dt.date(2030, 1, 6)), about)["messages"] == []
    with pytest.raises(ToolError, match="there is no case with the number '99'"):
        read_case(Desk(stage.session, dt.date(2030, 1, 6)), "99")


def test_policies_are_those_behind_the_articles(desk_on: DeskOn, dataset: Dataset) -> None:
    stated = dataset.scan("KnowledgeFact").filter(kind="policy").collect()
    article_of = dict(stated.select("IssueId", "KnowledgeId").iter_rows())
    names = dict(dataset.scan("Issue__c").select("Id", "Name").collect().iter_rows())
    desk = desk_on(TODAY)
    assert article_of
    for issue, expected in article_of.items():
        found = find_policy_article(desk, names[issue])
        assert found["article_id"] == expected
        assert found["issue"] == names[issue]
        assert found == find_policy_article(desk, issue)
        assert found["remedies"]
        for remedy in found["remedies"]:
            assert remedy["remedy"] in found["text"].casefold()
            if remedy["within_days"] is not None:
                assert f"{remedy['within_days']} day" in found["text"]


def test_unknown_issues_are_refused(stage: Stage) -> None:
    stage.issue("Lost Key")
    desk = Desk(stage.session, dt.date(2031, 1, 1))
    with pytest.raises(ToolError, match=r"there is no issue 'Found Key': take one of .*Lost Key"):
        find_policy_article(desk, "Found Key")
    with pytest.raises(ToolError, match="no article states the policy for the issue Lost Key"):
        find_policy_article(desk, "lost key")
    stage_article = article(
        stage, "Lost Key: What We Offer", 'The remedy "Lock" up to 3 days after.'
    )
    found = find_policy_article(Desk(stage.session, dt.date(2031, 1, 1)), "lost key")
    assert found["article_id"] == stage_article
    assert found["remedies"] == [{"remedy": "lock", "within_days": 3, "up_to_percent": None}]


def test_articles_are_found_by_words(desk_on: DeskOn, dataset: Dataset) -> None:
    desk = desk_on(TODAY)
    articles = dataset.scan("Knowledge__kav").sort("Id").collect()
    for row in articles.head(10).iter_rows(named=True):
        found = search_articles(desk, row["Title"], 3)
        assert {each["article_id"]: each["text"] for each in found}[row["Id"]] == row[
            "FAQ_Answer__c"
        ]
    assert len(search_articles(desk, articles["Title"][0], 1)) == 1
    assert search_articles(desk, "qqqzzz") == []
    for words in ("", "  ", "of the and", "?!"):
        with pytest.raises(ToolError, match="has no word to look for"):
            search_articles(desk, words)


def test_sentences_answer(stage: Stage) -> None:
    key = article(
        stage, "The Lighthouse", "It was built in 1903. The lamp burns 40 gallons of oil."
    )
    desk = Desk(stage.session, dt.date(2031, 1, 1))
    best = find_answer_in_articles(
        desk, "How many gallons of oil does the lighthouse lamp burn?", 2
    )
    assert best[0]["sentence"] == "The lamp burns 40 gallons of oil."
    assert best[0]["article_id"] == key
    assert best[0]["score"] >= best[-1]["score"]
    assert find_answer_in_articles(desk, "Qqqzzz?") == []
