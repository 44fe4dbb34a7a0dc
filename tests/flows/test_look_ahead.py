"""`--dry-run` and `--preview`: what a model would cost and write, before anything is made."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from orgsmith.flows.preview import ROWS
from orgsmith.prompts.model.paraphrase import OBJECT
from orgsmith.prompts.reading import READINGS
from orgsmith.schema.objects import OBJECTS
from tests.endpoint.model import answer
from tests.endpoint.server import Call, Fault, Record, Server, serving
from tests.flows.conftest import Environment

WRITTEN = [declared.name for declared in OBJECTS.values() if declared.written]

Generate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def generate(orgsmith: str, environment: Environment, tmp_path: Path) -> Generate:
    """Runs `orgsmith generate`, which must make nothing."""

    def run(
        *arguments: str, server: Server | None = None, **env: str
    ) -> "subprocess.CompletedProcess[str]":
        address = ("--base-url", server.url) if server else ()
        done = subprocess.run(
            [orgsmith, "generate", *arguments, *address, "--out", tmp_path / "out"],
            cwd=tmp_path,
            env=environment(env),
            capture_output=True,
            text=True,
        )
        assert not list((tmp_path / "out").glob("[!.]*"))
        assert not (tmp_path / "out/.work").exists()
        return done

    return run


def test_a_dry_run_tells_calls_tokens_and_cost_and_sends_nothing(generate: Generate) -> None:
    with serving(answer) as server:
        told = generate(
            *("--dry-run", "--writer", "openai/gpt-4o-mini", "--json", "--scale", "0.1"),
            server=server,
        )
        assert server.calls == []
    found = json.loads(told.stdout)
    rows = found["objects"]
    assert [row["object"] for row in rows if row["work"] == "write"] == [*WRITTEN, OBJECT]
    assert {row["object"] for row in rows if row["work"] == "read"} == set(READINGS)
    for key in ("calls", "prompt_tokens", "completion_tokens"):
        assert all(row[key] > 0 for row in rows)
        assert found[key] == sum(row[key] for row in rows)
    assert found["cost_usd"] == pytest.approx(sum(row["cost_usd"] for row in rows))
    assert found["price_table"].startswith("genai-prices ")
    assert found["seconds"] > 0


def test_the_estimate_is_near_what_a_run_takes(generate: Generate) -> None:
    """Compared with the calls of a preview: the same prompts, of the same organisation."""
    told = generate("--dry-run", "--writer", "openai/gpt-4o-mini", "--json", "--scale", "1")
    large = {(r["object"], r["work"]): r for r in json.loads(told.stdout)["objects"]}
    assert large["Product2", "write"]["records"] == 500
    assert abs(large["Case", "write"]["records"] - 977) <= 10
    assert abs(large["EmailMessage", "write"]["records"] - 3_183) <= 160
    assert abs(large["LiveChatTranscript", "write"]["records"] - 387) <= 20
    assert large["Case", "write"]["calls"] == pytest.approx(98, abs=3)


def test_an_unknown_price_is_said_to_be_unknown(generate: Generate) -> None:
    told = generate("--dry-run", "--writer", "ollama/llama3.1:8b", "--scale", "0.02")
    assert "unknown" in told.stdout
    assert "price not known" in told.stdout
    assert "$0" not in told.stdout
    found = json.loads(
        generate("--dry-run", "--writer", "ollama/llama3.1:8b", "--scale", "0.02", "--json").stdout
    )
    assert found["cost_usd"] is None
    given = generate(
        *("--dry-run", "--writer", "ollama/llama3.1:8b", "--scale", "0.02", "--json"),
        ORGSMITH_PROMPT_PRICE="0.1",
        ORGSMITH_COMPLETION_PRICE="0.2",
    )
    assert json.loads(given.stdout)["cost_usd"] > 0


def test_the_phrasebook_costs_nothing_and_has_nothing_to_preview(generate: Generate) -> None:
    assert "no calls" in generate("--dry-run").stdout
    refused = generate("--preview")
    assert refused.returncode == 2
    assert "--writer" in refused.stderr


def test_a_preview_shows_prompts_replies_and_verdicts(generate: Generate) -> None:
    arguments = ("--preview", "--writer", "openai/scripted")
    with serving(answer) as server:
        done = generate(*arguments, "--json", server=server)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        calls = [call for each in found["objects"] for call in each["calls"]]
        assert {call["prompt"] for call in calls} == {call.prompt for call in server.calls}
        assert found["usage"]["calls"] == len(server.calls)
        shown = generate(*arguments, server=server)
        assert len(server.calls) == found["usage"]["calls"]
    assert [each["object"] for each in found["objects"]] == [
        each["object"] for each in found["objects"] if each["object"] in WRITTEN
    ]
    for each in found["objects"]:
        assert len(each["records"]) == ROWS
        for record in each["records"]:
            assert record["refused"] is None, record
            assert record["texts"]
            assert all(reading["passed"] for reading in record["readings"])
        assert any(record["readings"] for record in each["records"]) == (each["object"] in READINGS)
    assert "prompt" in shown.stdout
    assert "kept from before" in shown.stdout
    assert f"{ROWS * len(WRITTEN)} of {ROWS * len(WRITTEN)} records accepted" in shown.stdout


def test_a_preview_of_a_model_that_talks_nonsense_says_why(generate: Generate) -> None:
    with serving(lambda call: Fault(text="\x1b[31mCertainly!\x07")) as server:
        done = generate("--preview", "--writer", "openai/scripted", server=server)
    assert done.returncode == 0, done.stderr
    assert "Invalid JSON" in done.stdout
    assert f"0 of {ROWS * len(WRITTEN)} records accepted" in done.stdout
    assert "\x1b[31m" not in done.stdout
    assert "\x07" not in done.stdout


def test_a_preview_tries_the_reader_on_what_stands_in_for_refused_texts(
    generate: Generate,
) -> None:
    def script(call: Call) -> Sequence[Record] | Fault:
        return answer(call) if call.reading else Fault(text="Certainly!")

    with serving(script) as server:
        done = generate("--preview", "--writer", "openai/scripted", "--json", server=server)
    read = [
        record
        for each in json.loads(done.stdout)["objects"]
        for record in each["records"]
        if record["readings"]
    ]
    assert read
    assert {record["read_of"] for record in read} == {"phrasebook"}
    assert all(record["refused"] and not record["texts"] for record in read)


def test_a_preview_without_a_server_fails_in_one_line(generate: Generate) -> None:
    with serving(answer) as server:
        pass
    done = generate("--preview", "--writer", "openai/scripted", server=server)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be reached" in done.stderr
