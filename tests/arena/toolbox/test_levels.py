"""Tools as agents are given them: typed, documented, and taken by the library that calls them."""

import inspect
import types
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from docstring_parser import parse
from inspect_ai.tool import ToolDef

from orgsmith.arena.agents.toolbox.levels import FREE, LEVELS, Tool, respond
from orgsmith.arena.solver.desk import Desk
from tests.arena.toolbox.conftest import DeskOn

ALL: tuple[Tool, ...] = tuple(tool for tools in LEVELS.values() for tool in tools)
NAMES = [tool.__name__ for tool in ALL]
SIMPLE = {str, int, float, bool, list[str], list[float]}


def bound(tool: Tool, desk: Desk) -> Callable[..., Any]:
    """A tool without its desk, as whatever calls tools must make it."""
    sign = inspect.signature(tool)
    rest = [each for name, each in sign.parameters.items() if name != "desk"]
    hints = {name: hint for name, hint in get_type_hints(tool).items() if name != "desk"}

    async def call(**given: object) -> object:
        return tool(desk, **given)

    call.__name__, call.__doc__ = tool.__name__, tool.__doc__
    call.__annotations__ = hints
    call.__signature__ = sign.replace(parameters=rest)  # type: ignore[attr-defined]
    return call


def test_the_reference_set_has_its_number_of_tools() -> None:
    assert len(LEVELS["standard"]) + len(FREE) + 1 == 27
    assert set(FREE) < set(LEVELS["basic"])
    assert list(LEVELS) == ["basic", "standard", "composed"]


def test_names_are_told_apart() -> None:
    names = [*NAMES, respond.__name__]
    assert len(set(names)) == len(names)
    verbs = {"compute", "count", "find", "get", "rank", "read", "resolve", "search"}
    assert {name.split("_")[0] for name in names} == verbs | {"query", "describe", "respond"}


@pytest.mark.parametrize("tool", ALL, ids=NAMES)
def test_every_parameter_is_typed_and_documented(tool: Tool) -> None:
    hints = get_type_hints(tool)
    names = list(inspect.signature(tool).parameters)
    assert names[0] == "desk"
    assert hints.pop("desk") is Desk
    hints.pop("return")
    assert list(hints) == names[1:]
    assert all(simple(hint) for hint in hints.values())
    told = parse(tool.__doc__ or "")
    assert told.short_description
    assert [each.arg_name for each in told.params] == names[1:]
    assert all(each.description for each in told.params)


def simple(hint: object) -> bool:
    """Whether a type is one that JSON has, or a choice of texts, or nothing instead."""
    if get_origin(hint) in {Union, types.UnionType}:
        return all(each is type(None) or simple(each) for each in get_args(hint))
    return hint in SIMPLE or get_origin(hint) is Literal


@pytest.mark.parametrize("hint", [dict[str, int], Any, list[int] | None])
def test_other_types_are_refused(hint: object) -> None:
    assert not simple(hint)


@pytest.mark.parametrize("tool", ALL, ids=NAMES)
def test_the_library_takes_every_tool(desk_on: DeskOn, tool: Tool) -> None:
    made = ToolDef(bound(tool, desk_on("2024-01-01")))
    assert made.name == tool.__name__
    assert made.description.startswith(parse(tool.__doc__ or "").short_description or "nothing")
    parameters = inspect.signature(tool).parameters
    assert list(made.parameters.properties) == list(parameters)[1:]
    assert made.parameters.required == [
        name for name, each in list(parameters.items())[1:] if each.default is each.empty
    ]
    assert all(each.description for each in made.parameters.properties.values())


def test_the_last_word_is_given_as_it_is() -> None:
    made = ToolDef(respond)
    assert list(made.parameters.properties) == ["answer"]
    assert "None" in (made.parameters.properties["answer"].description or "")
    assert respond("005") == "005"
    assert respond not in ALL
