"""Articles of the knowledge base: found by words, by issue, and sentence by sentence."""

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import cited, name_of, record_id, shown
from orgsmith.arena.agents.toolbox.issues import get_issues
from orgsmith.arena.agents.toolbox.words import with_any_word
from orgsmith.arena.ids import full_id
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.knowledge import ranking
from orgsmith.arena.solver.policy_violation import article_on, limits


def search_articles(desk: Desk, words: str, limit: int = 5) -> list[Record]:
    """Find articles of the knowledge base by the words of a question, the best first.

    Args:
        words: Words to look for; an article with some of them is found too.
        limit: How many articles to show at most, 1 to 50.
    """
    most = shown(limit)
    desk.reads()
    found = with_any_word(desk, words, "ALL", "Knowledge__kav(Id, Title, Summary, FAQ_Answer__c)")
    return [
        {
            "article_id": each["Id"],
            "title": each["Title"],
            "summary": each["Summary"],
            "text": each["FAQ_Answer__c"],
        }
        for each in found[:most]
    ]


def find_answer_in_articles(desk: Desk, question: str, limit: int = 5) -> list[Record]:
    """Find the sentences of the knowledge base that answer a question best, the best first.

    A sentence that answers it need not be the first one: read them all.

    Args:
        question: The question, in whole words as it was asked.
        limit: How many sentences to show at most, 1 to 50.
    """
    most = shown(limit)
    return [
        {
            "sentence": each.sentence.text,
            "article_id": each.sentence.article,
            "title": each.sentence.title,
            "score": round(each.score, 3),
        }
        for each in ranking(desk, name_of(question, "question"))[:most]
    ]


def find_policy_article(desk: Desk, issue: str) -> Record:
    """Find the policy article of an issue and list the remedies that it allows, with their limits.

    A remedy that is not listed may not be offered. within_days counts from the day of the order; up
    to how many percent is said where it matters; null is no limit.

    Args:
        issue: Name or Id of the issue.
    """
    name = issue_named(desk, issue)["name"]
    desk.reads()
    article = article_on(desk, name)
    if article is None:
        raise ToolError(f"no article states the policy for the issue {name}: nothing can break it")
    return {
        "article_id": article["Id"],
        "title": article["Title"],
        "issue": name,
        "remedies": [
            {
                "remedy": remedy,
                "within_days": limit.within_days,
                "up_to_percent": limit.up_to_percent,
            }
            for remedy, limit in limits(article["FAQ_Answer__c"]).items()
        ],
        "text": article["FAQ_Answer__c"],
    }


def issue_named(desk: Desk, issue: str) -> Record:
    """The issue of a name or an Id.

    Raises:
        ToolError: there is none.
    """
    issues = get_issues(desk)
    sought = name_of(issue, "issue")
    key = record_id(sought, "Issue__c") if full_id(sought) else None
    for each in issues:
        if each["id"] == key or each["name"].casefold() == sought.casefold():
            return each
    names = ", ".join(each["name"] for each in issues)
    raise ToolError(f"there is no issue {cited(sought)}: take one of {names}")
