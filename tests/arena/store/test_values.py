"""JSON values become values of fields, or are refused with Salesforce's codes."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgsmith.arena.catalog import Catalog, Column
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.row import Value
from orgsmith.arena.store.values import decoded
from orgsmith.outputs.schema_file import declared_schema
from orgsmith.schema.declaration import Kind
from orgsmith.schema.ids import suffix

CATALOG = Catalog.of(declared_schema(None))
COLUMNS = [each for entity in CATALOG.entities.values() for each in entity.columns.values()]
WHOLE = Column("OrderItem", "Count__c", Kind.INT, "Count", "A custom number")
ACCOUNT = "001Or00006dVy9WIAS"
USER = "005Or0000FOmh8fIQB"
CONTACT = "003Or00008oJe6nIAC"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def column(place: str) -> Column:
    """A field by the names of its object and its own."""
    if place == "whole":
        return WHOLE
    entity, name = place.split(".")
    return CATALOG.entities[entity].columns[name]


@pytest.mark.parametrize(
    ("place", "given", "value"),
    [
        ("Case.Subject", "  as it is ", "  as it is "),
        ("Case.Subject", "", None),
        ("Case.Subject", None, None),
        ("Case.Subject", "x" * 255, "x" * 255),
        ("Case.Status", "Working", "Working"),
        ("Account.Phone", "+49 (0)89 / 1234 ext. 5", "+49 (0)89 / 1234 ext. 5"),
        ("Account.ShippingState", "Bavaria", "Bavaria"),
        ("Account.PersonEmail", "O'Neil+x@Sub.Example.COM", "O'Neil+x@Sub.Example.COM"),
        ("Product2.IsActive", True, True),
        ("Product2.IsActive", "false", False),
        ("Product2.IsActive", "TRUE", True),
        ("OrderItem.Quantity", 3, 3.0),
        ("OrderItem.Quantity", "2.5", 2.5),
        ("OrderItem.UnitPrice", 12, Decimal("12.00")),
        ("OrderItem.UnitPrice", 12.345, Decimal("12.35")),
        ("OrderItem.UnitPrice", 0.1 + 0.2, Decimal("0.30")),
        ("OrderItem.UnitPrice", "1e2", Decimal("100.00")),
        ("OrderItem.UnitPrice", "9999999999999999.99", Decimal("9999999999999999.99")),
        ("ProductCategory.SortOrder", 7, 7),
        ("ProductCategory.SortOrder", 7.0, 7),
        ("whole", 2**63 - 1, 2**63 - 1),
        ("Order.EffectiveDate", "2024-02-29", dt.date(2024, 2, 29)),
        ("EmailMessage.MessageDate", "2024-01-31T23:30:00Z", "2024-01-31T23:30:00"),
        ("EmailMessage.MessageDate", "2024-01-31T23:30:00.999+0000", "2024-01-31T23:30:00"),
        ("EmailMessage.MessageDate", "2024-01-31T23:30:00.000-08:00", "2024-02-01T07:30:00"),
        ("EmailMessage.MessageDate", "2024-01-31T23:30+0530", "2024-01-31T18:00:00"),
        ("Case.AccountId", ACCOUNT, ACCOUNT),
        ("Case.AccountId", ACCOUNT[:15], ACCOUNT),
        ("Case.AccountId", ACCOUNT.lower(), ACCOUNT),
        ("User.ProfileId", "00eOr000CPQAy7V", "00eOr000CPQAy7VIYT"),
        ("EmailMessage.ToIds", [USER, CONTACT[:15]], f'["{USER}","{CONTACT}"]'),
        ("EmailMessage.ToIds", f'["{USER}"]', f'["{USER}"]'),
        ("EmailMessage.ToIds", [], "[]"),
        ("Knowledge__kav.UrlName", "how-to-2", "how-to-2"),
    ],
)
def test_what_fits(place: str, given: object, value: Value) -> None:
    expected = value
    if place == "EmailMessage.MessageDate":
        expected = dt.datetime.fromisoformat(str(value))
    found = decoded(CATALOG, column(place), given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("place", "given", "code"),
    [
        ("Case.Subject", 5, "JSON_PARSER_ERROR"),
        ("Case.Subject", True, "JSON_PARSER_ERROR"),
        ("Case.Subject", 1.5, "JSON_PARSER_ERROR"),
        ("Case.Subject", ["a"], "JSON_PARSER_ERROR"),
        ("Case.Subject", {"a": 1}, "JSON_PARSER_ERROR"),
        ("Case.Subject", "\ud800", "JSON_PARSER_ERROR"),
        ("Case.Subject", "x" * 256, "STRING_TOO_LONG"),
        ("Case.Description", "x" * 32_001, "STRING_TOO_LONG"),
        ("Account.Phone", "1" * 41, "STRING_TOO_LONG"),
        ("Account.ShippingPostalCode", "1" * 256, "STRING_TOO_LONG"),
        ("Case.Status", "closed", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("Case.Status", "Done", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("Case.Status", 1, "JSON_PARSER_ERROR"),
        ("Account.PersonEmail", "no address", "INVALID_EMAIL_ADDRESS"),
        ("Account.PersonEmail", "a@b", "INVALID_EMAIL_ADDRESS"),
        ("Account.PersonEmail", "a@b.c\n", "INVALID_EMAIL_ADDRESS"),
        ("Account.PersonEmail", "@example.com", "INVALID_EMAIL_ADDRESS"),
        ("Account.PersonEmail", "a@b@example.com", "INVALID_EMAIL_ADDRESS"),
        ("Account.PersonEmail", "a@-x.example", "INVALID_EMAIL_ADDRESS"),
        ("Account.PersonEmail", f"{'a' * 80}@example.com", "STRING_TOO_LONG"),
        ("Product2.IsActive", 1, "JSON_PARSER_ERROR"),
        ("Product2.IsActive", "yes", "JSON_PARSER_ERROR"),
        ("Product2.IsActive", None, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ("OrderItem.Quantity", True, "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", "many", "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", "1_0", "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", "٣", "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", "NaN", "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", float("nan"), "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", float("inf"), "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", [1], "JSON_PARSER_ERROR"),
        ("OrderItem.Quantity", 0, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.Quantity", 100, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.UnitPrice", 0, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.UnitPrice", 0.004, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.UnitPrice", 10**16, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.UnitPrice", "9999999999999999.995", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.UnitPrice", "1e9999", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("OrderItem.UnitPrice", "1e99999", "JSON_PARSER_ERROR"),
        ("ProductCategory.SortOrder", 1.5, "JSON_PARSER_ERROR"),
        ("whole", 2**63, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("whole", 10**4000, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("Order.EffectiveDate", "2023-02-29", "JSON_PARSER_ERROR"),
        ("Order.EffectiveDate", "29.02.2024", "JSON_PARSER_ERROR"),
        ("Order.EffectiveDate", "20240229", "JSON_PARSER_ERROR"),
        ("Order.EffectiveDate", "2024-02-29T00:00:00Z", "JSON_PARSER_ERROR"),
        ("Order.EffectiveDate", 20240229, "JSON_PARSER_ERROR"),
        ("Order.EffectiveDate", "1699-12-31", "FIELD_INTEGRITY_EXCEPTION"),
        ("EmailMessage.MessageDate", "2024-01-31T23:30:00", "JSON_PARSER_ERROR"),
        ("EmailMessage.MessageDate", "2024-01-31 23:30:00Z", "JSON_PARSER_ERROR"),
        ("EmailMessage.MessageDate", "2024-01-31", "JSON_PARSER_ERROR"),
        ("EmailMessage.MessageDate", "2024-01-31T25:30:00Z", "JSON_PARSER_ERROR"),
        ("EmailMessage.MessageDate", "2024-01-31T23:30:00+25:00", "JSON_PARSER_ERROR"),
        ("EmailMessage.MessageDate", "0001-01-01T00:00:00+14:00", "JSON_PARSER_ERROR"),
        ("EmailMessage.MessageDate", "4001-01-01T00:00:00Z", "FIELD_INTEGRITY_EXCEPTION"),
        ("Case.AccountId", "nobody", "MALFORMED_ID"),
        ("Case.AccountId", CONTACT, "MALFORMED_ID"),
        ("Case.AccountId", ACCOUNT[:15] + "AA9", "MALFORMED_ID"),
        ("Case.AccountId", 1, "JSON_PARSER_ERROR"),
        ("User.ProfileId", ACCOUNT, "MALFORMED_ID"),
        ("EmailMessage.ToIds", [ACCOUNT], "MALFORMED_ID"),
        ("EmailMessage.ToIds", "not JSON", "JSON_PARSER_ERROR"),
        ("EmailMessage.ToIds", '{"a": 1}', "JSON_PARSER_ERROR"),
        ("EmailMessage.ToIds", [1], "JSON_PARSER_ERROR"),
        ("EmailMessage.ToIds", "[" * 100_000, "JSON_PARSER_ERROR"),
        ("Knowledge__kav.UrlName", "no spaces", "FIELD_INTEGRITY_EXCEPTION"),
    ],
)
def test_what_does_not_fit(place: str, given: object, code: str) -> None:
    with pytest.raises(OrgError) as caught:
        decoded(CATALOG, column(place), given)
    assert caught.value.code == code
    assert caught.value.status == 400
    assert caught.value.fields == (column(place).name,)
    caught.value.message.encode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abc", "Cannot deserialize instance of currency from VALUE_STRING value abc or request"),
        (True, "instance of currency from VALUE_TRUE or request"),
        ([], "instance of currency from START_ARRAY or request"),
        ({}, "instance of currency from START_OBJECT or request"),
    ],
)
def test_messages_are_those_of_salesforce(given: object, said: str) -> None:
    with pytest.raises(OrgError) as caught:
        decoded(CATALOG, column("OrderItem.UnitPrice"), given)
    assert said in caught.value.message


@settings(max_examples=1000)
@given(st.sampled_from(COLUMNS), JSON)
def test_whatever_comes_it_fits_or_is_refused(each: Column, given: object) -> None:
    try:
        value = decoded(CATALOG, each, given)
    except OrgError:
        return
    types = {
        Kind.BOOLEAN: bool,
        Kind.INT: int,
        Kind.DOUBLE: float,
        Kind.CURRENCY: Decimal,
        Kind.DATE: dt.date,
        Kind.DATETIME: dt.datetime,
    }
    assert value is None or type(value) is types.get(each.kind, str)


@given(st.text("0123456789abcXYZ", min_size=12, max_size=12))
def test_ids_are_completed(twelve: str) -> None:
    fifteen = f"001{twelve}"
    assert decoded(CATALOG, column("Case.AccountId"), fifteen) == fifteen + suffix(fifteen)
