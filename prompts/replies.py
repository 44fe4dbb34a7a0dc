"""What a language model must answer: typed replies, derived from the declarations."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model

from orgsmith.schema.declaration import Field as Declared
from orgsmith.schema.declaration import Object


class Written(BaseModel):
    """The written fields of one record. `Id` is its id; the rest follows the declaration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Id: Annotated[str, Field(max_length=18)]

    def texts(self) -> dict[str, str]:
        """Every field by name, Id included."""
        return self.model_dump()


class Reply(BaseModel):
    """A batch of written records."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    records: Sequence[Written]


@cache
def reply_model(declared: Object) -> type[Reply]:
    """The reply model of an object: a list of records with Id and the written fields.

    Every string has a greatest length, so that a server that decodes by schema comes to an end.
    """
    fields = {field.name: (str, _limits(field)) for field in declared.written}
    record = create_model(f"Written{_plain(declared)}", __base__=Written, **fields)  # type: ignore[call-overload]
    # mypy knows no classes that are made while it is not looking.
    records = (list[record], Field(min_length=1))  # type: ignore[valid-type]
    return create_model(f"{_plain(declared)}Reply", __base__=Reply, records=records)


def _limits(field: Declared) -> object:
    return Field(description=field.description, min_length=1, max_length=field.max_length)


def _plain(declared: Object) -> str:
    """The object's name as a class is called: Issue__c -> Issue."""
    return declared.name.split("__")[0]
