"""The questions of a dataset with their answers: what agents are asked, and what is right."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orgsmith.arena.agents.kinds import CONSTANT, RANDOM
from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.question import Asked
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import Answer, Parameter, Question, answers_of, questions_of
from orgsmith.schema.errors import DatasetError, UsageError
from orgsmith.schema.streams import stream


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its answer."""

    question: Question
    answer: Answer

    @property
    def task_id(self) -> str:
        """The id of the question."""
        return self.question.task_id

    @property
    def asked(self) -> Asked:
        """What a solver is given."""
        question = self.question
        return Asked(question.task, question.today, self.answer.parameters, question.context)

    @property
    def fact(self) -> str:
        """What the answer rests on: questions that share it are not independent.

        The records that prove an answer, or the product it is about, and the answer itself;
        of a question without an answer, why it has none and what it asks about.
        """
        said = self.answer
        about = said.parameters.get("product") or said.parameters.get("contact")
        if said.none_reason is not None and not said.evidence:
            return " ".join((said.none_reason, str(about or _spelled(said.parameters))))
        if self.question.task == "case_routing":
            # The case itself is proof too, so that the evidence of no two questions is the same.
            return f"{said.answers[0]} {self.question.today:%Y-%m}"
        if "product" in said.parameters:
            return f"{about} {said.answers[0]}"
        return " ".join((said.answers[0], *sorted(said.evidence)))

    def context(self, *, rules: bool) -> str:
        """What an agent is told beside the question.

        Raises:
            DatasetError: rules are to be left out, and they are worded otherwise than ours.
        """
        context = self.question.context
        if rules:
            return context
        for rule in TASKS[self.question.task].rules:
            if rule not in context:
                raise DatasetError(
                    f"{self.task_id}: the rules of its task are worded otherwise than in this "
                    "version of Orgsmith, and cannot be told from the rest of the context; "
                    "generate the dataset anew, or leave the rules in"
                )
            context = context.replace(f"{rule}\n", "").replace(f"\n{rule}", "")
        return context


@dataclass(frozen=True, slots=True)
class Exam:
    """The questions of a dataset, by task and in order of `task_id`."""

    items: Mapping[str, Sequence[Item]]
    seed: int

    @classmethod
    def of(cls, dataset: Dataset) -> "Exam":
        """All questions of a dataset.

        Raises:
            DatasetError: it has no questions or is a public copy, or a file is damaged.
        """
        keys = tuple(dataset.manifest.tasks)
        if not keys:
            raise DatasetError(
                f"{dataset.path} has no questions; orgsmith generate makes them unless told "
                "--questions 0"
            )
        return cls({key: tuple(_items(dataset, key)) for key in keys}, dataset.manifest.seed or 0)

    def chosen(self, tasks: Sequence[str] = (), limit: int | None = None) -> list[Item]:
        """The first questions of each of the tasks; all of all tasks unless said otherwise.

        Raises:
            UsageError: there is no such task, or the limit is none.
        """
        if limit is not None and limit < 1:
            raise UsageError(f"limit {limit}: must be a whole number of questions, 1 or more")
        unknown = [key for key in tasks if key not in self.items]
        if unknown:
            raise UsageError(f"task {unknown[0]!r} is not known; there are {', '.join(self.items)}")
        return [item for key in tasks or self.items for item in self.items[key][:limit]]

    def guess(self, agent: str, item: Item, epoch: int) -> str:
        """What an agent says that never looks."""
        counted = Counter(each.answer.answers[0] for each in self.items[item.question.task])
        if agent == CONSTANT:
            most = max(counted.values())
            return min(answer for answer, number in counted.items() if number == most)
        if agent != RANDOM:
            raise ValueError(f"{agent} looks")
        answers = sorted(counted)
        rng = stream(self.seed, item.task_id, epoch, "random answer")
        return answers[int(rng.integers(len(answers)))]


def _items(dataset: Dataset, key: str) -> Iterable[Item]:
    answers = {answer.task_id: answer for answer in answers_of(dataset, key)}
    for question in questions_of(dataset, key):
        if question.task_id not in answers or question.task not in TASKS:
            raise DatasetError(
                f"{dataset.path} has no answer to {question.task_id}; {dataset.damaged}"
            )
        yield Item(question, answers[question.task_id])


def _spelled(parameters: Mapping[str, Parameter]) -> str:
    return json.dumps(dict(parameters), sort_keys=True)
