"""A model that errs: it leaves out what it should say, copies itself, and reads what is not there.

Told of a slip, or asked for one record alone, it makes none, so that whoever asks again gets on.
What it does is a pure function of the prompt, as with the faultless model.
"""

from collections.abc import Callable, Mapping, Sequence

from tests.endpoint.dice import Dice
from tests.endpoint.model import answer
from tests.endpoint.server import Call, Record

TOLD = ("What was written before was refused", "Your reply before could not be used")

Slip = Callable[[Call, list[Record], Dice], None]
"""Spoils one of the records of a reply."""


def careless(call: Call) -> Sequence[Record]:
    """The records of a reply, one of them wrong now and then."""
    records = list(answer(call))
    if len(records) == 1 or any(words in call.prompt for words in TOLD):
        return records
    dice, (odds, slip) = Dice("slip", call.prompt), SLIPS[frozenset(records[0])]
    if dice.roll(odds) == 0:
        slip(call, records, dice)
    return records


def _change(records: list[Record], place: int, field: str, text: object) -> None:
    records[place] = {**records[place], field: text}


def _leave_slot(call: Call, records: list[Record], dice: Dice) -> None:
    """A slot is left in the text."""
    place = dice.roll(len(records))
    field = "Description" if "Description" in records[place] else "Description__c"
    _change(records, place, field, f"{records[place][field]} {{summary}}")


def _copy_product(call: Call, records: list[Record], dice: Dice) -> None:
    """A product is described in the words of the first of its call."""
    if len(records) > 1:
        place = 1 + dice.roll(len(records) - 1)
        _change(records, place, "Description", records[0]["Description"])


def _forget_fact(call: Call, records: list[Record], dice: Dice) -> None:
    """An article lacks the first of its facts."""
    place = dice.roll(len(records))
    first = str(call.records[place]["facts"]).split("\n")[0]
    text = str(records[place]["FAQ_Answer__c"])
    _change(records, place, "FAQ_Answer__c", text.replace(first, "More on that another day."))


def _forget_product(call: Call, records: list[Record], dice: Dice) -> None:
    """A case does not say which product it is about."""
    place = dice.roll(len(records))
    name, noun = (str(call.records[place][key]) for key in ("product", "noun"))
    text = str(records[place]["Description"])
    _change(records, place, "Description", text.replace(name, noun))


def _copy_or_forget(call: Call, records: list[Record], dice: Dice) -> None:
    """A customer writes the same mail twice, or an agent does not say what is offered."""
    seen: dict[object, int] = {}
    for place, record in enumerate(call.records):
        if record["Incoming"] and record["case_number"] in seen and dice.roll(2):
            twin = records[seen[record["case_number"]]]
            _change(records, place, "TextBody", twin["TextBody"])
            return
        if record["Incoming"]:
            seen[record["case_number"]] = place
        if record["move"] == "offer":
            text = str(records[place]["TextBody"])
            _change(records, place, "TextBody", text.replace(str(record["offer"]), "do something"))
            return


def _forget_line(call: Call, records: list[Record], dice: Dice) -> None:
    """A chat has a line too few."""
    place = dice.roll(len(records))
    lines = records[place]["Body"]
    assert isinstance(lines, list)
    _change(records, place, "Body", lines[:-1])


def _mishear(call: Call, records: list[Record], dice: Dice) -> None:
    """A mood is heard that is not there."""
    place = dice.roll(len(records))
    other = "Negative" if records[place]["mood"] == "Positive" else "Positive"
    _change(records, place, "mood", other)


def _misjudge(call: Call, records: list[Record], dice: Dice) -> None:
    """An offer is held to be against policy, or no longer to be."""
    place = dice.roll(len(records))
    broken = records[place]["violated"] == "yes"
    _change(records, place, "violated", "no" if broken else "yes")


def _overlook(call: Call, records: list[Record], dice: Dice) -> None:
    """An answer is not found."""
    place = dice.roll(len(records))
    answers = records[place]["answers"]
    assert isinstance(answers, list)
    _change(records, place, "answers", ["unknown", *answers[1:]])


def _forget_slot(call: Call, records: list[Record], dice: Dice) -> None:
    """A question lacks something that was to be kept."""
    place = dice.roll(len(records))
    keep = call.records[place]["keep"]
    assert isinstance(keep, list)
    lost = keep[dice.roll(len(keep))]
    text = str(records[place]["question"])
    _change(records, place, "question", text.replace(lost, "the said thing"))


SLIPS: Mapping[frozenset[str], tuple[int, Slip]] = {
    # There is but one such call.
    frozenset(("record", "Description__c")): (1, _leave_slot),
    frozenset(("record", "Description")): (3, _leave_slot),
    frozenset(("record", "Name", "Description")): (3, _copy_product),
    frozenset(("record", "Title", "Summary", "FAQ_Answer__c")): (3, _forget_fact),
    frozenset(("record", "Subject", "Description")): (2, _forget_product),
    frozenset(("record", "Subject", "TextBody")): (2, _copy_or_forget),
    frozenset(("record", "Body")): (2, _forget_line),
    frozenset(("record", "reasoning", "product", "issue", "mood")): (2, _mishear),
    frozenset(("record", "reasoning", "remedy", "violated", "article")): (2, _misjudge),
    frozenset(("record", "reasoning", "answers")): (3, _overlook),
    frozenset(("record", "question")): (1, _forget_slot),
}
"""What goes wrong, in one of how many calls, by the fields of a reply."""
