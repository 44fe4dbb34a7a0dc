"""What the org refuses, with Salesforce's error codes."""

from orgsmith.schema.errors import OrgsmithError


class OrgError(OrgsmithError):
    """A request the org refuses: Salesforce's error code, a message, the fields at fault.

    `status` is the HTTP status that goes with it.
    """

    def __init__(
        self, code: str, message: str, *, fields: tuple[str, ...] = (), status: int = 400
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        self.status = status
