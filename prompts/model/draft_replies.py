"""What a model must answer when it drafts a pack: the pack's own models, bounded in length.

Derived from `schema/industry.py`, so that a reply has the pack's shape and every fault the path of
a pack's field. Texts and lists have an end, so that a server that decodes by schema comes to one.
"""

from collections.abc import Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic.fields import FieldInfo

from orgsmith.schema.pack_document import Fault, Plain
from orgsmith.schema.part import Part

LONGEST = 400
"""Most characters of a text: no text of a pack needs more."""

MOST = 60
"""Most entries of a list or a mapping."""

Entry: TypeAlias = "dict[str, Plain]"


class Drafted(BaseModel):
    """One mapping of a pack, or some of its fields."""

    model_config = ConfigDict(extra="forbid")


class Reply(BaseModel):
    """The records of one section."""

    model_config = ConfigDict(extra="forbid")

    records: Sequence[Drafted]


@cache
def reply_model(part: type[Part], fields: tuple[str, ...], name: str, many: bool) -> type[Reply]:
    """A reply of records with some fields of a part of the pack: several records, or one."""
    record = record_model(part, fields, name)
    # mypy knows no classes that are made while it is not looking.
    records = (list[record], Field(min_length=1, max_length=MOST if many else 1))  # type: ignore[valid-type]
    return create_model(f"{name}Reply", __base__=Reply, records=records)


@cache
def record_model(part: type[Part], fields: tuple[str, ...], name: str) -> type[Drafted]:
    """One record: the fields as the pack has them; its docstring tells what they mean."""
    told = {field: _field(part.model_fields[field]) for field in fields}
    return create_model(name, __base__=Drafted, __doc__=part.__doc__, **told)  # type: ignore[call-overload, no-any-return]


def too_long(model: type[Drafted], record: Entry) -> list[Fault]:
    """Texts and lists past their bounds, by their path in the record; the rest is the pack's."""
    try:
        model.model_validate(record)
    except ValidationError as error:
        return [
            Fault(found["loc"], _length(found["type"]), _bound(found["type"]))
            for found in error.errors(include_url=False)
            if found["type"] in ("string_too_long", "too_long")
        ]
    return []


def _length(kind: str) -> str:
    return "the text is too long" if kind == "string_too_long" else "there are too many entries"


def _bound(kind: str) -> str:
    return f"at most {LONGEST} characters" if kind == "string_too_long" else f"at most {MOST}"


def _field(info: FieldInfo) -> tuple[object, object]:
    kind = _bounded(info.annotation)
    for each in info.metadata:
        kind = Annotated[kind, each]
    return kind, ... if info.is_required() else info.get_default(call_default_factory=True)


def _bounded(kind: object) -> object:
    """A type of the pack as a reply has it: with an end, and lists in the place of tuples."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is str:
        return Annotated[str, StringConstraints(max_length=LONGEST)]
    if isinstance(kind, type) and issubclass(kind, Part):
        return record_model(kind, tuple(kind.model_fields), kind.__name__)
    if origin is Annotated:
        bounded = _bounded(inner[0])
        for each in inner[1:]:
            bounded = Annotated[bounded, each]
        return bounded
    if origin is tuple:
        size = MOST if inner[-1] is ... else len(inner)
        least = 0 if inner[-1] is ... else size
        item = _bounded(inner[0])
        return Annotated[list[item], Field(min_length=least, max_length=size)]  # type: ignore[valid-type]
    if origin is dict:
        return Annotated[kind, Field(max_length=MOST)]
    if origin in (Union, UnionType):
        return Union[tuple(each if each is NoneType else _bounded(each) for each in inner)]  # noqa: UP007
    return kind
