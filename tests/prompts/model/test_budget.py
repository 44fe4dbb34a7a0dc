"""The limit on the cost: never passed, whatever calls turn out to cost and in whatever order."""

import json
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orgsmith.prompts.model.segments import every
from orgsmith.schema.errors import BudgetError
from orgsmith.schema.objects import OBJECTS
from tests.endpoint.model import answer
from tests.endpoint.server import Call, Fault, Record, serving
from tests.prompts.model.asking import TOKENS, ask, asking, fitting, questions
from tests.prompts.world import World

CALLS = 8
MOST = (2 * TOKENS) / 1e6
"""What the reply of a call alone may cost, in US dollars; the prompt comes on top."""


def using(call: Call, prompt_tokens: int, completion_tokens: int) -> Fault:
    """A reply to a call that used up so many tokens."""
    message = {"role": "assistant", "content": json.dumps({"records": fitting(call)})}
    used = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return Fault(raw=json.dumps({"choices": [choice], "usage": used}))


def cost(call: Call, used: tuple[float, int]) -> tuple[int, int, float]:
    """Tokens of prompt and reply of a call, and what they cost; a token is a byte at least."""
    share, completion = used
    texts = [str(message["content"]) for message in messages(call)]
    texts.append(json.dumps(call.body["response_format"]))
    prompt = int(share * sum(len(text.encode()) for text in texts))
    return prompt, completion, (prompt + 2 * completion) / 1e6


def messages(call: Call) -> list[dict[str, object]]:
    """What was sent."""
    found = call.body["messages"]
    assert isinstance(found, list)
    return found


def number(call: Call) -> int:
    """Which of the questions was asked."""
    return int(call.prompt.partition("\n")[0])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    used=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, TOKENS)), min_size=CALLS, max_size=CALLS
    ),
    limit=st.floats(0.0005, 0.015),
    concurrency=st.integers(1, 6),
)
@example(used=[(1.0, TOKENS)] * CALLS, limit=0.008, concurrency=6)
def test_the_limit_is_never_passed(
    used: list[tuple[float, int]],
    limit: float,
    concurrency: int,
    small: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("answers")
    lock, spent = threading.Lock(), [0.0]

    def script(call: Call) -> Fault:
        prompt, completion, dollars = cost(call, used[number(call)])
        with lock:
            spent[0] += dollars
        return using(call, prompt, completion)

    with serving(script) as server:
        with asking(
            server, folder, small.organisation, max_cost=limit, concurrency=concurrency
        ) as asked:
            stopped: list[BudgetError] = []
            try:
                ask(asked, *questions(CALLS))
            except BudgetError as error:
                stopped.append(error)
            assert asked.calls.budget.spent == pytest.approx(spent[0])
            assert asked.calls.budget.reserved == 0
        assert spent[0] <= limit
        assert bool(stopped) == (len(server.calls) < CALLS)
        # What was sent came to its end and is kept.
        kept = list(every(folder))
        assert len(kept) == len(server.calls)
        assert sum(each.cost_usd or 0 for each, _ in kept) == pytest.approx(spent[0])
        # The next run goes on there, and no call is sent a second time.
        with asking(server, folder, small.organisation, max_cost=10.0) as asked:
            ask(asked, *questions(CALLS))
            assert asked.told["Case"].calls == CALLS
            assert asked.told["Case"].cost_usd == pytest.approx(spent[0])
        assert sorted(map(number, server.calls)) == list(range(CALLS))


def test_one_limit_after_another_comes_to_the_end(small: World, tmp_path: Path) -> None:
    """The limit holds for a run: what runs before it have paid does not count."""
    with serving(lambda call: using(call, 100, TOKENS)) as server:
        for _ in range(CALLS):
            before = len(server.calls)
            with asking(server, tmp_path, small.organisation, max_cost=2.9 * MOST) as asked:
                try:
                    ask(asked, *questions(CALLS))
                except BudgetError:
                    assert len(server.calls) == before + 1
                    continue
                break
        assert sorted(map(number, server.calls)) == list(range(CALLS))


def test_calls_wait_for_what_others_set_aside(small: World, tmp_path: Path) -> None:
    """A call that turns out cheap gives back what the next one needs: no reason to stop."""
    lock, now, most = threading.Lock(), [0], [0]

    def script(call: Call) -> Fault:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with lock:
            now[0] -= 1
        return using(call, 10, 10)

    with (
        serving(script) as server,
        asking(server, tmp_path, small.organisation, max_cost=3 * MOST) as asked,
    ):
        ask(asked, *questions(CALLS))
        assert len(server.calls) == CALLS
    assert most[0] == 1


def test_the_error_says_what_to_do(small: World, tmp_path: Path) -> None:
    with (
        serving(lambda call: using(call, 100, TOKENS)) as server,
        asking(server, tmp_path, small.organisation, max_cost=3 * MOST) as asked,
        pytest.raises(BudgetError) as caught,
    ):
        ask(asked, *questions(CALLS))
    message = str(caught.value)
    assert f"{asked.calls.budget.spent:.4f} of {3 * MOST:g} USD are spent" in message
    assert "higher --max-cost" in message
    assert "what is done is kept" in message
    assert "\n" not in message
    assert len(server.calls) == 1


def test_nothing_may_be_spent(small: World, tmp_path: Path) -> None:
    with (
        serving(fitting) as server,
        asking(server, tmp_path, small.organisation, max_cost=0.0) as asked,
        pytest.raises(BudgetError, match=r"0\.0000 of 0 USD are spent"),
    ):
        ask(asked, *questions(CALLS))
    assert server.calls == []


@pytest.mark.parametrize("told", ["nothing", "nonsense"])
def test_what_is_not_told_is_taken_for_the_most(told: str, small: World, tmp_path: Path) -> None:
    def script(call: Call) -> Fault:
        nonsense = using(call, 10**400, -1)
        return Fault(text='{"records": []}', usage=False) if told == "nothing" else nonsense

    limit = 12 * MOST
    with (
        serving(script) as server,
        asking(server, tmp_path, small.organisation, max_cost=limit) as asked,
        pytest.raises(BudgetError),
    ):
        ask(asked, *questions(3 * CALLS))
    assert asked.told == {} or asked.told["Case"].cost_usd is None
    # The replies alone would let twelve be sent.
    assert 0 < len(server.calls) < 12
    assert asked.calls.budget.spent <= limit


def test_a_call_that_was_not_answered_costs_nothing(small: World, tmp_path: Path) -> None:
    def script(call: Call) -> Fault:
        retry = {"retry-after-ms": "1"}
        return Fault(status=500, headers=retry) if call.number % 2 else using(call, 10, 10)

    with (
        serving(script) as server,
        asking(server, tmp_path, small.organisation, max_cost=10.0, concurrency=1) as asked,
    ):
        ask(asked, *questions(4))
        assert len(server.calls) == 7
        assert asked.calls.budget.spent == pytest.approx(4 * 30 / 1e6)
        assert asked.calls.budget.reserved == 0


def test_the_writer_stops_and_goes_on(small: World, tmp_path: Path) -> None:
    case = OBJECTS["Case"]
    rows = small.variables(case).head(60)

    def script(call: Call) -> list[Record]:
        return list(answer(call))

    with serving(script) as server, asking(server, tmp_path / "all", small.organisation) as asked:
        whole = asked.writer.write(case, rows, 0)
        dear = asked.writer.usage.cost_usd
        needed = len(server.calls)
    assert dear is not None
    with serving(script) as server:
        stops, written = 0, whole.clear()
        for more in range(1, 20):
            with asking(
                server, tmp_path / "cheap", small.organisation, max_cost=dear * more / 2
            ) as asked:
                try:
                    written = asked.writer.write(case, rows, 0)
                except BudgetError:
                    stops += 1
                    continue
                break
        assert stops
        assert written.equals(whole)
        assert len(server.calls) == needed
        assert asked.writer.usage.cost_usd == pytest.approx(dear)
