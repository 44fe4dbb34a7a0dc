"""Mails and chats of the second source of texts: each move in its own words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.endpoint import agents, customers, reports
from tests.endpoint.dice import Dice
from tests.endpoint.moods import LATER, TOLD
from tests.endpoint.server import Record
from tests.endpoint.told import Told

REPORTED = ("opening", "symptom", "wish", "mood")
"""What the first mail of a thread tells, in one order or another."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is known when somebody speaks.

    `used` are the phrases of the conversation so far: nobody says a thing twice. `wish` is what
    becomes of the customer's request, empty if nobody has voiced it or nothing is offered; `asked`
    says whether the agent has asked a question before the offer.
    """

    told: Told
    dice: Dice
    tone: str
    wish: str
    asked: bool
    taken_over: bool
    chat: bool
    used: set[str]

    def pick(self, options: Sequence[str]) -> str:
        """One of the options, filled with the record's values."""
        phrase = self.dice.pick([each for each in options if each not in self.used] or options)
        self.used.add(phrase)
        return phrase.format_map(self.told)

    def maybe(self, options: Sequence[str]) -> list[str]:
        """One of the options or none; chats are short."""
        return [] if self.chat or self.dice.roll(2) else [self.pick(options)]


def mail(record: Record, dice: Dice, used: set[str]) -> Mapping[str, str]:
    """A mail: its thread's subject, and greeting, text and closing line.

    `used` are the phrases of the thread's earlier mails; this one's are added.
    """
    told = Told(record)
    move, asked = told["move"], told.get("answers") == "give_detail"
    wish = told.get("wish", "")
    speech = Speech(told, dice, told["tone"], wish, asked, bool(record["taken_over"]), False, used)
    if record["Incoming"]:
        # Once an agent has written, its name is known.
        name = told["agent_first_name"] if told["number"] != "0" else None
        hello = f"{dice.pick(customers.GREETINGS)} {name or dice.pick(customers.NOBODYS)},"
        bye = dice.pick(customers.CLOSINGS[speech.tone])
    else:
        hello, bye = speech.pick(agents.GREETINGS), dice.pick(agents.CLOSINGS)
    said = MOVES[move](speech)
    if speech.taken_over:
        said.insert(0, speech.pick(agents.TAKEN_OVER))
    return {
        "Subject": told["case_subject"],
        "TextBody": f"{hello}\n\n{_paragraphs(said, dice)}\n\n{bye}",
    }


def chat(record: Record, dice: Dice) -> Mapping[str, Sequence[str]]:
    """A chat: one line for each move."""
    told = Told(record)
    moves = told["moves"].split()
    # Half of those who chat say at once what they want.
    voiced = dice.roll(2) == 0
    asked = "ask_detail" in moves
    wish = told.get("wish", "") if voiced else ""
    taken_over = bool(record["taken_over"])
    speech = Speech(told, dice, told["tone"], wish, asked, taken_over, True, set())
    lines = []
    for move in moves:
        said = MOVES[move](speech)
        if move == "report" and voiced:
            said.append(speech.pick(reports.WISHES))
        if move == "greet" and speech.taken_over:
            said.append(speech.pick(agents.TAKEN_OVER))
        lines.append(" ".join(said))
    return {"Body": lines}


def _paragraphs(said: Sequence[str], dice: Dice) -> str:
    """Sentences in one paragraph or two."""
    cut = 1 + dice.roll(max(len(said), 2))
    parts = (" ".join(said[:cut]), " ".join(said[cut:]))
    return "\n\n".join(part for part in parts if part)


def _report(speech: Speech) -> list[str]:
    if speech.chat:
        return [speech.pick(customers.REPORTS), speech.pick(TOLD[speech.tone])]
    parts = {
        "opening": reports.OPENINGS["Email"],
        "symptom": reports.SYMPTOMS["Email"],
        "wish": reports.WISHES,
        "mood": TOLD[speech.tone],
    }
    return [speech.pick(parts[name]) for name in speech.dice.sample(REPORTED, len(REPORTED))]


def _greet(speech: Speech) -> list[str]:
    return [speech.pick(agents.OPENERS)]


def _ask_detail(speech: Speech) -> list[str]:
    return [
        *([] if speech.chat else [speech.pick(agents.HEARD[speech.tone])]),
        speech.pick(agents.IDENTIFIED),
        speech.pick(agents.ASKED),
        *speech.maybe(agents.AFTERWARDS),
    ]


def _give_detail(speech: Speech) -> list[str]:
    return [speech.pick(customers.DETAILS), speech.pick(LATER[speech.tone])]


def _check(speech: Speech) -> list[str]:
    return [speech.pick(agents.CHECKED)]


def _offer(speech: Speech) -> list[str]:
    """A refusal stands before the offer; what becomes of a request may stand after it."""
    if speech.asked:
        before = speech.maybe(agents.TOOK_NOTE)
    else:
        heard = [] if speech.chat else [speech.pick(agents.HEARD[speech.tone])]
        before = [*heard, speech.pick(agents.IDENTIFIED)]
    answer = speech.pick(agents.ANSWER_PLEASE)
    match speech.wish:
        case "granted":
            plan = [speech.pick(agents.YES), speech.pick(agents.OFFERED), answer]
        case "other":
            plan = [speech.pick(agents.NO), speech.pick(agents.OFFERED_INSTEAD), answer]
        case "apart":
            plan = [speech.pick(agents.PASSED_ON), speech.pick(agents.OFFERED), answer]
        case _:
            plan = [speech.pick(agents.OFFERED), answer]
    return before + plan


def _accept(speech: Speech) -> list[str]:
    return [speech.pick(customers.ACCEPTS[speech.wish]), speech.pick(LATER[speech.tone])]


def _doubt(speech: Speech) -> list[str]:
    return [speech.pick(LATER[speech.tone]), speech.pick(customers.DOUBTS)]


def _reassure(speech: Speech) -> list[str]:
    return [speech.pick(agents.REASSURED), *speech.maybe(agents.STAND_BY)]


def _confirm(speech: Speech) -> list[str]:
    both = "settled" in speech.told
    said = speech.pick(agents.CONFIRMED_BOTH if both else agents.CONFIRMED)
    return [said, *speech.maybe(agents.FAREWELLS)]


def _thank(speech: Speech) -> list[str]:
    return [speech.pick(customers.THANKS[speech.wish]), speech.pick(LATER[speech.tone])]


def _close(speech: Speech) -> list[str]:
    return [speech.pick(agents.CLOSED)]


def _chase(speech: Speech) -> list[str]:
    return [speech.pick(customers.CHASES), speech.pick(LATER[speech.tone])]


MOVES: Mapping[str, Callable[[Speech], list[str]]] = {
    "report": _report,
    "greet": _greet,
    "ask_detail": _ask_detail,
    "give_detail": _give_detail,
    "check": _check,
    "offer": _offer,
    "accept": _accept,
    "doubt": _doubt,
    "reassure": _reassure,
    "confirm": _confirm,
    "thank": _thank,
    "close": _close,
    "chase": _chase,
}
"""The sentences of each move."""
