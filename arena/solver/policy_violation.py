"""Whether the offer made in a case breaks the policy of the case's issue, read from words alone."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, Found, quoted
from orgsmith.arena.solver.speech import Words, speech
from orgsmith.arena.tasks import glossary
from orgsmith.arena.tasks.question import NONE, Asked

_SENTENCE = re.compile(r'(?:"[^"\n]*"|[^."!?\n]|[.!?](?![\s"]|$))+')
"""A stop inside quotation marks, or within a word or number, ends no sentence."""
_NAMED = re.compile(r'"([^"\n]+)"')
_DAYS = re.compile(r"\b(\d+) days?\b")
_RESERVED = re.compile(r"""[?&|!{}\[\]()^~*:\\"'+-]""")
"""What SOSL reads as more than a letter."""
_PERCENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(?: ?%| percent\b)")


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy that an agent names, and how large it is in percent, if that is said."""

    remedy: str
    percent: float | None
    words: Words

    def __str__(self) -> str:
        size = "" if self.percent is None else f", {self.percent:g} percent"
        return f"{self.remedy}{size}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What an article allows: a remedy, for how many days, up to how much; None: no limit."""

    within_days: int | None
    up_to_percent: float | None

    def __str__(self) -> str:
        days = "at any time" if self.within_days is None else f"within {self.within_days} days"
        percent = "" if self.up_to_percent is None else f", up to {self.up_to_percent:g} percent"
        return days + percent


def solve(desk: Desk, asked: Asked) -> Found:
    """The article that the offer made in a case breaks.

    Raises:
        OrgError: the case has no Id.
    """
    case = asked.text("case")
    desk.needs("Case", "Issue__c", "OrderItem", "Order")
    records = desk.query(
        "SELECT Id, CaseNumber, IssueId__r.Name, OrderItemId__r.Order.EffectiveDate FROM Case "
        f"WHERE Id = {quoted(case)}"
    )
    if not records:
        return Found(NONE, f"there is no case {case}")
    offer = first_offer(speech(desk, case), glossary.read(asked.context))
    if offer is None:
        return Found(NONE, "no agent names a remedy in this case", (case,))
    issue = records[0]["IssueId__r"]
    item = records[0]["OrderItemId__r"]
    article = article_on(desk, issue["Name"]) if issue else None
    if article is None or item is None:
        return Found(NONE, "no article states what may be offered", (case, offer.words.record))
    ordered = dt.date.fromisoformat(item["Order"]["EffectiveDate"])
    age = (offer.words.at.date() - ordered).days
    limit = limits(article["FAQ_Answer__c"]).get(offer.remedy.casefold())
    broken = breach(offer, age, limit)
    told = (
        f"{offer.words.record}, {age} days after the order of {ordered}, offers {offer}",
        f"{article['Title']}: {offer.remedy} {limit or 'is not on the list'}",
        f"The policy is {f'broken: {broken}' if broken else 'kept'}",
    )
    evidence = (case, offer.words.record, str(article["Id"]))
    return Found(evidence[-1] if broken else NONE, "\n".join(told), evidence)


def first_offer(said: Iterable[Words], remedies: Mapping[str, Sequence[str]]) -> Offer | None:
    """The earliest offer: what an agent says that first names a remedy by one of its terms.

    Args:
        said: what was said, in order of time.
        remedies: the terms of each remedy, by name.
    """
    named = {term.casefold(): name for name, terms in remedies.items() for term in terms}
    if not named:
        return None
    # Where terms begin at the same word, the longer one is meant.
    terms = "|".join(re.escape(term) for term in sorted(named, key=len, reverse=True))
    finder = re.compile(rf"(?<!\w)({terms})(?:s|es)?(?!\w)", re.IGNORECASE)
    for words in said:
        found = finder.search(words.text) if words.by_agent else None
        if found:
            remedy = named[found[1].casefold()]
            return Offer(remedy, _percent(words.text, found.start()), words)
    return None


def limits(body: str) -> dict[str, Limit]:
    """What an article allows, by the remedy's name in small letters; names stand in quotes."""
    found: dict[str, Limit] = {}
    for sentence in _SENTENCE.findall(body):
        for name in _NAMED.findall(sentence):
            told = sentence.replace(f'"{name}"', "")
            days, percent = _DAYS.search(told), _PERCENT.search(told)
            found[name.casefold()] = Limit(
                int(days[1]) if days else None, float(percent[1]) if percent else None
            )
    return found


def breach(offer: Offer, age: int, limit: Limit | None) -> str | None:
    """How an offer made `age` days after the order breaks the policy, None if it does not."""
    if limit is None:
        return "the remedy is not on the list"
    if limit.within_days is not None and age > limit.within_days:
        return f"{age} days are more than {limit.within_days}"
    most = limit.up_to_percent
    if most is not None and offer.percent is not None and offer.percent > most:
        return f"{offer.percent:g} percent are more than {most:g}"
    return None


def article_on(desk: Desk, issue: str) -> Record | None:
    """The policy article of an issue: its title names the issue, and no longer one around it."""
    issues = [str(record["Name"]) for record in desk.query("SELECT Id, Name FROM Issue__c")]
    longer = [other for other in issues if other != issue and _names(other, issue)]
    words = _RESERVED.sub(r"\\\g<0>", issue)
    articles = desk.search(f'FIND {{"{words}"}} RETURNING Knowledge__kav(Id, Title, FAQ_Answer__c)')
    for article in sorted(articles, key=lambda record: str(record["Id"])):
        title, body = str(article["Title"]), article["FAQ_Answer__c"]
        about = _names(title, issue) and not any(_names(title, other) for other in longer)
        if about and body and limits(body):
            return article
    return None


def _percent(text: str, place: int) -> float | None:
    """The percentage of the sentence at a place, or else the first one of the text."""
    sentence = next((s[0] for s in _SENTENCE.finditer(text) if s.end() > place), text)
    found = _PERCENT.search(sentence) or _PERCENT.search(text)
    return float(found[1]) if found else None


def _names(text: str, name: str) -> bool:
    """Whether a name stands in a text as whole words."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
