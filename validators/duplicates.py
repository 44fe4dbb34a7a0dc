"""Near-duplicates: records whose text a reader would take for that of an earlier one."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from orgsmith.prompts.assemble import own_words
from orgsmith.prompts.likeness import normalised_texts
from orgsmith.schema.declaration import NearDuplicates, Object
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.likeness.scopes import Rows, Tell, too_near
from orgsmith.validators.outcome import (
    FINDINGS_KEPT,
    Finding,
    Outcome,
    Tables,
    collected,
    counted,
    merged,
)

BUCKET = 300_000
"""Texts held at a time when a whole dataset is looked through."""

FOUND = pl.Schema({"Id": pl.String(), "partner": pl.String(), "score": pl.Float64()})


def find_duplicates(
    frame: pl.DataFrame,
    threshold: float,
    *,
    scope: Sequence[str] = (),
    shortest: int = 1,
    tell: Tell | None = None,
) -> pl.DataFrame:
    """The records to remove: those too near to an earlier kept record of their scope.

    Args:
        frame: columns Id, text and those of `scope`; any order of rows.
        threshold: least `rapidfuzz.fuzz.ratio` (0 to 100) of normalised texts that counts.
        scope: records are compared within equal values of these columns; all, if there are none.
        shortest: texts with fewer normalised characters are not compared; empty ones never are.
        tell: told every second how far a long search is, and whether it is a hard one.

    Returns:
        Columns Id, partner, score, in order of Id. Records are taken in the order of Id; one is
        removed if a kept one before it reaches the threshold; its partner is the kept one with the
        greatest score, then the lowest Id.
    """
    # One number for each scope: sorting by several columns of text takes twice as long.
    number = pl.struct(scope).rank("dense") if scope else pl.lit(0)
    rows = (
        frame.select("Id", number.alias("scope"), text=normalised_texts(frame["text"]))
        .filter(pl.col("text").str.len_chars() >= max(shortest, 1))
        .sort("scope", "Id")
    )
    near = too_near(rows["text"], _runs(rows["scope"]), threshold, tell=tell)
    ids = rows["Id"]
    return pl.DataFrame(
        {"Id": ids.gather(near.rows), "partner": ids.gather(near.partners), "score": near.scores},
        schema=FOUND,
    ).sort("Id")


def compared(declared: Object, frame: pl.DataFrame) -> pl.DataFrame:
    """What is compared of an object's records: Id, text and scope columns.

    `frame` holds own words: written columns before `assemble`, or after `own_words`.
    """
    rule = _rule(declared)
    text = pl.concat_str([pl.col(name).fill_null("") for name in rule.text], separator=" ")
    return frame.select("Id", text.alias("text"), *rule.scope)


def check_duplicates(tables: Tables) -> Iterator[Outcome]:
    """Near-duplicates that are left in each object that must have none."""
    for declared in OBJECTS.values():
        if declared.near_duplicates is not None:
            yield from merged(_left(tables, declared, declared.near_duplicates))


def scoped(tables: Tables, declared: Object, ids: pl.Series | None = None) -> pl.LazyFrame:
    """An object's text and scope columns, those that are not published taken from the plan.

    Args:
        tables: where they are.
        declared: the object.
        ids: the records that are wanted; all of them if left out.
    """
    rule = _rule(declared)
    names = {field.name for field in declared.fields}
    hidden = [name for name in rule.scope if name not in names]
    # own_words recognises a signature by the sender.
    needed = [name for name in (*rule.scope, "FromName", "Incoming", "Subject") if name in names]
    columns = list(dict.fromkeys(("Id", *rule.text, *needed)))
    lazy = tables.scan(declared.name)
    if ids is not None:
        lazy = lazy.filter(pl.col("Id").is_in(ids.implode()))
    if not hidden:
        return lazy.select(columns)
    case = next(
        (f.name for f in declared.fields if f.reference and f.reference.parent == "Case"), "Id"
    )
    plan = tables.scan("CasePlan").select("CaseId", **{name: _planned(name) for name in hidden})
    return lazy.join(plan, left_on=case, right_on="CaseId", how="left").select(*columns, *hidden)


def _left(tables: Tables, declared: Object, rule: NearDuplicates) -> Iterator[Outcome]:
    """Near-duplicates of one object, as many scopes at a time as fit in memory."""
    lazy = scoped(tables, declared)
    rows = int(tables.scan(declared.name).select(pl.len()).collect().item())
    buckets = -(-rows // BUCKET) if rule.scope else 1
    share = pl.struct(rule.scope).hash() % max(buckets, 1) if buckets > 1 else pl.lit(0)
    # Without the texts: which records are of a share is known before any text is read.
    shares = collected(lazy.select("Id", share.alias("share"))) if buckets > 1 else None
    for number in range(max(buckets, 1)):
        some = None if shares is None else shares.filter(pl.col("share") == number)["Id"]
        frame = collected(scoped(tables, declared, some))
        # A missing text is a fault that compliance names; here it is one that resembles nothing.
        whole = frame.with_columns(pl.col(pl.String).fill_null(""))
        texts = compared(declared, own_words(declared, whole))
        found = find_duplicates(texts, rule.threshold, scope=rule.scope, shortest=rule.shortest)
        findings = (
            Finding(
                "duplicates",
                declared.name,
                record,
                "+".join(rule.text),
                f"{score:.1f}",
                f"is its likeness to {partner}; {rule.threshold:g} and more is a near-duplicate",
            )
            for record, partner, score in found.head(FINDINGS_KEPT).iter_rows()
        )
        yield counted("duplicates", declared.name, frame.height, found.height, findings)


def _planned(variable: str) -> str:
    """The column of the plan of a case that holds a variable which is not published."""
    words = variable.removesuffix("_id").split("_")
    return LATENTS["CasePlan"].field("".join(word.title() for word in words) + "Id").name


def _rule(declared: Object) -> NearDuplicates:
    """The object's rule; ValueError if nothing of it is compared."""
    if declared.near_duplicates is None:
        raise ValueError(f"{declared.name} declares no near-duplicates")
    return declared.near_duplicates


def _runs(values: pl.Series) -> Rows:
    """First row and end of each run of equal values with two rows or more: shape (runs, 2)."""
    lengths = values.rle().struct.field("len").cast(pl.Int64).to_numpy()
    ends = np.cumsum(lengths)
    return np.stack([ends - lengths, ends], axis=1)[lengths > 1]
