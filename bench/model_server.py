"""A server on loopback that answers chat completions after a fixed time: the model of a benchmark.

    python -m bench.model_server PORT_FILE LATENCY_S

It counts the records of the prompt and answers with as many of 300 characters; it ends with its
standard input.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

TEXT = ("The parcel came two weeks after the day that was promised, and nobody told me why. " * 4)[
    :280
]


def completion(count: int) -> bytes:
    """A reply with so many records."""
    records = [
        {"record": place, "Subject": "A late parcel", "Description": TEXT}
        for place in range(1, count + 1)
    ]
    message = {"role": "assistant", "content": json.dumps({"records": records})}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "bench",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1500, "completion_tokens": 800, "total_tokens": 2300},
        }
    ).encode()


async def serve(port_file: Path, latency: float) -> None:
    """Serve until standard input ends."""
    replies = {count: completion(count) for count in range(1, 21)}

    async def answer(request: web.Request) -> web.Response:
        # Counted in the raw body, where quotes are escaped: cheaper than reading the JSON.
        body = await request.read()
        count = max(1, min(20, body.count(b'{\\"record\\": ')))
        await asyncio.sleep(latency)
        return web.Response(body=replies[count], content_type="application/json")

    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    (host, port), *_ = runner.addresses
    port_file.write_text(f"http://{host}:{port}/v1")
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))
