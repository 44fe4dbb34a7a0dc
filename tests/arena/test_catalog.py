"""The catalog of an org: names in any case, and relationships both ways."""

import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.outputs.schema_file import declared_schema
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.packs import load

CATALOG = Catalog.of(declared_schema(None))


@pytest.mark.parametrize("name", OBJECTS)
def test_every_declared_field_is_there(name: str) -> None:
    entity = CATALOG.entity(name.swapcase())
    assert entity is not None
    declared = [field.name for field in OBJECTS[name].fields]
    assert [column.name for column in entity.columns.values() if not column.system] == declared
    for field in OBJECTS[name].fields:
        column = entity.column(field.name.upper())
        assert column is not None
        assert (column.kind, column.name) == (field.kind, field.name)


@pytest.mark.parametrize("name", OBJECTS)
def test_relationships_lead_up_and_down(name: str) -> None:
    entity = CATALOG.entities[name]
    for field in OBJECTS[name].fields:
        if field.reference is None:
            continue
        column = entity.parent(field.reference.relationship.lower())
        assert column is not None
        assert column.parent == field.reference.parent
        child = CATALOG.entities[field.reference.parent].child(field.reference.children.upper())
        assert child is not None
        assert (child.entity, child.field) == (name, field.name)


def test_objects_are_told_by_the_prefix_of_an_id() -> None:
    for name, declared in OBJECTS.items():
        found = CATALOG.of_id(declared.key_prefix + "Or0000000000000")
        assert found is not None
        assert found.name == name
    assert CATALOG.of_id("zzz") is None


@pytest.mark.parametrize("industry", ["banking", "electronics", "sportswear"])
def test_custom_fields_of_an_industry_are_there(industry: str) -> None:
    pack = load(industry)
    catalog = Catalog.of(declared_schema(pack))
    for custom in pack.custom_fields:
        column = catalog.entities[custom.object].columns[custom.name]
        assert column.custom
        assert column.label == custom.label


@pytest.mark.parametrize(
    ("entity", "field", "long", "groupable"),
    [
        ("Case", "Description", True, False),
        ("Pricebook2", "Description", False, True),
        ("Case", "CreatedDate", False, False),
        ("Order", "EffectiveDate", False, True),
        ("OrderItem", "UnitPrice", False, False),
        ("Case", "OwnerId", False, True),
    ],
)
def test_what_a_field_is_fit_for(entity: str, field: str, long: bool, groupable: bool) -> None:
    column = CATALOG.entities[entity].columns[field]
    assert (column.long, column.groupable) == (long, groupable)


@pytest.mark.parametrize(
    ("entity", "field", "label"),
    [
        ("Case", "ClosedDate", "Closed Date"),
        ("Case", "OrderItemId__c", "Order Item Id"),
        ("Product2", "External_ID__c", "External ID"),
    ],
)
def test_labels_are_spoken_names(entity: str, field: str, label: str) -> None:
    assert CATALOG.entities[entity].columns[field].label == label
