"""`orgsmith sandbox`, as a process of its own."""

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from simple_salesforce.api import Salesforce

from tests.flows.asking import begin, quiet, sandbox, small_dataset

QUERY = "/services/data/v59.0/query"
COUNT = "SELECT COUNT() FROM Case"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small dataset is published; nothing may change in it."""
    return small_dataset(tmp_path_factory.mktemp("sandbox"))


def files(folder: Path) -> list[Path]:
    """Everything in a folder."""
    return sorted(folder.rglob("*"))


def asked(url: str, soql: str, token: str = "orgsmith") -> httpx2.Response:
    """The answer to a query."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.get(url + QUERY, params={"q": soql}, headers=headers)


def refused(orgsmith: str, *arguments: str | Path, cwd: Path) -> tuple[int, str]:
    """The exit code of a sandbox that does not start, and the line it says."""
    process = subprocess.run(
        [orgsmith, "sandbox", *arguments], cwd=cwd, env=quiet(), capture_output=True, text=True
    )
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1
    return process.returncode, process.stderr


def test_it_serves_until_it_is_interrupted(orgsmith: str, out: Path, tmp_path: Path) -> None:
    before = files(out)
    with sandbox(orgsmith, "--out", out, "--token", "t0", cwd=tmp_path) as running:
        facts = running.facts
        assert facts["token"] == facts["security_token"] == "t0"
        assert facts["url"].startswith("http://127.0.0.1:")
        assert facts["mcp"] == f"{facts['url']}/mcp"
        assert Path(facts["dataset"]).parents[1] == out
        assert facts["authority"] is None
        assert asked(running.url, COUNT, "t0").json()["totalSize"] > 0
        assert asked(running.url, COUNT).status_code == 401
        assert "Orgsmith sandbox" in httpx2.get(running.url).text
        code, error = running.end()

    assert code == 130
    assert error.startswith("orgsmith: interrupted")
    assert error.count("\n") == 1
    assert files(out) == before
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_however_it_ends_nothing_is_left(
    orgsmith: str, out: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    before = files(out)
    with sandbox(orgsmith, "sportswear", "--out", out, cwd=tmp_path) as running:
        made = httpx2.post(
            f"{running.url}/services/data/v59.0/sobjects/Contact",
            json={"LastName": "Gone"},
            headers={"Authorization": "Bearer orgsmith"},
        )
        assert made.status_code == 201
        assert running.end(number) == (code, "")

    assert files(out) == before
    assert files(tmp_path) == []


def test_what_it_says_at_the_start(orgsmith: str, out: Path, tmp_path: Path) -> None:
    process = begin(orgsmith, "--out", out, "--port", "0", "--today", "2024-02-29", cwd=tmp_path)
    assert process.stdout is not None
    try:
        lines: list[str] = []
        while "Ctrl-C" not in "".join(lines):
            lines.append(process.stdout.readline())
            assert lines[-1], process.communicate()[1]
        shown = dict(re.split(r" {2,}", line.strip(), maxsplit=1) for line in lines[1:-1])
        url = shown["page"]
        assert lines[0].rstrip().endswith("today is 2024-02-29")
        assert shown["session id"] == "orgsmith"
        printed = subprocess.run(
            ["sh", "-c", shown["curl"]], capture_output=True, text=True, check=True
        )
        assert json.loads(printed.stdout)["totalSize"] == 5
        assert f"{url}/mcp" in "".join(lines)
        assert (
            asked(url, "SELECT COUNT() FROM Case WHERE CreatedDate > TODAY").json()["totalSize"] > 0
        )
    finally:
        process.kill()
        process.communicate()


def test_over_tls_simple_salesforce_logs_in_with_a_password(
    orgsmith: str, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(out)
    with sandbox(orgsmith, "--tls", "--out", out, cwd=tmp_path) as running:
        facts = running.facts
        authority = Path(facts["authority"])
        assert running.url.startswith("https://")
        assert authority.parent == out / ".sandbox"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
        sf = Salesforce(
            username=facts["username"],
            password=facts["password"],
            security_token=facts["security_token"],
            domain=f"{running.host}/login",
        )
        assert sf.query(COUNT)["totalSize"] > 0
        trusting = ssl.create_default_context(cafile=authority)
        assert str(authority) in httpx2.get(running.url, verify=trusting).text
        code, _ = running.end()

    assert code == 130
    assert files(out) == before


def test_two_at_once(orgsmith: str, out: Path, tmp_path: Path) -> None:
    with (
        sandbox(orgsmith, "--out", out, cwd=tmp_path) as one,
        sandbox(orgsmith, "--out", out, "--tls", cwd=tmp_path) as two,
    ):
        assert one.url != two.url
        found = [
            httpx2.get(
                each.url + QUERY,
                params={"q": COUNT},
                headers={"Authorization": "Bearer orgsmith"},
                verify=ssl.create_default_context(cafile=each.facts["authority"]),
            ).json()
            for each in (one, two)
        ]
        assert found[0] == found[1]


def test_a_port_that_is_taken(orgsmith: str, out: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, error = refused(orgsmith, "--out", out, "--port", port, cwd=tmp_path)

    assert code == 1
    assert f"port {port} of 127.0.0.1 cannot be used (Address already in use)" in error
    assert "--port" in error


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--today", "yesterday"), 2, "--today yesterday: must be a day, written YYYY-MM-DD"),
        (("--today", "2024-02-30"), 2, "--today 2024-02-30: must be a day"),
        (("--token", "two words"), 2, "--token 'two words': must be ASCII"),
        (("--token", ""), 2, "--token '': must be ASCII"),
        (("--seconds", "0"), 2, "--seconds 0: must be above zero"),
        (("--rows", "-1"), 2, "--rows -1: must be above zero"),
        (("--port", "70000"), 2, "less than or equal to 65535"),
        (("--log", "loud"), 2, "--log loud: must be one of none, text, json"),
        (("--host", "203.0.113.7"), 1, "203.0.113.7"),
        (("--host", "no such host"), 1, "--host no such host: "),
        (("nothing", "--port", "0"), 1, "no dataset 'nothing'"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(
    orgsmith: str, out: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found = refused(orgsmith, "--out", out, *arguments, cwd=tmp_path)

    assert found[0] == code
    assert said in found[1]


def test_bound_to_the_network_it_warns(orgsmith: str, out: Path, tmp_path: Path) -> None:
    with sandbox(orgsmith, "--out", out, "--host", "0.0.0.0", cwd=tmp_path) as running:
        port = running.url.rpartition(":")[2]
        content = httpx2.get(f"http://127.0.0.1:{port}").text
        _, error = running.end()

    assert "warning: bound to 0.0.0.0: whoever reaches this machine" in error
    assert 'id="token"' in content


@pytest.mark.parametrize("form", ["json", "text"])
def test_requests_are_logged_where_that_is_asked(
    orgsmith: str, out: Path, tmp_path: Path, form: str
) -> None:
    with sandbox(orgsmith, "--out", out, "--log", form, cwd=tmp_path) as running:
        asked(running.url, COUNT)
        httpx2.get(f"{running.url}/%1b%5b31m")
        _, error = running.end()

    logged = [line for line in error.splitlines() if "GET /" in line]
    assert len(logged) == 2
    assert "GET /services/data/v59.0/query?q=SELECT" in logged[0]
    assert "\x1b" not in error
    if form == "json":
        assert json.loads(logged[0])["level"] == "info"


def test_limits_of_a_query(orgsmith: str, out: Path, tmp_path: Path) -> None:
    with sandbox(orgsmith, "--out", out, "--rows", "3", cwd=tmp_path) as running:
        answer = asked(running.url, "SELECT Id FROM Case")

    assert answer.json()[0]["errorCode"] == "OPERATION_TOO_LARGE"


def test_an_agent_over_standard_input_and_output(orgsmith: str, out: Path, tmp_path: Path) -> None:
    server = StdioServerParameters(
        command=orgsmith, args=["sandbox", "--stdio", "--out", str(out)], cwd=tmp_path, env=quiet()
    )

    async def run() -> None:
        async with Client(server) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            assert {"query", "search", "describe", "read", "create", "update", "delete"} == tools
            made = await client.call_tool(
                "create", {"object_name": "Contact", "values": {"LastName": "Agent"}}
            )
            assert made.structured_content is not None
            soql = "SELECT Id FROM Contact WHERE LastName = 'Agent'"
            found = await client.call_tool("query", {"soql": soql})
            assert found.structured_content is not None
            assert found.structured_content["records"] == [{"Id": made.structured_content["id"]}]
            wrong = await client.call_tool("query", {"soql": "SELECT x FROM Case"})
            assert wrong.is_error

    anyio.run(run)


def test_only_the_protocol_is_on_standard_output(orgsmith: str, out: Path, tmp_path: Path) -> None:
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    process = begin(orgsmith, "--stdio", "--out", out, cwd=tmp_path)

    printed, error = process.communicate(f"nonsense\n{json.dumps(call)}\n", timeout=300)

    assert process.returncode == 0
    replies = [json.loads(line) for line in printed.splitlines()]
    assert [each["result"]["serverInfo"]["name"] for each in replies if "result" in each] == [
        "orgsmith"
    ]
    assert "Traceback" not in error


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_agent_s_sandbox_ends_at_once(
    orgsmith: str, out: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = begin(orgsmith, "--stdio", "--out", out, cwd=tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
    process.stdin.flush()
    assert process.stdout.readline()

    process.send_signal(number)

    # Its input is still open.
    assert process.wait(timeout=180) == code
    process.communicate()


def test_the_start_imports_only_what_it_needs() -> None:
    heavy = ("prefect", "pandera", "openai", "instructor", "scipy", "requests", "pandas")
    code = (
        "import sys, orgsmith.flows.sandbox_server, orgsmith.arena.sandbox.whole; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"
