"""One form for what both parsers of SOQL make of a statement, so that they can be compared."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from orgsmith.arena.soql.tree import (
    Child,
    Comparison,
    Condition,
    Constant,
    Expression,
    Fields,
    Inclusion,
    Item,
    Joined,
    Membership,
    Not,
    Path,
    Query,
    Selected,
    TypeOf,
)
from tests.arena.soql.oracle import Parsed

Shape = dict[str, Any]


def same(query: Query, parsed: Parsed) -> bool:
    """Whether both have made the same of a statement."""
    if query.having is not None and "NOT" in str(_condition(query.having)):
        # It loses parentheses and tests where NOT stands in HAVING.
        query, parsed = replace(query, having=None), {**parsed, "having": None}
    return shape(query) == shape_of_oracle(parsed)


def shape(query: Query) -> Shape:
    """The form of a tree of ours."""
    group = query.group
    return {
        "selected": [_selected(each) for each in query.selected],
        # The other parser forgets what stands before the last dot of the outermost source.
        "source": [query.source.names[-1], query.source.alias],
        "where": None if query.where is None else _condition(query.where),
        "group": [group.kind, [_spelled(each) for each in group.expressions]] if group else None,
        "having": None if query.having is None else _condition(query.having),
        "order": [
            [_spelled(each.expression), each.descending, each.nulls_last] for each in query.order
        ],
        "limits": [query.limit, query.offset, query.viewed],
    }


def shape_of_oracle(parsed: Parsed) -> Shape:
    """The same of what the other parser gives."""
    grouped = parsed.get("groupBy")
    return {
        "selected": [_oracle_selected(each) for each in parsed["fields"]],
        "source": [
            parsed.get("sObject") or parsed["relationshipName"],
            parsed.get("sObjectAlias"),
        ],
        "where": _oracle_condition(parsed.get("where")),
        "group": _oracle_group(grouped) if grouped else None,
        "having": _oracle_condition(parsed.get("having")),
        "order": [
            [_oracle_operand(each), each.get("order") == "DESC", each.get("nulls") == "LAST"]
            for each in parsed.get("orderBy") or ()
        ],
        "limits": [parsed.get("limit"), parsed.get("offset") or 0, "for" in parsed],
    }


def _spelled(expression: Expression) -> str:
    if isinstance(expression, Path):
        return ".".join(expression.names)
    inner = "" if expression.argument is None else _spelled(expression.argument)
    return f"{expression.function}({inner})"


def _selected(selected: Selected) -> object:
    match selected:
        case Item(expression, alias):
            return [_spelled(expression), alias]
        case Fields(group):
            return [f"FIELDS({group})", None]
        case TypeOf(relationship, whens, otherwise):
            branches = [[each.entity, [_spelled(path) for path in each.fields]] for each in whens]
            return [_spelled(relationship), branches, [_spelled(path) for path in otherwise]]
        case Child(query):
            return shape(query)


def _condition(condition: Condition) -> object:
    match condition:
        case Joined(word, conditions):
            return [word, *(_condition(each) for each in conditions)]
        case Not(inner):
            return ["NOT", _condition(inner)]
        case Comparison(left, operator, right):
            return [_spelled(left), operator, _constant(right)]
        case Membership(left, negated, choices):
            return [_spelled(left), "NOT IN" if negated else "IN", _choices(choices)]
        case Inclusion(left, negated, choices):
            return [_spelled(left), "EXCLUDES" if negated else "INCLUDES", _choices(choices)]


def _choices(choices: Sequence[Constant] | Query) -> object:
    return shape(choices) if isinstance(choices, Query) else [_constant(each) for each in choices]


def _constant(constant: Constant) -> str:
    """The word by which both know a value; of a string only that it is one."""
    if constant.sort == "string":
        return "string"
    number = "" if constant.count is None else f":{constant.count}"
    return "".join(constant.text.upper().split()) + number


def _oracle_operand(given: Parsed) -> str:
    return _oracle_call(given["fn"]) if "fn" in given else given["field"]


def _oracle_call(given: Parsed) -> str:
    inner = [each if isinstance(each, str) else _oracle_call(each) for each in given["parameters"]]
    return f"{given['functionName'].upper()}({', '.join(inner)})"


def _oracle_selected(given: Parsed) -> object:
    prefix = [given["objectPrefix"]] if "objectPrefix" in given else []
    match given["type"]:
        case "Field" | "FieldRelationship":
            names = [*prefix, *given.get("relationships", ()), given["field"]]
            return [".".join(names), given.get("alias")]
        case "FieldFunctionExpression":
            call = _oracle_call(given)
            return [call.upper() if call.startswith("FIELDS(") else call, given.get("alias")]
        case "FieldTypeof":
            whens = [each for each in given["conditions"] if each["type"] == "WHEN"]
            otherwise = [each for each in given["conditions"] if each["type"] == "ELSE"]
            return [
                given["field"],
                [[each["objectType"], each["fieldList"]] for each in whens],
                [name for each in otherwise for name in each["fieldList"]],
            ]
        case _:
            return shape_of_oracle(given["subquery"])


def _oracle_group(grouped: Sequence[Parsed]) -> object:
    call = grouped[0].get("fn")
    if call and call["functionName"].upper() in {"ROLLUP", "CUBE"}:
        inner = [
            each if isinstance(each, str) else _oracle_call(each) for each in call["parameters"]
        ]
        return [call["functionName"].upper(), inner]
    return ["", [_oracle_operand(each) for each in grouped]]


def _oracle_condition(where: Parsed | None) -> object:
    """A chain of tests with counts of parentheses, as a tree."""
    if where is None:
        return None
    tokens = list(_oracle_tokens(where))
    found = _joined(tokens)
    assert not tokens
    return found


def _oracle_tokens(where: Parsed) -> Iterator[object]:
    left = where["left"] or {}
    yield from "(" * left.get("openParen", 0)
    if "operator" in left:
        operator = {"<>": "!="}.get(left["operator"], left["operator"].upper())
        yield [_oracle_operand(left), operator, _oracle_value(left)]
    yield from ")" * left.get("closeParen", 0)
    if "operator" in where:
        yield where["operator"].upper()
        yield from _oracle_tokens(where["right"])


def _oracle_value(left: Parsed) -> object:
    if "valueQuery" in left:
        return shape_of_oracle(left["valueQuery"])
    values, sorts = left["value"], left["literalType"]
    if not isinstance(values, list):
        return _oracle_constant(values, sorts)
    if not isinstance(sorts, list):
        sorts = [sorts] * len(values)
    return [_oracle_constant(value, sort) for value, sort in zip(values, sorts, strict=True)]


def _oracle_constant(value: str, sort: str) -> str:
    return "string" if sort == "STRING" else "".join(value.upper().split())


def _joined(tokens: list[object]) -> object:
    found = [_term(tokens)]
    word = None
    while tokens and tokens[0] in ("AND", "OR"):
        word = tokens.pop(0)
        found.append(_term(tokens))
    return found[0] if word is None else [word, *found]


def _term(tokens: list[object]) -> object:
    first = tokens.pop(0)
    if first == "NOT":
        return ["NOT", _term(tokens)]
    if first != "(":
        return first
    found = _joined(tokens)
    assert tokens.pop(0) == ")"
    return found
