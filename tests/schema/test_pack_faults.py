"""Every fault of a pack is named: file, line, field, what is wrong, what was expected."""

from pathlib import Path

import pytest

from orgsmith.schema import packs
from orgsmith.schema.errors import PackError
from tests.schema.breaking import DROP, FAULT, TREE, Path_, Tree, at, change, text_of, write

TERM = text_of(("remedies", 0, "terms", 0))
PERCENT = next(i for i in range(20) if at(TREE, ("remedies", i)).get("measured_in"))
PERCENT_KEY = text_of(("remedies", PERCENT, "key"))
PLAIN_KEY = text_of(("remedies", 0, "key"))
ABOUT_FAULT = next(i for i in range(20) if at(TREE, ("issues", i)).get("about_fault"))
PLAIN = 0
ALLOWED_KEY = text_of(("issues", PLAIN, "remedies", 0, "remedy"))
OTHER_KEY = text_of(("issues", PLAIN, "remedies", 1, "remedy"))
NEVER_KEY = text_of(("issues", PLAIN, "never", 0))
ALLOWED_KEYS = {entry["remedy"] for entry in at(TREE, ("issues", PLAIN, "remedies"))}
FORBIDDEN_KEYS: Tree = [
    remedy["key"] for remedy in at(TREE, ("remedies",)) if remedy["key"] not in ALLOWED_KEYS
]
ALL_REMEDIES: Tree = [
    {"remedy": r["key"], **({"up_to_percent": 10} if "measured_in" in r else {})}
    for r in at(TREE, ("remedies",))
]

# path of the change, new value, field named by the fault, words of the fault.
FAULTS: list[tuple[Path_, Tree, str, str]] = [
    (("label",), DROP, "label", "missing; expected a text"),
    (("labl",), "x", "labl", 'unknown field (did you mean "label"?)'),
    (("company", "nmae"), "x", "company.nmae", 'did you mean "name"?'),
    (("issues", 2, "lag", "unit"), "days", "issues[2].lag.unit", "expected one of after, median"),
    (("label",), 3, "label", "3 does not fit; expected a text, in quotes"),
    (("label",), "", "label", '"" does not fit'),
    (("label",), "two\nlines", "label", "line break"),
    (("as_of",), "2026-02-30", "as_of", "expected a date such as"),
    (("as_of",), "0001-01-01", "as_of", "does not fit"),
    (("season",), lambda old: old[:11], "season", "only 11 in it; expected a list of exactly 12"),
    (("season", 3), 0, "season[3]", "0 does not fit; expected a number greater than 0"),
    (("season", 3), float("nan"), "season[3]", "does not fit"),
    (("season", 3), float("inf"), "season[3]", "does not fit"),
    (("counts",), {"Case": True}, "counts.Case", "True does not fit; expected a whole number"),
    (("counts",), {"Case": "977"}, "counts.Case", '"977" does not fit'),
    (("counts",), {"Case": 977.5}, "counts.Case", "977.5 does not fit"),
    (("counts",), {"Case": 10}, "counts.Case", "of at least 200"),
    (("counts",), {"OrderItem": 2000}, "counts.OrderItem", "at least 2071, one for each Order"),
    (("counts",), {"User": 10}, "counts.User", "at least 24"),
    (("counts",), {"Account": 50, "on_duty": 24}, "", ""),
    (("counts",), {"ProductCategoryProduct": 400}, "counts.ProductCategoryProduct", "too few"),
    (("counts",), {"ProductCategoryProduct": 9000}, "counts.ProductCategoryProduct", "at most"),
    (("places", "states", "XX"), 1.0, "places.states.XX", "not a state"),
    (("places", "country"), "Atlantis", "places.country", '"United States"'),
    (("sales", 1, "start"), "02-30", "sales[1].start", "is no day of every year"),
    (("sales", 1, "start"), "02-29", "sales[1].start", "is no day of every year"),
    (("sales", 1, "start"), "2-3", "sales[1].start", "does not fit"),
    (("sales", 1, "discount"), 1.5, "sales[1].discount", "less than 0.9"),
    (("sales", 1, "name"), text_of(("sales", 0, "name")), "sales[1].name", "is there already"),
    (("lines", 5), text_of(("lines", 1)), "lines[5]", "is there already"),
    (("lines", 5), f"Old {TERM}", "lines[5]", "the term of a remedy"),
    (("company", "support_name"), f"{TERM} desk", "company.support_name", "the term of a remedy"),
    (
        ("categories", 0, "nouns", 0, "name"),
        f"{TERM} kit",
        "categories[0].nouns[0].name",
        "the term of a remedy",
    ),
    (("company", "support_address"), "a@b.example", "company.support_address", "address at"),
    (("categories", 1, "key"), text_of(("categories", 0, "key")), "categories[1].key", "already"),
    (("categories", 1, "key"), "Two Words", "categories[1].key", "a text that matches"),
    (
        ("categories", 1, "nouns", 0, "name"),
        text_of(("categories", 0, "nouns", 0, "name")),
        "categories[1].nouns[0].name",
        "is there already",
    ),
    (("categories", 1, "nouns", 0, "name"), "things", "categories[1].nouns[0].name", "plural"),
    (("categories", 1, "nouns", 0, "price"), [9, 8], "categories[1].nouns[0].price", "lowest"),
    (("categories", 1, "nouns", 0, "price"), [9], "categories[1].nouns[0].price[1]", "missing"),
    (("categories", 1, "features", 2), "a {nonu} b", "categories[1].features[2]", "{nonu}"),
    (("categories", 1, "faults", 2), "the {noun} broke", "categories[1].faults[2]", "no slot"),
    (("categories", 1, "uses", 2), "long days.", "categories[1].uses[2]", '"." at the end'),
    (("categories", 1, "materials"), "wood", "categories[1].materials", "expected a list of"),
    (
        ("categories", 1, "articles", 0, "facts", 1, "answer"),
        "unheard of",
        "categories[1].articles[0].facts[1].answer",
        "not in the statement: of, unheard",
    ),
    (("company_articles", 0, "facts", 0, "question"), "So", "company_articles[0]", "question mark"),
    (
        ("company_articles", 0, "facts", 0, "question"),
        text_of(("company_articles", 0, "facts", 1, "question")),
        "company_articles[0].facts[1].question",
        "is there already",
    ),
    (("remedies", 1, "offers", 0), "do nothing at all", "remedies[1].offers[0]", "by no term"),
    (
        ("remedies", 1, "offers", 0),
        lambda old: f"{old}, or {TERM}",
        "remedies[1].offers[0]",
        "is the term of a remedy",
    ),
    (("remedies", 1, "terms", 0), f"big {TERM}", "remedies[0].terms[0]", "part of another"),
    (("remedies", 0, "offers", 0), f"{TERM} {{percent}}", "remedies[0].offers[0]", "{percent}"),
    (
        ("remedies", PERCENT, "offers", 0),
        lambda old: old.replace("{percent} ", ""),
        f"remedies[{PERCENT}].offers[0]",
        "does not say how much",
    ),
    (("issues", PLAIN, "symptoms", 3), f"a {TERM} came", f"issues[{PLAIN}].symptoms[3]", "term"),
    (
        ("issues", PLAIN, "requests", 3, "say"),
        f"get a {TERM}",
        f"issues[{PLAIN}].requests[3].say",
        "term",
    ),
    (
        ("issues", PLAIN, "requests", 3, "met_by"),
        ["nothing"],
        f"issues[{PLAIN}].requests[3].met_by[0]",
        'no remedy has the key "nothing"',
    ),
    (
        ("issues", PLAIN, "requests", 3, "met_by"),
        [PLAIN_KEY, PLAIN_KEY],
        f"issues[{PLAIN}].requests[3].met_by[1]",
        "already",
    ),
    (("issues", PLAIN, "requests", 3, "met_by"), DROP, f"issues[{PLAIN}].requests[3]", "missing"),
    (("issues", PLAIN, "requests", 3), "get it", f"issues[{PLAIN}].requests[3]", "does not fit"),
    (
        ("issues", PLAIN, "requests", 3),
        lambda old: {**old, "say": text_of(("issues", PLAIN, "requests", 1, "say"))},
        f"issues[{PLAIN}].requests[3].say",
        "already",
    ),
    (
        ("issues", PLAIN, "requests"),
        lambda old: [{**r, "met_by": r["met_by"] if i > 5 else []} for i, r in enumerate(old)],
        f"issues[{PLAIN}].requests",
        "are met by no remedy; expected at most",
    ),
    (
        ("issues", PLAIN, "requests"),
        lambda old: [
            {**r, "met_by": [key for key in r["met_by"] if key != ALLOWED_KEY] or [OTHER_KEY]}
            for r in old
        ],
        f"issues[{PLAIN}].remedies[0].remedy",
        "meets no request",
    ),
    (("issues", PLAIN, "details", 0, "ask"), "What is it", f"issues[{PLAIN}]", "no question"),
    (("issues", PLAIN, "details", 0, "ask"), "what is it?", f"issues[{PLAIN}]", "no question"),
    (("issues", PLAIN, "details", 0, "give", 1), "so it is", f"issues[{PLAIN}]", '"so"'),
    (("issues", PLAIN, "settled"), ["It is done"], f"issues[{PLAIN}].settled[0]", "a capital"),
    (("issues", PLAIN, "settled"), ["it is done."], f"issues[{PLAIN}].settled[0]", "a stop"),
    (("issues", PLAIN, "settled"), [f"the {TERM} is out"], f"issues[{PLAIN}].settled[0]", "term"),
    (("issues", PLAIN, "settled"), [], "", ""),
    (("issues", PLAIN, "never"), ["nothing"], f"issues[{PLAIN}].never[0]", "no remedy has the key"),
    (("issues", PLAIN, "never"), [ALLOWED_KEY], f"issues[{PLAIN}].never[0]", "is allowed for"),
    (("issues", PLAIN, "never"), lambda old: [old[0]] * 2, f"issues[{PLAIN}].never[1]", "already"),
    (("issues", PLAIN, "never"), FORBIDDEN_KEYS, f"issues[{PLAIN}].never", "never offered"),
    (
        ("issues", PLAIN, "requests", 3, "met_by"),
        lambda old: [*old, NEVER_KEY],
        f"issues[{PLAIN}].requests[3].met_by",
        "is never offered",
    ),
    (("issues", PLAIN, "details", 0, "give"), "yes", f"issues[{PLAIN}].details[0].give", "a list"),
    (
        ("issues", PLAIN, "details", 0, "give"),
        lambda old: old[:2],
        f"issues[{PLAIN}].details[0].give",
        "only 2 in it",
    ),
    (
        ("issues", PLAIN, "details", 0, "give", 1),
        f"it is the {TERM}",
        f"issues[{PLAIN}].details[0].give[1]",
        "term",
    ),
    (
        ("issues", PLAIN, "details", 0, "give", 1),
        "it is {code}.",
        f"issues[{PLAIN}].details[0].give[1]",
        '"." at the end',
    ),
    (
        ("issues", PLAIN, "details", 0, "give", 1),
        "it is {number}",
        f"issues[{PLAIN}].details[0].give[1]",
        "{noun}, {digits}, {code}",
    ),
    (
        ("issues", PLAIN, "details", 0, "give", 1),
        lambda _: text_of(("issues", PLAIN, "details", 1, "give", 0)),
        f"issues[{PLAIN}].details[1].give[0]",
        "already",
    ),
    (("issues", PLAIN, "symptoms", 3), "after a day it broke", f"issues[{PLAIN}]", '"after"'),
    (("issues", PLAIN, "symptoms", 3), "worn once, it broke", f"issues[{PLAIN}]", '"worn"'),
    (("issues", PLAIN, "symptoms", 3), "measured twice, it is off", f"issues[{PLAIN}]", "measured"),
    (("categories", 1, "faults", 3), "while dry it is fine", "categories[1].faults[3]", '"while"'),
    (("remedies", 1, "outcomes", 0), "it is all done", "remedies[1].outcomes[0]", "by no term"),
    (
        ("remedies", 1, "outcomes", 0),
        lambda old: f"{old}, and the {TERM} too",
        "remedies[1].outcomes[0]",
        "is the term of a remedy",
    ),
    (
        ("remedies", 0, "outcomes", 0),
        f"the {TERM} takes three days",
        "remedies[0].outcomes[0]",
        '"days" tells a size or a time',
    ),
    (
        ("remedies", 0, "outcomes", 0),
        f"the {TERM} of 20 is booked",
        "remedies[0].outcomes[0]",
        '"2" tells a size or a time',
    ),
    (
        ("remedies", PERCENT, "outcomes", 0),
        lambda old: f"{old} and {{percent}}",
        f"remedies[{PERCENT}].outcomes[0]",
        "the slot {percent} is not filled here",
    ),
    (("remedies", 0, "outcomes", 0), f"The {TERM} is booked", "remedies[0].outcomes[0]", "capital"),
    (("remedies", 0, "outcomes", 0), f"the {TERM} is booked.", "remedies[0].outcomes[0]", "a stop"),
    (("remedies", 0, "outcomes"), DROP, "remedies[0].outcomes", "missing"),
    (("categories", 1, "nouns", 0, "spoken"), "a thing", "categories[1].nouns[0].spoken", '"a"'),
    (("categories", 1, "nouns", 0, "spoken"), "things", "categories[1].nouns[0].spoken", "plural"),
    (("categories", 1, "nouns", 0, "spoken"), "pair of things", "", ""),
    (("issues", PLAIN, "symptoms", 3), "it is mine", f"issues[{PLAIN}].symptoms[3]", '"mine"'),
    (
        ("issues", PLAIN, "symptoms", 3),
        "so {fault}",
        f"issues[{PLAIN}].symptoms[3]",
        "no such slot",
    ),
    (
        ("issues", PLAIN, "symptoms", 3),
        "a {noun} left",
        f"issues[{PLAIN}].symptoms[3]",
        '"a {noun}"',
    ),
    (
        ("issues", PLAIN, "symptoms", 3),
        "the {noun}s left",
        f"issues[{PLAIN}].symptoms[3]",
        "touches",
    ),
    (("issues", PLAIN, "symptoms", 3), "the {noun left", f"issues[{PLAIN}].symptoms[3]", "brace"),
    (
        ("issues", ABOUT_FAULT, "symptoms", 3),
        "gone",
        f"issues[{ABOUT_FAULT}].symptoms[3]",
        "{fault}",
    ),
    (
        ("issues", 1, "symptoms", 3),
        text_of(("issues", 0, "symptoms", 4)).upper(),
        "issues[1].symptoms[3]",
        "already",
    ),
    (("issues", PLAIN, "mentions", 1), "some trouble", f"issues[{PLAIN}].mentions[1]", "no term"),
    (
        ("issues", PLAIN, "mentions", 1),
        lambda old: f"{old} and {text_of(('issues', 1, 'terms', 0))}",
        f"issues[{PLAIN}].mentions[1]",
        "of another issue",
    ),
    (
        ("issues", 0, "remedies", 0, "remedy"),
        "nothing",
        "issues[0].remedies[0].remedy",
        "no remedy",
    ),
    (("issues", 0, "remedies", 0), {"remedy": PERCENT_KEY}, "issues[0].remedies[0]", "how many"),
    (
        ("issues", 0, "remedies", 0),
        {"remedy": PLAIN_KEY, "up_to_percent": 10},
        "issues[0].remedies[0].up_to_percent",
        "not measured in percent",
    ),
    (
        ("issues", 0, "remedies"),
        [{"remedy": PLAIN_KEY, "within_days": d} for d in (400, 30)],
        "issues[0].remedies[1].remedy",
        "allowed twice",
    ),
    (
        ("issues", 0, "remedies"),
        lambda old: [{**entry, "within_days": 90} for entry in old],
        "issues[0].remedies",
        "ends before 365 days",
    ),
    (("issues", 0, "remedies"), ALL_REMEDIES, "issues[0].remedies", "could break the policy"),
    (("latents",), {"CustomerMood": {"neutral": 0.9}}, "latents.CustomerMood", "add up to 1.57"),
    (("latents",), {"ProductTrouble": {"in_peak_month": 9}}, "latents.ProductTrouble", "no more"),
    (("latents",), {"Skill": {"weights": [1.0] * 40}}, "latents.Skill.weights", "at most"),
    (("latents",), {"CustomersMood": {}}, "latents.CustomersMood", 'did you mean "CustomerMood"?'),
    (("counts",), {"Product2": 90_000, "ProductCategoryProduct": 90_000}, "categories[0]", "names"),
    (("counts",), {"Case": 3_000}, "", ""),
    (("counts",), {"Case": 600_000, "OrderItem": 600_000}, "issues[0]", "for its share of Case"),
]


def test_the_pack_these_tests_break_has_no_fault(tmp_path: Path) -> None:
    assert packs.check(write(TREE, tmp_path)) == ()


@pytest.mark.parametrize(("path", "value", "field", "words"), FAULTS, ids=lambda value: None)
def test_fault_is_reported(
    path: Path_, value: Tree, field: str, words: str, tmp_path: Path
) -> None:
    file = write(change(TREE, path, value), tmp_path)
    found = packs.check(file)
    if not field:
        assert found == ()
        return
    assert found
    matches = [FAULT.match(line) for line in found]
    assert all(matches)
    assert all(match["file"] == str(file) for match in matches if match)
    assert any(line.split(": ")[1].startswith(field) and words in line for line in found), found
    with pytest.raises(PackError) as error:
        packs.load(file)
    assert error.value.faults == found


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    """Format, references and words: none hides another, not even in the same section."""
    tree = TREE
    fields = []
    for path, value, field in (
        (("label",), 3, "label"),
        (("remedies", 1, "extra"), 1, "remedies[1].extra"),
        (("remedies", 1, "offers", 0), "do nothing at all", "remedies[1].offers[0]"),
        (("issues", 0, "weight"), "heavy", "issues[0].weight"),
        (("issues", 0, "symptoms", 3), "it is {nowhere}", "issues[0].symptoms[3]"),
        (("issues", 0, "remedies", 0, "remedy"), "nothing", "issues[0].remedies[0].remedy"),
        (("sales", 1, "start"), "02-30", "sales[1].start"),
    ):
        tree = change(tree, path, value)
        fields.append(field)
    found = {line.split(": ")[1] for line in packs.check(write(tree, tmp_path))}
    assert found == set(fields)


def test_faults_come_in_the_order_of_the_file_with_their_lines(tmp_path: Path) -> None:
    marks = ("unusual words one", "unusual words two {nowhere}", "unusual words three.")
    tree = change(TREE, ("issues", 3, "symptoms", 7), marks[1])
    tree = change(tree, ("remedies", 2, "offers", 4), marks[0])
    tree = change(tree, ("issues", 4, "details", 2, "ask"), marks[2])
    file = write(tree, tmp_path)
    lines = file.read_text(encoding="utf-8").splitlines()
    wanted = [number for number, line in enumerate(lines, 1) if any(mark in line for mark in marks)]
    found = [int(match["line"]) for line in packs.check(file) if (match := FAULT.match(line))]
    assert sorted(found) == found
    assert list(dict.fromkeys(found)) == wanted
    assert len(wanted) == len(marks)
