"""From ids and names back to the numbers of rows, to compute with."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Ints
from orgsmith.flows.draw.keys import ids
from orgsmith.schema.organisation import Organisation


def rows_in(known: pl.Series | Sequence[str], values: pl.Series) -> Ints:
    """The place of each value among the known ones.

    Raises:
        polars.exceptions.InvalidOperationError: a value is not known.
    """
    names = pl.Series(known, dtype=pl.String)
    rows: Ints = values.replace_strict(
        names, np.arange(len(names)), return_dtype=pl.Int64
    ).to_numpy()
    return rows


def issue_rows(organisation: Organisation, issue_ids: pl.Series) -> Ints:
    """The place of each issue in the pack."""
    return rows_in(ids(organisation, "Issue__c", len(organisation.industry.issues)), issue_ids)


def category_rows(organisation: Organisation, category_ids: pl.Series) -> Ints:
    """The place of each category in the pack."""
    count = len(organisation.industry.categories)
    return rows_in(ids(organisation, "ProductCategory", count), category_ids)
