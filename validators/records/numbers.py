"""The columns that hold ids, and the numbers that can stand for ids where they are only compared.

The number of an id is its hash of 64 bits, several times cheaper to join than its 18 characters.
Two ids of a part have the same one in less than one of a hundred million parts; a fault that is
found by numbers is looked for again by ids, so that it is named, and is none if it was that.
"""

import polars as pl

from orgsmith.schema.declaration import Kind
from orgsmith.schema.graph import NODES

TOLD = {
    ("CaseHistory__c", "OldValue__c"): ("CaseTimeline", "FromUserId"),
    ("CaseHistory__c", "NewValue__c"): ("CaseTimeline", "UserId"),
}
"""Text columns that hold ids, and the references of latent variables that they are told by."""

IDS = {
    name: [
        *(each.name for each in node.fields if each.kind in {Kind.ID, Kind.REFERENCE}),
        *(column for owner, column in TOLD if owner == name),
    ]
    for name, node in NODES.items()
}
"""The columns of each object and latent variable that hold ids."""


def number(column: str) -> pl.Expr:
    """The number that stands for the id in a column; null where there is none."""
    return pl.when(pl.col(column).is_not_null()).then(pl.col(column).hash()).alias(column)
