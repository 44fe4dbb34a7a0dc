"""JSON values of a request as values of fields; what does not fit is refused as in Salesforce."""

import json
import re
from collections.abc import Callable, Mapping

from orgsmith.arena.catalog import Catalog, Column
from orgsmith.arena.ids import full_id
from orgsmith.arena.store.defaults import longest
from orgsmith.arena.store.refusals import cut, mistyped, refused
from orgsmith.arena.store.row import Value
from orgsmith.arena.store.scalars import day, moment, number, truth
from orgsmith.schema.declaration import Kind

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_ID_PATTERN = "[0-9a-zA-Z]{12}[A-Z0-5]{3}$"
"""How the pattern ends of a text that is an id, of an object that the org does not show."""

_LISTS_OF_IDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("EmailMessage", "ToIds"): ("User", "Contact")
}
"""Texts that are JSON lists of ids, and the objects whose ids they are."""

_FORMS = {
    ("Knowledge__kav", "UrlName"): re.compile("[A-Za-z0-9]+(-[A-Za-z0-9]+)*"),
}
"""Texts whose form the platform itself demands; published patterns are about what is drawn."""

_SCALARS: Mapping[Kind, Callable[[Column, object], Value]] = {
    Kind.BOOLEAN: truth,
    Kind.INT: number,
    Kind.DOUBLE: number,
    Kind.CURRENCY: number,
    Kind.DATE: day,
    Kind.DATETIME: moment,
}


def decoded(catalog: Catalog, column: Column, given: object) -> Value:
    """The value of a field that a JSON value stands for.

    Numbers and truths may be spelled as text, as in CSV. An empty text is no value. Moments need a
    zone, and lose what is below a second.

    Raises:
        OrgError: JSON_PARSER_ERROR and the like, the value does not fit into the field.
    """
    if given is None or given == "":
        if column.kind is Kind.BOOLEAN:
            raise refused(
                "INVALID_TYPE_ON_FIELD_IN_RECORD",
                column,
                f"{column.label}: value not of required type: null",
            )
        return None
    if column.kind in _SCALARS:
        return _SCALARS[column.kind](column, given)
    place = (column.entity, column.name)
    if place in _LISTS_OF_IDS:
        return _listed(catalog, column, given, _LISTS_OF_IDS[place])
    text = _text(column, given)
    if column.kind is Kind.PICKLIST:
        return _choice(column, text)
    if column.parent is not None:
        return _id(catalog, column, text, (column.parent,))
    return _id(catalog, column, text, ()) if is_id(column) else _words(column, text)


def receivers(column: Column, value: Value) -> list[str]:
    """The ids in a text that is a list of them; none in any other."""
    if value is None or (column.entity, column.name) not in _LISTS_OF_IDS:
        return []
    return [str(each) for each in json.loads(str(value))]


def is_id(column: Column) -> bool:
    """Whether a text is the id of a record of an object that the org does not show."""
    return column.pattern is not None and column.pattern.endswith(_ID_PATTERN)


def _choice(column: Column, text: str) -> str:
    if text not in column.values:
        raise refused(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            column,
            f"{column.label}: bad value for restricted picklist field: {cut(text)}",
        )
    return text


def _words(column: Column, text: str) -> str:
    limit = longest(column)
    if limit is not None and len(text) > limit:
        raise refused(
            "STRING_TOO_LONG",
            column,
            f"{column.label}: data value too large: {cut(text)} (max length={limit})",
        )
    if column.kind is Kind.EMAIL and not _EMAIL.fullmatch(text):
        raise refused(
            "INVALID_EMAIL_ADDRESS", column, f"{column.label}: invalid email address: {cut(text)}"
        )
    form = _FORMS.get((column.entity, column.name))
    if form is not None and not form.fullmatch(text):
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION",
            column,
            f"{column.label}: only letters, digits and single hyphens between them: {cut(text)}",
        )
    return text


def _text(column: Column, given: object) -> str:
    if not isinstance(given, str):
        raise mistyped(column, given)
    try:
        given.encode()
    except UnicodeEncodeError:
        raise refused(
            "JSON_PARSER_ERROR", column, f"{column.label}: half of a surrogate pair is no text"
        ) from None
    return given


def _id(catalog: Catalog, column: Column, text: str, parents: tuple[str, ...]) -> str:
    whole = full_id(text)
    if whole is None or not _leads_to(catalog, column, whole, parents):
        raise refused(
            "MALFORMED_ID", column, f"{column.label}: id value of incorrect type: {cut(text)}"
        )
    return whole


def _leads_to(catalog: Catalog, column: Column, whole: str, parents: tuple[str, ...]) -> bool:
    if parents:
        return any(whole.startswith(catalog.entities[each].key_prefix) for each in parents)
    return column.pattern is None or re.fullmatch(column.pattern, whole) is not None


def _listed(catalog: Catalog, column: Column, given: object, parents: tuple[str, ...]) -> str:
    """A list of ids, or its JSON, as the JSON that is published."""
    listed = given
    if isinstance(given, str):
        try:
            listed = json.loads(given)
        except (ValueError, RecursionError):
            raise mistyped(column, given) from None
    if not isinstance(listed, list):
        raise mistyped(column, given)
    ids = [_id(catalog, column, _text(column, each), parents) for each in listed]
    return json.dumps(ids, separators=(",", ":"))
