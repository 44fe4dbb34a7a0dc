"""What a question asks for, and which sentences say such a thing."""

import pytest

from orgsmith.arena.solver.answer_kinds import ASKING_WORDS, Wanted


@pytest.mark.parametrize(
    ("question", "fits", "fails"),
    [
        ("How many legs has it?", "It has six legs.", "It has some legs."),
        ("How many red legs has it?", "It has 1,200 red legs.", "Its legs have 2 parts each."),
        ("How long does it last?", "It lasts for 12 hours.", "It lasts for a while."),
        ("How long must a name be?", "A name has 14 letters.", "A name is long."),
        ("How often does it ring?", "It rings twice a day.", "It rings in the hall."),
        ("How far is it?", "It is six feet away.", "It is far away."),
        ("How heavy is it?", "It weighs 20 pounds.", "It is very heavy."),
        ("How warm may it be?", "It may have 86 degrees.", "It may be in the sun."),
        ("At what temperature is it kept?", "Keep it at 40 degrees.", "Keep it out of the sun."),
        ("What does it cost?", "It comes for 5 dollars.", "It comes by mail."),
        ("What share of it is new?", "Of it, 58 percent is new.", "The lid of it is new."),
        ("When is it ready?", "It is ready by May 3.", "It is ready and red."),
        ("On which day is it ready?", "It is ready on Sundays.", "It is ready and red."),
        ("What is the latest hour for it?", "It ends at 9 p.m. sharp.", "It ends with a bang."),
        ("Why is it red?", "It is red because of iron.", "It is red all day."),
        ("Where is it?", "It lies behind the door.", "It lies quiet."),
        ("From which country is it?", "It comes from Uruguay.", "It comes from far away."),
        ("What are they called?", "They are Wick, Flame and Beacon.", "They are three."),
        ("What may not be sent?", "We send letters, but no coins.", "We send letters."),
    ],
)
def test_a_sentence_says_a_thing_of_the_kind(question: str, fits: str, fails: str) -> None:
    wanted = Wanted.by(question)
    assert wanted.fit(fits) == 1.0
    assert wanted.fit(fails) < 1.0


def test_nothing_in_particular_may_be_wanted() -> None:
    wanted = Wanted.by("Does it ring, and who told when?")
    assert (wanted.said, wanted.counted) == ((), frozenset())
    assert wanted.fit("It has six legs.") == 0.0


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("How long is it?", "is it?"),
        ("How should it be?", "How should it be?"),
        ("At which temperature is it kept?", "At is it kept?"),
        ("What is the lowest temperature for it?", "for it?"),
        ("What kind of it?", "of it?"),
        ("What kindness is it?", "What kindness is it?"),
    ],
)
def test_words_that_ask_are_told_from_those_asked_about(question: str, rest: str) -> None:
    assert " ".join(ASKING_WORDS.sub("", question).split()) == rest
