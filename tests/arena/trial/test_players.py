"""Agents of every kind, played by a model endpoint over HTTP: what they do is what is scored."""

import json
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.agents.causes import Cause
from orgsmith.arena.agents.kinds import ACT, COMPOSED, REACT, TOOLS, TOOLS_QUERY
from orgsmith.arena.agents.world import World
from orgsmith.arena.scoring.verdict import Kind
from orgsmith.arena.trial.conduct import ANSWERED, FILTERED, TURN_LIMIT
from tests.arena.trial.players import (
    COMPLETION_TOKENS,
    KINDS,
    PLAYERS,
    PROMPT_TOKENS,
    STATEMENT,
    Say,
    Turn,
    act,
)
from tests.arena.trial.trials import TURNS, contestant, endpoint_at, tried
from tests.endpoint.server import Server

RIGHT = {Kind.RIGHT.value, Kind.NONE_RIGHT.value}
WRONG = {Kind.WRONG.value, Kind.NONE_MISSED.value, Kind.PARTLY.value}


def column(samples: pl.DataFrame, name: str) -> set[object]:
    """The values of a column."""
    return set(samples[name].to_list())


def played(world: World, server: Server, runs: Path, kind: str, player: str) -> pl.DataFrame:
    """The samples of a player as an agent of a kind, on a question of each type of answer."""
    tasks = world.exam.items
    items = [found[0] for found in tasks.values() if found[0].question.answer_type != "id"]
    items.append(next(each for each in tasks["handle_time"] if each.answer.none_reason is None))
    items.append(
        next(each for each in tasks["top_issue_identification"] if each.answer.none_reason)
    )
    ran = tried(world, contestant(kind, player), items, endpoint_at(server), runs)
    assert ran.stopped is None
    assert ran.unscored == 0
    assert ran.samples.height == len(items)
    return ran.samples


@pytest.mark.parametrize("kind", KINDS)
def test_perfect(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "perfect")
    assert column(samples, "score") == {1.0}
    assert column(samples, "verdict") == RIGHT
    assert column(samples, "ending") == {ANSWERED}
    assert column(samples, "cause") == {None}
    assert column(samples, "turns") == {2}
    assert column(samples, "prompt_tokens") == {2 * PROMPT_TOKENS}
    assert column(samples, "completion_tokens") == {2 * COMPLETION_TOKENS}
    assert samples["cost_usd"].to_list() == pytest.approx([2 * (0.001 + 0.00002)] * len(samples))
    assert column(samples, "tool_errors") == column(samples, "format_errors") == {0}
    said_none = samples.filter(pl.col("none_said"))
    assert said_none.height == samples.filter(pl.col("none_expected")).height > 0


@pytest.mark.parametrize("kind", KINDS)
def test_wrong(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "wrong")
    assert samples.filter(pl.col("success")).is_empty()
    assert column(samples, "verdict") <= WRONG
    # It only ever asked for agents' names, or for issues: nothing is counted there.
    assert column(samples, "cause") == {Cause.WRONG_TOOL.value}


@pytest.mark.parametrize("kind", KINDS)
def test_malformed(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "malformed")
    assert column(samples, "verdict") == {Kind.UNANSWERED.value}
    assert column(samples, "ending") == {TURN_LIMIT}
    assert column(samples, "cause") == {Cause.FORMAT.value}
    assert column(samples, "format_errors") == {TURNS}
    assert column(samples, "turns") == {TURNS}


@pytest.mark.parametrize("kind", KINDS)
def test_looping(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "looping")
    assert column(samples, "verdict") == {Kind.UNANSWERED.value}
    assert column(samples, "cause") == {Cause.TURN_LIMIT.value}
    assert column(samples, "turns") == column(samples, "tool_calls") == {TURNS}


@pytest.mark.parametrize("kind", KINDS)
def test_verbose(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "verbose")
    assert column(samples, "score") == {1.0}
    # Several actions in its first reply: only the first was carried out.
    assert column(samples, "format_errors") == {1}
    assert column(samples, "turns") == {2}


def hasty(turn: Turn) -> Say:
    """Says what is right, and goes on in the same reply."""
    if turn.tools:
        return Say(calls=[("respond", json.dumps({"answer": turn.right})), ("get_issues", "{}")])
    return Say(f"{act('respond', turn.right)}\n{act('execute', STATEMENT)}")


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_an_answer_is_a_format_error(
    world: World, endpoint: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setitem(PLAYERS, "hasty", hasty)
    samples = played(world, endpoint, tmp_path, kind, "hasty")
    assert column(samples, "score") == {1.0}
    assert column(samples, "ending") == {ANSWERED}
    assert column(samples, "turns") == column(samples, "format_errors") == {1}
    assert column(samples, "tool_errors") == {0}


@pytest.mark.parametrize("kind", KINDS)
def test_refusing(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "refusing")
    assert column(samples, "verdict") == {Kind.REFUSED.value}
    assert column(samples, "cause") == {Cause.REFUSED.value}
    assert column(samples, "score") == {0.0}


def test_null_is_none(world: World, endpoint: Server, tmp_path: Path) -> None:
    samples = played(world, endpoint, tmp_path, TOOLS, "void")
    assert column(samples.filter(pl.col("none_expected")), "verdict") == {Kind.NONE_RIGHT.value}
    exact = samples.filter(~pl.col("none_expected") & (pl.col("task") != "knowledge_qa"))
    assert column(exact, "verdict") == {Kind.NONE_WRONG.value}


@pytest.mark.parametrize("kind", [ACT, TOOLS])
def test_filtered(world: World, endpoint: Server, tmp_path: Path, kind: str) -> None:
    samples = played(world, endpoint, tmp_path, kind, "filtered")
    assert column(samples, "ending") == {FILTERED}
    assert column(samples, "cause") == {Cause.REFUSED.value}


def test_what_each_kind_is_told(world: World, endpoint: Server, tmp_path: Path) -> None:
    item = world.exam.items["handle_time"][0]

    def first_call(kind: str, level: str | None = None, **manner: object) -> tuple[str, list[str]]:
        before = len(endpoint.calls)
        who = contestant(kind, "perfect", level, **manner)
        tried(world, who, [item], endpoint_at(endpoint), tmp_path)
        body = endpoint.calls[before].body
        assert body["temperature"] == who.manner.temperature
        messages, tools = body["messages"], body.get("tools") or []
        assert isinstance(messages, list)
        assert isinstance(tools, list)
        assert messages[1]["content"] == item.question.question
        return messages[0]["content"], [tool["function"]["name"] for tool in tools]

    rule = "An agent manages a case if"
    act, none = first_call(ACT)
    assert "<execute>" in act
    assert "<thought>" not in act
    assert "DutyStart__c" in act
    assert rule in act
    assert item.question.today.isoformat() in act
    assert none == []
    react, none = first_call(REACT)
    assert "<thought>" in react
    assert none == []
    tools, names = first_call(TOOLS)
    assert "DutyStart__c" not in tools
    assert rule in tools
    assert "respond" in names
    assert "query" not in names
    assert len(names) == 25
    free, names = first_call(TOOLS_QUERY)
    assert "DutyStart__c" in free
    assert {"query", "search", "respond"} <= set(names)
    assert len(names) == 27
    _, names = first_call(TOOLS, "basic")
    assert set(names) == {"query", "search", "describe", "respond"}
    _, names = first_call(TOOLS, COMPOSED)
    assert "rank_agents_by_handle_time" in names
    bare, _ = first_call(ACT, rules=False)
    assert rule not in bare
    assert item.question.today.isoformat() in bare


def test_observations_keep_to_the_budget(world: World, endpoint: Server, tmp_path: Path) -> None:
    item = world.exam.items["handle_time"][0]
    who = contestant(TOOLS, "looping", observation=500)
    tried(world, who, [item], endpoint_at(endpoint), tmp_path)
    messages = endpoint.calls[-1].body["messages"]
    assert isinstance(messages, list)
    shown = [message["content"] for message in messages if message["role"] == "tool"]
    assert shown
    assert all(len(text) < 700 for text in shown)
    assert all("are not" in text for text in shown)
