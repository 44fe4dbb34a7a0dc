"""Has a model draft an industry pack: section by section, each sent back until it has no fault."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from orgsmith.prompts.model.draft_pack import Draft, plain_records
from orgsmith.prompts.model.draft_prompts import DRAFTER_ROLE, Refused, reason, render_section
from orgsmith.prompts.model.draft_sections import OPENING, Records, Section, details
from orgsmith.prompts.model.served import Question, Reply, Served
from orgsmith.prompts.model.shape import ReplyError, parse
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.schema.errors import WriterError
from orgsmith.schema.pack_document import Fault, spell

ROUNDS = 4
"""How often a section is asked for before the draft is refused.

Replies that are kept cost nothing and do not count: the next run goes on where one gave up.
"""

MENDS = 3
"""How often a section is sent back for contradictions between sections."""

MOST_ROOM = 4
"""How many times the tokens of a section a reply may have, after some that were cut off."""

OBJECT = "industry"
"""What the calls are kept and counted under."""

REASONS_SHOWN = 3

NOTHING_REFUSED = Refused((), ())


class DraftError(WriterError):
    """A draft that is refused: the first faults and how many there are.

    `draft` is the pack as far as it is there, with the last reply of what was refused; `faults`
    has a line for each fault.
    """

    def __init__(self, model: str, draft: Draft, faults: Sequence[str]) -> None:
        shown = "; ".join(faults[:REASONS_SHOWN])
        more = len(faults) - REASONS_SHOWN
        super().__init__(
            f"{model} did not deliver a pack without faults: {shown}"
            + (f"; and {more} more" if more > 0 else "")
        )
        self.draft, self.faults = draft, tuple(faults)


class Watch(Protocol):
    """Is told how far the draft is."""

    def phase(self, title: str, total: int | None = None) -> None:
        """A phase of so many steps begins."""
        ...

    def advance(self, step: str) -> None:
        """A step of the phase is done."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What a section says in the end, and what is still wrong with it: nothing if it is accepted.

    Faults without records: no reply could be read.
    """

    section: Section
    records: Records
    faults: tuple[str, ...] = ()


class Drafter:
    """Drafts one pack.

    Args:
        served: the model.
        draft: the pack's name and day, and nothing else yet.
        about: the trade, in the user's words.
        watch: is told how far it is.
    """

    def __init__(self, served: Served, draft: Draft, about: str, watch: Watch) -> None:
        self._served, self._about, self._watch = served, about, watch
        self._draft = draft
        self.usage: Usage = NO_USAGE
        """What the calls have used up so far."""

    def draft(self) -> Draft:
        """The whole pack, without faults.

        Raises:
            DraftError: the model did not deliver one.
            BudgetError: the next call could pass the limit on the cost.
            WriterError: the server failed.
        """
        return self._served.calls.run(self._whole())

    async def _whole(self) -> Draft:
        self._watch.phase("drafting the outline", len(OPENING))
        for section in OPENING:
            await self._write([section])
        rest = details(self._draft.said)
        self._watch.phase("drafting words and articles", len(rest))
        await self._write(rest)
        self._watch.phase("comparing the sections")
        await self._reconcile()
        return self._draft

    async def _write(self, sections: Sequence[Section]) -> None:
        """Ask for sections that do not need each other, all at the same time.

        Those that are asked for come to their end before an error does: they are paid for.
        """
        draft = self._draft
        before = frozenset(draft.faults())
        done = await asyncio.gather(
            *(self._section(draft, section, before) for section in sections),
            return_exceptions=True,
        )
        faults: list[str] = []
        for said in done:
            if isinstance(said, BaseException):
                raise said
            if said.records:
                draft = draft.having(said.section, said.records)
            faults += said.faults
        self._draft = draft
        if faults:
            raise DraftError(self._served.model.full_name, draft, faults)

    async def _reconcile(self) -> None:
        """Send back sections that contradict others, one after the other."""
        for visit in range(1, MENDS + 1):
            faults = self._draft.faults()
            for section in tuple(self._draft.said):
                mine = [fault for fault in faults if self._owner(fault) == section]
                if not mine:
                    continue
                # What other sections say of the entries of a list would be lost.
                if section.lists or not await self._mend(section, mine, visit):
                    raise self._refused()
                faults = self._draft.faults()
            if not faults:
                return
        raise self._refused()

    async def _mend(self, section: Section, faults: Sequence[Fault], visit: int) -> bool:
        """Send back one section; whether it came back without a fault."""
        rest = self._draft.lacking(section)
        refused = _refusal(section, self._draft.said[section], faults, self._draft)
        said = await self._section(rest, section, frozenset(rest.faults()), visit, refused)
        if not said.faults:
            self._draft = self._draft.having(section, said.records)
        return not said.faults

    def _owner(self, fault: Fault) -> Section | None:
        """The section a fault lies in; of two the one that came later."""
        return next(
            (section for section in reversed([*self._draft.said]) if section.owns(fault.path)), None
        )

    def _refused(self) -> DraftError:
        """What is wrong between the sections."""
        lines = [_line(fault) for fault in self._draft.faults()]
        return DraftError(self._served.model.full_name, self._draft, lines)

    async def _section(
        self,
        draft: Draft,
        section: Section,
        before: Collection[Fault],
        visit: int = 0,
        readable: Refused = NOTHING_REFUSED,
    ) -> Said:
        """Ask for a section until nothing is wrong with it, within bounds.

        Args:
            draft: what it is compared with. It lacks the section and is the same however long
                other calls take, and so are prompts, and with them the kept answers.
            section: what is asked for.
            before: what is wrong with that draft.
            visit: how often the section has been sent back for others.
            readable: what it said before.
        """
        said = Said(section, ())
        refused = readable
        fresh = tries = unreadable = 0
        async with self._served.calls.lanes:
            while fresh < ROUNDS:
                prompt = render_section(draft, section, self._about, refused)
                reply = await self._served.ask(
                    Question(
                        OBJECT,
                        DRAFTER_ROLE,
                        prompt,
                        section.reply,
                        # One that was cut off has more room the next time.
                        section.tokens * min(1 + unreadable, MOST_ROOM),
                        (visit, tries),
                    )
                )
                self.usage += reply.usage
                fresh += reply.fresh
                tries += 1
                try:
                    records = self._read(section, reply)
                except ReplyError as error:
                    unreadable += 1
                    said = Said(section, said.records, (f"{section.title}: {error}",))
                    refused = Refused(readable.records, (*readable.reasons, str(error)))
                    continue
                faults = draft.wrong(section, records, before)
                said = Said(section, records, tuple(map(_line, faults)))
                if not faults:
                    self._watch.advance(section.title)
                    break
                refused = readable = _refusal(section, records, faults, draft)
        return said

    def _read(self, section: Section, reply: Reply) -> Records:
        """The records of a reply.

        Raises:
            ReplyError: it is not what was asked for.
        """
        records = section.asked(plain_records(parse(self._served.mode, reply.completion)))
        if not records or (len(records) > 1 and not section.many):
            wanted = "several records" if section.many else "one record"
            raise ReplyError(f"the reply has {len(records)} records; expected {wanted}")
        return records


def _refusal(section: Section, records: Records, faults: Sequence[Fault], draft: Draft) -> Refused:
    """What a section said and what is wrong with it."""
    whole = draft.having(section, records)
    return Refused(records, [reason(section, fault, whole) for fault in faults])


def _line(fault: Fault) -> str:
    return f"{spell(fault.path)}: {fault.wrong}; expected {fault.expected}"
