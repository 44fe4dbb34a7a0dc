"""What a run has paid for, call by call, so that a limit on the cost holds over kills and restarts.

A file of JSON, one line for each call: it is appended to, and what a kill has cut is left out.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from orgsmith.outputs.storage import storage_errors
from orgsmith.prompts.model.prices import Prices

FILE = "calls.jsonl"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The calls of a run."""

    file: Path

    @classmethod
    def of(cls, folder: Path) -> "Ledger":
        """The ledger in a run's folder."""
        return cls(folder / FILE)

    def spent(self, prices: Prices) -> float:
        """US dollars that all calls so far have cost, as far as that can be known.

        A call that was noted while its price was not known is priced now by its tokens.

        Raises:
            StorageError: the file cannot be read.
        """
        with storage_errors(self.file):
            lines = self.file.read_bytes().splitlines() if self.file.exists() else []
        return sum(_cost(line, prices) for line in lines)

    def paid(
        self, sample: str, prompt: int | None, completion: int | None, cost: float | None
    ) -> None:
        """Note a call, before anything else is done with its reply.

        Raises:
            StorageError: it cannot be written.
        """
        told = {"sample": sample, "prompt": prompt, "completion": completion, "cost_usd": cost}
        # One write to a file opened for appending: lines never mix. What a kill has cut is ended.
        with storage_errors(self.file):
            handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, f"\n{json.dumps(told)}".encode())
            finally:
                os.close(handle)


def _cost(line: bytes, prices: Prices) -> float:
    """What a line says a call has cost; nothing if it was cut off."""
    try:
        told = json.loads(line)
        cost, prompt, completion = (told[name] for name in ("cost_usd", "prompt", "completion"))
        if cost is None and prompt is not None and completion is not None:
            cost = prices.cost(int(prompt), int(completion))
        return float(cost or 0.0)
    except (ValueError, TypeError, KeyError):
        return 0.0
