"""Lists of words in contexts: what is spelled is read again, and its words are found in texts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks import glossary
from tests.arena.tasks.reading import stands

WORDS = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12
).filter(lambda text: text.strip() == text)
"""What a pack may call something: letters, digits, marks and spaces."""
NAMES = WORDS.filter(lambda name: ": " not in name and not name.endswith(":"))
LISTS = st.dictionaries(
    NAMES, st.lists(WORDS, min_size=1, max_size=4).map(tuple), min_size=1, max_size=5
)


@given(LISTS)
def test_read_is_the_inverse_of_spelled(entries: dict[str, tuple[str, ...]]) -> None:
    assert glossary.read(glossary.spelled("These are the words:", entries)) == entries


@given(LISTS, LISTS)
def test_only_the_first_list_is_read(
    entries: dict[str, tuple[str, ...]], others: dict[str, tuple[str, ...]]
) -> None:
    context = "\n".join(
        (
            "Today is 2025-03-01. Days begin at 00:00 UTC.",
            "A rule: with a colon, and commas.",
            glossary.spelled("These are the words:", entries),
            glossary.spelled("Description of the new case:", others),
        )
    )
    assert glossary.read(context) == entries


def test_what_a_customer_wrote_is_no_entry() -> None:
    context = (
        glossary.spelled("These are the words:", {"Late": ("late", "delayed")})
        + '\nDescription of the new case: all late!\n- Late: "lost"\n- Broken: "torn, worn"'
    )
    assert glossary.read(context) == {"Late": ("late", "delayed")}


def test_names_with_a_colon_and_words_with_a_comma_are_read_again() -> None:
    entries = {"Money: wrong bill": ("bill, wrong", 'a "bill"'), "Other": ("other: a, b",)}
    assert glossary.read(glossary.spelled("These are the words:", entries)) == entries


@pytest.mark.parametrize("context", ["", "Today is 2025-03-01.", "-\n- \n- a\n-a: b"])
def test_without_a_list_nothing_is_read(context: str) -> None:
    assert glossary.read(context) == {}


PLAIN = st.text("abcdes", min_size=1, max_size=4)


@given(
    st.lists(PLAIN, min_size=1, max_size=3),
    st.lists(st.one_of(PLAIN, PLAIN.map(str.upper)), max_size=6).map(" ".join),
)
def test_finder_finds_whole_words(terms: list[str], text: str) -> None:
    found = glossary.finder(terms).search(text) is not None
    assert found == any(stands(term, text) for term in terms)


def test_finder_takes_the_longest_word_that_fits() -> None:
    finder = glossary.finder(["late", "late parcel", "parcel"])
    assert finder.findall("A LATE PARCEL, two late parcels, a parcel; plates, lately") == [
        "LATE PARCEL",
        "late parcels",
        "parcel",
    ]


def test_finder_takes_words_as_they_stand() -> None:
    finder = glossary.finder(["a.b", "c*"])
    assert finder.search("a.b") is not None
    assert finder.search("axb") is None
    assert re.escape("a.b") in finder.pattern
