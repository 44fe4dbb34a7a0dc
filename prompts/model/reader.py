"""The blind reader: a language model reads texts without the variables they were written from."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from orgsmith.prompts.model.batch import MOST_LOST, Asked, ask_records, first_reasons
from orgsmith.prompts.model.served import Question, Served
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.reading import Passage, Reading
from orgsmith.prompts.render import READER_ROLE, render_reading
from orgsmith.prompts.replies import Record, Reply
from orgsmith.prompts.typography import plain_text
from orgsmith.prompts.writer import Refusal
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import WriterError
from orgsmith.schema.organisation import Organisation

Short = Annotated[str, StringConstraints(max_length=300)]
Thoughts = Annotated[str, StringConstraints(max_length=800)]


class Understood(Record):
    """What a reader says of one passage; its reasoning comes first, so that it thinks first."""

    reasoning: Thoughts

    TOKENS: ClassVar[int] = 250

    def reading(self) -> Reading:
        """The answers by question."""
        answers = self.model_dump(mode="json", exclude={"record", "reasoning"})
        told = {name: plain_text(str(value)) for name, value in answers.items()}
        # In one line: it stands in the prompt that has the text written again.
        return Reading(told, plain_text(self.reasoning))


class CaseUnderstood(Understood):
    """Of a case: the number of the purchase it is about (0: none), its issue, the mood."""

    product: int
    issue: Short
    mood: Literal["Negative", "Neutral", "Positive"]


class OfferUnderstood(Understood):
    """Of a conversation: the remedy offered, whether that breaks company policy, and the number of
    the article that says so (0: it does not)."""

    remedy: Short
    violated: Literal["yes", "no"]
    article: int

    TOKENS: ClassVar[int] = 350


class ArticleUnderstood(Understood):
    """Of an article: the answers to the questions, in their order."""

    answers: Annotated[list[Short], Field(max_length=60)]

    TOKENS: ClassVar[int] = 1_200

    def reading(self) -> Reading:
        """The answers by the number of the question, from 1."""
        told = {
            f"answer {place}": plain_text(text) for place, text in enumerate(self.answers, start=1)
        }
        return Reading(told, plain_text(self.reasoning))


class CaseReadings(Reply):
    """Readings of cases."""

    records: list[CaseUnderstood]  # type: ignore[assignment]


class OfferReadings(Reply):
    """Readings of conversations."""

    records: list[OfferUnderstood]  # type: ignore[assignment]


class ArticleReadings(Reply):
    """Readings of articles."""

    records: list[ArticleUnderstood]  # type: ignore[assignment]


REPLIES: Mapping[str, tuple[type[Reply], type[Understood], int]] = {
    "Case": (CaseReadings, CaseUnderstood, 10),
    "EmailMessage": (OfferReadings, OfferUnderstood, 5),
    "LiveChatTranscript": (OfferReadings, OfferUnderstood, 5),
    "Knowledge__kav": (ArticleReadings, ArticleUnderstood, 3),
}
"""For each object of `READINGS`: the reply, one record of it, passages in a call."""


class ModelReader:
    """Asks a language model what texts say; fulfils `Reader`."""

    def __init__(self, organisation: Organisation, served: Served) -> None:
        self._organisation, self._served = organisation, served
        self.usage = NO_USAGE
        """What reading has used up so far."""

    def read(
        self,
        declared: Object,
        shared: Mapping[str, object],
        passages: Sequence[Passage],
        attempt: int,
    ) -> Mapping[str, Reading]:
        """What was understood of each passage; see `Reader`.

        Raises:
            BudgetError: the next call could pass the limit on the cost.
            WriterError: the server failed, or passages were not read in three tries.
        """
        read, failed = self.understand(declared, shared, passages, attempt)
        if failed:
            raise self._given_up(declared, len(passages), failed)
        return read

    def understand(
        self,
        declared: Object,
        shared: Mapping[str, object],
        passages: Sequence[Passage],
        attempt: int,
    ) -> tuple[Mapping[str, Reading], Mapping[str, str]]:
        """What could be read of the passages, by Id, and why the others could not.

        Raises:
            BudgetError: the next call could pass the limit on the cost.
            WriterError: the server failed, or failed to read again and again.
        """
        size = REPLIES[declared.name][2]
        parts = [passages[start : start + size] for start in range(0, len(passages), size)]
        read: dict[str, Reading] = {}
        failed: dict[str, str] = {}
        lost = 0

        async def one(part: Sequence[Passage]) -> None:
            nonlocal lost
            asked = await self._part(declared, shared, part, attempt)
            self.usage += asked.usage
            read.update({part[row].id: reading for row, reading in asked.records.items()})
            failed.update({part[row].id: reason for row, reason in asked.failed.items()})
            if not asked.failed:
                return
            lost += 1
            if lost == MOST_LOST:
                # The others would only cost money.
                count = len(read) + len(failed)
                self._served.calls.stop(self._given_up(declared, count, failed))

        async def all_parts() -> list[BaseException | None]:
            return await asyncio.gather(*map(one, parts), return_exceptions=True)

        for ended in self._served.calls.run(all_parts()):
            if ended is not None:
                raise ended
        return read, failed

    async def _part(
        self,
        declared: Object,
        shared: Mapping[str, object],
        passages: Sequence[Passage],
        attempt: int,
    ) -> Asked[Reading]:
        reply, record, _ = REPLIES[declared.name]

        def question(rows: Sequence[int], tries: int, refused: Refusal | None) -> Question:
            shown = [passages[row].shown for row in rows]
            prompt = render_reading(self._organisation, declared, shared, shown, refused)
            tokens = 100 + len(rows) * record.TOKENS * (tries % self._served.calls.limits.tries + 1)
            return Question(declared.name, READER_ROLE, prompt, reply, tokens, (attempt, tries))

        def understood(_row: int, raw: Mapping[str, object]) -> Reading:
            return record.model_validate(raw).reading()

        return await ask_records(self._served, len(passages), question, understood)

    def _given_up(self, declared: Object, count: int, failed: Mapping[str, str]) -> WriterError:
        return WriterError(
            f"{declared.name}: the checking model {self._served.model.full_name} gave no reading "
            f"of {len(failed)} of {count} texts ({first_reasons(failed)}); "
            "name another one with --checker"
        )
