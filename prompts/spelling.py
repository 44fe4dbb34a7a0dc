"""How the value of a field stands in a text."""

import polars as pl

from orgsmith.schema.declaration import Field, Kind


def spelled(field: Field) -> pl.Expr:
    """The field's values as they are said: amounts like $1,250.00, all else as it is published."""
    value = pl.col(field.name)
    if field.kind is not Kind.CURRENCY:
        return value.cast(pl.String)
    cents = (value.abs() * 100).round().cast(pl.Int64)
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = (cents // 100).cast(pl.String)
    for _ in range(2):
        # From the right: 1234567, 1234,567, 1,234,567.
        whole = whole.str.replace(r"^(\d+)(\d{3})(,|$)", "$1,$2$3")
    return pl.format("{}${}.{}", sign, whole, (cents % 100).cast(pl.String).str.zfill(2))
