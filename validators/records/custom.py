"""Custom fields: values where they belong and nowhere else, and told where texts speak of them."""

from collections.abc import Container, Iterable, Iterator
from functools import partial

import polars as pl

from orgsmith.prompts.spelling import spelled
from orgsmith.schema.custom_fields import BY_ISSUE, BY_PRODUCT, CustomField
from orgsmith.schema.declared import objects_of
from orgsmith.schema.industry import Industry
from orgsmith.validators.outcome import Finding, Outcome, Tables, counted
from orgsmith.validators.records.compliance import gap_finding, gaps_fit
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.tally import Faults, Rows, Tally

TEXT = "Description"


def custom_tallies(industry: Industry) -> Iterator[Tally]:
    """The checks of each object's custom fields: which records have a value, which value, and what
    texts tell."""
    for name in dict.fromkeys(custom.object for custom in industry.custom_fields):
        mine = [custom for custom in industry.custom_fields if custom.object == name]
        yield Faults(partial(_values, name, [rule for each in mine for rule in _fits(each)]))
        # Fields that every record can have are declared with their gaps: compliance looks at them.
        partly = [each for each in mine if each.filled < 1 and not each.everywhere]
        if partly:
            yield Rows(partial(_count_gaps, name, partly), partial(_shares_of_gaps, name, partly))
        if told_rules(industry, name):
            yield Faults(partial(_told, name))


def _values(
    name: str, rules: list[Rule], tables: Tables, nodes: Container[str]
) -> Iterator[Outcome]:
    if name in nodes:
        yield judge("custom", name, _about(tables, name), rules)


def _told(name: str, tables: Tables, nodes: Container[str]) -> Iterator[Outcome]:
    if name in nodes:
        told = told_rules(tables.organisation.industry, name)
        yield judge("told", name, tables.scan(name), told)


def told_rules(industry: Industry, name: str) -> list[Rule]:
    """What the descriptions of an object must tell of its custom fields; needs these columns."""
    declared = objects_of(industry)[name]
    return [
        Rule(
            TEXT,
            ~pl.col(TEXT).str.contains(_as_a_word(spelled(declared.field(custom.name)))),
            f"does not tell {custom.name}, {{{custom.name}}}",
        )
        for custom in industry.custom_fields
        if custom.object == name and custom.said
    ]


def _as_a_word(value: pl.Expr) -> pl.Expr:
    """A pattern that finds a value, but not as a part of a word or a longer number."""
    return pl.concat_str(pl.lit(r"(?:^|\W)"), value.str.escape_regex(), pl.lit(r"(?:\W|$)"))


def _count_gaps(
    name: str, partly: list[CustomField], tables: Tables, nodes: Container[str]
) -> pl.DataFrame:
    """Of each field: how many records can have a value, and how many of them have none."""
    rows = _about(tables, name)
    counts = [
        rows.filter(_able(custom)).select(
            field=pl.lit(custom.name),
            able=pl.len().cast(pl.Int64),
            empty=pl.col(custom.name).null_count().cast(pl.Int64),
        )
        for custom in partly
        if name in nodes
    ]
    none = pl.DataFrame(schema={"field": pl.String, "able": pl.Int64, "empty": pl.Int64})
    return pl.concat([none, *pl.collect_all(counts)])


def _shares_of_gaps(
    name: str, partly: list[CustomField], counts: pl.DataFrame
) -> Iterator[Outcome]:
    """The share of empty values among the records that can have one."""
    found: list[Finding] = []
    for custom in partly:
        able, empty = counts.filter(field=custom.name).select("able", "empty").sum().row(0)
        due = (1 - custom.filled, 1 - custom.filled)
        if not gaps_fit(able, empty, due):
            found.append(gap_finding(name, custom.name, able, empty, due))
    yield counted("custom gaps", name, int(counts["able"].sum()), len(found), found)


def _able(custom: CustomField) -> pl.Expr:
    """Which records can have a value."""
    fitting = [_among("noun", v.nouns) & _among("issue", v.issues) for v in custom.values]
    able = _among("category", custom.categories) & _among("issue", custom.issues)
    return able & pl.any_horizontal(fitting) if fitting else able


def _fits(custom: CustomField) -> Iterator[Rule]:
    """Values only where the field has any, the right ones, and everywhere if it is always filled.

    Needs columns category, noun and issue as far as the field is tied to them.
    """
    value = pl.col(custom.name)
    able = _able(custom)
    yield Rule(custom.name, value.is_not_null() & ~able, "is a value where none belongs")
    for each in custom.values:
        fits = _among("noun", each.nouns) & _among("issue", each.issues)
        yield Rule(
            custom.name, (value == each.value) & ~fits, "does not fit the record's product or issue"
        )
    if custom.filled == 1:
        yield Rule(custom.name, value.is_null() & able, "is empty where it must not be")


def _among(column: str, wanted: Iterable[str]) -> pl.Expr:
    """Whether a record is about one of what is wanted; true where nothing is."""
    listed = list(wanted)
    if not listed:
        return pl.lit(value=True)
    return pl.col(column).is_in(listed).fill_null(value=False)


def _about(tables: Tables, name: str) -> pl.LazyFrame:
    """An object's rows with the keys of their product's category and issue, and its noun."""
    industry = tables.organisation.industry
    rows = tables.scan(name)
    if name == "Case":
        lines = tables.scan("OrderItem").select("Id", "Product2Id")
        rows = rows.join(lines, left_on="OrderItemId__c", right_on="Id", how="left")
    if name in BY_PRODUCT:
        keys = {category.name: category.key for category in industry.categories}
        shelves = tables.scan("ProductCategory").select(
            "Id", category=pl.col("Name").replace_strict(keys, default=None, return_dtype=pl.String)
        )
        products = tables.scan("ProductProfile").select("ProductId", "ProductCategoryId", "noun")
        products = products.join(shelves, left_on="ProductCategoryId", right_on="Id", how="left")
        own = "Id" if name == "Product2" else "Product2Id"
        rows = rows.join(products, left_on=own, right_on="ProductId", how="left")
    if name in BY_ISSUE:
        issues = tables.scan("Issue__c").select("Id", issue=_key(industry))
        own = "Id" if name == "Issue__c" else "IssueId__c"
        rows = rows.join(issues, left_on=own, right_on="Id", how="left")
    return rows


def _key(industry: Industry) -> pl.Expr:
    """The key of the issue that a row of Issue__c is."""
    keys = {issue.name: issue.key for issue in industry.issues}
    return pl.col("Name").replace_strict(keys, default=None, return_dtype=pl.String)
