"""What is looked for: the language between the braces of FIND."""

import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sosl.find import closing, parse_find
from orgsmith.arena.sosl.index import TextIndex
from orgsmith.arena.sosl.parser import parse
from orgsmith.arena.sosl.tree import Either, Every, Scope, Term
from tests.arena.sosl.corpus import ARTICLES, CASES, find, found, index_of


@pytest.fixture(scope="module")
def cases() -> TextIndex:
    return index_of("Case", CASES)


@pytest.fixture(scope="module")
def articles() -> TextIndex:
    return index_of("Knowledge__kav", ARTICLES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Words: any case, other forms, exact ones first.
        ("parcel", "c"),
        ("PARCEL", "c"),
        ("pArCeL", "c"),
        ("parcels", "c"),
        ("refund", "ab"),
        ("refunds", "ab"),
        ("refunding", "ab"),
        ("returned", "d"),
        ("unheard", ""),
        ("colours", "ef"),
        ("fade", "f"),
        ("00000104", "d"),
        ("104", ""),
        ("42", "e"),
        ("6pm", "g"),
        # Several words: all of them, anywhere in the record.
        ("refund weeks", "a"),
        ("weeks   refund", "a"),
        ("\trefund\nweeks ", "a"),
        ("refund parcel", ""),
        ("x y", "l"),
        # Operators in any case.
        ("refund AND weeks", "a"),
        ("refund and weeks", "a"),
        ("parcel OR summer", "cd"),
        ("parcel or summer", "cd"),
        ("refund AND NOT weeks", "b"),
        ("refund and not weeks", "b"),
        ("colour AND NOT faded", "e"),
        ("parcel OR refund AND weeks", "ac"),
        ("refund AND weeks OR parcel", "ac"),
        ("(parcel OR refund) AND weeks", "a"),
        ("(parcel) or (summer sale)", "cd"),
        ("((parcel))", "c"),
        ("refund weeks OR parcel", "ac"),
        ("refund (weeks OR twice)", "ab"),
        ("refund AND NOT (weeks OR twice)", ""),
        ("(refund AND NOT weeks) AND twice", "b"),
        # AND and AND NOT are evaluated from right to left.
        ("refund AND NOT weeks AND twice", "ab"),
        ("green AND NOT faded AND NOT size", "e"),
        ("refund AND twice AND NOT weeks", "b"),
        # Phrases: the words as they stand, next to each other.
        ('"three weeks"', "a"),
        ('"weeks three"', ""),
        ('"Three WEEKS ago"', "a"),
        ('"refunds"', "b"),
        ('"refunded"', "b"),
        ('"summer sale" AND return', "d"),
        ('"summer sale" OR "three weeks"', "ad"),
        ('refund AND NOT "three weeks"', "b"),
        ('"and"', "h"),
        ('"or"', "h"),
        ('"and or not"', "h"),
        ('"not"', "ah"),
        ('"received I asked"', ""),
        ('refund"three weeks"', "a"),
        # Words are told apart at punctuation; written as one, they stand together.
        ("jane", "c"),
        ("doe", "c"),
        ("jane_doe@mail.example.com", "c"),
        ("doe@mail", "c"),
        ("mail.jane", ""),
        ("example.com", "c"),
        (r"A\-1042", "c"),
        ("1042", "c"),
        ("A1042", ""),
        (r"dark\-green", "e"),
        ("dark green", "ef"),
        ("dark.green", "e"),
        (r"555\-0132", "g"),
        (r'"\(415\) 555\-0132"', "g"),
        (r"Zoë\'s", "i"),
        ("zoë", "i"),
        ("ZOË", "i"),
        ("CRÈME", "i"),
        ("東京", "k"),
        # Reserved signs, escaped, are punctuation as any other.
        (r"50% off \& more\*", "i"),
        (r"more\*", "i"),
        (r"parcel\?", "c"),
        (r'"my parcel\?"', "c"),
        (r"\{parcel\}", "c"),
        (r"\(\)\[\]\^\~\:\!\|\\\"\'\+\-", ""),
        (r"parcel AND \&\&", "c"),
        # Wildcards: * for any number, ? for exactly one, in the middle or at the end.
        ("john*", "j"),
        ("jo?n", "j"),
        ("jo??", "j"),
        ("jo?????", "j"),
        ("jo??????", ""),
        ("parc*l", "c"),
        ("p*l", "c"),
        ("ref*", "ab"),
        ("refund*", "ab"),
        ("refund?", "b"),
        ("re*", "abd"),
        ("3*", ""),
        ("gre?n OR fa*s", "ef"),
        ("colo* AND NOT fad*", "e"),
        ('"summer s*"', "d"),
        ('"su?mer sale"', "d"),
        ('"summer ?ale"', ""),
        ("jane*", "c"),
        ("jane_d*", "c"),
        ("jane_d*@mail", "c"),
        ("東*", "k"),
        # At the beginning of a word they stand for nothing.
        ("*arcel", ""),
        ("*parcel*", "c"),
        ("?parcel", "c"),
        ("**", ""),
        ("re*unds AND parcel", ""),
    ],
)
def test_an_expression_finds(cases: TextIndex, expression: str, expected: str) -> None:
    assert "".join(sorted(found(cases, expression))) == expected


@pytest.mark.parametrize(
    ("expression", "records", "articles_"),
    [
        ("return order", "p", "pr"),
        ("money wash", "", "qr"),
        ("money AND wash", "", ""),
        ("money paid cold", "", "qr"),
        ("return AND thirty wash", "", "pr"),
        ('"thirty days" "a week"', "", "pq"),
        ("(money paid) cold", "", "qr"),
    ],
)
def test_words_of_articles_are_joined_by_or(
    articles: TextIndex, expression: str, records: str, articles_: str
) -> None:
    meant = find(expression)
    assert "".join(sorted(articles.rank(meant.records, Scope.ALL))) == records
    assert "".join(sorted(articles.rank(meant.articles, Scope.ALL))) == articles_


@pytest.mark.parametrize(
    ("expression", "at", "message"),
    [
        ("ab|cd", 3, "line 1:8 mismatched character '|' expecting '}'; to search for |, write \\|"),
        ("ab&cd", 3, "line 1:8 mismatched character '&'"),
        ("a-b", 2, "line 1:7 mismatched character '-'"),
        ("it's", 3, "line 1:8 mismatched character '''"),
        ("a+b", 2, "line 1:7 mismatched character '+'"),
        ("ab {cd", 4, "line 1:9 mismatched character '{'"),
        ("ab [cd]", 4, "line 1:9 mismatched character '['"),
        ("ab:cd", 3, "line 1:8 mismatched character ':'"),
        ("ab!", 3, "line 1:8 mismatched character '!'"),
        ("ab~", 3, "line 1:8 mismatched character '~'"),
        ("ab^2", 3, "line 1:8 mismatched character '^'"),
        ('"ab-cd"', 4, "line 1:9 mismatched character '-'"),
        ('ab\n"c-d"', 6, "line 2:2 mismatched character '-'"),
        ('"John Smith', 12, "line 1:17 mismatched character '}' expecting '\"'"),
        ('ab "', 5, "mismatched character '}' expecting '\"'"),
        ("ab AND", 7, "unexpected end of the search"),
        ("ab OR", 6, "unexpected end of the search"),
        ("ab AND NOT", 11, "unexpected end of the search"),
        ("AND ab", 1, "AND needs a word or phrase on either side"),
        ("OR", 1, "OR needs a word or phrase on either side"),
        ("ab OR OR cd", 7, "OR needs a word or phrase on either side"),
        ("ab AND OR cd", 8, "OR needs a word or phrase on either side"),
        ("NOT ab", 1, "NOT only stands after AND"),
        ("ab NOT cd", 4, "NOT only stands after AND"),
        ("ab OR NOT cd", 7, "NOT only stands after AND"),
        ("()", 2, "unexpected token: )"),
        ("(ab", 4, "unexpected end of the search"),
        ("ab)", 3, "unexpected token: )"),
        ("ab ()", 5, "unexpected token: )"),
        ("(ab OR) cd", 7, "unexpected token: )"),
    ],
)
def test_a_malformed_expression_is_refused_with_its_place(
    expression: str, at: int, message: str
) -> None:
    text = f"FIND {{{expression}}} RETURNING Case"
    with pytest.raises(OrgError) as refused:
        parse(text)
    place = len("FIND {") + at - 1
    row = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    assert refused.value.code == "MALFORMED_SEARCH"
    assert f"\nERROR at Row:{row}:Column:{column}\n" in refused.value.message
    assert message in refused.value.message


@pytest.mark.parametrize("expression", ["", " ", "a", " a ", "*", "東", "\n"])
def test_a_search_of_one_character_is_refused(expression: str) -> None:
    with pytest.raises(OrgError) as refused:
        parse(f"FIND {{{expression}}}")
    assert refused.value.code == "INVALID_SEARCH"
    assert refused.value.message == (
        f"search term must be longer than one character: {expression.strip()}"
    )


@pytest.mark.parametrize("text", ["FIND {ab", "FIND {ab\\}", 'FIND {"ab', "FIND {", "FIND {ab\\"])
def test_a_search_that_never_ends_is_refused(text: str) -> None:
    with pytest.raises(OrgError, match="mismatched character '<EOF>' expecting '}'"):
        parse(text)


def test_precedence_is_parentheses_then_and_then_or() -> None:
    a, b, c, d = (Term(word, False) for word in ("aa", "bb", "cc", "dd"))
    assert find("aa OR bb AND cc OR dd").records == Either((a, Every((b, c)), d))
    assert find("aa bb OR cc dd").records == Either((Every((a, b)), Every((c, d))))
    assert find("aa bb OR cc dd").articles == Either((a, b, c, d))
    assert find("aa AND NOT bb AND cc").records == Every((a,), (Every((b, c)),))
    assert find("(aa AND NOT bb) AND cc").records == Every((Every((a,), (b,)), c))


def test_past_4000_characters_any_word_will_do(cases: TextIndex) -> None:
    words = "parcel AND summer AND NOT refund (" + "nothing " * 500
    assert len(words) > 4_000
    assert "".join(sorted(found(cases, words))) == "abcdh"
    assert found(cases, "parcel AND summer") == ""


def test_past_10000_characters_nothing_is_found() -> None:
    for length, some in ((10_000, True), (10_001, False)):
        text = "FIND {" + "a" * length + "}"
        end = closing(text, len("FIND {"))
        assert (parse_find(text, len("FIND {"), end) is not None) is some


@pytest.mark.parametrize(
    "expression",
    ["(" * 61 + "ab" + ")" * 61, "ab" + " AND NOT ab" * 61, "(" * 1_000 + "ab" + ")" * 1_000],
)
def test_deep_nesting_is_refused(expression: str) -> None:
    with pytest.raises(OrgError, match="nested too deeply"):
        parse(f"FIND {{{expression}}}")


def test_deep_nesting_below_the_limit_is_found(cases: TextIndex) -> None:
    assert found(cases, "(" * 60 + "parcel" + ")" * 60) == "c"
    assert found(cases, "parcel" + " parcel" * 500) == "c"
    assert found(cases, "parcel" + " AND NOT refund" * 60) == "c"
