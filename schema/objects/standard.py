"""Fields that objects share."""

from orgsmith.schema.declaration import Field, Kind, Reference

ID_PATTERN = r"^[0-9a-zA-Z]{15}[A-Z0-5]{3}$"
EMAIL_PATTERN = r"^[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(\.[a-z0-9-]+)+$"
PHONE_PATTERN = r"^\(\d{3}\) 555-\d{4}$"
STATE_PATTERN = r"^[A-Z]{2}$"
POSTAL_CODE_PATTERN = r"^\d{5}$"

ID = Field(
    "Id", Kind.ID, "Record id: 18 characters, the last three a case-safe suffix", unique=True
)


def created_date(event: str) -> Field:
    """When the record was made; `event` says what that means for this object."""
    return Field("CreatedDate", Kind.DATETIME, f"When {event} (UTC)")


def lookup(
    name: str,
    parent: str,
    children: str,
    description: str,
    *,
    relationship: str = "",
    gaps: tuple[float, float] | None = None,
) -> Field:
    """A reference field; the relationship's name follows from the field's unless given.

    `AccountId` walks as `Account`, the custom field `CaseId__c` as `CaseId__r`.
    """
    walked = relationship or (
        name.removesuffix("__c") + "__r" if name.endswith("__c") else name.removesuffix("Id")
    )
    return Field(
        name,
        Kind.REFERENCE,
        description,
        reference=Reference(parent, walked, children),
        gaps=gaps,
    )


def text(name: str, description: str, longest: int, *, unique: bool = False) -> Field:
    """A drawn line of text."""
    return Field(name, Kind.STRING, description, max_length=longest, unique=unique)


def email(name: str, description: str, *, unique: bool = False) -> Field:
    """An address at a domain reserved for examples (RFC 2606)."""
    return Field(name, Kind.EMAIL, description, pattern=EMAIL_PATTERN, max_length=80, unique=unique)


def phone(description: str, *, gaps: tuple[float, float] | None = None) -> Field:
    """A number of the exchange 555, which is not in service."""
    return Field("Phone", Kind.PHONE, description, pattern=PHONE_PATTERN, gaps=gaps)


def picklist(name: str, description: str, *values: str) -> Field:
    """A field that holds one of the named values."""
    return Field(name, Kind.PICKLIST, description, values=values)
