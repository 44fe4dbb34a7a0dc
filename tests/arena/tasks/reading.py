"""What an agent finds in texts, read anew from the rules that it is told."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.arena.tasks.naive import NONE, midnight
from tests.arena.tasks.rows import Row, Rows

_LINE = re.compile(r"\[(\d\d:\d\d:\d\d)\] (Agent )?[^:]+: (.*)")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote: in which record, when, and in which words."""

    record: str
    at: dt.datetime
    by_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is found of a case's offer: the article that it breaks, or None."""

    answer: str
    evidence: frozenset[str]


def listed(context: str) -> dict[str, list[str]]:
    """The list in a context: each name with its words, which stand in quotation marks."""
    found: dict[str, list[str]] = {}
    for line in context.split("\n"):
        if line.startswith("- "):
            name, _, words = line[2:].partition(': "')
            found[name] = re.findall(r'"([^"]+)"', f'"{words}')
        elif found:
            break
    return found


def stands(words: str, text: str) -> bool:
    """Whether words stand in a text, in any case, in the singular or the plural."""
    return re.search(rf"\b{re.escape(words)}(s|es)?\b", text, re.IGNORECASE) is not None


def issue_of(context: str, text: str) -> str:
    """The name of the one issue whose words stand in a text."""
    found = [
        name for name, words in listed(context).items() if any(stands(word, text) for word in words)
    ]
    assert len(found) == 1, f"{found} in {text!r}"
    return found[0]


def product_of(rows: Rows, text: str) -> str:
    """Id of the product with the longest name that stands in a text."""
    named = [row for row in rows["Product2"] if row["Name"] in text]
    assert named, text
    return str(max(named, key=lambda row: len(row["Name"]))["Id"])


def meant(rows: Rows, contact: str, day: dt.date, clue: str) -> str:
    """Id of the product of a day's orders that a clue means."""
    account = rows.one("Contact", contact)["AccountId"]
    ordered = {
        item["Product2Id"]
        for item in rows["OrderItem"]
        for order in (rows.one("Order", item["OrderId"]),)
        if order["AccountId"] == account
        and order["EffectiveDate"] == day
        and order["Status"] == "Activated"
    }
    products = [rows.one("Product2", product) for product in ordered]
    fitting = [
        str(product["Id"])
        for product in products
        if stands(clue, f"{product['Name']}\n{product['Description']}")
    ]
    assert len(fitting) <= 1, f"{fitting} all have {clue!r}"
    return fitting[0] if fitting else NONE


def talk(rows: Rows, case: str, now: dt.datetime) -> list[Said]:
    """What was said in a case before a moment, in order of time, without what is quoted."""
    said = [
        Said(mail["Id"], mail["MessageDate"], not mail["Incoming"], _own(mail["TextBody"]))
        for mail in rows["EmailMessage"]
        if mail["ParentId"] == case
    ]
    for chat in rows["LiveChatTranscript"]:
        if chat["CaseId"] == case:
            said.extend(_lines(chat))
    return sorted((each for each in said if each.at < now), key=lambda each: each.at)


def ruling(rows: Rows, case: str, today: dt.date, context: str) -> Ruling:
    """Whether the offer in a case breaks the policy of its issue, by the words alone."""
    row = rows.one("Case", case)
    issue = rows.one("Issue__c", row["IssueId__c"])["Name"]
    policies = [
        article
        for article in rows["Knowledge__kav"]
        if issue in article["Title"] and "The remedy" in article["FAQ_Answer__c"]
    ]
    assert len(policies) == 1, f"{[each['Title'] for each in policies]} name {issue}"
    offer, remedy = _offer(talk(rows, case, midnight(today)), listed(context))
    article = policies[0]
    item = rows.one("OrderItem", row["OrderItemId__c"])
    ordered = rows.one("Order", item["OrderId"])["EffectiveDate"]
    age = (offer.at.date() - ordered).days
    broken = _breaks(article["FAQ_Answer__c"], remedy, age, offer.text)
    evidence = frozenset((case, offer.record, article["Id"]))
    return Ruling(article["Id"] if broken else NONE, evidence)


def _offer(said: list[Said], remedies: Mapping[str, list[str]]) -> tuple[Said, str]:
    """The first words of an agent that name a remedy, and the remedy named first in them."""
    for each in said:
        places = {
            found.start(): remedy
            for remedy, words in remedies.items()
            for word in words
            for found in re.finditer(rf"\b{re.escape(word)}(s|es)?\b", each.text, re.IGNORECASE)
        }
        if each.by_agent and places:
            return each, places[min(places)]
    raise AssertionError(f"no offer in {said}")


def _breaks(article: str, remedy: str, age: int, offer: str) -> bool:
    rules = [line for line in article.split("\n") if f'"{remedy}"' in line]
    if not rules:
        return True
    assert len(rules) == 1, rules
    days = re.search(r"(\d+) days", rules[0])
    percent = re.search(r"(\d+) percent", rules[0])
    if days and age > int(days[1]):
        return True
    if percent is None:
        return False
    size = re.search(r"(\d+) percent", offer)
    assert size, offer
    return int(size[1]) > int(percent[1])


def _own(text: str) -> str:
    """A mail without what it quotes."""
    kept = []
    for line in text.split("\n"):
        if re.fullmatch(r"On \w+ \d+, \d{4} at .* wrote:", line):
            break
        kept.append(line)
    return "\n".join(kept)


def _lines(chat: Row) -> Iterator[Said]:
    """The lines of a chat; the clock goes back once where midnight passes."""
    day, before = chat["StartTime"].date(), ""
    for line in chat["Body"].split("\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        if found[1] < before:
            day += dt.timedelta(days=1)
        before = found[1]
        at = dt.datetime.combine(day, dt.time.fromisoformat(found[1]), tzinfo=dt.UTC)
        yield Said(chat["Id"], at, found[2] is not None, found[3])
