"""Every resource below a version of the API."""

from orgsmith.arena.sandbox.rest import (
    limits,
    objects,
    queries,
    record_sets,
    records,
    refused,
    searches,
    tree,
    versions,
)
from orgsmith.arena.sandbox.rest.calls import Table
from orgsmith.arena.sandbox.rest.composite import composites

# The paths of single records fit nearly anything below sobjects: they are tried last.
_SINGLE = (
    *queries.RESOURCES,
    *searches.RESOURCES,
    *objects.RESOURCES,
    *record_sets.RESOURCES,
    *tree.RESOURCES,
    *limits.RESOURCES,
    *versions.RESOURCES,
    *refused.RESOURCES,
    *records.RESOURCES,
)

RESOURCES = (*composites(Table(_SINGLE)), *_SINGLE)

TABLE = Table(RESOURCES)
