"""Company policy as a reader takes it from articles, and whether an offer breaks it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

QUOTED = re.compile(r'"([^"]+)"')
DAYS = re.compile(r"(\d+)[ -]days?\b")
PERCENT = re.compile(r"(\d+) ?(?:percent|%)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a line of an article allows: for so many days, up to so many percent; None: no limit."""

    days: int | None
    percent: int | None

    def broken(self, age: int, percent: int | None) -> str:
        """How an offer breaks the rule; empty if it does not."""
        if self.days is not None and age > self.days:
            return f"{age} days are more than {self.days}"
        if self.percent is not None and percent is not None and percent > self.percent:
            return f"{percent} percent are more than {self.percent}"
        return ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a prompt shows it, with its rules by the name of the remedy."""

    number: int
    title: str
    rules: Mapping[str, Rule]


def articles(prompt: str) -> list[Article]:
    """The articles that a prompt shows."""
    lines = [json.loads(line) for line in prompt.split("\n") if line.startswith('{"number": ')]
    return [Article(each["number"], each["title"], _rules(each["text"])) for each in lines]


def _rules(text: str) -> Mapping[str, Rule]:
    """A rule names a remedy in quotes; numbers in the same line are its limits."""
    found: dict[str, Rule] = {}
    for line in text.split("\n"):
        if name := QUOTED.search(line):
            days, percent = DAYS.search(line), PERCENT.search(line)
            found[name[1]] = Rule(
                int(days[1]) if days else None, int(percent[1]) if percent else None
            )
    return found


def governing(shown: Sequence[Article], said: str) -> Article | None:
    """The article on the issue that agents have named: the one whose title shares the longest run
    of words with what they said, in the same spelling."""
    spoken = f" {' '.join(_words(said))} "
    best, longest = None, 0
    for article in shown:
        words = _words(article.title)
        for start in range(len(words)):
            for end in range(len(words), start + 1, -1):
                run = " ".join(words[start:end])
                if len(run) > longest and f" {run} " in spoken:
                    best, longest = article, len(run)
    return best


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", text)
