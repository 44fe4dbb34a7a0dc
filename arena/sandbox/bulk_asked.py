"""What a client asks of a new bulk job."""

from collections.abc import Mapping
from dataclasses import dataclass

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.bulk_csv import DELIMITERS, ENDINGS, Form
from orgsmith.arena.sandbox.rest.bodies import optional_text, text
from orgsmith.arena.sandbox.schemas import TEXT, shape
from orgsmith.arena.session import Session

QUERY, INGEST = "query", "ingest"

QUERIES = ("query", "queryAll")
WRITES = ("insert", "update", "upsert", "delete")
HARD = "hardDelete"

NEW = shape(
    {"operation": {"enum": [*QUERIES, *WRITES]}},
    query=TEXT,
    object=TEXT,
    externalIdFieldName=TEXT,
    columnDelimiter={"enum": list(DELIMITERS)},
    lineEnding={"enum": list(ENDINGS)},
    contentType={"const": "CSV"},
)
"""The body of the request."""

_USUAL = Form()


@dataclass(frozen=True, slots=True)
class Asked:
    """A job as it is asked for.

    `entity` is what an ingest job writes and `key` the field by which an upsert tells records
    apart; `soql` is the statement of a query job.
    """

    sort: str
    operation: str
    form: Form
    entity: str = ""
    key: str = ""
    soql: str = ""


def asked_query(content: Mapping[str, object]) -> Asked:
    """The query job that a body asks for.

    Raises:
        OrgError: something in it is missing, or cannot be meant.
    """
    operation = _operation(content, QUERIES)
    return Asked(QUERY, operation, _form(content), soql=text(content, "query"))


def asked_ingest(session: Session, content: Mapping[str, object]) -> Asked:
    """The ingest job that a body asks for.

    Raises:
        OrgError: something in it is missing, or cannot be meant.
    """
    operation = _operation(content, WRITES)
    name = text(content, "object")
    entity = session.catalog.entity(name)
    if entity is None:
        raise OrgError("INVALIDJOB", f"Unable to find object: {name}")
    key = ""
    if operation == "upsert":
        key = optional_text(content, "externalIdFieldName")
        if not key:
            raise OrgError(
                "INVALIDJOB",
                f"External ID was blank for {entity.name}. An External ID must be specified for "
                "upsert.",
            )
        column = entity.column(key)
        if column is None or not (column.unique or column.name == "Id"):
            raise OrgError(
                "INVALIDJOB",
                f"Field name provided, {key} is not an External ID or indexed field for "
                f"{entity.name}",
            )
        key = column.name
    return Asked(INGEST, operation, _form(content), entity.name, key)


def _operation(content: Mapping[str, object], known: tuple[str, ...]) -> str:
    asked = text(content, "operation")
    if asked == HARD and known == WRITES:
        raise OrgError(
            "FEATURENOTENABLED",
            "hardDelete operation requires special user profile permission, please contact your "
            "system administrator",
        )
    if asked not in known:
        raise OrgError("INVALIDOPERATION", f"operation {asked}: say one of {', '.join(known)}")
    return asked


def _form(content: Mapping[str, object]) -> Form:
    _one_of(content, "contentType", ("CSV",), "CSV")
    return Form(
        _one_of(content, "columnDelimiter", tuple(DELIMITERS), _USUAL.delimiter),
        _one_of(content, "lineEnding", tuple(ENDINGS), _USUAL.ending),
    )


def _one_of(
    content: Mapping[str, object], name: str, known: tuple[str, ...], otherwise: str
) -> str:
    given = optional_text(content, name) or otherwise
    if given not in known:
        raise OrgError("INVALIDJOB", f"{name} {given}: say one of {', '.join(known)}")
    return given
