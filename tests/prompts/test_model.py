"""The model writer against a server on loopback that speaks the chat completions protocol."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import polars as pl
import pytest

from orgsmith.prompts.model import BATCH, ModelWriter
from orgsmith.prompts.writer import Writer
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import UsageError, WriterError
from orgsmith.schema.objects import OBJECTS
from tests.prompts.world import World

Script = Callable[[int, list[dict[str, str]]], object]
"""From the number of the call and the records asked for: the reply's JSON, or an HTTP status."""


class Server(ThreadingHTTPServer):
    """Answers chat completions by a script and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.calls, self.lock = script, list[dict[str, object]](), threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            number = len(self.server.calls)
            self.server.calls.append(body)
        prompt = body["messages"][1]["content"]
        records = [json.loads(line) for line in prompt.split("\n") if line.startswith('{"Id"')]
        answer = self.server.script(number, records)
        status = answer if isinstance(answer, int) else 200
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(_completion(answer)).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def _completion(answer: object) -> dict[str, object]:
    if isinstance(answer, int):
        return {"error": {"message": "the scripted server is out of order", "type": "server"}}
    message = {"role": "assistant", "content": json.dumps(answer)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Script], Server]]:
    """Starts servers; all are stopped in the end."""
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    servers: list[Server] = []

    def start(script: Script) -> Server:
        servers.append(Server(script))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answers(declared: Object, records: list[dict[str, str]]) -> dict[str, object]:
    """A fitting reply."""
    return {
        "records": [
            {"Id": r["Id"], **{f.name: _text(f.name, r) for f in declared.written}} for r in records
        ]
    }


def _text(field: str, record: dict[str, str]) -> str:
    if field == "Body":
        return "\n".join(f"line {i}" for i, _ in enumerate(record["moves"].split()))
    return f"{field} of {record['Id']}"


@pytest.mark.parametrize("name", ["Case", "LiveChatTranscript", "Knowledge__kav"])
def test_every_record_is_written_in_the_order_given(
    name: str, small: World, serve: Callable[[Script], Server]
) -> None:
    declared = OBJECTS[name]
    variables = small.variables(declared).sample(23, seed=1, shuffle=True)
    server = serve(lambda _, records: answers(declared, records))
    writer: Writer = ModelWriter(small.organisation, "openai/scripted", base_url=server.url)
    assert (writer.kind, writer.model) == ("model", "openai/scripted")
    written = writer.write(declared, variables, 0)
    assert written.columns == ["Id", *(f.name for f in declared.written)]
    assert set(written.dtypes) == {pl.String()}
    assert written["Id"].equals(variables["Id"])
    text = declared.written[0].name
    if text != "Body":
        assert written[text].to_list() == [f"{text} of {i}" for i in variables["Id"]]
    assert len(server.calls) == -(-23 // BATCH)
    assert all(call["model"] == "scripted" for call in server.calls)


def test_what_is_left_out_is_asked_for_again_and_strangers_are_ignored(
    small: World, serve: Callable[[Script], Server]
) -> None:
    declared = OBJECTS["Case"]
    variables = small.variables(declared).head(8)
    asked: list[list[str]] = []

    def script(number: int, records: list[dict[str, str]]) -> object:
        asked.append([record["Id"] for record in records])
        stranger = {"Id": "500000000000000AAA"}
        return answers(declared, [*records[: 5 if number == 0 else None], stranger])

    writer = ModelWriter(small.organisation, "openai/scripted", base_url=serve(script).url)
    written = writer.write(declared, variables, 0)
    assert written["Id"].equals(variables["Id"])
    assert asked == [variables["Id"].to_list(), variables["Id"].to_list()[5:]]


def test_a_chat_with_too_few_lines_is_asked_for_again(
    small: World, serve: Callable[[Script], Server]
) -> None:
    declared = OBJECTS["LiveChatTranscript"]

    def script(number: int, records: list[dict[str, str]]) -> object:
        short = {"records": [{"Id": records[0]["Id"], "Body": "one line"}]}
        return short if number == 0 else answers(declared, records)

    server = serve(script)
    writer = ModelWriter(small.organisation, "openai/scripted", base_url=server.url)
    written = writer.write(declared, small.variables(declared).head(1), 0)
    assert written["Body"][0].startswith("line 0\nline 1")
    assert len(server.calls) == 2


def test_a_reply_that_does_not_fit_is_asked_for_again(
    small: World, serve: Callable[[Script], Server]
) -> None:
    declared = OBJECTS["Case"]
    server = serve(
        lambda number, records: {"wrong": 1} if number == 0 else answers(declared, records)
    )
    writer = ModelWriter(small.organisation, "openai/scripted", base_url=server.url)
    assert writer.write(declared, small.variables(declared).head(2), 0).height == 2
    assert len(server.calls) == 2


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (lambda _number, _records: 400, "out of order"),
        (lambda _number, _records: {"wrong": 1}, "did not deliver"),
        (
            lambda _number, _records: {
                "records": [{"Id": "x", "Subject": "a", "Description": "b"}]
            },
            "left the record out",
        ),
    ],
    ids=["refuses", "unfit", "strangers"],
)
def test_failures_name_object_record_and_next_step(
    script: Script, said: str, small: World, serve: Callable[[Script], Server]
) -> None:
    variables = small.variables(OBJECTS["Case"]).head(1)
    writer = ModelWriter(small.organisation, "openai/scripted", base_url=serve(script).url)
    with pytest.raises(WriterError) as caught:
        writer.write(OBJECTS["Case"], variables, 0)
    message = str(caught.value)
    assert f"Case {variables['Id'][0]}" in message
    assert said in message
    assert "phrasebook" in message
    assert "\n" not in message


@pytest.mark.parametrize("model", ["gpt", "elsewhere/model", "openai/", ""])
def test_an_unknown_model_is_wrong_usage(model: str, small: World) -> None:
    with pytest.raises(UsageError, match="phrasebook or openai/NAME"):
        ModelWriter(small.organisation, model)
