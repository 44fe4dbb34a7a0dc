"""`--preview` with a real model: what it writes is not judged, what becomes of it is."""

import json
import os
import subprocess
from pathlib import Path

from orgsmith.flows.preview import ROWS
from orgsmith.prompts.model.segments import every
from orgsmith.prompts.reading import READINGS
from orgsmith.schema.objects import OBJECTS

WRITTEN = {declared.name: declared for declared in OBJECTS.values() if declared.written}


def preview(orgsmith: str, url: str, folder: Path) -> dict[str, object]:
    """What the command prints."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ORGSMITH_", "PREFECT_"))}
    done = subprocess.run(
        [
            *(orgsmith, "generate", "--preview", "--json", "--out", folder / "out"),
            *("--writer", "openai/smollm2", "--base-url", url),
        ],
        cwd=folder,
        env=kept
        | {
            "ORGSMITH_CONCURRENCY": "2",
            "ORGSMITH_TIMEOUT": "900",
            "ORGSMITH_TEMPERATURE": "0",
            "ORGSMITH_PROMPT_PRICE": "1",
            "ORGSMITH_COMPLETION_PRICE": "2",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    printed: dict[str, object] = json.loads(done.stdout)
    return printed


def test_a_real_model_is_asked_read_counted_and_kept(
    orgsmith: str, small_model: str, tmp_path: Path
) -> None:
    printed = preview(orgsmith, small_model, tmp_path)
    objects = {each["object"]: each for each in printed["objects"]}  # type: ignore[attr-defined]
    assert set(objects) == set(WRITTEN)
    parsed = verdicts = 0
    for name, each in objects.items():
        assert len(each["records"]) == ROWS
        writing = [call for call in each["calls"] if not call["reading"]]
        assert writing
        assert all(call["prompt"] and call["reply"] for call in writing)
        for record in each["records"]:
            # A refusal is a right outcome; that nothing was said of a record is not.
            assert record["texts"] or record["refused"]
            if record["texts"]:
                parsed += 1
                assert set(record["texts"]) == {field.name for field in WRITTEN[name].written}
            for reading in record["readings"]:
                verdicts += 1
                assert name in READINGS
                same = reading["found"].strip().lower() == reading["expected"].strip().lower()
                assert reading["passed"] == same or reading["question"].startswith("answer")
                # A text of the model of which something else was found is refused.
                assert reading["passed"] or record["refused"] or record["read_of"] != "model"
        reading_calls = [call for call in each["calls"] if call["reading"]]
        assert bool(reading_calls) == (name in READINGS)
    assert parsed
    assert verdicts
    usage = printed["usage"]
    assert isinstance(usage, dict)
    kept = [answer for answer, _ in every(tmp_path / "out/.answers")]
    assert usage["calls"] == len(kept) == sum(len(each["calls"]) for each in objects.values())
    assert usage["prompt_tokens"] == sum(answer.prompt_tokens or 0 for answer in kept) > 0
    assert usage["completion_tokens"] == sum(answer.completion_tokens or 0 for answer in kept) > 0
    assert not list((tmp_path / "out").glob("[!.]*"))
    # A second look asks nothing anew and shows the same.
    again = preview(orgsmith, small_model, tmp_path)
    assert again["usage"] == {
        "calls": 0,
        "cached_calls": len(kept),
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cost_usd": 0,
    }
    for before, after in zip(printed["objects"], again["objects"], strict=True):  # type: ignore[call-overload]
        assert before["records"] == after["records"]
