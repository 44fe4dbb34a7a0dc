"""Statements of an agent's own: SOQL, SOSL, and what there is to ask for."""

from collections.abc import Sequence
from typing import Any

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import cited
from orgsmith.arena.record import Record
from orgsmith.arena.sandbox.tool_facts import brief, facts_of, list_text, object_text
from orgsmith.arena.solver.desk import Desk


def query(desk: Desk, soql: str) -> list[Record]:
    """Run a SOQL statement and return the records it finds.

    Columns that are empty in every record are left out. Count and group with SOQL's own COUNT() and
    GROUP BY rather than reading many records. Example:
    SELECT Id, Name FROM Account WHERE ShippingState = 'TX' LIMIT 5

    Args:
        soql: The statement, with API names of objects and fields.
    """
    records = desk.query(soql)
    if not records and (answer := desk.session.query(soql)).count_only:
        # COUNT() finds a number and no records.
        return [{"total": answer.total}]
    return tidy(records)


def search(desk: Desk, sosl: str) -> list[Record]:
    """Run a SOSL statement: find records by words in their texts, the best first.

    Each record says in "type" of which object it is. Example:
    FIND {invoice AND reminder} IN ALL FIELDS RETURNING Knowledge__kav(Id, Title LIMIT 5)

    Args:
        sosl: The statement.
    """
    found = desk.search(sosl)
    types = [record["attributes"]["type"] for record in found]
    return [{"type": of, **each} for of, each in zip(types, tidy(found), strict=True)]


def describe(desk: Desk, object_name: str | None = None) -> str:
    """Tell which objects there are, or which fields and relationships one object has.

    Args:
        object_name: API name of the object, such as Case; leave it out for the list of all objects.
    """
    catalog = desk.session.catalog
    if object_name is None:
        return list_text(
            [brief(each, _rows(desk, each.name)) for each in catalog.entities.values()]
        )
    entity = catalog.entity(object_name)
    if entity is None:
        names = ", ".join(catalog.entities)
        raise ToolError(f"there is no object {cited(object_name)}: take one of {names}")
    return object_text(facts_of(entity, _rows(desk, entity.name)))


def tidy(records: Sequence[Record]) -> list[Record]:
    """Records without what only programs read, and without columns that are empty in all."""
    plain = [_plain(record) for record in records]
    filled = {name for record in plain for name, value in record.items() if value is not None}
    return [{name: value for name, value in record.items() if name in filled} for record in plain]


def _plain(record: Record) -> Record:
    return {name: _value(value) for name, value in record.items() if name != "attributes"}


def _value(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    """A value without attributes; children as a list, without columns that are empty in all."""
    if isinstance(value, dict):
        return tidy(value["records"]) if "records" in value else _plain(value)
    return value


def _rows(desk: Desk, name: str) -> int:
    # Not through the desk: to be told of an object is not to ask for its records.
    return desk.session.query(f"SELECT COUNT() FROM {name}").total
