"""Which sentence of which article answers a question."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, Found
from orgsmith.arena.solver.policy_violation import article_on
from orgsmith.arena.solver.relevance import Ranked, Sentence, margin, ranked
from orgsmith.arena.solver.word_stems import content, stems
from orgsmith.arena.tasks.question import NONE, Asked

SHOWN = 3
"""Sentences that a derivation names: the answer, and those that lost."""

_BREAK = re.compile(r"(?<=[.!?])(?<!\b[A-Za-z]\.)\s+(?=[\"“A-Z0-9])|\n+")
"""Where a sentence ends; "a.m." and initials end none."""
_OF_ISSUE = "of the issue "
_QUOTED = re.compile(r'["“]')


def solve(desk: Desk, asked: Asked) -> Found:
    """The sentence that answers the question best, as it stands in its article.

    The article's Id is the evidence.
    """
    best = ranking(desk, asked.text("question"))
    if not best:
        return Found(NONE, "no article says a word of the question")
    lines = (
        f'{each.score:.2f} in "{each.sentence.title}": {each.sentence.text}'
        for each in best[:SHOWN]
    )
    first = best[0].sentence
    lead = f"The first is ahead of the next by {margin(best):.0%} of its score"
    return Found(first.text, "\n".join((*lines, lead)), (first.article,))


def ranking(desk: Desk, question: str) -> list[Ranked]:
    """The sentences of all articles that say a word of a question, the best answer first."""
    # With their stems, so that articles enough are found to tell rare words from common ones.
    words = sorted({word for word in (*content(question), *stems(question)) if len(word) > 1})
    if not words:
        return []
    desk.reads()
    articles = desk.search(
        f"FIND {{{' OR '.join(words)}}} RETURNING Knowledge__kav(Id, Title, Summary, FAQ_Answer__c)"
    )
    policy = _policy(desk, question)
    about = [each for each in articles if policy is None or each["Id"] == policy["Id"]]
    return ranked(question, statements(about))


def _policy(desk: Desk, question: str) -> Record | None:
    """The article that alone says what holds for the issue a question names, if it names one."""
    if _OF_ISSUE not in question:
        return None
    names = [str(issue["Name"]) for issue in desk.query("SELECT Id, Name FROM Issue__c")]
    named = [name for name in names if re.search(rf"{_OF_ISSUE}{re.escape(name)}(?!\w)", question)]
    return article_on(desk, max(named, key=len)) if named else None


def statements(articles: Iterable[Record]) -> list[Sentence]:
    """What articles state, sentence by sentence.

    Left out are sentences that several articles share, unless they state a rule on something whose
    name they have in quotation marks, and those that only repeat the article's summary.
    """
    found = [
        sentence
        for a in articles
        for sentence in _sentences(
            a["Id"], a["Title"], a["Summary"] or "", a["FAQ_Answer__c"] or ""
        )
    ]
    times = Counter(each.text for each in found)
    return [each for each in found if times[each.text] == 1 or _QUOTED.search(each.text)]


@lru_cache(maxsize=1 << 12)
def _sentences(article: str, title: str, summary: str, body: str) -> tuple[Sentence, ...]:
    """The sentences of an article that do not only repeat its summary."""
    titled, summed_up = frozenset(stems(title)), frozenset(stems(summary))
    return tuple(
        Sentence(article, title, text, frozenset(stems(text)), titled, summed_up)
        for part in _BREAK.split(body)
        if (text := part.strip()) and not _repeats(text, summary)
    )


def _repeats(text: str, summary: str) -> bool:
    one, other = text.casefold(), summary.casefold()
    return other != "" and (one in other or other in one)
