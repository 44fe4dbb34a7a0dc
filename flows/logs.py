"""Logs of a run: one line for each step, on stderr as text or JSON, and on Prefect's pages."""

import json
import logging
import sys
import time
from typing import TextIO

NAME = "orgsmith"
"""The logger; Prefect sends its records on where PREFECT_LOGGING_EXTRA_LOGGERS names it."""

NONE, TEXT, JSON = "none", "text", "json"

logger = logging.getLogger(NAME)
logger.addHandler(logging.NullHandler())
# Prefect gives the root logger a handler of its own, which would show every line twice.
logger.propagate = False
# At the end of a run on a busy machine Prefect may tell how many events are still to be sent; they
# are, and nobody has asked. Its level is one of its own, which Prefect's settings do not name.
logging.getLogger("EventsWorker").setLevel(logging.CRITICAL)


class JsonLines(logging.Formatter):
    """A record as one JSON object: time (UTC), level, message, and the facts given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        return json.dumps(facts, default=str)


class TextLines(logging.Formatter):
    """A record as one line of text; what steers a terminal or breaks lines is spelled out."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        message = record.getMessage()
        shown = message if message.isprintable() else message.encode("unicode_escape").decode()
        line = f"{_moment(record)} {record.levelname.lower():<7} {shown}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def start_logs(form: str) -> None:
    """Log from now on, in a form of `settings.LOGS`; a second call changes the form."""
    logger.setLevel(logging.INFO)
    for handler in [each for each in logger.handlers if isinstance(each, _OnStderr)]:
        logger.removeHandler(handler)
    if form == NONE:
        return
    handler = _OnStderr()
    handler.setFormatter(JsonLines() if form == JSON else TextLines())
    logger.addHandler(handler)


def log(
    message: str, level: int = logging.INFO, *, traceback: bool = False, **facts: object
) -> None:
    """Log a step; JSON lines hold the facts beside the message."""
    told = {name: value for name, value in facts.items() if value is not None}
    logger.log(level, message, exc_info=traceback, extra={"facts": told})


class _OnStderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr at the time, so that whoever redirects it gets the lines."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)


def _moment(record: logging.LogRecord) -> str:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{stamp}.{int(record.msecs):03}Z"
