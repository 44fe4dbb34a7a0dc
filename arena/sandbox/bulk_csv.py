"""CSV of bulk jobs: read and written in the form that a job names."""

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orgsmith.arena.errors import OrgError

DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a job's CSV is written, by Salesforce's names for signs."""

    delimiter: str = "COMMA"
    ending: str = "LF"

    @property
    def sign(self) -> str:
        """What stands between values."""
        return DELIMITERS[self.delimiter]

    @property
    def line_end(self) -> str:
        """What stands after a line."""
        return ENDINGS[self.ending]


class Lines:
    """Lines of CSV under a header, found again by their number; every value is quoted."""

    def __init__(self, form: Form, header: Sequence[str]) -> None:
        self._buffer = io.BytesIO()
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(
            self._text,
            delimiter=form.sign,
            lineterminator=form.line_end,
            quoting=csv.QUOTE_ALL,
        )
        self._starts = array("Q")
        self.add(header)

    def __len__(self) -> int:
        """How many lines there are, without the header."""
        return len(self._starts) - 1

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._buffer.tell() + self._starts.itemsize * len(self._starts)

    def add(self, values: Sequence[object]) -> None:
        """Write a line; None is an empty value."""
        self._writer.writerow(values)
        self._starts.append(self._buffer.tell())
        self._buffer.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()

    def part(self, start: int, count: int) -> bytes:
        """The header and the lines from one on, at most `count`."""
        held = self._buffer.getbuffer()
        first = self._place(0)
        return bytes(held[:first]) + bytes(held[self._place(start) : self._place(start + count)])

    def _place(self, line: int) -> int:
        """Where a line begins, or where the last one ends."""
        return self._starts[line + 1] if line < len(self) else self._buffer.tell()


def rows(data: bytes, form: Form) -> Iterator[list[str]]:
    """The lines of an upload, the header first; empty ones are left out.

    Raises:
        OrgError: InvalidBatch or ClientInputError, it is no CSV of that form.
    """
    _check_ending(data, form)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=form.sign, strict=True)
    try:
        width = 0
        for row in reader:
            width = width or len(row)
            if not row:
                continue
            if len(row) != width:
                raise bad_batch(
                    f"line {reader.line_num} has {len(row)} values, the header has {width}"
                )
            yield row
    except csv.Error as error:
        raise bad_batch(f"line {reader.line_num}: {error}") from None
    except UnicodeDecodeError:
        raise OrgError("ClientInputError", "the data is not encoded in UTF-8") from None


def bad_batch(message: str) -> OrgError:
    """A job's data cannot be processed at all."""
    return OrgError("InvalidBatch", message)


def _check_ending(data: bytes, form: Form) -> None:
    """Refuse data whose first line ends otherwise than the job says."""
    first, end, _ = data.partition(b"\n")
    if end and first.endswith(b"\r") != (form.ending == "CRLF"):
        raise OrgError(
            "ClientInputError",
            f"LineEnding is invalid on user data. Current LineEnding setting is {form.ending}",
        )
