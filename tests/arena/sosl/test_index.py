"""The full-text index: scopes, ranking, and the same results every time."""

import itertools
import threading

import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sosl.index import TextIndex
from orgsmith.arena.sosl.tree import Scope
from tests.arena.sosl.corpus import CASES, CONTACTS, entity, find, found, index_of


@pytest.fixture(scope="module")
def contacts() -> TextIndex:
    return index_of("Contact", CONTACTS)


@pytest.mark.parametrize(
    ("expression", "scope", "expected"),
    [
        ("ada", Scope.ALL, "st"),
        ("ada", Scope.NAME, "st"),
        ("ada", Scope.EMAIL, "s"),
        ("ada", Scope.PHONE, ""),
        ("ben", Scope.EMAIL, "t"),
        ("ada.stone@mail.example.com", Scope.EMAIL, "s"),
        ("ada.stone@mail.example.com", Scope.ALL, "s"),
        ("ADA.STONE@MAIL.EXAMPLE.COM", Scope.EMAIL, "s"),
        ("ada.stone@mail.example.com", Scope.NAME, ""),
        ("example.com", Scope.EMAIL, "st"),
        ("mail", Scope.EMAIL, "s"),
        (r"cy\+news@other.example.org", Scope.EMAIL, "u"),
        ("news", Scope.EMAIL, "u"),
        ("example", Scope.NAME, "u"),
        ("examples", Scope.NAME, "u"),
        ("examples", Scope.EMAIL, ""),
        ("ada.stone@*", Scope.EMAIL, "s"),
        (r'"\(415\) 555\-0132"', Scope.PHONE, "s"),
        (r"415\-555\-0132", Scope.PHONE, "s"),
        ("4155550132", Scope.PHONE, "s"),
        ("4155550132", Scope.ALL, "s"),
        ("4155550132", Scope.EMAIL, ""),
        ("415", Scope.PHONE, "s"),
        ("555", Scope.PHONE, "st"),
        ("0199", Scope.PHONE, "t"),
        (r"555\-0199", Scope.PHONE, "t"),
        ("415555*", Scope.PHONE, "s"),
        ("ada stone", Scope.NAME, "s"),
        ('"stone ada"', Scope.NAME, ""),
    ],
)
def test_a_scope_is_searched(
    contacts: TextIndex, expression: str, scope: Scope, expected: str
) -> None:
    assert "".join(sorted(found(contacts, expression, scope))) == expected


def test_names_of_cases_are_their_numbers_and_subjects() -> None:
    cases = index_of("Case", CASES)
    assert found(cases, "parcel", Scope.NAME) == "c"
    assert found(cases, "00000103", Scope.NAME) == "c"
    assert found(cases, "jane", Scope.NAME) == ""


@pytest.mark.parametrize("scope", [Scope.EMAIL, Scope.PHONE])
def test_an_object_without_fields_of_a_scope_has_no_hits(scope: Scope) -> None:
    cases = index_of("Case", CASES)
    assert found(cases, "refund", scope) == ""
    assert found(cases, "re*", scope) == ""


def _ranking(subjects: dict[str, str], expression: str, most: int | None = None) -> str:
    records = {key: (f"{place:08}", text, "") for place, (key, text) in enumerate(subjects.items())}
    return "".join(index_of("Case", records).rank(find(expression).records, Scope.ALL, most))


def test_exact_forms_come_before_other_forms() -> None:
    subjects = {"a": "my refunds", "b": "my refund", "c": "my refunded", "d": "my refunding"}
    assert _ranking(subjects, "refund") == "bacd"
    assert _ranking(subjects, "refunded") == "cabd"
    crowded = {"a": "refunds refunded refunds refunding", "b": "one refund among many more words"}
    assert _ranking(crowded, "refund") == "ba"


def test_more_and_rarer_words_come_first() -> None:
    subjects = {
        "a": "one order and another thing",
        "b": "order order order by the dozen",
        "c": "an order of lavender by post",
        "d": "no more of the order given",
    }
    assert _ranking(subjects, "order")[0] == "b"
    assert _ranking(subjects, "order OR lavender")[0] == "c"
    assert sorted(_ranking(subjects, "order")) == list("abcd")


def test_wildcards_at_the_beginning_leave_the_ranking_alone() -> None:
    subjects = {"a": "one order of many more words", "b": "order order", "c": "orders"}
    assert _ranking(subjects, "order") == _ranking(subjects, "*order") == "bac"
    # With one behind it, all that begins so is as good.
    assert _ranking(subjects, "order*") == "abc"


def test_shorter_texts_come_first() -> None:
    subjects = {"a": "parcel " + "word " * 40, "b": "parcel"}
    assert _ranking(subjects, "parcel") == "ba"


@pytest.mark.parametrize("most", [1, 2, 7, 99, 100, 101, None])
@pytest.mark.parametrize("expression", ["parcel", "par*", '"lost par*"', "lost AND par*"])
def test_equally_good_records_are_in_order_of_id(expression: str, most: int | None) -> None:
    keys = [chr(0x4E00 + place) for place in range(100)]
    subjects = dict.fromkeys(keys, "lost parcel")
    assert _ranking(subjects, expression, most) == "".join(keys[:most])


def test_the_first_of_a_ranking_are_those_of_the_whole_ranking() -> None:
    words = ("parcel", "order", "refund", "lost")
    combinations = itertools.product(("", *words), repeat=4)
    subjects = {chr(0x4E00 + at): " ".join(each) for at, each in enumerate(combinations)}
    for expression in ("parcel", "parcel OR order", "lost AND NOT refund", "lost order"):
        whole = _ranking(subjects, expression)
        for most in (1, 3, 10, 50, 200):
            assert _ranking(subjects, expression, most) == whole[:most]


def test_a_ranking_is_the_same_every_time() -> None:
    first, second = index_of("Case", CASES), index_of("Case", CASES)
    for expression in ("refund", "green OR colour", "re*", "a OR the OR i OR was"):
        assert found(first, expression) == found(second, expression) == found(first, expression)


def test_threads_share_an_index() -> None:
    cases = index_of("Case", CASES)
    expressions = ("refund", "jo*", '"three weeks"', "green OR colour", "jane_doe@mail")
    expected = {each: found(cases, each) for each in expressions}
    wrong: list[str] = []

    def ask() -> None:
        for expression in expressions * 40:
            if found(cases, expression) != expected[expression]:
                wrong.append(expression)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_index_of_nothing_finds_nothing() -> None:
    nothing = TextIndex(entity("Case"), [])
    assert len(nothing) == 0
    assert nothing.rank(find("refund").records, Scope.ALL) == []
    assert nothing.rank(find("ref*").records, Scope.ALL, 10) == []


def test_nothing_is_found_where_nothing_is_asked_for() -> None:
    cases = index_of("Case", CASES)
    assert cases.rank(find("refund").records, Scope.ALL, 0) == []


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("ab*" * 101, "at most 100 wildcards"),
        ("ab? " * 101, "at most 100 wildcards"),
        ("a*b" + "?" * 40 + "c", "in too many ways"),
    ],
)
def test_too_many_wildcards_are_refused(expression: str, message: str) -> None:
    cases = index_of("Case", CASES)
    with pytest.raises(OrgError, match=message) as refused:
        found(cases, expression)
    assert refused.value.code == "MALFORMED_SEARCH"


def test_a_phrase_whose_wildcards_stand_for_too_much_is_refused() -> None:
    words = [f"{place:05}" for place in range(20_000)]
    index = index_of("Case", {"a": ("1", " ".join(words), "")})
    assert found(index, '"0000* 0001*"') == "a"
    with pytest.raises(OrgError, match="stand for too many words") as refused:
        found(index, '"0* 1*"')
    assert refused.value.code == "MALFORMED_SEARCH"


def test_wildcards_within_the_limit_are_found() -> None:
    cases = index_of("Case", CASES)
    assert found(cases, "jo*n" + "?" * 3 + "*" * 90) == "j"
