"""A real HTTP server on loopback that speaks the chat completions protocol, and plays faults.

It answers by a script: from the call to the records of the reply, or to a `Fault`. What was asked
is kept, so that tests can count what was paid for.
"""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Record = Mapping[str, object]

READING = "\nPassages, one JSON object a line"
"""What stands in a prompt that asks to read texts, and in no other."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request: its running number, what was posted, and the records that stand in the prompt."""

    number: int
    body: Mapping[str, object]
    records: Sequence[Mapping[str, object]]

    @property
    def prompt(self) -> str:
        """The user's message."""
        messages = self.body["messages"]
        assert isinstance(messages, list)
        return str(messages[-1]["content"])

    @property
    def reading(self) -> bool:
        """Whether texts are to be read, not written."""
        return READING in self.prompt


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens instead of a fitting reply.

    `status` and `headers` are the HTTP answer's, `text` takes the place of the reply's JSON,
    `raw` that of the whole body; `finish` says why the reply ends, `refusal` that the model
    refuses. `cut` closes the connection after half of the body, `silent` before any of it, `hang`
    sends nothing for so many seconds, `drip` lets so many pass between one byte and the next,
    `usage` False leaves the usage out.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    raw: str | None = None
    finish: str = "stop"
    refusal: str | None = None
    cut: bool = False
    silent: bool = False
    hang: float = 0.0
    drip: float = 0.0
    usage: bool = True


Script = Callable[[Call], Sequence[Record] | Fault]


class Server(ThreadingHTTPServer):
    """Answers chat completions by a script and keeps what it was asked."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, script: Script, latency: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.latency = script, latency
        self.calls: list[Call] = []
        self.answered: list[Call] = []
        """Calls whose answer was sent whole."""
        self.used: dict[int, tuple[int, int]] = {}
        """Prompt and completion tokens that were told to the client, by the number of the call."""
        self.lock = threading.Lock()
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        """What --base-url is given."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            prompt = body["messages"][-1]["content"] or ""
            call = Call(len(self.server.calls), body, records_in(prompt))
            self.server.calls.append(call)
        answer = self.server.script(call)
        fault = answer if isinstance(answer, Fault) else Fault()
        if self.server.latency or fault.hang:
            self.server.ended.wait(fault.hang or self.server.latency)
        if fault.silent:
            self.close_connection = True
            return
        text = fault.text
        if text is None and not isinstance(answer, Fault):
            text = json.dumps({"records": list(answer)})
        used = _tokens(body, text)
        if fault.status == 200 and fault.raw is None and fault.usage:
            with self.server.lock:
                self.server.used[call.number] = used
        completion = json.dumps(_completion(call, text, fault, used))
        content = (fault.raw if fault.raw is not None else completion).encode()
        self.send_response(fault.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if fault.cut:
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            # A reset, as from a proxy that dies: no orderly end.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
            return
        if fault.drip:
            for byte in content:
                self.wfile.write(bytes([byte]))
                if self.server.ended.wait(fault.drip):
                    return
        else:
            self.wfile.write(content)
        with self.server.lock:
            self.server.answered.append(call)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _tokens(body: Mapping[str, object], text: str | None) -> tuple[int, int]:
    """Prompt and completion tokens, four characters each."""
    messages = body["messages"]
    assert isinstance(messages, list)
    return sum(len(str(each["content"])) for each in messages) // 4, len(text or "") // 4


def _completion(call: Call, text: str | None, fault: Fault, used: tuple[int, int]) -> object:
    """The body of an answer; its id holds the number of the call."""
    if fault.status != 200:
        return {"error": {"message": "the scripted server is out of order", "type": "server"}}
    message: dict[str, object] = {"role": "assistant", "content": text, "refusal": fault.refusal}
    tools = call.body.get("tools")
    if isinstance(tools, list) and text is not None:
        called = {"name": tools[0]["function"]["name"], "arguments": text}
        message |= {"content": None, "tool_calls": [_tool_call(called)]}
    prompt, completion = used
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    return {
        "id": f"chatcmpl-{call.number}",
        "object": "chat.completion",
        "created": 1,
        "model": call.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": fault.finish}],
        **({"usage": usage} if fault.usage else {}),
    }


def _tool_call(function: Mapping[str, str]) -> Mapping[str, object]:
    return {"id": "call-1", "type": "function", "function": function}


def records_in(prompt: str) -> list[dict[str, object]]:
    """The numbered records or passages at the end of a prompt."""
    lines = (line for line in prompt.split("\n") if line.startswith('{"record": '))
    return [json.loads(line) for line in lines]


@contextmanager
def serving(script: Script, latency: float = 0.0) -> Iterator[Server]:
    """A running server; ended at the end of the block."""
    server = Server(script, latency)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
