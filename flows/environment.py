"""The environment variables by which Prefect is told where and how to run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

API_URL = "PREFECT_API_URL"
HOME = "PREFECT_HOME"
PROFILE = "PREFECT_PROFILE"
LOG = "ORGSMITH_LOG"
"""The setting `log`, which no flow has as a parameter: its processes find it here."""

LOGGERS = "PREFECT_LOGGING_EXTRA_LOGGERS"
TEMPORARY = "ORGSMITH_TEMPORARY_SERVER"
"""Set where Prefect's server is a temporary one, whose pages nobody will look at."""

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    # A failed task's traceback is not for the user; the flow says in a line what went wrong.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}
"""Settings by which Prefect stays quiet and on this machine, from any working directory."""

IDLE = ("EVENT_PERSISTER", "TRIGGERS")
"""Services for a server's pages and automations, which take a fifth of its time: where a run has a
server of its own nobody looks at either."""

PRIVATE = {
    **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE},
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_UI_ENABLED": "0",
    # Both as Prefect sets them for its own temporary server.
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
}
"""What only the temporary server needs."""

DASK_QUIET = {"DASK_LOGGING__DISTRIBUTED": "critical"}
"""Dask says nothing of its own: what it recovers from is no matter of the user's, and what it does
not is raised here. Its processes find this in the environment."""

LOOPBACK = ("127.0.0.1", "localhost")
NO_PROXY = ("no_proxy", "NO_PROXY")
"""Programs read either name; both must say the same."""


@contextmanager
def changed(values: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables, or unset those that are None, and put all back at the end of the block."""
    kept = {name: os.environ.get(name) for name in values}
    try:
        _set(values)
        yield
    finally:
        _set(kept)


def direct() -> dict[str, str | None]:
    """The variables by which this machine itself is reached without a proxy."""
    named = [host for name in NO_PROXY for host in os.environ.get(name, "").split(",")]
    hosts = list(dict.fromkeys(host.strip() for host in (*named, *LOOPBACK) if host.strip()))
    # A star means every host, but only where it stands alone.
    return dict.fromkeys(NO_PROXY, "*" if "*" in hosts else ",".join(hosts))


def private(home: str) -> dict[str, str]:
    """A server's environment without the user's own Prefect: its database must not be touched."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return ours | QUIET | PRIVATE | {HOME: home}


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
