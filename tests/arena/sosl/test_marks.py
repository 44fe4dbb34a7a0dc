"""What was found, marked in texts."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.sosl.marks import READ, Marker, highlighted, snippet
from tests.arena.sosl.corpus import find


def _marked(expression: str, text: str) -> str:
    return highlighted(text, Marker(find(expression).records).places(text))


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("refund", "A refund.", "A <mark>refund</mark>."),
        ("refund", "Refunds REFUND", "<mark>Refunds</mark> <mark>REFUND</mark>"),
        ("refund", "A parcel.", "A parcel."),
        ('"refund"', "refund refunds", "<mark>refund</mark> refunds"),
        ('"my refund"', "my refund, my; refund", "<mark>my</mark> <mark>refund</mark>, "
         "<mark>my</mark>; <mark>refund</mark>"),
        ('"my refund"', "refund my", "refund my"),
        ("jane@example.com", "to jane@example.com!", "to <mark>jane</mark>@<mark>example</mark>."
         "<mark>com</mark>!"),
        ("aa AND NOT bb", "aa bb", "<mark>aa</mark> bb"),
        ("aa OR (bb AND cc)", "aa bb cc", "<mark>aa</mark> <mark>bb</mark> <mark>cc</mark>"),
        ("bb", "<b>bb</b> & 'bb'", "&lt;b&gt;<mark>bb</mark>&lt;/b&gt; &amp; '<mark>bb</mark>'"),
        ("mark", "<mark>x</mark>", "&lt;<mark>mark</mark>&gt;x&lt;/<mark>mark</mark>&gt;"),
        ("zoë", "Zoë's café", "<mark>Zoë</mark>'s café"),
        ("amp", "a & b &amp; c", "a &amp; b &amp;<mark>amp</mark>; c"),
    ],
)  # fmt: skip
def test_words_are_marked_and_html_is_escaped(expression: str, text: str, expected: str) -> None:
    assert _marked(expression, text) == expected


@given(st.text(max_size=200))
def test_a_marked_text_says_what_the_text_said(text: str) -> None:
    marked = _marked('ab OR the OR "a b"', text)
    assert "<script" not in marked
    assert html.unescape(re.sub(r"</?mark>", "", marked)) == html.unescape(
        text.replace("&", "&amp;")
    )


def _snippet(expression: str, *texts: str, length: int = 300) -> str | None:
    return snippet(texts, Marker(find(expression).records), length)


def test_a_snippet_is_the_text_around_the_words() -> None:
    text = "before " * 100 + "the refund came late " + "after " * 100
    found = _snippet("refund", text, length=100)
    assert found is not None
    assert "the <mark>refund</mark> came late" in found
    assert found.startswith("before ")
    assert found.endswith(" after")
    assert 60 < len(found.replace("<mark>", "").replace("</mark>", "")) <= 100


def test_a_short_text_is_a_snippet_as_it_is() -> None:
    assert _snippet("refund", "A refund, please.") == "A <mark>refund</mark>, please."


def test_a_snippet_of_words_far_apart_has_fragments() -> None:
    text = "refund " + "between " * 200 + "weeks"
    found = _snippet("refund weeks", text)
    assert found is not None
    assert found.startswith("<mark>refund</mark> between")
    assert "... " in found
    assert found.endswith("<mark>weeks</mark>")


def test_a_snippet_goes_on_in_the_next_text() -> None:
    assert _snippet("refund", "", "No word.", "A refund.", "Refunds!") == (
        "A <mark>refund</mark>.... <mark>Refunds</mark>!"
    )


@pytest.mark.parametrize("length", [50, 100, 300, 1_000])
def test_a_snippet_is_about_as_long_as_asked_for(length: int) -> None:
    text = "one refund and another word of the letter; " * 200
    found = _snippet("refund", text, length=length)
    assert found is not None
    plain = re.sub(r"</?mark>", "", found)
    assert length / 2 <= len(plain) <= length + len("... ") * 2


def test_what_stands_far_from_the_beginning_has_no_snippet() -> None:
    assert _snippet("refund", "x" * (READ - 5) + " refund") is None
    assert _snippet("refund", "nothing here") is None
    assert _snippet("refund") is None


def test_a_word_longer_than_the_snippet_is_not_cut() -> None:
    word = "a" * 400
    assert _snippet(word, f"some {word} more", length=50) == f"some <mark>{word}</mark>"
