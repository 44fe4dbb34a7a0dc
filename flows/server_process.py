"""The process of a Prefect server that Orgsmith starts; it ends when its parent does.

python -m orgsmith.flows.server_process temporary DESCRIPTOR
python -m orgsmith.flows.server_process standing PORT
"""

import os
import runpy
import sys
import threading
import time

HOST = "127.0.0.1"
MODULE = "orgsmith.flows.server_process"
TEMPORARY, STANDING = "temporary", "standing"


def command(kind: str, where: int) -> list[str]:
    """What starts a server: a temporary one on a bound socket, a standing one on a port.

    Its standard input must be a pipe: that its other end is closed tells it that we are gone.
    """
    return [sys.executable, "-m", MODULE, kind, str(where)]


def _leave_with_parent() -> None:
    """Ends this process when its parent's end of the pipe is closed, by whatever ended it."""
    while os.read(sys.stdin.fileno(), 1024):
        time.sleep(0.1)
    os._exit(0)


async def _create_tables() -> None:
    """Create all tables of a fresh database as Prefect's models declare them."""
    from prefect.server.database import provide_database_interface
    from prefect.server.database.orm_models import Base

    # The models name some indexes twice, which the migrations do not.
    names: set[str | None] = set()
    for table in Base.metadata.sorted_tables:
        for index in [*table.indexes]:
            if index.name in names:
                table.indexes.remove(index)
            names.add(index.name)
    database = provide_database_interface()
    engine = await database.engine()
    async with engine.begin() as connection:
        await database.database_config.create_db(connection, Base.metadata)
    await engine.dispose()


def _serve(kind: str, where: str) -> None:
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    if kind == TEMPORARY:
        import asyncio

        asyncio.run(_create_tables())
        listen = ["--fd", where]
    else:
        listen = ["--host", HOST, "--port", where]
    sys.argv = ["uvicorn", "--factory", "prefect.server.api.server:create_app", *listen]
    sys.argv += ["--log-level", "error", "--lifespan", "on"]
    runpy.run_module("uvicorn", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(*sys.argv[1:3])
