"""Custom fields: from the pack to declared fields, and every fault of theirs named."""

import re
from pathlib import Path

import pytest

from orgsmith.schema import packs
from orgsmith.schema.custom_fields import CustomField, CustomValue, field_of
from orgsmith.schema.declaration import Kind
from orgsmith.schema.declared import CUSTOM_FACTS, nodes_of, objects_of
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from tests.schema.breaking import DROP, TREE, Path_, Tree, at, change, text_of, write

NOUN = text_of(("categories", 0, "nouns", 0, "name"))
CATEGORY = text_of(("categories", 0, "key"))
ISSUE = text_of(("issues", 0, "key"))
TERM = text_of(("remedies", 0, "terms", 0))
ISSUE_TERM = text_of(("issues", 0, "terms", 0))

FIELDS: Tree = [
    {
        "object": "Case",
        "name": "Sum__c",
        "label": "Sum",
        "description": "What it is about",
        "type": "currency",
        "range": [5, 900],
        "issues": [ISSUE],
        "said": ["it is {value}", "{value} in all", "{value} it says", "some {value} are named"],
    },
    {
        "object": "Product2",
        "name": "Grade__c",
        "label": "Grade",
        "description": "How good it is",
        "type": "picklist",
        "values": [{"value": "A", "nouns": [NOUN]}, {"value": "B", "weight": 2}],
        "categories": [CATEGORY],
    },
    {
        "object": "Account",
        "name": "Code__c",
        "label": "Code",
        "description": "A code",
        "type": "text",
        "pattern": "K-##@",
        "filled": 0.75,
    },
    {
        "object": "Order",
        "name": "Gift__c",
        "label": "Gift",
        "description": "Whether it is a gift",
        "type": "checkbox",
        "share": 0.25,
    },
]
WITH: Tree = {**TREE, "custom_fields": FIELDS}

FAULTS: list[tuple[Path_, Tree, str, str]] = [
    ((0, "object"), "Cases", "[0].object", 'no object is called "Cases" (did you mean "Case"?)'),
    ((0, "name"), "Sum", "[0].name", '"Sum" does not fit'),
    ((0, "name"), "IssueId__c", "[0].name", 'Case has a field "IssueId__c" already'),
    ((2, "object"), "Nothing", "[2].object", "expected one of User, Account"),
    ((0, "type"), "money", "[0].type", "expected one of picklist, text"),
    ((0, "range"), DROP, "[0].range", "missing for a currency"),
    ((0, "range"), [9, 5], "[0].range", "9 is not less than 5"),
    ((0, "range"), [9], "[0].range[1]", "missing"),
    ((0, "range"), [0.001, 0.004], "[0].range", "finer than two decimals"),
    ((0, "range"), [1, 1e12], "[0].range", "too large a number"),
    ((0, "values"), [{"value": "x"}], "[0].values", "a currency has none"),
    ((0, "issues", 0), "gremlins", "[0].issues[0]", 'no issue is called "gremlins"'),
    ((0, "categories"), ["gremlins"], "[0].categories[0]", 'no category is called "gremlins"'),
    ((0, "said", 1), "it is so", "[0].said[1]", "does not tell the value once"),
    ((0, "said", 1), "{value} or {value}", "[0].said[1]", "does not tell the value once"),
    ((0, "said", 1), "It is {value}", "[0].said[1]", "begins otherwise"),
    ((0, "said", 1), "it is {value}.", "[0].said[1]", '"." at the end'),
    ((0, "said", 1), "it is {value} {noun}", "[0].said[1]", "the slot {noun} is not filled here"),
    ((0, "said", 1), f"it is {{value}} {TERM}", "[0].said[1]", "is the term of a remedy"),
    ((0, "said", 1), f"a {ISSUE_TERM} of {{value}}", "[0].said[1]", "is a term of an issue"),
    ((0, "said", 1), "it is {value}", "[0].said[1]", "is there already"),
    ((0, "said"), ["it is {value}"], "[0].said", "only 1 in it; expected at least 4 clauses"),
    ((2, "name"), "BillingCity__C", "[2].name", "does not fit"),
    ((1, "values", 0, "nouns", 0), "gremlin", "[1].values[0].nouns[0]", "no noun is called"),
    ((1, "values", 1, "value"), "a", "[1].values[1].value", '"a" is there already'),
    ((1, "values", 1, "weight"), 0, "[1].values[1].weight", "0 does not fit"),
    ((1, "values"), [], "[1].values", "missing for a picklist"),
    ((1, "issues"), [ISSUE], "[1].issues", "records of Product2 have no issue"),
    ((2, "categories"), [CATEGORY], "[2].categories", "records of Account have no category"),
    ((2, "pattern"), "fixed", "[2].pattern", "every record would have the same"),
    ((2, "pattern"), "#" * 300, "[2].pattern", "300 characters"),
    ((2, "filled"), 0, "[2].filled", "0 does not fit"),
    ((2, "said"), FIELDS[0]["said"], "[2].said", "no text of Account tells it"),
    ((3, "share"), DROP, "[3].share", "missing for a checkbox"),
    ((3, "share"), 1.5, "[3].share", "1.5 does not fit"),
    ((3, "said"), FIELDS[0]["said"], "[3].said", "a checkbox has no value to be told"),
]


def test_the_fields_these_tests_break_have_no_fault(tmp_path: Path) -> None:
    assert packs.check(write(WITH, tmp_path)) == ()


@pytest.mark.parametrize(("path", "value", "field", "words"), FAULTS, ids=lambda value: None)
def test_fault_is_reported(
    path: Path_, value: Tree, field: str, words: str, tmp_path: Path
) -> None:
    tree = change(WITH, ("custom_fields", *path), value)
    found = packs.check(write(tree, tmp_path))
    assert any(f": custom_fields{field}: " in line and words in line for line in found), found


def test_two_fields_of_one_name(tmp_path: Path) -> None:
    tree = change(WITH, ("custom_fields",), [FIELDS[0], at(WITH, ("custom_fields", 0))])
    (fault,) = packs.check(write(tree, tmp_path))
    assert 'custom_fields[1].name: Case has a field "Sum__c" already' in fault


def test_names_that_differ_in_case_only(tmp_path: Path) -> None:
    """Salesforce and DuckDB take them for one."""
    other = {**FIELDS[0], "name": "SUM__c"}
    (fault,) = packs.check(write(change(WITH, ("custom_fields",), [FIELDS[0], other]), tmp_path))
    assert 'Case has a field "SUM__c" already' in fault


def test_a_sentence_does_not_begin_with_a_value_in_lower_case(tmp_path: Path) -> None:
    said = [
        "{value} is the grade",
        "it is {value}",
        "its grade is {value}",
        "grade: {value} that is",
    ]
    told = {**FIELDS[1], "said": said, "values": [{"value": "matte"}, {"value": "Gloss"}]}
    (fault,) = packs.check(write(change(WITH, ("custom_fields",), [told]), tmp_path))
    assert "custom_fields[0].said[0]: a sentence would begin in lower case" in fault


@pytest.mark.parametrize("word", ["shop", "item", "bought"])
def test_words_for_the_company_name_no_remedy(word: str, tmp_path: Path) -> None:
    tree = {**TREE, "words": {word: TERM}}
    (fault,) = packs.check(write(tree, tmp_path))
    assert f"words.{word}: " in fault
    assert "is the term of a remedy" in fault


def test_a_field_is_declared_as_its_pack_says(tmp_path: Path) -> None:
    industry = packs.load(write(WITH, tmp_path))
    objects = objects_of(industry)
    assert list(objects) == list(OBJECTS)
    amount = objects["Case"].field("Sum__c")
    assert (amount.kind, amount.minimum, amount.maximum) == (Kind.CURRENCY, 5, 900)
    assert amount.optional
    assert objects["Product2"].field("Grade__c").values == ("A", "B")
    code = objects["Account"].field("Code__c")
    assert code.gaps == (0.25, 0.25)
    assert code.pattern is not None
    assert re.fullmatch(code.pattern, "K-12Z")
    assert not re.fullmatch(code.pattern, "K-12z")
    assert not objects["Order"].field("Gift__c").optional
    assert CUSTOM_FACTS in objects["Case"].variables
    # Nothing of it is told in words.
    assert CUSTOM_FACTS not in objects["Product2"].variables
    assert objects["User"] is OBJECTS["User"]
    assert nodes_of(industry) == {**objects, **LATENTS}


def test_an_industry_without_custom_fields_has_the_standard_objects() -> None:
    assert objects_of(packs.load("sportswear")) == OBJECTS


def test_signs_of_a_pattern_stand_for_themselves() -> None:
    field = field_of(
        CustomField(
            object="Account",
            name="A__c",
            label="A",
            description="A",
            type="text",
            pattern="(#.@)*",
        )
    )
    assert field.pattern is not None
    assert re.fullmatch(field.pattern, "(1.B)*")
    assert not re.fullmatch(field.pattern, "(1xB)*")


def test_where_a_field_stands_everywhere() -> None:
    plain = CustomField(
        object="Account",
        name="A__c",
        label="A",
        description="A",
        type="picklist",
        values=(CustomValue(value="x"),),
    )
    assert plain.everywhere
    tied = (CustomValue(value="x", nouns=(NOUN,)),)
    assert not plain.model_copy(update={"values": tied}).everywhere
    assert not plain.model_copy(update={"issues": (ISSUE,)}).everywhere
