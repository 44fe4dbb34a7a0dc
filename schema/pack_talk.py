"""What makes a conversation hold together: wishes that remedies fulfil, and clauses that join.

A customer who asks for one thing and is given another without a word is not listened to; the words
of a pack must make it possible to listen.
"""

import re
from collections.abc import Iterator

from orgsmith.schema.pack_document import Fault, Place
from orgsmith.schema.pack_format import closest
from orgsmith.schema.pack_phrases import contains, foreign, terms

MOST_APART = 0.1
"""Share of an issue's requests that no remedy fulfils, at most."""

_SIZE_OR_TIME = re.compile(r"\d|\b(?:percent|(?:minute|hour|day|week|month)s?)\b", re.IGNORECASE)
_NOT_FIRST = re.compile(
    r"(?:after|again|although|and|as|at|because|before|but|by|despite|during|even|for|from|"
    r"halfway|how|however|if|in|inside|instead|just|like|much|now|of|off|on|once|only|or|out|"
    r"over|seen|since|so|soon|still|than|that|then|though|through|to|too|under|unless|until|upon|"
    r"well|what|whatever|when|whenever|where|whether|while|with|within|without|worn|yet)\b"
    r"|(?!(?:any|every|no|some)?thing\b)\w+(?:ed|ing)\b",
    re.IGNORECASE,
)
"""First words of clauses that begin with something else than their subject."""
_NOT_IN_SPOKEN = re.compile(r"(?:an?|the|some|my|your|two)\b", re.IGNORECASE)


def faults(root: Place) -> Iterator[Fault]:
    """All faults of what customers and agents say to each other."""
    yield from _wishes(root)
    yield from _outcomes(root)
    yield from _details(root)
    yield from _clauses(root)
    yield from _spoken(root)


def _wishes(root: Place) -> Iterator[Fault]:
    """Requests name remedies that exist; each remedy allowed for an issue fulfils one of them."""
    known = tuple(key for remedy in root["remedies"] if (key := remedy["key"].text))
    for issue in root["issues"]:
        requests = list(issue["requests"])
        met: set[str] = set()
        never = {key.text for key in issue["never"].texts}
        for request in requests:
            yield from _met_by(request["met_by"], known)
            for wish in request["met_by"].texts:
                if wish.text in never:
                    yield wish.fault(f'"{wish.text}" is never offered for the issue', "another one")
            met |= {key.text for key in request["met_by"].texts}
        listed = [request["met_by"].value for request in requests]
        apart = sum(value == [] for value in listed)
        if apart > MOST_APART * len(requests):
            yield issue["requests"].fault(
                f"{apart} of {len(requests)} are met by no remedy",
                f"at most {int(MOST_APART * len(requests))}, or agents seem not to listen",
            )
        for entry in issue["remedies"]:
            key = entry["remedy"].text
            if key in known and any(isinstance(value, list) for value in listed) and key not in met:
                yield entry["remedy"].fault(
                    f'"{key}" meets no request of the issue', "a request with it in met_by"
                )


def _met_by(keys: Place, known: tuple[str, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for key in keys.texts:
        if key.text not in known:
            yield key.fault(
                f'no remedy has the key "{key.text}"{closest(key.text, known)}',
                f"one of {', '.join(known)}",
            )
        elif key.text in seen:
            yield key.fault(f'"{key.text}" is there already', "each remedy once")
        seen.add(key.text)


def _outcomes(root: Place) -> Iterator[Fault]:
    """An outcome names its own remedy and no other; size and time are said elsewhere."""
    remedies = list(root["remedies"])
    for remedy in remedies:
        own = [term.text for term in remedy["terms"].texts]
        others = terms(other for other in remedies if other is not remedy)
        for outcome in remedy["outcomes"].texts:
            if own and not any(contains(outcome.text, word) for word in own):
                yield outcome.fault("names its remedy by no term", f"one of: {', '.join(own)}")
            yield from foreign(outcome, others)
            told = _SIZE_OR_TIME.search(outcome.text)
            if told:
                yield outcome.fault(
                    f'"{told[0]}" tells a size or a time', "neither, since offer and fulfilment do"
                )
            if not outcome.text[0].islower():
                yield outcome.fault("begins with a capital", "a clause in lower case")


def _details(root: Place) -> Iterator[Fault]:
    """Agents ask in full questions; customers and agents answer in clauses of lower case."""
    for issue in root["issues"]:
        for detail in issue["details"]:
            ask = detail["ask"]
            if ask.text and not (ask.text[0].isupper() and ask.text.endswith("?")):
                yield ask.fault(f'"{ask.text}" is no question', "a capital and a question mark")
            for give in detail["give"].texts:
                if give.text.casefold().startswith("so "):
                    yield give.fault('begins with "so"', "a clause that answers by itself")
        for clause in issue["settled"].texts:
            if not clause.text[0].islower():
                yield clause.fault("begins with a capital", "a clause in lower case")


def _clauses(root: Place) -> Iterator[Fault]:
    """Symptoms and faults fit after "because" and "says that": they begin with their subject."""
    lists = [issue["symptoms"] for issue in root["issues"]]
    lists += [category["faults"] for category in root["categories"]]
    for clauses in lists:
        for clause in clauses.texts:
            first = _NOT_FIRST.match(clause.text)
            if first:
                yield clause.fault(
                    f'begins with "{first[0]}"', 'a main clause that begins with its subject: "the"'
                )


def _spoken(root: Place) -> Iterator[Fault]:
    """What people call a product is singular too and fits after "the", "this" and "another"."""
    for category in root["categories"]:
        for noun in category["nouns"]:
            spoken = noun["spoken"]
            article = _NOT_IN_SPOKEN.match(spoken.text)
            if article:
                yield spoken.fault(f'begins with "{article[0]}"', "a phrase without an article")
            last = spoken.text.rsplit(" ", 1)[-1]
            if last.endswith("s") and not last.endswith("ss") and " of " not in spoken.text:
                yield spoken.fault(f'"{spoken.text}" looks plural', 'such as "pair of ..."')
