"""What a language model must answer: typed replies, derived from the declarations."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from orgsmith.prompts.model.asks import ASKS
from orgsmith.schema.declaration import Field as Declared
from orgsmith.schema.declaration import Object

MOST_LINES = 40
"""Most lines of a chat."""


class Record(BaseModel):
    """One record of a reply, by its number in the prompt, from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: int


class Written(Record):
    """The written fields of one record; the fields follow the declaration."""

    def texts(self) -> dict[str, str]:
        """The written fields by name; the lines of a chat joined by line breaks."""
        return {
            name: "\n".join(" ".join(line.split()) for line in value)
            if isinstance(value, list)
            else value
            for name, value in self.model_dump(exclude={"record"}).items()
        }


class Reply(BaseModel):
    """A batch of written records."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    records: Sequence[Written]


@cache
def record_model(declared: Object) -> type[Written]:
    """The model of one record of an object: its number and the written fields.

    A chat's body is a list of its lines.
    """
    fields = {
        field.name: (_type(declared, field), _limits(declared, field)) for field in declared.written
    }
    return create_model(f"Written{_plain(declared)}", __base__=Written, **fields)  # type: ignore[call-overload, no-any-return]


@cache
def reply_model(declared: Object) -> type[Reply]:
    """The reply model of an object: a list of records."""
    record = record_model(declared)
    # mypy knows no classes that are made while it is not looking.
    records = (list[record], Field(min_length=1))  # type: ignore[valid-type]
    return create_model(f"{_plain(declared)}Reply", __base__=Reply, records=records)


def longest(declared: Object, field: Declared) -> int:
    """Most characters of a field, of a chat those of a line: far above what is asked for, so that a
    server that decodes by schema comes to an end."""
    return ASKS[declared.name].longest.get(field.name) or field.max_length or 0


def is_chat(declared: Object) -> bool:
    """Whether a record is written as one line for each of its moves."""
    return "moves" in {field.name for field in declared.variables}


def _type(declared: Object, field: Declared) -> object:
    if is_chat(declared):
        most = longest(declared, field)
        return list[Annotated[str, StringConstraints(min_length=1, max_length=most)]]
    return str


def _limits(declared: Object, field: Declared) -> object:
    most = MOST_LINES if is_chat(declared) else longest(declared, field)
    return Field(description=field.description, min_length=1, max_length=most)


def _plain(declared: Object) -> str:
    """The object's name as a class is called: Issue__c -> Issue."""
    return declared.name.split("__")[0]
