"""What sounds like a mood: all that the phrasebook says in one, and nothing else that it says.

A new phrase of the phrasebook that shows a mood fails here until the lexicon knows it; so does a
phrase of a pack that sounds like a mood without being one.
"""

from collections.abc import Iterator
from functools import cache

import pytest

from orgsmith.arena.solver.mood_words import Mood, marks
from orgsmith.flows.draw.names import first_names, last_names
from orgsmith.prompts.grammar import Call, Group, Production, calls
from orgsmith.prompts.phrasebook import grammar
from orgsmith.schema.industry import Industry
from orgsmith.schema.packs import load

MOODED = (Mood.NEGATIVE, Mood.POSITIVE)
ONE_MOOD = tuple(frozenset((mood.value,)) for mood in MOODED)
SAID = (
    *("report", "give", "doubt", "accept", "thank", "chase"),
    *("c_hello", "c_hi", "c_bye", "c_chase", "chat_report", "chat_give", "chat_doubt"),
    *("chat_accept", "chat_thank", "chat_chase"),
)
"""What customers say begins here."""

TELLING = (
    *("report", "doubt", "accept", "thank"),
    *("chat_report", "chat_doubt", "chat_accept", "chat_thank"),
)
"""Moves in which the mood always shows; an answer to a question may be the answer alone."""

CURT = ("accept_yes", "c_bye")
"""A yes and a closing line may show no mood; another sentence of the same message does."""


@cache
def reached() -> tuple[str, ...]:
    """The symbols of customers' words."""
    symbols, found, rest = grammar().symbols, set[str](), list(SAID)
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += calls(symbols[name])
    return tuple(sorted(found))


def tones(group: Group) -> frozenset[str]:
    """The moods in which a group is said."""
    told = [wanted for name, wanted in group.when if name == "tone"]
    return frozenset(map(str, told[0])) if told else frozenset(mood.value for mood in Mood)


def plain(production: Production) -> str:
    """A production as text, with a word of no mood for whatever is filled in."""
    return "".join(piece if isinstance(piece, str) else "something" for piece in production)


def said_by_customers() -> Iterator[tuple[str, frozenset[str], str]]:
    """Every production that customers say: its symbol, its moods and its text."""
    for name in reached():
        for group in grammar().symbols[name].groups:
            for production in group.say:
                yield name, tones(group), plain(production)


def balance(text: str) -> Mood:
    """What the marks of a text come to."""
    found = [mark.mood for mark in marks(text)]
    negative, positive = (found.count(mood) for mood in MOODED)
    if negative == positive:
        return Mood.NEUTRAL
    return Mood.NEGATIVE if negative > positive else Mood.POSITIVE


def test_what_is_said_in_one_mood_only_shows_it() -> None:
    told = 0
    for name, moods, text in said_by_customers():
        if moods in ONE_MOOD and text:
            (mood,) = moods
            expected = {mood, "Neutral"} if name in CURT else {mood}
            assert balance(text).value in expected, f"{name}: {text}: {marks(text)}"
            told += 1
    assert told > 400


def test_what_is_said_in_several_moods_shows_none() -> None:
    told = 0
    for name, moods, text in said_by_customers():
        if moods not in ONE_MOOD:
            assert marks(text) == [], f"{name}: {text}"
            told += 1
    assert told > 300


def fewest(name: str, mood: Mood) -> int:
    """Marks of a mood in what is said of a symbol, at least, whatever is chosen."""
    groups = grammar().symbols[name].groups
    counts = [
        sum(mark.mood is mood for mark in marks(plain(production)))
        + sum(fewest(piece.name, mood) for piece in production if isinstance(piece, Call))
        for group in groups
        if mood.value in tones(group)
        for production in group.say
    ]
    return min(counts)


@pytest.mark.parametrize("mood", MOODED)
@pytest.mark.parametrize("move", TELLING)
def test_the_mood_shows_in_every_move_but_plain_answers(move: str, mood: Mood) -> None:
    assert fewest(move, mood) > 0


def told_by_packs(industry: Industry) -> Iterator[str]:
    """All phrases of a pack that stand in customers' words."""
    yield from (industry.company.name, industry.company.support_name, *industry.lines)
    yield from map(str, industry.words.model_dump().values())
    for issue in industry.issues:
        yield from issue.symptoms
        yield from (request.say for request in issue.requests)
        yield from (give for detail in issue.details for give in detail.give)
    for category in industry.categories:
        yield from (*category.faults, *category.attributes)
        for noun in category.nouns:
            yield from (noun.name, noun.spoken or "")


@pytest.mark.parametrize("name", ["sportswear", "banking", "electronics"])
def test_no_phrase_of_a_pack_sounds_like_a_mood(name: str) -> None:
    phrases = list(told_by_packs(load(name)))
    assert len(phrases) > 1_000
    for phrase in phrases:
        for text in (phrase, f"{phrase}.", f"And {phrase}, because", f"now {phrase}. Is that ok?"):
            assert marks(text) == [], text


def test_no_name_of_a_person_sounds_like_a_mood() -> None:
    names = {*first_names()[0], *last_names()[0]}
    assert len(names) > 1_000
    for name in names:
        assert marks(f"Hi {name},\n\nthe name is Mary {name}.\n\n{name}") == [], name


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("I'm not happy about it.", Mood.NEGATIVE),
        ("I\N{RIGHT SINGLE QUOTATION MARK}m not happy about it.", Mood.NEGATIVE),
        ("No hard feelings.", Mood.POSITIVE),
        ("I'm not angry.", Mood.NEUTRAL),
        ("Never again.", Mood.NEGATIVE),
        ("THIS IS AWFUL", Mood.NEGATIVE),
        ("That's all great!", Mood.POSITIVE),
        ("Thanks.", Mood.NEUTRAL),
        ("Thank you for your help.", Mood.NEUTRAL),
        ("Thank you so much.", Mood.POSITIVE),
        ("Don't expect me to be grateful.", Mood.NEGATIVE),
        ("The greatest unhappiness of glaring madness", Mood.NEUTRAL),
        ("It never arrived and I need it.", Mood.NEUTRAL),
        ("", Mood.NEUTRAL),
    ],
)
def test_a_phrase_stands_for_what_it_means(text: str, mood: Mood) -> None:
    assert balance(text) is mood


def test_marks_come_in_order_and_do_not_overlap() -> None:
    found = marks("What a mess, I am so angry! Well, thanks a lot, you're very kind.")
    assert [(mark.phrase, mark.mood) for mark in found] == [
        ("What a mess", Mood.NEGATIVE),
        ("so angry", Mood.NEGATIVE),
        ("thanks a lot", Mood.POSITIVE),
        ("very kind", Mood.POSITIVE),
    ]
