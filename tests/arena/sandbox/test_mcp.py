"""The org as tools for agents, by the protocol's own client over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.tool_results import MOST_CHARACTERS, MOST_RECORDS
from orgsmith.arena.sandbox.whole import whole_app
from orgsmith.arena.session import Session
from tests.arena.sandbox.serving import TOKEN, Served, serving

READING = {"describe", "query", "search", "read"}
WRITING = {"create", "update", "delete"}

Work = Callable[[Client], Awaitable[None]]


@pytest.fixture(scope="module")
def sandbox(org: Org) -> Iterator[Served]:
    """The org, served in every way."""
    with serving(whole_app(org)) as running:
        yield running


@asynccontextmanager
async def connected(sandbox: Served, mode: str = "auto", **headers: str) -> AsyncIterator[Client]:
    """A client of the protocol."""
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{sandbox.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def with_client(sandbox: Served, work: Work, mode: str = "auto", **headers: str) -> None:
    """Work with a client that has a session of its own, unless headers say otherwise."""
    given = headers or {"Authorization": f"Bearer {sandbox.desk.tokens.issue()}"}

    async def run() -> None:
        async with connected(sandbox, mode, **given) as client:
            await work(client)

    anyio.run(run)


def text(result: CallToolResult) -> str:
    """What an agent reads."""
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def data(result: CallToolResult) -> dict[str, Any]:
    """What a program reads."""
    assert not result.is_error, text(result)
    content: dict[str, Any] = result.structured_content or {}
    return content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tools_say_what_they_are(sandbox: Served, mode: str) -> None:
    async def work(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == READING | WRITING
        for name, tool in tools.items():
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint is (name in READING)
            assert tool.output_schema is not None
            assert len(tool.description or "") > 60
        assert tools["query"].input_schema["required"] == ["soql"]
        assert tools["update"].input_schema["properties"]["values"]["type"] == "object"
        assert "LAST_N_DAYS" in (tools["query"].description or "")
        assert "describe" in (client.instructions or "")

    with_client(sandbox, work, mode)


def test_describe_lists_and_describes(sandbox: Served, session: Session) -> None:
    async def work(client: Client) -> None:
        listed = await client.call_tool("describe", {})
        assert [each["name"] for each in data(listed)["objects"]] == list(session.catalog.entities)
        assert f"The org's date is {session.today}" in text(listed)

        described = await client.call_tool("describe", {"object_name": "case"})
        fields = {each["name"]: each for each in data(described)["fields"]}
        assert list(fields) == list(session.entity("Case").columns)
        assert fields["AccountId"]["parent"] == "Account"
        assert fields["AccountId"]["relationship"] == "Account"
        assert fields["Status"]["values"] == list(session.entity("Case").columns["Status"].values)
        assert not fields["CaseNumber"]["createable"]
        assert "- AccountId [reference to Account, walked as Account.<field>" in text(described)
        assert "(SELECT Id FROM EmailMessages): EmailMessage, by its ParentId" in text(described)

        contact = await client.call_tool("describe", {"object_name": "Contact"})
        required = [each["name"] for each in data(contact)["fields"] if each["required"]]
        assert required == ["LastName"]

    with_client(sandbox, work)


def test_query_returns_records(sandbox: Served, session: Session) -> None:
    soql = "SELECT Id, Account.Name, (SELECT Id FROM EmailMessages) FROM Case ORDER BY Id LIMIT 3"
    records = session.query(soql).page(0, 3)

    async def work(client: Client) -> None:
        found = await client.call_tool("query", {"soql": soql})
        assert data(found)["total"] == 3
        assert data(found)["note"] == ""
        assert [each["Id"] for each in data(found)["records"]] == [each["Id"] for each in records]
        first = data(found)["records"][0]
        assert first["Account"] == {"Name": records[0]["Account"]["Name"]}
        assert text(found).splitlines()[0] == "3 records"
        assert len(text(found).splitlines()) == 4

        counted = await client.call_tool("query", {"soql": "SELECT COUNT() FROM Case"})
        total = session.query("SELECT COUNT() FROM Case").total
        assert data(counted) == {"total": total, "records": [], "note": ""}

        grouped = await client.call_tool(
            "query", {"soql": "SELECT Status, COUNT(Id) n FROM Case GROUP BY Status"}
        )
        assert sum(each["n"] for each in data(grouped)["records"]) == total

    with_client(sandbox, work)


def test_a_long_result_is_read_on(sandbox: Served, session: Session) -> None:
    soql = "SELECT Id FROM OrderItem ORDER BY Id"
    ids = [key for (key,) in session.query(soql).rows()]

    async def work(client: Client) -> None:
        first = await client.call_tool("query", {"soql": soql})
        assert data(first)["total"] == len(ids)
        assert (
            data(first)["note"] == f"ask again with start={MOST_RECORDS} for more, or narrow "
            "the query"
        )
        assert text(first).startswith(f"records 1 to {MOST_RECORDS} of {len(ids):,} (ask again")
        second = await client.call_tool("query", {"soql": soql, "start": MOST_RECORDS})
        found = [each["Id"] for each in data(first)["records"] + data(second)["records"]]
        assert found == ids[: 2 * MOST_RECORDS]
        last = await client.call_tool("query", {"soql": soql, "start": len(ids) - 1})
        assert [each["Id"] for each in data(last)["records"]] == ids[-1:]
        assert data(last)["note"] == ""

    with_client(sandbox, work)


def test_characters_are_bounded_too(sandbox: Served) -> None:
    async def work(client: Client) -> None:
        mails = await client.call_tool(
            "query", {"soql": "SELECT Id, TextBody, Subject FROM EmailMessage ORDER BY Id"}
        )
        shown = len(data(mails)["records"])
        assert shown < MOST_RECORDS
        assert len(text(mails)) < MOST_CHARACTERS + 1_000
        assert data(mails)["note"].startswith(f"ask again with start={shown} ")

        huge = "SELECT Name, (SELECT Id, Subject, Description FROM Cases), (SELECT Id FROM Orders) "
        case = "x" * 32_000
        account = await client.call_tool("query", {"soql": "SELECT Id FROM Account LIMIT 1"})
        key = data(account)["records"][0]["Id"]
        for _ in range(3):
            values = {"AccountId": key, "Description": case, "Subject": "long"}
            made = await client.call_tool("create", {"object_name": "Case", "values": values})
            assert not made.is_error, text(made)
        cut = await client.call_tool("query", {"soql": f"{huge} FROM Account WHERE Id = '{key}'"})
        assert len(text(cut)) < MOST_CHARACTERS + 1_000
        assert "its long values and lists are cut" in data(cut)["note"]
        assert "more characters)" in text(cut)

    with_client(sandbox, work)


def test_search_returns_records_with_their_type(sandbox: Served, session: Session) -> None:
    (word, *_), *_ = session.query("SELECT LastName FROM Contact LIMIT 1").rows()
    sosl = f"FIND {{{word}}} RETURNING Contact(Id, Name), Account(Id)"

    async def work(client: Client) -> None:
        found = await client.call_tool("search", {"sosl": sosl})
        records = data(found)["records"]
        assert {each["type"] for each in records} == {"Contact", "Account"}
        assert all(set(each) <= {"type", "Id", "Name"} for each in records)

    with_client(sandbox, work)


def test_records_are_written_for_the_session_alone(sandbox: Served) -> None:
    token = sandbox.desk.tokens.issue()

    async def work(client: Client) -> None:
        values = {"LastName": "Written", "Email": "written@example.com"}
        made = await client.call_tool("create", {"object_name": "Contact", "values": values})
        key = data(made)["id"]
        target = {"object_name": "Contact", "record_id": key}
        changed = await client.call_tool("update", {**target, "values": {"Email": None}})
        assert data(changed) == {"id": key, "done": "updated"}
        read = await client.call_tool("read", {**target, "fields": ["LastName", "Email"]})
        assert data(read)["record"] == {"LastName": "Written", "Email": None}
        whole = await client.call_tool("read", target)
        assert data(whole)["record"]["Id"] == key
        assert data(await client.call_tool("delete", target))["done"] == "deleted"
        gone = await client.call_tool("read", target)
        assert gone.is_error
        assert text(gone).startswith("ENTITY_IS_DELETED: ")

    with_client(sandbox, work, Authorization=f"Bearer {token}")
    with sandbox.rest(token) as rest:
        soql = "SELECT Id FROM Contact WHERE LastName = 'Written'"
        assert rest.get("/queryAll", params={"q": soql}).json()["totalSize"] == 1
    with sandbox.rest() as other:
        assert other.get("/queryAll", params={"q": soql}).json()["totalSize"] == 0


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("query", {"soql": "SELECT Nonsense FROM Case"}, "INVALID_FIELD: \nSELECT Nonsense"),
        ("query", {"soql": "SELECT * FROM Case"}, "MALFORMED_QUERY: "),
        ("search", {"sosl": "FIND nothing"}, "MALFORMED_SEARCH: "),
        ("describe", {"object_name": "Nothing"}, "NOT_FOUND: "),
        ("read", {"object_name": "Case", "record_id": "x"}, "MALFORMED_ID: "),
        ("create", {"object_name": "Contact", "values": {}}, "REQUIRED_FIELD_MISSING: "),
        ("create", {"object_name": "Contact", "values": {"Nonsense": 1}}, "INVALID_FIELD: "),
        (
            "update",
            {"object_name": "Case", "record_id": "500000000000000AAA", "values": {}},
            "NOT_FOUND: ",
        ),
        ("query", {}, "Error executing tool query: "),
        ("query", {"soql": "SELECT Id FROM Case", "start": -1}, "Error executing tool query: "),
    ],
)
def test_errors_are_for_the_agent_to_read(
    sandbox: Served, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async def work(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert text(result).startswith(said)

    with_client(sandbox, work)


def test_a_request_sets_its_date(sandbox: Served) -> None:
    async def work(client: Client) -> None:
        assert "The org's date is 2021-05-04" in text(await client.call_tool("describe", {}))

    token = sandbox.desk.tokens.issue()
    with_client(sandbox, work, Authorization=f"Bearer {token}", **{"Orgsmith-Today": "2021-05-04"})


def test_on_this_machine_no_session_id_is_needed(sandbox: Served) -> None:
    async def work(client: Client) -> None:
        values = {"LastName": "Default world"}
        made = await client.call_tool("create", {"object_name": "Contact", "values": values})
        key = data(made)["id"]
        with sandbox.rest(TOKEN) as rest:
            assert rest.get(f"/sobjects/Contact/{key}").json()["LastName"] == "Default world"
        await client.call_tool("delete", {"object_name": "Contact", "record_id": key})

    with_client(sandbox, work, Accept="application/json, text/event-stream")


CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPTED = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:1234"}, 200),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_who_may_call(sandbox: Served, headers: dict[str, str], status: int) -> None:
    answer = httpx2.post(f"{sandbox.url}/mcp", json=CALL, headers={**ACCEPTED, **headers})

    assert answer.status_code == status, answer.text


def test_elsewhere_a_session_id_is_needed(org: Org) -> None:
    with serving(whole_app(org, host="0.0.0.0")) as sandbox:
        answers = [
            httpx2.post(f"{sandbox.url}/mcp", json=CALL, headers={**ACCEPTED, **headers})
            for headers in ({}, {"Authorization": f"Bearer {TOKEN}", "Host": "box.example"})
        ]

    assert [answer.status_code for answer in answers] == [401, 200]


def test_tools_that_only_read(org: Org) -> None:
    async def work(client: Client) -> None:
        assert {tool.name for tool in (await client.list_tools()).tools} == READING
        assert "can only be read" in (client.instructions or "")
        refused = await client.call_tool("create", {"object_name": "Contact", "values": {}})
        assert refused.is_error

    with serving(whole_app(org, read_only_tools=True)) as sandbox:
        with_client(sandbox, work)


def test_many_agents_at_once(sandbox: Served) -> None:
    async def one(number: int) -> None:
        token = sandbox.desk.tokens.issue()
        async with connected(sandbox, Authorization=f"Bearer {token}") as client:
            values = {"LastName": f"Agent {number}"}
            await client.call_tool("create", {"object_name": "Contact", "values": values})
            soql = "SELECT LastName FROM Contact WHERE LastName LIKE 'Agent %'"
            found = await client.call_tool("query", {"soql": soql})
            assert data(found)["records"] == [{"LastName": f"Agent {number}"}]

    async def run() -> None:
        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(one, number)

    anyio.run(run)
