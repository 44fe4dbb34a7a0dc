"""Custom fields: values for whatever an industry records beyond the standard fields."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import pick_column
from orgsmith.flows.draw.frames import Bools, Floats, dollars, empty_where
from orgsmith.flows.draw.parents import Parents
from orgsmith.prompts.spelling import spelled
from orgsmith.schema.custom_fields import BY_ISSUE, BY_PRODUCT, DIGIT, LETTER, CustomField
from orgsmith.schema.declaration import Object
from orgsmith.schema.declared import CUSTOM_FACTS
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

LETTERS = 26
DIGITS = 10


def with_custom(
    organisation: Organisation, declared: Object, drawn: pl.DataFrame, parents: Parents, block: int
) -> pl.DataFrame:
    """The drawn columns of an object with its custom fields, and what its text tells of them.

    Args:
        organisation: whose industry declares the fields.
        declared: the object, custom fields included.
        drawn: its drawn fields and variables, in the order of Id.
        parents: the frames it was drawn from.
        block: the block of accounts.
    """
    fields = [f for f in organisation.industry.custom_fields if f.object == declared.name]
    if not fields:
        return drawn
    about = _about(organisation.industry, declared.name, drawn, parents)
    for custom in fields:
        rng = stream(organisation.seed, declared.name, block, f"custom {custom.name}")
        fitting = _fitting(custom, about)
        missing = rng.random(drawn.height) >= custom.filled
        values, empty = _values(rng, custom, fitting)
        dtype = declared.field(custom.name).kind.dtype
        column = empty_where(values.cast(dtype), missing | empty)
        drawn = drawn.with_columns(column.alias(custom.name))
    if CUSTOM_FACTS in declared.variables:
        told = [custom for custom in fields if custom.said]
        drawn = drawn.with_columns(_told(organisation, declared, told, drawn, block))
    return drawn


def _about(industry: Industry, name: str, drawn: pl.DataFrame, parents: Parents) -> pl.DataFrame:
    """What each record is about, as far as it is about such a thing: category, noun, issue.

    Category and issue are the pack's keys.
    """
    rows = pl.DataFrame({"Id": drawn["Id"]})
    if name in BY_PRODUCT:
        products = drawn if name == "Product2" else parents["Product2"]
        of = drawn[{"Product2": "Id", "OrderItem": "Product2Id", "Case": "product_id"}[name]]
        known = products.select("category", "noun", product="Id")
        rows = rows.with_columns(product=of).join(
            known, on="product", how="left", maintain_order="left"
        )
    keys = {issue.name: issue.key for issue in industry.issues}
    if name in BY_ISSUE:
        issue = drawn["Name" if name == "Issue__c" else "issue"]
        rows = rows.with_columns(issue=issue.replace_strict(keys, return_dtype=pl.String))
    return rows


def _fitting(custom: CustomField, about: pl.DataFrame) -> Floats:
    """The weight of each value for each record, shape (records, values); one value if it has none.

    A record that cannot have a value has weight 0 everywhere.
    """
    able = _among(about, "category", custom.categories) & _among(about, "issue", custom.issues)
    columns = [
        np.where(
            able & _among(about, "noun", value.nouns) & _among(about, "issue", value.issues),
            value.weight,
            0.0,
        )
        for value in custom.values
    ]
    return np.stack(columns or [able.astype(np.float64)], axis=1)


def _among(about: pl.DataFrame, column: str, wanted: tuple[str, ...]) -> Bools:
    """Which records are about one of what is wanted; all where nothing is."""
    if not wanted:
        return np.ones(about.height, dtype=np.bool_)
    return about[column].is_in(list(wanted)).fill_null(value=False).to_numpy()


def _values(
    rng: np.random.Generator, custom: CustomField, fitting: Floats
) -> tuple[pl.Series, Bools]:
    """A value for each record, and which of them have none."""
    count = len(fitting)
    uniform = rng.random(size=(count,))
    chosen = pick_column(fitting, uniform)
    empty: Bools = chosen < 0
    low, high = custom.range or (0.0, 0.0)
    match custom.type:
        case "picklist":
            return pl.Series([v.value for v in custom.values]).gather(np.maximum(chosen, 0)), empty
        case "text":
            return _texts(rng, custom.pattern or "", count), empty
        case "checkbox":
            return pl.Series(np.less(uniform, custom.share or 0.0)), empty
        case "integer":
            return pl.Series(np.floor(low + uniform * (high - low + 1)).astype(np.int64)), empty
        case "number":
            return pl.Series(np.round(low + uniform * (high - low), 2)), empty
        case "currency":
            cents = np.round(100 * (low + uniform * (high - low))).astype(np.int64)
            return dollars(pl.Series(cents)), empty


def _texts(rng: np.random.Generator, pattern: str, count: int) -> pl.Series:
    """Texts of a pattern."""
    parts = [
        rng.integers(ord("0"), ord("0") + DIGITS, count)
        if sign == DIGIT
        else rng.integers(ord("A"), ord("A") + LETTERS, count)
        if sign == LETTER
        else np.full(count, ord(sign))
        for sign in pattern
    ]
    codes = np.stack(parts, axis=1).astype(np.uint32)
    return pl.Series([row.tobytes().decode("utf-32-le") for row in codes], dtype=pl.String)


def _told(
    organisation: Organisation,
    declared: Object,
    told: list[CustomField],
    drawn: pl.DataFrame,
    block: int,
) -> pl.Series:
    """A clause for each value that the text tells, one a line; null where there is none."""
    lines: list[list[str]] = [[] for _ in range(drawn.height)]
    for custom in told:
        rng = stream(organisation.seed, declared.name, block, f"custom {custom.name} said")
        chosen = rng.integers(0, len(custom.said), drawn.height)
        values = drawn.select(spelled(declared.field(custom.name))).to_series()
        for place, (clause, value) in enumerate(zip(chosen, values, strict=True)):
            if value is not None:
                lines[place].append(custom.said[clause].replace("{value}", value))
    texts = ["\n".join(clauses) or None for clauses in lines]
    return pl.Series(CUSTOM_FACTS.name, texts, dtype=pl.String)
