"""The scripted model: it writes with the author and reads with the examiner."""

from collections.abc import Sequence

from tests.endpoint.author import write
from tests.endpoint.examiner import read
from tests.endpoint.server import Call, Record


def answer(call: Call) -> Sequence[Record]:
    """The records of a fitting reply."""
    return read(call) if call.reading else write(call)
