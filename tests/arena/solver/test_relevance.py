"""Sentences by how well they answer: rare words, titles, kinds of answers, names in quotes."""

import pytest

from orgsmith.arena.solver.relevance import Ranked, Sentence, margin, ranked
from orgsmith.arena.solver.word_stems import stems


def sentence(text: str, title: str = "", summary: str = "") -> Sentence:
    """A sentence of an article that is called as its title."""
    said, titled, summed_up = (frozenset(stems(part)) for part in (text, title, summary))
    return Sentence(title or text, title, text, said, titled, summed_up)


def best(question: str, *known: Sentence) -> str:
    """The text of the sentence that answers best."""
    return ranked(question, known)[0].sentence.text


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("What eats the palm?", "A weevil eats the palm.", "A bird sits on the palm."),
        ("How long does it glow?", "It glows for two hours.", "It glows at the edge."),
        ("How many legs has it?", "It has six legs.", "Its legs have two parts."),
        ("Where are signatures kept?", "A signed paper is kept in a drawer.", "Papers are kept."),
        ("Why was it wrung?", "Wringing helps, because it drips.", "It drips and helps."),
        ('Is "Gold" or Gold bar late?', 'After "Gold bar" it is late.', 'After "Silver" late.'),
    ],
)
def test_the_better_answer_comes_first(question: str, right: str, wrong: str, turned: bool) -> None:
    known = [sentence(right), sentence(wrong), *(sentence(f"Filler {n} it is.") for n in range(9))]
    if turned:
        known.reverse()
    assert best(question, *known) == right


def test_a_rare_word_is_worth_more_than_common_ones() -> None:
    common = [sentence(f"The red door opens {n} times.") for n in range(9)]
    rare = sentence("A quokka came.")
    assert best("Does the red door open for a quokka?", rare, *common) == rare.text


def test_a_title_helps_its_sentences() -> None:
    at_home = sentence("It sleeps by day.", "The Quokka", "All about it.")
    abroad = sentence("It sleeps by night.", "The Wombat", "Not a quokka.")
    assert best("When does a quokka sleep?", abroad, at_home) == at_home.text
    said = sentence("A quokka sleeps by day.", "Animals")
    assert best("When does a quokka sleep?", said, at_home, abroad) == said.text


def test_a_sentence_about_another_name_cannot_answer() -> None:
    known = [sentence('"Gold" takes a day.'), sentence('"Gold" and "Tin" take a week.')]
    assert [r.sentence.text for r in ranked("How long does Gold take?", known)] == [known[0].text]
    assert len(ranked("How long do gold and tin take?", known)) == 2
    assert ranked("How long does Golden take?", known) == []


def test_the_margin_tells_a_clear_answer_from_a_doubtful_one() -> None:
    one, same = sentence("A quokka sleeps.", "a"), sentence("A quokka sleeps.", "b")
    other = sentence("The door is red.", "c")
    assert margin(ranked("Does a quokka sleep?", [one, same, other])) == 0.0
    assert margin(ranked("Does a quokka sleep?", [one, other])) > 0.9
    assert margin(ranked("Does a quokka sleep?", [one])) == 1.0
    assert margin([]) == 0.0
    assert margin([Ranked(one, 0.0), Ranked(other, 0.0)]) == 0.0


def test_the_order_does_not_hang_on_the_order_of_what_is_known() -> None:
    known = [sentence(f"The red door {n % 3} opens {n % 2} times.", f"t{n}") for n in range(12)]
    assert ranked("How often does red door 1 open?", known) == ranked(
        "How often does red door 1 open?", known[::-1]
    )
