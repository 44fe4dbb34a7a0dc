"""A second source of texts, independent of the phrasebook: it writes from nothing but a prompt.

What it writes is a pure function of the prompt, so that a run that is repeated gets the same
texts. A text that was refused comes out differently: what the prompt says of the refusal is part
of the seed.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from tests.endpoint import goods, reports
from tests.endpoint.dialogue import chat, mail
from tests.endpoint.dice import Dice
from tests.endpoint.moods import NOTED, TOLD
from tests.endpoint.questions import retell
from tests.endpoint.server import Call, Record
from tests.endpoint.told import Told

Texts = Mapping[str, str | Sequence[str]]
Author = Callable[[Record, Dice], Texts]

SHORTEST_REPORT, LONGEST_REPORT = 100, 450
FIELD = re.compile(r"^- (\w+): .*\(at most \d+ characters(?:, each line)?\)$", re.MULTILINE)
REFUSED = ("- Refused: ", "- Reason: ", "- Too much like this text")


def write(call: Call) -> Sequence[Record]:
    """The records a prompt asks for."""
    fields = frozenset(FIELD.findall(call.prompt))
    refused = [line for line in call.prompt.split("\n") if line.startswith(REFUSED)]
    if fields == PRODUCT:
        return _products(call, refused)
    if fields == MAIL:
        return _mails(call, refused)
    author = AUTHORS[fields]
    return [
        {"record": record["record"], **author(record, _dice(record, refused))}
        for record in call.records
    ]


def _mails(call: Call, refused: Sequence[str]) -> list[Record]:
    """Mails of one case are a conversation, in which nobody says a thing twice."""
    used: dict[object, set[str]] = defaultdict(set)
    return [
        {
            "record": record["record"],
            **mail(record, _dice(record, refused), used[record["case_number"]]),
        }
        for record in call.records
    ]


def _dice(record: Record, refused: Sequence[str]) -> Dice:
    """Seeded by what tells a record from all others, wherever it stands in a prompt."""
    content = {name: value for name, value in record.items() if name != "record"}
    return Dice(content, list(refused))


def _products(call: Call, refused: Sequence[str]) -> list[Record]:
    """Products of one price and kind look alike, so the whole prompt is the seed."""
    taken = {line[3:] for line in call.prompt.split("\n") if line.startswith('- "')}
    words = _vocabulary(call.prompt)
    made: list[Record] = []
    for record in call.records:
        dice = Dice(call.prompt, list(refused), record["record"])
        name = _name(record, dice)
        while any(text.startswith(name) for text in taken):
            name = _name(record, dice)
        taken.add(name)
        text = _product(record, name, words[str(record["category"])], dice)
        made.append({"record": record["record"], "Name": name, "Description": text})
    return made


def _name(record: Record, dice: Dice) -> str:
    """Two or three words, the noun last; one in some seventy thousand before it is made up."""
    noun = re.sub(r"(?<!\w)\w", lambda found: found[0].upper(), str(record["noun"]))
    syllables = (goods.FIRST_SYLLABLES, goods.NEXT_SYLLABLES, goods.LAST_SYLLABLES)
    made_up = "".join(dice.pick(each) for each in syllables).title()
    quality = [] if " " in noun else [dice.pick(goods.QUALITIES)]
    return " ".join([made_up, *quality, noun])


def _product(record: Record, name: str, words: Mapping[str, Sequence[str]], dice: Dice) -> str:
    features = [text.replace("{noun}", str(record["noun"])) for text in words["features"]]
    one, two = dice.sample(features, 2)
    extra = {
        "Name": name,
        "material": dice.pick(words["materials"]),
        "one": one,
        "two": two,
        "use": dice.pick(words["uses"]),
    }
    told = Told({**record, **extra})
    said = [dice.pick(frames) for frames in (goods.MADE, goods.APART, goods.MEANT)]
    return " ".join(dice.sample(said, len(said))).format_map(told)


def _vocabulary(prompt: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The words of the trade that a prompt brings, by category."""
    lines = [json.loads(line) for line in prompt.split("\n") if line.startswith('{"category": ')]
    return {words["category"]: words for words in lines}


def _pricebook(record: Record, dice: Dice) -> Texts:
    frames = goods.SALES if "ValidFrom" in record else goods.STANDARD
    return {"Description": dice.pick(frames).format_map(Told(record))}


def _issue(record: Record, dice: Dice) -> Texts:
    summary = str(record["summary"])
    told = Told({**record, "summary_low": summary[:1].lower() + summary[1:]})
    return {"Description__c": dice.pick(goods.MEMOS).format_map(told)}


def _article(record: Record, dice: Dice) -> Texts:
    gist, policy = str(record["gist"]), record["kind"] == "policy"
    told = Told({**record, "gist_low": gist[:1].lower() + gist[1:]})
    kind = "policy" if policy else "other"
    parts = [
        dice.pick(goods.INTROS[kind]).format_map(told),
        str(record["facts"]),
        dice.pick(goods.OUTROS[kind]).format_map(told),
    ]
    return {
        "Title": dice.pick(goods.TITLES if policy else ("{subject}",)).format_map(told),
        "Summary": dice.pick(goods.SUMMARIES[kind]).format_map(told),
        "FAQ_Answer__c": "\n\n".join(parts),
    }


def _case(record: Record, dice: Dice) -> Texts:
    told, origin, tone = Told(record), str(record["Origin"]), str(record["tone"])
    named = dice.roll(2) == 0
    subject = dice.pick(reports.SUBJECTS_NAMING if named else reports.SUBJECTS)
    parts = {
        "opening": reports.OPENINGS[origin],
        "symptom": reports.SYMPTOMS[origin],
        "topic": reports.TOPICS[origin],
        "mood": (NOTED if origin == "Chat" else TOLD)[tone],
        "wish": reports.WISHES,
    }
    order = reports.ORDERS[dice.roll(len(reports.ORDERS))]
    said = {name: dice.pick(parts[name]).format_map(told) for name in order}
    if origin == "Chat" or _length(said) > LONGEST_REPORT:
        said.pop("wish", None)
    # What the subject has called by its name need not be named again.
    if named and _length(said) - len(said["topic"]) > SHORTEST_REPORT:
        del said["topic"]
    return {"Subject": subject.format_map(told), "Description": " ".join(said.values())}


def _length(said: Mapping[str, str]) -> int:
    return len(" ".join(said.values()))


PRODUCT = frozenset(("Name", "Description"))
MAIL = frozenset(("Subject", "TextBody"))
AUTHORS: Mapping[frozenset[str], Author] = {
    frozenset(("Description__c",)): _issue,
    frozenset(("Description",)): _pricebook,
    frozenset(("Title", "Summary", "FAQ_Answer__c")): _article,
    frozenset(("Subject", "Description")): _case,
    frozenset(("Body",)): chat,
    frozenset(("question",)): retell,
}
"""Who writes what else, told apart by the fields a prompt asks for."""
