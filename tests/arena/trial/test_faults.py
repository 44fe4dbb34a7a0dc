"""An endpoint that fails says nothing about the agent: it is never a score."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from inspect_ai.model import ModelOutput

from orgsmith.arena.agents.causes import Cause
from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import ACT, TOOLS
from orgsmith.arena.agents.world import World
from orgsmith.arena.results.columns import BUDGET, ENDPOINT, SCORED
from orgsmith.arena.results.leaderboard import boards
from orgsmith.arena.scoring.verdict import Kind
from orgsmith.arena.trial.conduct import CONTEXT_FULL
from orgsmith.arena.trial.guard import MOST_FAILURES, EndpointError, Guard
from orgsmith.arena.trial.ledger import FILE, Ledger
from orgsmith.arena.trial.run import LOGS, Ran, folder_of
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.usage import Budget
from orgsmith.schema.errors import BudgetError, StorageError
from tests.arena.trial.players import COMPLETION_TOKENS, PROMPT_TOKENS, Stage
from tests.arena.trial.trials import TURNS, contestant, endpoint_at, tried
from tests.endpoint.server import Call, Fault, Server, serving

COST = (PROMPT_TOKENS + 2 * COMPLETION_TOKENS) / 1_000_000
"""US dollars of a call."""

OUT_OF_ORDER = Fault(status=500)


def completion(message: dict[str, object], finish: str = "stop") -> dict[str, object]:
    """A whole answer with one message."""
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "perfect",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@contextmanager
def failing(world: World, fails: Callable[[Call], Fault | None]) -> Iterator[Server]:
    """An endpoint that plays agents, but for what fails."""
    with serving(Stage(world.exam, fails)) as server:
        yield server


@pytest.fixture
def items(world: World) -> list[Item]:
    """Eight questions."""
    return [item for found in world.exam.items.values() for item in found[:1]][:8]


def test_an_outage_is_no_score(world: World, items: list[Item], tmp_path: Path) -> None:
    with failing(world, lambda call: OUT_OF_ORDER) as server:
        who = contestant(ACT, "perfect")
        ran = tried(world, who, items, endpoint_at(server, concurrency=1), tmp_path)
        # The client itself tries again twice; then no further call is sent.
        assert len(server.calls) <= 3 * (MOST_FAILURES + 4)
    assert isinstance(ran.stopped, EndpointError)
    assert "500" in str(ran.stopped)
    assert ran.unscored == len(items)
    assert set(ran.samples["status"]) == {ENDPOINT}
    assert ran.samples["score"].null_count() == ran.samples["success"].null_count() == len(items)
    (board,) = boards(ran.samples)
    assert board.rows[0].entry.overall.score is None
    assert board.rows[0].entry.overall.endpoint == len(items)


def test_what_fails_is_asked_again_and_nothing_else(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    broken = {"yes": True}

    def fails(call: Call) -> Fault | None:
        return OUT_OF_ORDER if broken["yes"] and items[3].question.question in said(call) else None

    with failing(world, fails) as server:
        who, endpoint = contestant(TOOLS, "perfect"), endpoint_at(server)
        ran = tried(world, who, items, endpoint, tmp_path)
        assert ran.stopped is None
        assert ran.unscored == 1
        assert ran.samples.filter(status=SCORED)["score"].to_list() == [1.0] * 7
        (failed,) = ran.samples.filter(status=ENDPOINT).rows(named=True)
        assert failed["task_id"] == items[3].task_id
        assert "500" in failed["error"]
        broken["yes"] = False
        before = len(server.calls)
        again = tried(world, who, items, endpoint, tmp_path)
        assert again.unscored == 0
        assert again.samples["score"].to_list() == [1.0] * 8
        assert len(server.calls) == before + 2
        once_more = tried(world, who, items, endpoint, tmp_path)
        assert once_more.samples.equals(again.samples)
        assert len(server.calls) == before + 2


def test_a_failure_that_passes_is_no_failure(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    def fails(call: Call) -> Fault | None:
        return Fault(status=429) if call.number == 0 else None

    with failing(world, fails) as server:
        who = contestant(ACT, "perfect")
        ran = tried(world, who, items[:1], endpoint_at(server, retries=1), tmp_path)
        assert ran.samples["score"].to_list() == [1.0]
        assert ran.samples["calls"].to_list() == [2]
        assert len(server.calls) == 3


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_every_call_would_get_is_not_asked_for_twice(
    world: World, items: list[Item], tmp_path: Path, status: int
) -> None:
    with failing(world, lambda call: Fault(status=status)) as server:
        who = contestant(ACT, "perfect")
        ran = tried(world, who, items, endpoint_at(server, concurrency=1), tmp_path)
        assert isinstance(ran.stopped, EndpointError)
        assert len(server.calls) == 1
    assert ran.unscored == len(items)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(raw="<html>a proxy's page</html>"),
        Fault(raw="{}"),
        Fault(
            raw=json.dumps({"id": "x", "object": "chat.completion", "model": "m", "choices": []})
        ),
        Fault(raw=json.dumps(completion({"role": "assistant", "content": ""}, "error"))),
        Fault(cut=True),
        Fault(silent=True),
        Fault(hang=60, text="too late"),
    ],
    ids=["page", "empty", "no choice", "failed behind", "cut", "silent", "slow"],
)
def test_what_is_no_reply_is_no_score_and_never_kept(
    world: World, items: list[Item], tmp_path: Path, fault: Fault
) -> None:
    broken = {"yes": True}
    with failing(world, lambda call: fault if broken["yes"] else None) as server:
        who = contestant(ACT, "perfect")
        impatient = endpoint_at(server, tmp_path / "cache", concurrency=1, timeout=1.0)
        ran = tried(world, who, items[:2], impatient, tmp_path)
        assert set(ran.samples["status"]) == {ENDPOINT}
        assert ran.unscored == 2
        broken["yes"] = False
        endpoint = endpoint_at(server, tmp_path / "cache", concurrency=1)
        healed = tried(world, who, items[:2], endpoint, tmp_path)
    assert healed.unscored == 0
    assert healed.samples["score"].to_list() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("the request exceeds the available context size", 400),
        ("The decoder prompt (length 5000) is longer than the maximum model length of 4096", 400),
        ("input token count (9999) exceeds the maximum number of tokens allowed (8192)", 400),
        ("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000", 422),
        ("prompt is too long: 210000 tokens > 200000 maximum", 400),
        ("This model's maximum prompt length is 131072", 400),
        # inspect-ai knows it, and makes a reply of it.
        ("input length 9000 is more than 8192", 400),
    ],
)
def test_a_context_that_is_full_is_the_agent_s(
    world: World, items: list[Item], tmp_path: Path, message: str, status: int
) -> None:
    ran = refused_with(world, items[:2], tmp_path, message, status, first=False)
    assert ran.stopped is None
    assert set(ran.samples["ending"]) == {CONTEXT_FULL}
    assert set(ran.samples["cause"]) == {Cause.CONTEXT_FULL.value}
    assert set(ran.samples["score"]) == {0.0}
    # Nobody is paid for a call that is refused.
    assert set(ran.samples["prompt_tokens"]) == {PROMPT_TOKENS}
    assert ran.samples["cost_usd"].to_list() == pytest.approx([COST, COST])
    (ledger,) = tmp_path.glob(f"*/*/{FILE}")
    spent = [
        json.loads(line)["cost_usd"] or 0.0 for line in ledger.read_text().splitlines() if line
    ]
    assert sum(spent) == pytest.approx(2 * COST)


@pytest.mark.parametrize(
    "message",
    [
        "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is "
        "less than the `context_window` for this model",
        "This model's maximum context length is 8192 tokens. However, you requested 16500 tokens "
        "(500 in the messages, 16000 in the completion)",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "input length 9000 is more than 8192",
    ],
    ids=["reply too long", "both too long", "prompt too long", "known to inspect-ai"],
)
def test_a_first_prompt_that_is_too_long_is_not_the_agent_s(
    world: World, items: list[Item], tmp_path: Path, message: str
) -> None:
    """It has said nothing yet: a setting is wrong, or the model is too small for any agent."""
    ran = refused_with(world, items[:2], tmp_path, message, 400)
    assert set(ran.samples["status"]) == {ENDPOINT}
    assert ran.samples["score"].null_count() == 2
    assert "--max-tokens" in ran.samples["error"][0]


@pytest.mark.parametrize(
    "message",
    [
        "You have reached your spending limit; add credits to go on with this prompt",
        "Invalid 'input[3].call_id': string too long. Expected a maximum length of 64",
    ],
)
def test_other_limits_than_that_of_the_prompt_are_not_the_agent_s(
    world: World, items: list[Item], tmp_path: Path, message: str
) -> None:
    ran = refused_with(world, items[:2], tmp_path, message, 400, first=False)
    assert set(ran.samples["status"]) == {ENDPOINT}


def test_a_provider_may_be_wordy(world: World, items: list[Item], tmp_path: Path) -> None:
    message = f"{'Something was wrong with the request. ' * 20}The prompt is too long"
    ran = refused_with(world, items[:2], tmp_path, message, 400, first=False)
    assert set(ran.samples["ending"]) == {CONTEXT_FULL}


def test_a_filter_is_no_failure_of_the_endpoint(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    ran = refused_with(world, items[:5], tmp_path, "data_inspection_failed: not allowed", 400)
    assert ran.stopped is None
    assert set(ran.samples["verdict"]) == {Kind.REFUSED.value}


def test_a_call_of_a_tool_that_nobody_could_read_is_the_agent_s(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    ran = refused_with(world, items[:5], tmp_path, "tool_use_failed: see failed_generation", 400)
    assert ran.stopped is None
    assert set(ran.samples["cause"]) == {Cause.FORMAT.value}
    assert set(ran.samples["turns"]) == {TURNS}


def test_calls_that_are_refused_one_by_one_do_not_stop_the_others(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    ran = refused_with(world, items[:5], tmp_path, "seed: extra fields not permitted", 422)
    assert ran.stopped is None
    assert set(ran.samples["status"]) == {ENDPOINT}
    assert "seed: extra fields not permitted" in ran.samples["error"][0]


def refused_with(
    world: World, items: list[Item], runs: Path, message: str, status: int, *, first: bool = True
) -> Ran:
    """A run in which every call is refused, or every one but the first for a question."""
    told = {"error": {"message": message, "type": "invalid_request_error", "code": None}}
    refusal = Fault(status=status, raw=json.dumps(told))

    def fails(call: Call) -> Fault | None:
        return refusal if first or "assistant" in roles(call) else None

    with failing(world, fails) as server:
        return tried(world, contestant(ACT, "perfect"), items, endpoint_at(server), runs)


@pytest.mark.parametrize("half", ["\ud83d", "a\udc00b"])
def test_half_a_character_is_none(
    world: World, items: list[Item], tmp_path: Path, half: str
) -> None:
    text = f"<respond>{half} {items[0].answer.answers[0]}</respond>"
    reply = Fault(raw=json.dumps(completion({"role": "assistant", "content": text})))
    with failing(world, lambda call: reply) as server:
        ran = tried(world, contestant(ACT, "perfect"), items[:1], endpoint_at(server), tmp_path)
    assert ran.samples["score"].to_list() == [1.0]


def test_tokens_that_are_not_told_are_not_known(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    text = f"<respond>{items[0].answer.answers[0]}</respond>"
    reply = completion({"role": "assistant", "content": text})
    del reply["usage"]
    with failing(world, lambda call: Fault(raw=json.dumps(reply))) as server:
        ran = tried(world, contestant(ACT, "perfect"), items[:1], endpoint_at(server), tmp_path)
    (row,) = ran.samples.rows(named=True)
    assert (row["prompt_tokens"], row["completion_tokens"], row["cost_usd"]) == (None, None, None)
    assert row["score"] == 1.0


def test_a_call_that_timed_out_may_have_been_paid_for(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    slow = Fault(hang=60, text="too late")
    with failing(world, lambda call: slow) as server:
        who = contestant(ACT, "perfect", max_tokens=16)
        endpoint = endpoint_at(server, concurrency=1, timeout=1.0, max_cost=0.02)
        ran = tried(world, who, items, endpoint, tmp_path)
        # The most that the first may have cost leaves nothing for a second.
        assert isinstance(ran.stopped, BudgetError)
        assert len(server.calls) == 1


def test_a_call_that_is_interrupted_may_have_been_paid_for(tmp_path: Path) -> None:
    ledger, prices = Ledger.of(tmp_path), Prices("x", None, (1.0, 2.0))
    guard = Guard("x", prices, 1_000, Budget(None), ledger)

    async def never() -> ModelOutput:
        await asyncio.sleep(60)
        raise AssertionError("nobody stopped it")

    async def interrupted() -> None:
        call = asyncio.create_task(guard.send(never, 5_000, "a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(interrupted())
    assert ledger.spent(prices) == pytest.approx(0.007)


def test_what_cannot_be_noted_is_not_gone_on_with(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    places: list[Path] = []

    def fails(call: Call) -> Fault | None:
        # While the first call is answered, the ledger becomes what nobody can write to.
        places[0].mkdir(parents=True, exist_ok=True)
        return None

    with failing(world, fails) as server:
        who, endpoint = contestant(ACT, "perfect"), endpoint_at(server, concurrency=1)
        places.append(folder_of(tmp_path, world, who, endpoint.base_url) / FILE)
        ran = tried(world, who, items, endpoint, tmp_path)
        assert isinstance(ran.stopped, StorageError)
        assert len(server.calls) == 1
        assert ran.unscored == len(items)


def test_a_log_that_is_damaged_is_set_aside(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    with failing(world, lambda call: None) as server:
        who, endpoint = contestant(ACT, "perfect"), endpoint_at(server)
        whole = tried(world, who, items[:2], endpoint, tmp_path)
        (log,) = (whole.folder / LOGS).glob("*.eval")
        log.write_bytes(log.read_bytes()[:-100])
        (whole.folder / LOGS / "empty.eval").touch()
        again = tried(world, who, items[:2], endpoint, tmp_path)
        assert len(again.damaged) == 2
        assert again.samples["score"].to_list() == [1.0, 1.0]
        assert len(server.calls) == 8


def test_the_budget_is_never_passed_and_gone_on_from(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    with failing(world, lambda call: None) as server:
        who = contestant(ACT, "perfect", max_tokens=16)
        # A call may cost as much as its bytes: so much is set aside, some ten times what it takes.
        limit = 0.022
        ran = tried(world, who, items, endpoint_at(server, max_cost=limit, concurrency=1), tmp_path)
        assert isinstance(ran.stopped, BudgetError)
        paid = len(server.calls)
        assert 0 < paid * COST <= limit
        assert 0 < ran.unscored < len(items)
        assert set(ran.samples["status"]) == {SCORED, BUDGET}
        # What was spent before counts: no further call is sent.
        same = tried(world, who, items, endpoint_at(server, max_cost=paid * COST), tmp_path)
        assert isinstance(same.stopped, BudgetError)
        assert len(server.calls) == paid
        more = tried(world, who, items, endpoint_at(server, max_cost=1.0), tmp_path)
        assert more.stopped is None
        assert more.unscored == 0
        # Two calls for each question, and one more where the first was paid for and in vain.
        assert len(server.calls) <= 2 * len(items) + ran.unscored


def test_the_cache_pays_for_what_was_not_finished(
    world: World, items: list[Item], tmp_path: Path
) -> None:
    broken = {"yes": True}

    def fails(call: Call) -> Fault | None:
        return OUT_OF_ORDER if broken["yes"] and "assistant" in roles(call) else None

    with failing(world, fails) as server:
        who, endpoint = contestant(ACT, "perfect"), endpoint_at(server, tmp_path / "cache")
        tried(world, who, items[:3], endpoint, tmp_path)
        sent = len(server.calls)
        broken["yes"] = False
        ran = tried(world, who, items[:3], endpoint, tmp_path)
        assert ran.unscored == 0
        # The first reply to each came from the cache: it had been paid for.
        assert ran.samples["cached_calls"].to_list() == [1, 1, 1]
        assert ran.samples["calls"].to_list() == [2, 2, 2]
        assert len(server.calls) == sent + 3


def said(call: Call) -> str:
    """What the user asks in a call."""
    messages = call.body["messages"]
    assert isinstance(messages, list)
    return str(messages[1]["content"])


def roles(call: Call) -> set[str]:
    """Who has spoken in a call."""
    messages = call.body["messages"]
    assert isinstance(messages, list)
    return {str(message["role"]) for message in messages}
