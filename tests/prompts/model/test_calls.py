"""Calls: bounded, kept before they are used, counted; what is in flight comes to its end."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from orgsmith.prompts.model.providers import PROVIDERS, Model
from orgsmith.prompts.model.segments import every
from orgsmith.prompts.model.served import Served
from orgsmith.prompts.model.shape import MODES, parse
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.replies import reply_model
from orgsmith.prompts.writing import Writing
from orgsmith.schema.errors import StorageError, UsageError, WriterError
from orgsmith.schema.objects import OBJECTS
from tests.endpoint.server import Call, Fault, Record, serving
from tests.prompts.model.asking import QUESTION, Asking, ask, asking, fitting, questions
from tests.prompts.world import World


def test_no_more_calls_are_in_flight_than_allowed(small: World, tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), [0], [0]
    together = threading.Barrier(3, timeout=30)

    def script(call: Call) -> list[Record]:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait()
        with lock:
            now[0] -= 1
        return fitting(call)

    with (
        serving(script) as server,
        asking(server, tmp_path, small.organisation, concurrency=3) as asked,
    ):
        ask(asked, *questions(12))
        assert len(server.calls) == 12
    assert most[0] == 3


def test_the_same_question_is_sent_once(small: World, tmp_path: Path) -> None:
    with serving(fitting, latency=0.05) as server:
        with asking(server, tmp_path, small.organisation) as asked:
            first = ask(asked, *[QUESTION] * 5)
        with asking(server, tmp_path, small.organisation) as asked:
            assert ask(asked, QUESTION) == first[:1]
        assert len(server.calls) == 1


def test_an_answer_is_on_the_disk_before_it_is_used(small: World, tmp_path: Path) -> None:
    with serving(fitting) as server, asking(server, tmp_path, small.organisation) as asked:
        for number, question in enumerate(questions(40), start=1):
            ask(asked, question)
            assert sum(1 for _ in every(tmp_path)) == number


def test_all_that_is_sent_decides_which_answer_is_kept(small: World, tmp_path: Path) -> None:
    others = [
        replace(QUESTION, prompt="Other"),
        replace(QUESTION, role="Other"),
        replace(QUESTION, tokens=501),
        replace(QUESTION, attempt=(0, 1)),
        replace(QUESTION, attempt=(1, 0)),
        replace(QUESTION, reply=reply_model(OBJECTS["Issue__c"])),
    ]
    with serving(fitting) as server:
        with asking(server, tmp_path, small.organisation) as asked:
            ask(asked, QUESTION, *others)
            told = asked.served
            for writing in (Writing(temperature=0.5), Writing(mode="json"), Writing(thinking=9)):
                other = Served(asked.calls, told.model, writing, lambda name, usage: None)
                asked.calls.run(other.ask(QUESTION))
            named = Model.of("openai/other", server.url)
            other = Served(asked.calls, named, Writing(), lambda name, usage: None)
            asked.calls.run(other.ask(QUESTION))
        assert len(server.calls) == 11
    # The same model at another address.
    with serving(fitting) as server, asking(server, tmp_path, small.organisation) as asked:
        ask(asked, QUESTION, *others)
        assert server.calls == []


def test_what_another_run_has_paid_costs_nothing(small: World, tmp_path: Path) -> None:
    with serving(fitting) as server:
        with asking(server, tmp_path, small.organisation, run="first") as asked:
            ask(asked, QUESTION)
            paid = asked.told["Case"]
        with asking(server, tmp_path, small.organisation, run="first") as asked:
            ask(asked, QUESTION)
            # Killed and started again, it is the same run that paid.
            assert asked.told["Case"] == paid
        with asking(server, tmp_path, small.organisation, run="second") as asked:
            ask(asked, QUESTION)
            assert asked.told["Case"] == replace(NO_USAGE, cached_calls=1)
    assert (paid.calls, paid.cached_calls) == (1, 0)
    assert paid.cost_usd == pytest.approx((paid.prompt_tokens + 2 * paid.completion_tokens) / 1e6)


def test_what_a_server_does_not_tell_is_not_known(small: World, tmp_path: Path) -> None:
    fault = Fault(text='{"records": []}', usage=False)
    with serving(lambda call: fault) as server:
        with asking(server, tmp_path, small.organisation, max_cost=1.0) as asked:
            ask(asked, QUESTION)
            assert asked.told["Case"].cost_usd is None
            # The most it can have cost: 500 tokens of reply alone are 0.001 dollars.
            assert asked.calls.budget.spent > 0.001
        assert asked.calls.budget.reserved == 0


def test_an_unknown_price_is_not_nothing(small: World, tmp_path: Path) -> None:
    with serving(fitting) as server:
        with asking(server, tmp_path, small.organisation, priced=False) as asked:
            ask(asked, QUESTION)
            assert asked.told["Case"].cost_usd is None
            assert asked.served.prices.table is None
        with (
            pytest.raises(UsageError, match="ORGSMITH_PROMPT_PRICE"),
            asking(server, tmp_path, small.organisation, priced=False, max_cost=1.0),
        ):
            pass


@pytest.mark.parametrize("mode", MODES)
def test_every_way_of_asking_gets_its_reply(mode: str, small: World, tmp_path: Path) -> None:
    def script(call: Call) -> list[Record] | Fault:
        if mode == "md_json":
            return Fault(text='Here:\n```json\n{"records": [{"record": 1}]}\n```\n')
        return [{"record": 1}]

    with (
        serving(script) as server,
        asking(server, tmp_path, small.organisation, mode=mode) as asked,
    ):
        reply = asked.calls.run(asked.served.ask(QUESTION))
        assert parse(mode, reply.completion) == [{"record": 1}]
        (call,) = server.calls
    sent = call.body
    assert sent["max_tokens"] == 500
    assert QUESTION.prompt in call.prompt
    expected = {
        "json_schema": "json_schema",
        "json": "json_object",
    }
    if mode in expected:
        assert isinstance(sent["response_format"], dict)
        assert sent["response_format"]["type"] == expected[mode]
    assert ("tools" in sent) == (mode == "tools")


def test_ending_gives_up_what_is_in_flight_and_keeps_what_was_answered(
    small: World, tmp_path: Path
) -> None:
    caught: list[WriterError] = []

    def script(call: Call) -> list[Record] | Fault:
        odd = int(call.prompt.partition("\n")[0]) % 2
        return Fault(hang=60) if odd else fitting(call)

    with serving(script) as server:
        with asking(server, tmp_path, small.organisation, timeout=60) as asked:

            def wait() -> None:
                try:
                    ask(asked, *questions(6))
                except WriterError as error:
                    caught.append(error)

            thread = threading.Thread(target=wait)
            thread.start()
            while len(server.calls) < 6 or sum(1 for _ in every(tmp_path)) < 3:
                thread.join(0.01)
        thread.join(30)
        assert not thread.is_alive()
        assert "interrupted" in str(caught[0])
        assert sum(1 for _ in every(tmp_path)) == 3
        with pytest.raises(WriterError, match="interrupted"):
            ask(asked, QUESTION)


def test_nobody_waits_for_calls_that_have_ended(small: World, tmp_path: Path) -> None:
    """Whatever the moment at which they end: threads ask on and on until they are told."""
    with serving(fitting) as server:
        for number in range(25):
            told: list[str] = []
            with asking(server, tmp_path / f"{number}", small.organisation) as asked:
                ask(asked, QUESTION)

                def go_on(asking: Asking = asked, told: list[str] = told) -> None:
                    try:
                        while True:
                            ask(asking, QUESTION)
                    except WriterError as error:
                        told.append(str(error))

                threads = [threading.Thread(target=go_on, daemon=True) for _ in range(4)]
                for thread in threads:
                    thread.start()
            for thread in threads:
                thread.join(30)
            assert [thread.is_alive() for thread in threads] == [False] * 4
            assert all("interrupted" in each for each in told)
            assert len(told) == 4


def test_after_a_call_that_fails_for_good_no_other_is_sent(small: World, tmp_path: Path) -> None:
    """Those in flight come to their end and are kept: they are paid for."""
    all_there, failed = threading.Barrier(4, timeout=30), threading.Event()

    def script(call: Call) -> list[Record] | Fault:
        all_there.wait()
        if call.prompt.startswith("0"):
            return Fault(status=401)
        assert failed.wait(60)
        return fitting(call)

    async def all_of_them(asked: Asking) -> list[object]:
        tasks = [asyncio.create_task(asked.served.ask(each)) for each in questions(20)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        failed.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with serving(script) as server:
        with asking(server, tmp_path, small.organisation, concurrency=4) as asked:
            ended = asked.calls.run(all_of_them(asked))
            failures = [each for each in ended if isinstance(each, WriterError)]
            assert len(failures) == 17
            assert {str(each) for each in failures} == {str(ended[0])}
            assert "does not accept the key" in str(ended[0])
        assert len(server.calls) == 4
    assert sum(1 for _ in every(tmp_path)) == 3
    with (
        serving(fitting) as server,
        asking(server, tmp_path, small.organisation) as asked,
    ):
        ask(asked, *questions(20))
        assert len(server.calls) == 17


def test_all_who_ask_the_same_are_told_that_it_failed(small: World, tmp_path: Path) -> None:
    async def all_of_them(asked: Asking) -> list[object]:
        return await asyncio.gather(
            *(asked.served.ask(QUESTION) for _ in range(5)), return_exceptions=True
        )

    with (
        serving(lambda call: Fault(status=404)) as server,
        asking(server, tmp_path, small.organisation) as asked,
    ):
        ended = asked.calls.run(all_of_them(asked))
        assert all(isinstance(each, WriterError) for each in ended)
        assert len(server.calls) == 1


def test_a_full_disk_ends_the_calls_and_a_free_one_lets_them_go_on(
    small: World, small_disk: Path
) -> None:
    def script(call: Call) -> list[Record] | Fault:
        big = call.prompt.startswith("5")
        return Fault(text="x" * 3_000_000) if big and call.number == 5 else fitting(call)

    folder = small_disk / "answers"
    with serving(script) as server:
        with asking(server, folder, small.organisation, concurrency=1) as asked:
            with pytest.raises(StorageError, match=r"No space left.*--answers"):
                ask(asked, *questions(10))
            # The error holds for all that follow.
            with pytest.raises(StorageError):
                ask(asked, QUESTION)
        assert len(server.calls) == 6
        with asking(server, folder, small.organisation, concurrency=1) as asked:
            ask(asked, *questions(10))
        # What could not be kept is the one answer that is paid for twice.
        assert len(server.calls) == 11


def test_a_provider_without_its_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider, known in PROVIDERS.items():
        if known.key:
            monkeypatch.delenv(known.key, raising=False)
            with pytest.raises(UsageError, match=known.key):
                Model.of(f"{provider}/m", None).secret()
        assert Model.of(f"{provider}/m", "http://127.0.0.1:1/v1").secret() == "none"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    assert Model.of("openai/m", None).secret() == "sk-x"


def test_an_address_that_the_client_would_read_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else answers of one server would be kept as those of another."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert Model.of("openai/m", None).base_url == "http://127.0.0.1:9/v1"
    assert not Model.of("openai/m", None).own_server
    assert Model.of("openai/m", "http://127.0.0.1:8/v1").base_url == "http://127.0.0.1:8/v1"
    assert Model.of("groq/m", None).base_url == PROVIDERS["groq"].base_url
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert Model.of("openai/m", None).base_url is None


@pytest.mark.parametrize("name", ["gpt", "elsewhere/model", "openai/", ""])
def test_an_unknown_model_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError, match="PROVIDER/NAME"):
        Model.of(name, None)
