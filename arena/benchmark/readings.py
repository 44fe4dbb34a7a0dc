"""What a blind reader understood, as the second entry of questions about a model's texts.

A language model's words are not read by rule: what `validators.readings` had found in them, before
the questions were made, is compared with the task's answer instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from orgsmith.arena.solver.desk import Found
from orgsmith.arena.tasks.question import NONE, Asked
from orgsmith.validators.outcome import Tables

NO_ARTICLE = "0"
"""What a reader answers for the article where no rule is broken."""


@dataclass(frozen=True, slots=True)
class StoredReadings:
    """The last reading of every text: by the record's Id and the question what was found."""

    found: Mapping[tuple[str, str], str]
    expected: Mapping[tuple[str, str], str]
    policies: Sequence[str]
    """Ids of the policy articles in the order in which readers were shown them."""

    @classmethod
    def of(cls, readings: Sequence[pl.DataFrame], tables: Tables) -> "StoredReadings":
        """From frames with the columns of `validators.readings.READ`."""
        found: dict[tuple[str, str], str] = {}
        expected: dict[tuple[str, str], str] = {}
        for frame in readings:
            for row in frame.sort("Id", "question", "round").iter_rows(named=True):
                found[row["Id"], row["question"]] = row["found"]
                expected[row["Id"], row["question"]] = row["expected"]
        kinds = tables.scan("KnowledgeFact").filter(kind="policy").select(Id="KnowledgeId")
        articles = tables.scan("Knowledge__kav").select("Id", "Title")
        policies = articles.join(kinds, on="Id", how="semi").sort("Title").collect()["Id"]
        return cls(found, expected, policies.to_list())

    def second(self, asked: Asked, evidence: Sequence[str], answers: Sequence[str]) -> Found | None:
        """What the reader's answer makes of a question; None where nothing hinges on reading."""
        match asked.task:
            case "customer_sentiment_analysis":
                return self._said(asked.text("case"), "mood")
            case "policy_violation_identification":
                return self._article(evidence)
            case "knowledge_qa":
                return self._fact(evidence[0], answers)
            case _:
                return None

    def _said(self, record: str, question: str) -> Found:
        answer = self.found.get((record, question), "")
        return Found(answer, f"the reader of {record} found as {question}: {answer or 'nothing'}")

    def _article(self, evidence: Sequence[str]) -> Found:
        for record in evidence:
            number = self.found.get((record, "article"))
            if number is None:
                continue
            derivation = f"the reader of {record} found as article: {number}"
            if number == NO_ARTICLE:
                return Found(NONE, derivation)
            known = number.isdigit() and 0 < int(number) <= len(self.policies)
            return Found(self.policies[int(number) - 1] if known else "", derivation)
        return Found("", "no reader read the message with the offer")

    def _fact(self, article: str, answers: Sequence[str]) -> Found:
        """The fact counts as found if its question was answered so that the reader passed."""
        for (record, question), expected in self.expected.items():
            if record == article and expected == answers[0]:
                said = self.found[record, question]
                # An accepted text was read right: in other words than the fact's own, at times.
                derivation = f"the reader of {article} answered {question}: {said}"
                return Found(answers[-1], derivation, (article,))
        return Found("", f"no reader was asked of {article} what the question asks")
