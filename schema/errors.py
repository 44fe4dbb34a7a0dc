"""Every error a user can meet: one line that says what is wrong, where, and what to do next.

| class | raised when | exit code |
| --- | --- | --- |
| `UsageError` | an argument or a setting has a value that cannot be meant | 2 |
| `PackError` | an industry pack is wrong; carries every fault found, with file and line | 1 |
| `DatasetError` | a published dataset is missing, incomplete or damaged | 1 |
| `WriterError` | a writer could not deliver the text that was asked for | 1 |
| `BudgetError` | the next call to a model could pass `--max-cost`; what is done is kept | 1 |
| `RejectedError` | records were still refused after the last round of writing them again | 1 |
| `CheckError` | the finished organisation fails a check; nothing is published | 1 |
| `DriftError` | the data drift away from the last version beyond bounds; nothing is published | 1 |
| `StorageError` | the output folder cannot be used: no room, no permission, not a folder | 1 |
"""


class OrgsmithError(Exception):
    """Base of all errors Orgsmith raises on purpose; its text is shown to the user as it is."""

    exit_code = 1


class UsageError(OrgsmithError):
    """An argument or a setting has a value that cannot be meant."""

    exit_code = 2


class PackError(OrgsmithError):
    """An industry pack is wrong; `faults` holds a line for each fault: file, line, field, need."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DatasetError(OrgsmithError):
    """A published dataset is missing, incomplete or damaged."""


class WriterError(OrgsmithError):
    """A writer could not deliver the text that was asked for."""


class BudgetError(WriterError):
    """The next call could cost more than `--max-cost` leaves; what is done is kept."""


class RejectedError(OrgsmithError):
    """Records were still refused after the last round of writing them again."""


class CheckError(OrgsmithError):
    """The finished organisation fails a check; nothing is published."""


class DriftError(OrgsmithError):
    """The data drift away from those of the last version; `drifts` says where, in sentences."""

    def __init__(self, message: str, drifts: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.drifts = drifts


class StorageError(OrgsmithError):
    """The output folder cannot be used: no room, no permission, or not a folder."""
