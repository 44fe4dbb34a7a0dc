"""The scripted reader: it answers what the checking prompts ask, from the texts that they show.

It shares no code with the validators: dates, limits and rules are worked out a second time.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache

from tests.endpoint.language import issue_meant, mood, remedies_named
from tests.endpoint.ruling import PERCENT, Article, articles, governing
from tests.endpoint.server import Call, Record
from tests.endpoint.told import MONTHS

DATE = re.compile(rf"(?:{'|'.join(MONTHS)}) \d{{1,2}}, \d{{4}}")
LONGEST_ANSWER = 300
STEM = 5
"""Letters by which words are told apart: 'offered' and 'offering' are one."""


def read(call: Call) -> Sequence[Record]:
    """What each passage of a checking prompt says."""
    policy = articles(call.prompt)
    found: list[Record] = []
    for passage in call.records:
        if "purchases" in passage:
            answers = _case(passage)
        elif "conversation" in passage:
            answers = _offer(passage, policy)
        else:
            answers = _article(passage)
        found.append({"record": passage["record"], **answers})
    return found


def _case(passage: Record) -> Record:
    text = f"{passage['subject']}\n{passage['description']}"
    purchases = passage["purchases"]
    assert isinstance(purchases, list)
    named = [each for each in purchases if each["product"] in text]
    product = max(named, key=lambda each: len(each["product"]), default={"number": 0})
    issue, called = issue_meant(text) or ("unknown", "nothing")
    tone, telling = mood(str(passage["description"]))
    heard = ", ".join(telling) or "no word of a mood"
    return {
        "reasoning": f"It names purchase {product['number']}, says {called}, and holds {heard}.",
        "product": product["number"],
        "issue": issue,
        "mood": tone,
    }


def _offer(passage: Record, policy: Sequence[Article]) -> Record:
    conversation = passage["conversation"]
    assert isinstance(conversation, list)
    agents = [line for line in conversation if line.startswith("Agent: ")]
    said, offer = "\n".join(agents), agents[-1]
    # Who names two offers the one named first.
    named = remedies_named(offer)
    remedy = min(named, key=lambda name: named[name], default="unknown")
    article = governing(policy, said)
    days = [_day(found) for found in DATE.findall(said)]
    if article is None or not days:
        return _judged("The agents name no issue, or no day.", remedy, None)
    rule = article.rules.get(remedy)
    if rule is None:
        return _judged(f"{article.title} does not name {remedy}.", remedy, article)
    percent = PERCENT.search(offer)
    age = (_day(str(passage["offered_on"])) - min(days)).days
    broken = rule.broken(age, int(percent[1]) if percent else None)
    if broken:
        return _judged(f"By {article.title}, {broken}.", remedy, article)
    return _judged(f"{article.title} allows {remedy} after {age} days.", remedy, None)


def _judged(reasoning: str, remedy: str, broken: Article | None) -> Record:
    return {
        "reasoning": reasoning,
        "remedy": remedy,
        "violated": "yes" if broken else "no",
        "article": broken.number if broken else 0,
    }


def _day(text: str) -> date:
    return datetime.strptime(text, "%B %d, %Y").date()  # noqa: DTZ007


def _article(passage: Record) -> Record:
    questions, text = passage["questions"], str(passage["text"])
    assert isinstance(questions, list)
    lines = [line for line in text.split("\n") if line.strip()]
    answers = [line[:LONGEST_ANSWER] for line in answered([str(each) for each in questions], lines)]
    return {"reasoning": "Each answer stands in a line of the article.", "answers": answers}


def answered(questions: Sequence[str], lines: Sequence[str]) -> list[str]:
    """The line that answers each question, or "unknown".

    Questions go through an article from top to bottom, so lines are dealt to them in order: the
    way in which they share most words, those foremost that tell the lines apart.
    """
    asked = [set(_stems(question)) for question in questions]
    told = [set(_stems(line)) for line in lines]
    in_asked, in_told = _rarity(asked), _rarity(told)

    @cache
    def best(question: int, line: int) -> tuple[float, tuple[int | None, ...]]:
        """The words shared, and the line of each question, from these on."""
        if question == len(asked):
            return 0.0, ()
        without, rest = best(question + 1, line)
        options: list[tuple[float, tuple[int | None, ...]]] = [(without, (None, *rest))]
        for place in range(line, len(told)):
            both = sorted(told[place] & asked[question])
            shared = sum(in_asked[stem] * in_told[stem] for stem in both)
            others, rest = best(question + 1, place + 1)
            if shared:
                options.append((shared + others, (place, *rest)))
        return max(options, key=lambda option: option[0])

    return ["unknown" if place is None else lines[place] for place in best(0, 0)[1]]


def _rarity(texts: Sequence[set[str]]) -> Mapping[str, float]:
    """How much each word tells texts apart."""
    counts = Counter(stem for text in texts for stem in text)
    return {stem: math.log((1 + len(texts)) / count) for stem, count in counts.items()}


def _stems(text: str) -> list[str]:
    return [word[:STEM] for word in re.findall(r"[a-z0-9']+", text.lower())]
