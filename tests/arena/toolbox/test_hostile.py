"""Whatever stands in an argument, a tool answers or refuses; nothing else happens."""

import inspect
from typing import get_type_hints

import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.levels import FREE, LEVELS, Tool
from orgsmith.arena.solver.desk import Desk
from tests.arena.toolbox.conftest import DeskOn

HOSTILE = (
    "' OR Id != '",
    "\\' OR Name LIKE '%",
    "x') OR (Id != null",
    "a} RETURNING User(Id, Email) {b",
    'FIND {"a" OR b}',
    "\"quoted\" 'words' \\",
    "SELECT Id FROM User",
    "and or not",
    "%_*?",
    "Zoë \u202e\u0000 \ud7ff",
    "x" * 50_000,
)
CHOSEN = [tool for level in ("standard", "composed") for tool in LEVELS[level]]
FITTING = {
    "start": "2023-01-01",
    "end": "2023-06-01",
    "ordered_on": "2023-01-01",
    "more_than": 0,
    "extreme": "lowest",
    "unit": "day",
    "count": 1,
    "period": "Q1",
    "year": 2023,
    "values": [1.0],
    "ids": ["TX"],
}
IDS = {"account_id", "case_id", "contact_id", "customer_id", "product_id", "case"}
DAYS = {"start", "end", "ordered_on", "created_start", "created_end", "closed_start", "closed_end"}


def texts_of(tool: Tool) -> list[str]:
    """The parameters of a tool that hold texts, or lists of them."""
    hints = get_type_hints(tool)
    return [
        name
        for name in inspect.signature(tool).parameters
        if name != "desk" and "str" in str(hints[name]) and "Literal" not in str(hints[name])
    ]


CALLS = [(tool, name) for tool in CHOSEN for name in texts_of(tool)]


def call(tool: Tool, desk: Desk, name: str, text: str) -> object:
    """A tool with a text in one place, and what fits in the others."""
    hints = get_type_hints(tool)
    given: dict[str, object] = {}
    for other, parameter in inspect.signature(tool).parameters.items():
        if other == name:
            given[other] = [text] if "list" in str(hints[other]) else text
        elif parameter.default is parameter.empty and other != "desk":
            given[other] = FITTING[other] if other in FITTING else fitting(desk, other)
    return tool(desk, **given)


def tried(tool: Tool, desk: Desk, name: str, text: str) -> tuple[str, str]:
    """What a tool finds, or what it refuses with."""
    try:
        return str(call(tool, desk, name, text)), ""
    except ToolError as refused:
        return "", str(refused)


def fitting(desk: Desk, name: str) -> object:
    sources = {
        "account_id": "Account",
        "case_ids": "Case",
        "customer_id": "Account",
        "product_id": "Product2",
        "order_item_ids": "OrderItem",
        "issue": "Issue__c",
    }
    (record,) = desk.query(f"SELECT Id FROM {sources[name]} ORDER BY Id LIMIT 1")
    return [record["Id"]] if name.endswith("ids") else record["Id"]


@pytest.mark.parametrize(
    ("tool", "name"), CALLS, ids=[f"{tool.__name__}-{name}" for tool, name in CALLS]
)
def test_hostile_texts_do_nothing(desk_on: DeskOn, tool: Tool, name: str) -> None:
    desk = desk_on("2024-01-01")
    must_refuse = name in IDS | DAYS or name.endswith(("_ids", "_by"))
    for text in HOSTILE:
        found, refused = tried(tool, desk, name, text)
        assert len(refused) < 700
        assert bool(refused) or not must_refuse, text
        assert "@" not in found, text


def test_every_text_is_tried() -> None:
    assert len(CALLS) > 40
    assert {name for _, name in CALLS} >= IDS | DAYS | {"words", "question", "name", "phrase"}
    assert not set(FREE) & set(CHOSEN)
