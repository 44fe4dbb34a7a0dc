"""What the words of a pack must satisfy: slots, terms, nothing twice, and the shape of a phrase.

Whether an offer breaks the policy, and which issue a case is about, is told by these words alone,
to agents and to our own checks: a term in the wrong place would make answers wrong.
"""

import re
from collections.abc import Iterable, Iterator

from orgsmith.schema.custom_fields import CustomField
from orgsmith.schema.industry import Category, Issue, Remedy
from orgsmith.schema.pack_document import Fault, Place
from orgsmith.schema.part import SLOT, Part

MOST_ANSWER_WORDS = 6
_SECTIONS: dict[str, type[Part]] = {
    "categories": Category,
    "remedies": Remedy,
    "issues": Issue,
    "custom_fields": CustomField,
}
_STOPS = (".", "!", "?", ",", ";", ":")
_PERSONS = re.compile(r"\b(I|me|my|mine|we|us|our|you|your|yours)\b(?!-)")
_ARTICLE = re.compile(r"\ban? \{[^{}]*\}", re.IGNORECASE)
"""Nobody can tell here whether "a" or "an" is right before what will stand in the slot."""
_GLUED = re.compile(r"\w\{[^{}]*\}|\{[^{}]*\}\w")
_WORD = re.compile(r"[^\W_]+(?:['.,-][^\W_]+)*")
_SINGULAR_ENDS = ("ss", "us", "is", "as", "ens")
"""Endings in s of words that are singular: dress, bus, chassis, canvas, lens."""

_PHRASES = {
    "categories": ("attributes", "materials", "features", "uses", "faults"),
    "remedies": ("offers", "outcomes"),
    "issues": ("mentions", "symptoms", "settled"),
    "custom_fields": ("said",),
}


def faults(root: Place) -> Iterator[Fault]:
    """All faults of the pack's words."""
    yield from _slots(root)
    yield from _repeated(root)
    yield from _stops(root)
    yield from _nouns(root)
    yield from _offers(root)
    yield from _names(root)
    yield from _symptoms(root)
    yield from _mentions(root)
    yield from _facts(root)


def _slots(root: Place) -> Iterator[Fault]:
    """Slots only where code fills them, and no brace that is not part of one."""
    for place in _all_texts(root):
        section, field = place.path[0], place.path[2] if len(place.path) > len("ab") else None
        model = _SECTIONS.get(str(section))
        allowed = model.SLOTS.get(str(field), ()) if model else ()
        known = ", ".join(f"{{{slot}}}" for slot in allowed) or "no slot"
        for slot in SLOT.findall(place.text):
            if slot not in allowed:
                yield place.fault(f"the slot {{{slot}}} is not filled here", known)
        if re.search(r"[{}]", SLOT.sub("", place.text)):
            yield place.fault("a brace without its partner", known)
        article = _ARTICLE.search(place.text)
        if article:
            yield place.fault(
                f'"{article[0]}" goes wrong with some words', '"the", or another word between'
            )
        if _GLUED.search(place.text):
            yield place.fault("a letter touches a slot", "a space around the slot")


def _repeated(root: Place) -> Iterator[Fault]:
    """Keys, names, nouns, titles and questions that occur twice, and phrases within a list."""
    categories, issues = list(root["categories"]), list(root["issues"])
    articles = list(_articles(root))
    groups: list[Iterable[Place]] = [
        (item["key"] for item in categories),
        (item["name"] for item in categories),
        (noun["name"] for item in categories for noun in item["nouns"]),
        (item["key"] for item in root["remedies"]),
        (item["name"] for item in root["remedies"]),
        (item["key"] for item in issues),
        (item["name"] for item in issues),
        (item["name"] for item in root["sales"]),
        root["lines"].texts,
        (article["title"] for article in articles),
        (fact["question"] for article in articles for fact in article["facts"]),
        (fact["statement"] for article in articles for fact in article["facts"]),
        (phrase for item in issues for phrase in item["symptoms"]),
        (phrase for item in issues for phrase in item["mentions"]),
        (phrase for item in root["remedies"] for phrase in item["offers"]),
        *(requests(item) for item in issues),
        *((detail["ask"] for detail in item["details"]) for item in issues),
        *((give for detail in item["details"] for give in detail["give"]) for item in issues),
    ]
    for section, names in _PHRASES.items():
        groups += [item[name].texts for item in root[section] for name in names]
    for group in groups:
        yield from _twice(group)


def _twice(places: Iterable[Place]) -> Iterator[Fault]:
    first: dict[str, Place] = {}
    for place in places:
        text = place.text.casefold()
        if text and text in first:
            yield place.fault(f'"{place.text}" is there already', "each one once")
        first.setdefault(text, place)


def _stops(root: Place) -> Iterator[Fault]:
    """Phrases stand inside sentences: they bring no stop of their own."""
    phrases = [
        phrase
        for section, names in _PHRASES.items()
        for item in root[section]
        for name in names
        for phrase in item[name].texts
    ]
    phrases += [remedy["fulfilment"] for remedy in root["remedies"]]
    for issue in root["issues"]:
        phrases += [*requests(issue), *(give for d in issue["details"] for give in d["give"].texts)]
    for phrase in phrases:
        if phrase.text.endswith(_STOPS):
            yield phrase.fault(f'"{phrase.text[-1]}" at the end', "a phrase without a stop")


def _nouns(root: Place) -> Iterator[Fault]:
    for category in root["categories"]:
        for noun in category["nouns"]:
            last = noun["name"].text.casefold().rsplit(" ", 1)[-1]
            if last.endswith("s") and not last.endswith(_SINGULAR_ENDS):
                yield noun["name"].fault(f'"{noun["name"].text}" looks plural', "a singular noun")


def _offers(root: Place) -> Iterator[Fault]:
    """An offer names its own remedy by a term, no other, and its size if it has one."""
    remedies = list(root["remedies"])
    for remedy in remedies:
        own = remedy["terms"].texts
        others = terms(other for other in remedies if other is not remedy)
        for term in own:
            for other in others:
                if contains(other, term.text):
                    yield term.fault(
                        f'"{term.text}" is part of another remedy\'s term "{other}"',
                        "terms that exclude each other",
                    )
        percent = remedy["measured_in"].text == "percent"
        for offer in remedy["offers"].texts:
            words = [term.text for term in own]
            if words and not any(contains(offer.text, word) for word in words):
                yield offer.fault("names its remedy by no term", f"one of: {', '.join(words)}")
            yield from foreign(offer, others)
            if percent and "{percent} percent" not in offer.text:
                yield offer.fault("does not say how much", "the words {percent} percent")
            if not percent and "{percent}" in offer.text:
                yield offer.fault("{percent} without measured_in: percent", "no such slot")
        yield from foreign(remedy["fulfilment"], others)


def _names(root: Place) -> Iterator[Fault]:
    """Agents say what a product is called and sign with a name, whatever they offer."""
    of_remedies = terms(root["remedies"])
    names = [root["company"]["name"], root["company"]["support_name"], *root["lines"].texts]
    for category in root["categories"]:
        names += category["attributes"].texts
        for noun in category["nouns"]:
            names += [noun["name"], noun["spoken"]]
    for name in names:
        yield from foreign(name, of_remedies)


def _symptoms(root: Place) -> Iterator[Fault]:
    """Only offers name remedies; a symptom is told by no one in particular."""
    of_remedies = terms(root["remedies"])
    for issue in root["issues"]:
        told = [*requests(issue), *_details(issue)]
        for name in ("mentions", "symptoms", "settled"):
            told += issue[name].texts
        for phrase in told:
            yield from foreign(phrase, of_remedies)
        about_fault = issue["about_fault"].value is True
        for symptom in issue["symptoms"].texts:
            person = _PERSONS.search(symptom.text)
            if person:
                yield symptom.fault(f'"{person[0]}" tells who speaks', "neither I nor you")
            if about_fault and "{fault}" not in symptom.text:
                yield symptom.fault("names no fault", "the slot {fault}, for about_fault: true")
            if not about_fault and "{fault}" in symptom.text:
                yield symptom.fault("{fault} without about_fault: true", "no such slot")
    for category in root["categories"]:
        for phrase in category["faults"].texts:
            yield from foreign(phrase, of_remedies)


def _mentions(root: Place) -> Iterator[Fault]:
    issues = list(root["issues"])
    for issue in issues:
        own = [term.text for term in issue["terms"].texts]
        others = terms(other for other in issues if other is not issue)
        for mention in issue["mentions"].texts:
            if own and not any(contains(mention.text, word) for word in own):
                yield mention.fault("names its issue by no term", f"one of: {', '.join(own)}")
            for term in others:
                if contains(mention.text, term):
                    yield mention.fault(f'"{term}" is a term of another issue', "its own only")


def _facts(root: Place) -> Iterator[Fault]:
    for article in _articles(root):
        for fact in article["facts"]:
            question, answer, statement = fact["question"], fact["answer"], fact["statement"]
            if question.text and not question.text.endswith("?"):
                yield question.fault("no question mark at the end", "a question")
            if len(answer.text.split()) > MOST_ANSWER_WORDS:
                yield answer.fault(
                    f"{len(answer.text.split())} words", f"at most {MOST_ANSWER_WORDS}"
                )
            missing = _words(answer.text) - _words(statement.text)
            if missing and statement.text:
                listed = ", ".join(sorted(missing))
                yield answer.fault(f"not in the statement: {listed}", "words of the statement only")


def contains(text: str, term: str) -> bool:
    """Whether a term occurs in a text as whole words, whatever their case."""
    return re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text, re.IGNORECASE) is not None


def foreign(phrase: Place, unwanted: Iterable[str]) -> Iterator[Fault]:
    """Terms of remedies that must not be here: as parts of words too, so that no reader errs."""
    for term in unwanted:
        if term.casefold() in phrase.text.casefold():
            yield phrase.fault(f'"{term}" is the term of a remedy', "other words")


def terms(items: Iterable[Place]) -> tuple[str, ...]:
    """The terms of several remedies or issues."""
    return tuple(term.text for item in items for term in item["terms"].texts)


def requests(issue: Place) -> Iterator[Place]:
    """The words of an issue's requests."""
    for request in issue["requests"]:
        yield request["say"]


def _details(issue: Place) -> Iterator[Place]:
    for detail in issue["details"]:
        yield detail["ask"]
        yield from detail["give"].texts


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _articles(root: Place) -> Iterator[Place]:
    yield from root["company_articles"]
    for category in root["categories"]:
        yield from category["articles"]


def _all_texts(place: Place) -> Iterator[Place]:
    if place.text:
        yield place
    for inner in place:
        yield from _all_texts(inner)
