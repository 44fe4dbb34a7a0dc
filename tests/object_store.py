"""A real S3-compatible server on loopback (moto's), which can be told to fail."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from orgsmith.outputs.remote import Remote

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., object]

HOST = "127.0.0.1"
BUCKET = "orgs"


@dataclass(slots=True)
class ObjectStore:
    """The server's address, what it is to do wrong, and what it was asked: method and path."""

    url: str = ""
    broken: Callable[[str, str], str | None] = lambda method, path: None
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def variables(self) -> Mapping[str, str]:
        """What a client finds it by."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "the-key-id",
            "AWS_SECRET_ACCESS_KEY": "the-secret-key",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def folder(self, name: str) -> Remote:
        """A place of that name in the bucket."""
        return Remote(f"s3://{BUCKET}/{name}")

    @contextmanager
    def failing(self, broken: Callable[[str, str], str | None]) -> Iterator[None]:
        """Answer with an error inside the block where `broken(method, path)` names a status."""
        kept, self.broken = self.broken, broken
        try:
            yield
        finally:
            self.broken = kept

    def wrap(self, app: Callable[[Environ, StartResponse], Iterable[bytes]]) -> Any:  # noqa: ANN401 - WSGI
        """The application with the faults before it."""

        def answer(environ: Environ, start: StartResponse) -> Iterable[bytes]:
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            self.asked.append((method, path))
            status = self.broken(method, path)
            if status is None:
                return app(environ, start)
            code = "AccessDenied" if status.startswith("403") else "InternalError"
            start(status, [("Content-Type", "application/xml")])
            if method == "HEAD":
                # A body here would be taken for the beginning of another answer.
                return []
            return [f"<Error><Code>{code}</Code><Message>told to</Message></Error>".encode()]

        return answer


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A server with an empty bucket."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = ObjectStore()
    app = store.wrap(DomainDispatcherApplication(create_backend_app))
    server = make_server(HOST, 0, app, threaded=True, request_handler=MotoRequestHandler)
    store.url = f"http://{HOST}:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
