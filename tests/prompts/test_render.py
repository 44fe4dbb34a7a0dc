"""Prompts for a language model, and the replies asked for."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from jinja2 import UndefinedError
from pydantic import ValidationError

from orgsmith.prompts.render import FOLDER, environment, render
from orgsmith.prompts.replies import reply_model
from orgsmith.schema.declaration import Field, Kind, Object
from orgsmith.schema.objects import OBJECTS
from tests.prompts.world import WRITTEN, World, organisation

WHOLE = organisation()
COMPANY = {"name": "Acme", "about": "Acme sells things.", "support_name": "Acme Support"}
INDUSTRY = WHOLE.industry.model_copy(
    update={"label": "Things", "company": WHOLE.industry.company.model_copy(update=COMPANY)}
)
ORGANISATION = replace(WHOLE, industry=INDUSTRY)
"""A company of no pack, so that a change of a pack leaves the stored prompts alone."""

STORED = Path(__file__).with_name("prompts")
"""The prompts as they were read and approved; delete one to have it written anew."""


def made_up(declared: Object) -> pl.DataFrame:
    """Two records whose values follow from the declaration alone; the second has gaps."""
    fields = (*(f for f in declared.fields if not f.written), *declared.variables)
    return pl.DataFrame(
        [pl.Series(f.name, [value(f, 1), None if f.optional else value(f, 2)]) for f in fields]
    )


def value(field: Field, number: int) -> object:
    match field.kind:
        case Kind.DATE:
            return dt.date(2025, 3, number)
        case Kind.DATETIME:
            return dt.datetime(2025, 3, number, 9, 30, tzinfo=dt.UTC)
        case Kind.INT:
            return number
        case Kind.DOUBLE | Kind.CURRENCY:
            return number + 0.5
        case Kind.BOOLEAN:
            return number == 1
        case _:
            return field.values[0] if field.values else f"{field.name} {number}"


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_prompts_are_as_approved(declared: Object) -> None:
    stored = STORED / f"{declared.name}.txt"
    rendered = render(ORGANISATION, declared, made_up(declared), ["A text that exists already."])
    if not stored.exists():
        stored.parent.mkdir(exist_ok=True)
        stored.write_text(rendered)
        pytest.fail(f"{stored} was not there and has been written; read it")
    assert rendered == stored.read_text()


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_a_prompt_holds_every_record_and_every_written_field(
    declared: Object, small: World
) -> None:
    variables = small.variables(declared).head(3)
    text = render(small.organisation, declared, variables)
    records = [json.loads(line) for line in text.split("\n") if line.startswith("{")]
    assert [record["Id"] for record in records] == variables["Id"].to_list()
    for field in declared.written:
        assert f"- {field.name}: {field.description}" in text
    assert all(value is not None for record in records for value in record.values())
    assert "OwnerId" not in text


def test_every_written_object_has_a_template_and_no_other() -> None:
    names = {file.stem for file in FOLDER.glob("*.jinja") if not file.name.startswith("_")}
    assert names == {declared.name for declared in WRITTEN}


def test_what_a_template_misses_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ gone }}").render()


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_replies_follow_the_declaration(declared: Object) -> None:
    model = reply_model(declared)
    record = {"Id": "x" * 18, **{field.name: "text" for field in declared.written}}
    assert model.model_validate({"records": [record]}).records[0].texts() == record
    for broken in (
        {**record, "Extra": "x"},
        {name: text for name, text in record.items() if name != declared.written[0].name},
        {**record, declared.written[0].name: ""},
        {**record, declared.written[0].name: "x" * (1 + (declared.written[0].max_length or 0))},
    ):
        with pytest.raises(ValidationError):
            model.model_validate({"records": [broken]})


def test_reply_models_are_built_once() -> None:
    assert reply_model(OBJECTS["Case"]) is reply_model(OBJECTS["Case"])
