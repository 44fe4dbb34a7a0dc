"""The declarations as an industry has them: the standard fields, then its custom ones."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from orgsmith.schema.custom_fields import CustomField, field_of
from orgsmith.schema.declaration import Field, Kind, Node, Object
from orgsmith.schema.industry import Industry
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

CUSTOM_FACTS = Field(
    "custom_facts",
    Kind.STRING,
    "What the description must tell beside, one clause a line, each value word for word",
    nullable=True,
)
"""The variable by which a writer is told the values of custom fields that texts speak of."""


def objects_of(industry: Industry) -> Mapping[str, Object]:
    """The sixteen objects by name, with the industry's custom fields after their own."""
    return _objects(industry.custom_fields)


def nodes_of(industry: Industry) -> Mapping[str, Node]:
    """Objects and latent variables by name; the latter are the same for every industry."""
    return _nodes(industry.custom_fields)


@lru_cache(maxsize=16)
def _objects(custom: tuple[CustomField, ...]) -> Mapping[str, Object]:
    found = dict(OBJECTS)
    for each in custom:
        declared = found[each.object]
        variables = declared.variables
        if each.said and CUSTOM_FACTS not in variables:
            variables = (*variables, CUSTOM_FACTS)
        fields = (*declared.fields, field_of(each))
        found[each.object] = replace(declared, fields=fields, variables=variables)
    return found


@lru_cache(maxsize=16)
def _nodes(custom: tuple[CustomField, ...]) -> Mapping[str, Node]:
    return {**_objects(custom), **LATENTS}
