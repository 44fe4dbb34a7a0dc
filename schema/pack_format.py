"""The format of a pack, derived from its model: JSON Schema for editors, and errors in words.

`python -m orgsmith.schema.pack_format` writes the JSON Schema anew after a change of the model.
"""

import datetime as dt
import difflib
import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue, ValidationError

from orgsmith.schema.industry import Industry
from orgsmith.schema.pack_document import Fault, FieldPath, Place

SCHEMA_FILE = Path(__file__).parent / "industries" / "industry.schema.json"
_LONGEST_SHOWN = 60
Node = Mapping[str, JsonValue]


@functools.cache
def json_schema() -> Node:
    """The JSON Schema of a pack."""
    schema = Industry.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """The JSON Schema as `SCHEMA_FILE`, beside the built-in packs, holds it."""
    return json.dumps(json_schema(), indent=2) + "\n"


def format_faults(root: Place) -> tuple[Industry | None, list[Fault]]:
    """The pack if its format is right, else the faults of its format."""
    text = json.dumps(root.value, default=_spell_date)
    try:
        # Strict in JSON mode: "14" is no number and true is no count, but a list is a tuple.
        return Industry.model_validate_json(text, strict=True), []
    except ValidationError as error:
        faults = []
        for detail in error.errors(include_url=False):
            path = tuple(step for step in detail["loc"] if step != "[key]")
            kind, value = detail["type"], detail["input"]
            # Entries with faults of their own are not counted: the list may be long enough.
            least = detail.get("ctx", {}).get("min_length", 0)
            if kind == "too_short" and isinstance(value, Sequence) and len(value) >= least:
                continue
            faults.append(_fault(path, kind, value))
        return None, faults


def expected(path: FieldPath) -> str:
    """What the format wants at a path, in words."""
    return _describe(_node_at(path))


def closest(word: str, known: Iterable[str]) -> str:
    """A hint at the known word most like this one, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f' (did you mean "{near[0]}"?)' if near else ""


def _fault(path: FieldPath, kind: str, value: object) -> Fault:
    if kind == "missing":
        return Fault(path, "missing", expected(path))
    if kind == "extra_forbidden":
        known = _fields(_node_at(path[:-1]))
        return Fault(
            path, f"unknown field{closest(str(path[-1]), known)}", f"one of {', '.join(known)}"
        )
    if kind == "too_short" and isinstance(value, Sequence | Mapping):
        return Fault(path, f"only {len(value)} in it", expected(path))
    need = expected(path)
    if need.startswith("a text") and not isinstance(value, str | Sequence | Mapping | None):
        need += ", in quotes"
    return Fault(path, f"{_show(value)} does not fit", need)


def _spell_date(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return repr(value)


def _show(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "a list"
    if value is None:
        return "an empty value"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


def _node_at(path: FieldPath) -> Node:
    node: Node = json_schema()
    for step in path:
        node = _child(_resolve(node), step)
    return _resolve(node)


def _child(node: Node, step: str | int) -> Node:
    if isinstance(step, int):
        items = node.get("prefixItems")
        if isinstance(items, list) and step < len(items):
            return _mapping(items[step])
        return _mapping(node.get("items"))
    properties = _mapping(node.get("properties"))
    return _mapping(properties.get(step, node.get("additionalProperties")))


def _resolve(node: Node) -> Node:
    reference = node.get("$ref")
    if isinstance(reference, str):
        definitions = _mapping(json_schema()["$defs"])
        return _mapping(definitions[reference.rsplit("/", 1)[-1]])
    return node


def _mapping(value: JsonValue) -> Node:
    return value if isinstance(value, dict) else {}


def _fields(node: Node) -> tuple[str, ...]:
    return tuple(_mapping(node.get("properties")))


def _describe(node: Node) -> str:
    choices = node.get("anyOf")
    if isinstance(choices, list):
        return " or ".join(_describe(_resolve(_mapping(choice))) for choice in choices)
    if "const" in node:
        return f'"{node["const"]}"'
    values = node.get("enum")
    if isinstance(values, list):
        return f"one of {', '.join(str(value) for value in values)}"
    kind = node.get("type")
    describe = _DESCRIBERS.get(kind) if isinstance(kind, str) else None
    return describe(node) if describe else "another value"


def _describe_text(node: Node) -> str:
    if node.get("format") == "date":
        return "a date such as 2026-01-01"
    pattern = node.get("pattern")
    return f"a text that matches {pattern}" if pattern else "a text"


def _describe_number(node: Node) -> str:
    words = "a whole number" if node.get("type") == "integer" else "a number"
    bounds = (
        ("exclusiveMinimum", "greater than"),
        ("minimum", "of at least"),
        ("exclusiveMaximum", "less than"),
        ("maximum", "of at most"),
    )
    limits = [f"{phrase} {node[name]}" for name, phrase in bounds if name in node]
    return " ".join((words, " and ".join(limits))).strip()


def _describe_list(node: Node) -> str:
    items = node.get("prefixItems")
    if isinstance(items, list):
        inner = ", ".join(_describe(_resolve(_mapping(item))) for item in items)
        return f"a list of {len(items)}: {inner}"
    least, most = node.get("minItems"), node.get("maxItems")
    if least is not None and least == most:
        return f"a list of exactly {least} entries"
    return f"a list of at least {least} entries" if least else "a list"


def _describe_mapping(node: Node) -> str:
    fields = _fields(node)
    if fields:
        return f"a mapping with the fields {', '.join(fields)}"
    least = node.get("minProperties")
    return f"a mapping of at least {least} entries" if least else "a mapping"


_DESCRIBERS = {
    "string": _describe_text,
    "integer": _describe_number,
    "number": _describe_number,
    "boolean": lambda _: "true or false",
    "null": lambda _: "nothing",
    "array": _describe_list,
    "object": _describe_mapping,
}

if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
