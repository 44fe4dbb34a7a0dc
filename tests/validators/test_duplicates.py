"""Near-duplicates against the definition, spelled out naively."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from orgsmith.prompts.likeness import normalised, normalised_texts
from orgsmith.schema.declaration import NearDuplicates
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.objects.standard import ID
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.duplicates import compared, find_duplicates, scoped
from tests.validators.tables import Frames, rows

THRESHOLD = 80.0


def naive(
    rows: list[tuple[str, str, str]], threshold: float, shortest: int
) -> list[tuple[str, str, float]]:
    """The definition of design.md section 5, word for word, comparing all pairs."""
    kept: list[tuple[str, str, str]] = []
    found = []
    for key, scope, text in sorted(rows):
        plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
        scores = [
            (fuzz.ratio(plain, other), earlier)
            for earlier, other_scope, other in kept
            if other_scope == scope and min(len(plain), len(other)) >= max(shortest, 1)
        ]
        near = [pair for pair in scores if pair[0] >= threshold]
        if near:
            best = max(score for score, _ in near)
            found.append((key, min(k for score, k in near if score == best), best))
        else:
            kept.append((key, scope, plain))
    return found


texts = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.text(st.sampled_from("abcA \t\n\u00e9\ufb01"), max_size=14),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(texts, st.sampled_from([1, 4]), st.sampled_from([60.0, THRESHOLD, 100.0]), st.data())
def test_pairs_are_those_of_comparing_all_pairs(
    drawn: list[tuple[str, str]], shortest: int, threshold: float, data: st.DataObject
) -> None:
    rows = [(f"k{i:03d}", scope, text) for i, (scope, text) in enumerate(drawn)]
    mixed = data.draw(st.permutations(rows))
    frame = pl.DataFrame(
        mixed, schema=dict.fromkeys(("Id", "scope", "text"), pl.String), orient="row"
    )
    found = find_duplicates(frame, threshold, scope=("scope",), shortest=shortest)
    assert found.rows() == naive(rows, threshold, shortest)


def test_a_chain_is_cut_at_kept_records() -> None:
    """B is near A, C near B only: B goes, and C stays since B is not kept."""
    frame = pl.DataFrame(
        {"Id": ["a", "b", "c"], "text": ["aaaaaaaaaa", "aaaaaaaabb", "aaaaaabbbb"]}
    )
    assert find_duplicates(frame, THRESHOLD).rows() == [("b", "a", 80.0)]


def test_equal_score_goes_to_the_lowest_key() -> None:
    frame = pl.DataFrame({"Id": ["b", "a", "c"], "text": ["xxxxxy", "xxxxxz", "xxxxxx"]})
    assert find_duplicates(frame, 83.5).height == 0
    assert find_duplicates(frame, 83.0).rows() == [
        ("b", "a", pytest.approx(83.333, abs=1e-3)),
        ("c", "a", pytest.approx(83.333, abs=1e-3)),
    ]


def test_empty_texts_duplicate_nothing() -> None:
    frame = pl.DataFrame({"Id": ["a", "b", "c"], "text": ["", " \n", None]})
    assert find_duplicates(frame, 1.0, shortest=0).height == 0


def test_normalised() -> None:
    assert normalised(" Stra\u00dfe \ufb01n\n\tA ") == "strasse fin a"


@settings(deadline=None)
@given(
    st.lists(
        st.none()
        | st.text(st.sampled_from("aB \t\n\x0b\x1c\x85\u00a0\u3000\u00c9\u00df\ufb01\u0130"))
    )
)
def test_texts_are_normalised_as_each_of_them_is(words: list[str | None]) -> None:
    texts = normalised_texts(pl.Series("text", words, dtype=pl.String))
    assert texts.to_list() == [normalised(word or "") for word in words]


def test_scopes_that_are_not_published_are_found_in_the_plan(organisation: Organisation) -> None:
    plan = {"ProductCategoryId": "a", "IssueId": "b", "ProductId": "c", "CaseId": "case"}
    tables = Frames(
        organisation,
        {
            "CasePlan": rows("CasePlan", plan),
            "Case": rows("Case", {"Id": "case"}),
            "EmailMessage": rows("EmailMessage", {"Id": "mail", "ParentId": "case"}),
            "LiveChatTranscript": rows("LiveChatTranscript", {"Id": "chat", "CaseId": "case"}),
        },
    )
    hidden = {"product_category": "a", "issue_id": "b", "product_id": "c"}
    for name in ("Case", "EmailMessage", "LiveChatTranscript"):
        found = scoped(tables, OBJECTS[name]).collect().row(0, named=True)
        rule = OBJECTS[name].near_duplicates
        assert rule is not None
        assert {k: found[k] for k in rule.scope if k in hidden} == {
            k: v for k, v in hidden.items() if k in rule.scope
        }, name


@pytest.mark.parametrize("name", [o.name for o in OBJECTS.values() if o.near_duplicates])
def test_what_is_compared_follows_the_declaration(name: str) -> None:
    declared = OBJECTS[name]
    rule = declared.near_duplicates or NearDuplicates(())
    columns = dict.fromkeys((ID.name, *rule.text, *rule.scope))
    frame = pl.DataFrame({column: [f"{column}!"] for column in columns})
    assert compared(declared, frame).row(0, named=True) == {
        "Id": "Id!",
        "text": " ".join(f"{column}!" for column in rule.text),
        **{column: f"{column}!" for column in rule.scope},
    }
