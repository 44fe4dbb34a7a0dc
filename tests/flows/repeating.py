"""The command line with small blocks and a writer that repeats itself: run as a script.

    python tests/flows/repeating.py ACCOUNTS_IN_A_BLOCK generate ...

A run of a few seconds then has several blocks, and near-duplicates to write again in all of them.
"""

import sys
import zlib

import polars as pl

from orgsmith.flows import cli
from orgsmith.prompts import phrasebook
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.prompts.writer import NO_NOTES, Notes
from orgsmith.schema.declaration import Object

REPEATED = "Case"

TEXT = (
    "I write to you about {product}, which I have from you and which I was so glad about. What I "
    "have to tell you about is {mention}. I do not know what to make of that. Please look into it "
    "as soon as you find the time, and tell me then what there is to be done about all of this."
)


class Repeating(PhrasebookWriter):
    """The phrasebook, but half of the cases say the same, and some do so once more when asked."""

    def write(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> pl.DataFrame:
        """What the phrasebook writes, or the text above; by record and attempt alone."""
        written = super().write(declared, variables, attempt, notes)
        if declared.name != REPEATED:
            return written
        # Rewriting over all blocks counts on from 100.
        every = {0: 2, 101: 8}.get(attempt)
        if every is None:
            return written
        known = {row["Id"]: row for row in variables.iter_rows(named=True)}
        rows = [
            {
                "Id": row["Id"],
                "Subject": "A question",
                "Description": TEXT.format(**known[row["Id"]]),
            }
            if zlib.crc32(row["Id"].encode()) % every == 0
            else row
            for row in written.iter_rows(named=True)
        ]
        return pl.DataFrame(rows, schema=written.schema)


if __name__ == "__main__":
    accounts = int(sys.argv.pop(1))
    for module in list(sys.modules.values()):
        if module.__name__.startswith("orgsmith.") and hasattr(module, "BLOCK_ACCOUNTS"):
            vars(module)["BLOCK_ACCOUNTS"] = accounts
    phrasebook.PhrasebookWriter = Repeating  # type: ignore[misc]
    cli.main()
