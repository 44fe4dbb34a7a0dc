"""The org as tools of the Model Context Protocol."""

import functools
import logging
import secrets
from collections.abc import Callable
from typing import Annotated, Any, ParamSpec

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.sandbox.tool_facts import Facts, brief, facts_of, list_text, object_text
from orgsmith.arena.sandbox.tool_results import MOST_RECORDS, Fitted, Found, fitted
from orgsmith.arena.session import Session

Sessions = Callable[[Context[Any, Any]], Session]
"""Which session a call belongs to."""

_LOG = logging.getLogger("orgsmith.sandbox")
_P = ParamSpec("_P")

ObjectName = Annotated[str, Field(description="API name of an object, such as Case or Issue__c")]
RecordId = Annotated[str, Field(description="Id of a record, 15 or 18 characters")]
Values = Annotated[
    dict[str, Any],
    Field(
        description="Values by API names of fields; null empties a field. Dates as 2024-01-31, "
        "moments as 2024-01-31T09:00:00Z"
    ),
]


class Saved(BaseModel):
    """A record that was written."""

    id: str
    done: str = Field(description="created, updated or deleted")


class Record(BaseModel):
    """A record, all of it or the fields that were asked for."""

    record: dict[str, Any]
    note: str = Field(description="What was left out; empty if nothing was")


def _told(tool: Callable[_P, CallToolResult]) -> Callable[_P, CallToolResult]:
    """A tool that returns errors, as Salesforce words them, for the agent to read."""

    @functools.wraps(tool)
    def answered(*given: _P.args, **named: _P.kwargs) -> CallToolResult:
        try:
            return tool(*given, **named)
        except OrgError as error:
            return _failed(f"{error.code}: {error.message}")
        except Exception:
            number = secrets.token_hex(6)
            _LOG.exception("error %s: tool %s", number, tool.__name__)
            return _failed(f"UNKNOWN_EXCEPTION: An unexpected error occurred (ErrorId {number})")

    return answered


class Tools:
    """The tools, for the sessions that calls belong to."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @_told
    def query(
        self,
        soql: Annotated[str, Field(description="A SOQL statement")],
        ctx: Context[Any, Any],
        start: Annotated[
            int, Field(ge=0, description="Records to skip: how a long result is read on")
        ] = 0,
    ) -> Annotated[CallToolResult, Found]:
        """Run a SOQL query and return its records as JSON.

        SOQL is not SQL: no SELECT * (name fields; FIELDS(ALL) needs LIMIT 200), no JOIN, DISTINCT,
        UNION or arithmetic. Walk to parents with dots (Account.Name, IssueId__r.Name), to children
        with a sub-query by relationship name ((SELECT Id FROM Cases)), and filter by other objects
        with Id IN (SELECT AccountId FROM Order). Strings stand in single quotes (\\' inside); dates
        and times do not (2024-01-31, 2024-01-31T09:00:00Z, LAST_N_DAYS:30, THIS_QUARTER).
        Aggregates: SELECT Status, COUNT(Id) FROM Case GROUP BY Status; CALENDAR_MONTH(CreatedDate)
        groups by month. Long texts cannot be filtered: use the search tool. Use describe for names.
        """
        answer = self._sessions(ctx).query(soql)
        if answer.count_only:
            found = Found(total=answer.total, records=[], note="")
            return _result(f"{answer.total:,} records", found)
        shown = fitted(answer.page(start, MOST_RECORDS))
        last = start + len(shown.records)
        note = ""
        if last < answer.total:
            note = f"ask again with start={last} for more, or narrow the query"
        told = f"{answer.total:,} records"
        if len(shown.records) < answer.total:
            told = f"records {start + 1:,} to {last:,} of {answer.total:,}"
            told = told if shown.records else f"none from {start + 1:,} on, of {answer.total:,}"
        return _records(told, answer.total, shown, note)

    @_told
    def search(
        self,
        sosl: Annotated[str, Field(description="A SOSL statement, beginning with FIND")],
        ctx: Context[Any, Any],
    ) -> Annotated[CallToolResult, Found]:
        """Search texts with SOSL and return the records found, best first, each with its type.

        Example: FIND {refund* AND "no answer"} IN ALL FIELDS RETURNING Case(Id, Subject WHERE
        IsClosed = false LIMIT 20), Knowledge__kav(Id, Title). What is looked for stands in braces:
        words, "phrases", AND, OR, AND NOT, * and ? as wildcards. Without fields in RETURNING only
        Ids come back.
        """
        records = self._sessions(ctx).search(sosl)
        shown = fitted(records[:MOST_RECORDS], typed=True)
        note = ""
        if len(shown.records) < len(records):
            note = "narrow the search: name objects with LIMIT in RETURNING, or more words"
        told = f"{len(records):,} records"
        if note:
            told = f"the first {len(shown.records):,} of {len(records):,} records"
        return _records(told, len(records), shown, note)

    @_told
    def describe(
        self,
        ctx: Context[Any, Any],
        object_name: Annotated[
            str | None, Field(description="API name of an object; leave out to list all objects")
        ] = None,
    ) -> Annotated[CallToolResult, Facts]:
        """List the org's objects, or describe one: fields, picklist values, relationships.

        Call it before writing SOQL: names must be exact, custom fields and objects end in __c and
        the relationships of custom fields in __r.
        """
        session = self._sessions(ctx)
        if object_name is not None:
            entity = session.entity(object_name)
            facts = facts_of(entity, _rows(session, entity.name))
            return _result(object_text(facts), facts)
        objects = [
            brief(entity, _rows(session, name)) for name, entity in session.catalog.entities.items()
        ]
        today = f"The org's date is {session.today}: TODAY and LAST_N_DAYS:n count from it."
        return _result(f"{list_text(objects)}\n\n{today}", Facts(objects=objects))

    @_told
    def read(
        self,
        object_name: ObjectName,
        record_id: RecordId,
        ctx: Context[Any, Any],
        fields: Annotated[
            list[str] | None, Field(description="API names of fields; leave out for all")
        ] = None,
    ) -> Annotated[CallToolResult, Record]:
        """Read one record by its Id: all its fields, or those that are named."""
        read = self._sessions(ctx).read(object_name, record_id, fields or ())
        shown = fitted([read])
        note = "long values are cut; read those fields alone, or query them" if shown.cut else ""
        text = "\n".join((*([f"({note})"] if note else []), *shown.lines))
        return _result(text, Record(record=shown.records[0], note=note))

    @_told
    def create(
        self, object_name: ObjectName, values: Values, ctx: Context[Any, Any]
    ) -> Annotated[CallToolResult, Saved]:
        """Create a record. Only this session sees it; the dataset itself never changes."""
        key = self._sessions(ctx).create(object_name, values)
        return _result(f"created {key}", Saved(id=key, done="created"))

    @_told
    def update(
        self, object_name: ObjectName, record_id: RecordId, values: Values, ctx: Context[Any, Any]
    ) -> Annotated[CallToolResult, Saved]:
        """Change fields of a record; effects follow, such as history when a case changes owner."""
        self._sessions(ctx).update(object_name, record_id, values)
        key = full_id(record_id) or record_id
        return _result(f"updated {key}", Saved(id=key, done="updated"))

    @_told
    def delete(
        self, object_name: ObjectName, record_id: RecordId, ctx: Context[Any, Any]
    ) -> Annotated[CallToolResult, Saved]:
        """Delete a record, and what belongs to it; only this session sees it gone."""
        self._sessions(ctx).delete(object_name, record_id)
        key = full_id(record_id) or record_id
        return _result(f"deleted {key}", Saved(id=key, done="deleted"))


def _rows(session: Session, entity: str) -> int:
    return session.query(f"SELECT COUNT() FROM {entity}").total


def _records(told: str, total: int, shown: Fitted, note: str) -> CallToolResult:
    notes = [note] if note else []
    if shown.cut:
        notes.append("the first record is too long: its long values and lists are cut")
    said = "; ".join(notes)
    first = f"{told} ({said})" if said else told
    found = Found(total=total, records=shown.records, note=said)
    return _result("\n".join((first, *shown.lines)), found)


def _result(text: str, content: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=content.model_dump(mode="json"),
    )


def _failed(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
