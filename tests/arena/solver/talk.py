"""What is said in small situations: mails, chats, articles, and the order a case is about."""

from collections.abc import Sequence

from tests.arena.solver.stage import Stage

ORDERED = "2030-01-01"
"""The day of `Stage.item`'s order."""


def case(stage: Stage, issue: str | None = None) -> str:
    """A new case about an order of `ORDERED`, its Id."""
    agent = stage.agent(f"agent{next(stage.made)}")
    item = stage.item(stage.product(f"Thing {next(stage.made)}"))
    values = {"OrderItemId__c": item} | ({"IssueId__c": issue} if issue else {})
    return stage.case(agent, "2030-01-05 00:00", **values)


def mail(stage: Stage, about: str, text: str, sent: str, *, incoming: bool = False) -> str:
    """A mail of an agent, or of the customer; its Id."""
    values = {
        "ParentId": about,
        "Subject": "Re: it",
        "TextBody": text,
        "FromAddress": "someone@example.com",
        "ToAddress": "other@example.com",
        "Incoming": incoming,
        "MessageDate": f"{sent.replace(' ', 'T')}:00Z",
    }
    return stage.create("EmailMessage", values, sent)


def chat(stage: Stage, about: str, start: str, lines: Sequence[str]) -> str:
    """A chat, its lines below a header; its Id."""
    values = {
        "CaseId": about,
        "Body": "\n".join(("Chat started: whenever", *lines)),
        "StartTime": f"{start.replace(' ', 'T')}Z",
    }
    return stage.create("LiveChatTranscript", values, start)


def article(stage: Stage, title: str, body: str, summary: str = "What it is about.") -> str:
    """A new article's Id."""
    values = {
        "Title": title,
        "Summary": summary,
        "FAQ_Answer__c": body,
        "UrlName": f"article-{next(stage.made)}",
    }
    return stage.create("Knowledge__kav", values, "2030-01-01 00:00")


def quoting(text: str, quoted: str) -> str:
    """A mail with the tail of the one it answers."""
    tail = "\n".join(f"> {line}" for line in quoted.split("\n"))
    return f"{text}\n\nOn January 6, 2030 at 9:05 AM UTC, Someone Else wrote:\n{tail}"
