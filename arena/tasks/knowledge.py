"""KQA: a question that an article answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.task import SERVICE_AGENT, Task

LEAST_MARGIN = 0.01
"""By how much more of a question's words its own fact holds than any other."""

STEM, SHORTEST = 5, 4
"""Letters of a word that are compared, and letters of the shortest word that is."""

_WORD = re.compile(r"[^\W_]+")

RULE = (
    "Answer from the articles of Knowledge__kav alone, in as few words as the article uses for it."
)


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions that the facts of articles answer, each of one fact more than of any other."""
    del rng
    stated = facts.read(
        "KnowledgeFact", "KnowledgeId", "number", "kind", "title", "question", "answer", "statement"
    ).sort("KnowledgeId", "number")
    told = [_Fact.of(row) for row in stated.iter_rows(named=True)]
    for row in stated.iter_rows(named=True):
        asked = stems(row["question"])
        own = max(each.share(asked) for each in told if each.statement == row["statement"])
        near = max(
            (each for each in told if each.statement != row["statement"]),
            key=lambda each: (each.share(asked), each.article),
            default=None,
        )
        margin = own - near.share(asked) if near else own
        if margin < LEAST_MARGIN:
            continue
        yield Candidate(
            today=facts.organisation.as_of,
            shape="ask",
            parameters={"question": row["question"]},
            slots={"question": row["question"]},
            answers=(row["answer"], row["statement"]),
            evidence=(row["KnowledgeId"],),
            fact=f"{row['KnowledgeId']} {row['number']}",
            runner_up=near.article if near else None,
            margin=round(margin, 6),
            labels=(row["kind"],),
        )


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact as an article states it; `words` are those of the statement and of the title."""

    article: str
    statement: str
    words: frozenset[str]

    @classmethod
    def of(cls, row: Mapping[str, str]) -> "_Fact":
        text = f"{row['title']} {row['statement']}"
        return cls(row["KnowledgeId"], row["statement"], stems(text))

    def share(self, asked: frozenset[str]) -> float:
        """The share of a question's words that stand here."""
        return len(asked & self.words) / len(asked) if asked else 0.0


def stems(text: str) -> frozenset[str]:
    """The longer words of a text, cut short so that their endings do not matter."""
    words = _WORD.findall(text.casefold())
    return frozenset(word[:STEM] for word in words if len(word) >= SHORTEST or word.isdigit())


KNOWLEDGE_QA = Task(
    key="knowledge_qa",
    code="KQA",
    persona=SERVICE_AGENT,
    answer_type="text",
    metric="f1",
    find=find,
    rules=(RULE,),
    quotas={"policy": 0.2},
)
