"""The dependency graph, and that the declarations it comes from hold together."""

import pytest

from orgsmith.schema.declaration import Kind, Object
from orgsmith.schema.graph import NODES, generation_order, order_of
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.parameters import Latents


def test_parents_come_first() -> None:
    order = generation_order()
    assert sorted(order) == sorted(NODES)
    for name in order:
        for parent in NODES[name].parents:
            assert order.index(parent) < order.index(name), (parent, name)


def test_a_cycle_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"cycle: .*Order"):
        order_of({"Order": ("Account",), "Account": ("Order",)})


def test_an_unknown_parent_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Order needs Quote, which is not declared"):
        order_of({"Order": ("Quote",)})


def test_there_are_sixteen_objects() -> None:
    assert len(OBJECTS) == 16


@pytest.mark.parametrize("declared", OBJECTS.values(), ids=lambda d: d.name)
def test_an_object_is_declared_whole(declared: Object) -> None:
    names = [field.name for field in (*declared.fields, *declared.variables)]
    assert len(set(names)) == len(names)
    assert declared.fields[0].kind is Kind.ID
    assert "CreatedDate" in names
    assert set(declared.identity) <= set(names)
    assert all(field.description for field in declared.fields)
    assert all(field.name[0].isupper() for field in declared.fields)
    assert all(field.name[0].islower() for field in declared.variables)
    if declared.near_duplicates:
        assert set(declared.near_duplicates.scope) <= set(names)
        written = {field.name for field in declared.written}
        assert set(declared.near_duplicates.text) <= written


def test_relationship_names_are_unique_for_each_object() -> None:
    for declared in OBJECTS.values():
        down = [f.reference.relationship for f in declared.fields if f.reference]
        assert len(set(down)) == len(down), declared.name
    up = [
        (f.reference.parent, f.reference.children)
        for declared in OBJECTS.values()
        for f in declared.fields
        if f.reference
    ]
    assert len(set(up)) == len(up)


@pytest.mark.parametrize(
    ("child", "field", "walked"),
    [
        ("Order", "AccountId", "Account"),
        ("Case", "OrderItemId__c", "OrderItemId__r"),
        ("Case", "OwnerId", "Owner"),
        ("EmailMessage", "ParentId", "Parent"),
    ],
)
def test_a_relationship_is_named_as_in_salesforce(child: str, field: str, walked: str) -> None:
    reference = OBJECTS[child].field(field).reference
    assert reference is not None
    assert reference.relationship == walked


def test_a_global_node_never_needs_a_blocked_one() -> None:
    for name, declared in NODES.items():
        if not declared.blocked:
            assert not [p for p in declared.parents if NODES[p].blocked], name


def test_every_latent_says_how_it_is_drawn() -> None:
    for latent in LATENTS.values():
        names = {field.name for field in latent.fields}
        assert set(latent.key) <= names, latent.name
        assert len(latent.distribution) > 40, latent.name


def test_parameters_belong_to_declared_latents() -> None:
    assert set(Latents.model_fields) <= set(LATENTS)
