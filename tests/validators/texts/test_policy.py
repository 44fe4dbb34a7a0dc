"""The policy rule: limits from sentences, offers from agents' words, and what breaks what."""

import datetime as dt

import polars as pl
import pytest

from orgsmith.prompts.policy import policy_statement
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.texts.policy import issue_of, judged, limits, read_offers


def test_limits_are_what_the_pack_allows(organisation: Organisation) -> None:
    industry = organisation.industry
    names = {remedy.key: remedy.name for remedy in industry.remedies}
    articles = pl.DataFrame(
        [
            (
                f"Policy: {issue.name}",
                "Read this first. It applies to all orders from 90 days ago.\n\n"
                + "\n".join(
                    policy_statement(
                        names[a.remedy], a.within_days, a.up_to_percent, number + shift
                    )
                    for number, a in enumerate(issue.remedies)
                ),
            )
            for shift, issue in enumerate(industry.issues)
        ],
        schema=["Title", "FAQ_Answer__c"],
        orient="row",
    )
    read = limits(industry, articles, [issue.name for issue in industry.issues])
    assert set(read.rows()) == {
        (issue.name, a.remedy, a.within_days, a.up_to_percent)
        for issue in industry.issues
        for a in issue.remedies
    }


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Our Policy on Late Parcel", "Late Parcel"),
        ("LATE PARCEL AGAIN: what we do", "Late Parcel Again"),
        ("Policy (Late Parcel)", "Late Parcel"),
        ("Late Parcels and what we make of them", None),
        ("A Chocolate Parcel", None),
        ("Care for Leather", None),
    ],
)
def test_a_title_names_one_issue(title: str, expected: str | None) -> None:
    """The longest name, as whole words; the order of the names does not matter."""
    issues = ["Late Parcel", "Late Parcel Again", "Parcel Again and Again"]
    assert issue_of(title, issues) == expected
    assert issue_of(title, issues[::-1]) == expected


def test_an_issue_named_after_another_one_keeps_its_own_limits(organisation: Organisation) -> None:
    industry = organisation.industry
    first, second = industry.remedies[0], industry.remedies[1]
    plain = industry.issues[0].name
    again = f"{plain} Again"
    articles = pl.DataFrame(
        {
            "Title": [f"{plain} Policy", f"{again} Policy"],
            "FAQ_Answer__c": [
                policy_statement(first.name, 30, None, 0),
                policy_statement(second.name, 60, None, 0),
            ],
        }
    )
    read = limits(industry, articles, [plain, again])
    assert set(read.rows()) == {(plain, first.key, 30, None), (again, second.key, 60, None)}


def test_offers_are_read_from_words(organisation: Organisation) -> None:
    sized = next(r for r in organisation.industry.remedies if r.measured_in == "percent")
    plain = next(r for r in organisation.industry.remedies if r.measured_in == "none")
    day = dt.date(2025, 4, 4)
    said = pl.DataFrame(
        [
            ("c1", "m1", day, "Thanks for the details of March 12, 2025."),
            (
                "c1",
                "m2",
                day,
                f"Of March 5, 2025, here March 9, 2025: 25 percent, {sized.terms[0].upper()}.",
            ),
            ("c1", "m3", day, f"The {plain.terms[0]} is out."),
            ("c2", "m4", day, f"About March 5, 2025: a {plain.terms[0]} it is."),
            ("c3", "m5", day, "Nothing to offer."),
            ("c4", "m6", day, "I see the order of March 5, 2025, and one of March 7, 2025."),
            ("c4", "m7", day, "Nothing new."),
            ("c4", "m8", day, f"Until April 30, 2025 I can do a {plain.terms[0]}."),
            ("c4", "m9", day, f"The {plain.terms[0]} of January 1, 2025 is out."),
            ("c5", "n1", day, f"A {plain.terms[0]}, whatever was ordered when."),
        ],
        schema=["CaseId", "Id", "day", "text"],
        orient="row",
    )
    assert read_offers(organisation.industry, said).rows() == [
        ("c1", "m2", sized.key, 25, 30),
        ("c2", "m4", plain.key, None, 30),
        ("c4", "m8", plain.key, None, 30),
        ("c5", "n1", plain.key, None, None),
    ]


@pytest.mark.parametrize(
    ("remedy", "percent", "age", "expected"),
    [
        ("other", None, 1, "not_allowed"),
        ("credit", None, 30, None),
        ("credit", None, 31, "too_late"),
        ("share", 20, 999, None),
        ("share", 25, 1, "too_much"),
    ],
)
def test_offers_are_judged(
    remedy: str, percent: int | None, age: int, expected: str | None
) -> None:
    allowed = pl.DataFrame(
        [("i", "credit", 30, None), ("i", "share", None, 20)],
        schema={
            "issue": pl.String,
            "remedy": pl.String,
            "within_days": pl.Int64,
            "up_to_percent": pl.Int64,
        },
        orient="row",
    )
    offer = pl.DataFrame(
        {"issue": ["i"], "remedy": [remedy], "percent": [percent], "age_days": [age]},
        schema_overrides={"percent": pl.Int64},
    )
    assert judged(offer, allowed)["found"].to_list() == [expected]
