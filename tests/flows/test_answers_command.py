"""`orgsmith answers`: what is kept can be seen, taken over and removed."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orgsmith.prompts.model.segments import Segment, every, segments
from tests.flows.conftest import Environment
from tests.prompts.model.test_answers import answer, keep

Answers = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def answers(orgsmith: str, environment: Environment, tmp_path: Path) -> Answers:
    """Runs `orgsmith answers` in an empty folder."""

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [orgsmith, "answers", *arguments],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
        )

    return run


def test_what_is_kept_is_listed_by_model_and_object(answers: Answers, tmp_path: Path) -> None:
    folder = tmp_path / "outputs/datasets/.answers"
    keep(folder, answer("one"), answer("two"), answer("three", model="openai/other"))
    listed = json.loads(answers("list", "--json").stdout)
    assert [(row["model"], row["answers"]) for row in listed["answers"]] == [
        ("openai/m", 2),
        ("openai/other", 1),
    ]
    first = listed["answers"][0]
    assert (first["prompt_tokens"], first["completion_tokens"], first["cost_usd"]) == (20, 10, 1.0)
    assert first["bytes"] == len(answer("one").line()) + len(answer("two").line())
    shown = answers("list").stdout
    assert "openai/other" in shown
    assert "3 answers" in shown


def test_a_cost_that_is_not_known_is_not_nothing(answers: Answers, tmp_path: Path) -> None:
    unknown = replace(answer("two"), cost_usd=None, prompt_tokens=None)
    keep(tmp_path / "kept", answer("one"), unknown)
    (row,) = json.loads(answers("list", "--answers", tmp_path / "kept", "--json").stdout)["answers"]
    assert row["cost_usd"] is None
    assert (row["answers"], row["prompt_tokens"]) == (2, 10)
    assert "unknown" in answers("list", "--answers", tmp_path / "kept").stdout


def test_nothing_is_kept_in_an_empty_folder(answers: Answers, tmp_path: Path) -> None:
    done = answers("list")
    assert done.returncode == 0
    assert "0 answers" in done.stdout
    listed = json.loads(answers("list", "--json").stdout)
    assert listed == {"folder": "outputs/datasets/.answers", "answers": []}
    pruned = json.loads(answers("prune", "--all", "--json").stdout)
    assert (pruned["answers"], pruned["bytes"], pruned["in_use"]) == (0, 0, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prune", "--older-than", "-1"), "--older-than"),
        (("prune", "--older-than", "soon"), "--older-than"),
        (("prune", "--every"), "--every"),
        (("import",), "DIR"),
        (("forget",), "forget"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    arguments: tuple[str, ...], said: str, answers: Answers
) -> None:
    done = answers(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_used_is_said(answers: Answers, tmp_path: Path) -> None:
    keep(tmp_path / "there", answer("one"))
    (tmp_path / "file").write_text("")
    done = answers("import", tmp_path / "there", "--answers", tmp_path / "file/kept")
    assert done.returncode == 1
    assert "name another folder with --answers" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_a_run_at_work_was_given_is_left_alone(answers: Answers, tmp_path: Path) -> None:
    keep(tmp_path / "kept", answer("one"))
    segment = Segment(tmp_path / "kept")
    segment.append([answer("two").line()])
    done = answers("prune", "--all", "--answers", tmp_path / "kept")
    segment.close()
    assert "removed 1 answers" in done.stdout
    assert "1 files are in use by runs at work" in done.stdout
    assert [each for each, _ in every(tmp_path / "kept")] == [answer("two")]


def test_pruning_asks_which(answers: Answers, tmp_path: Path) -> None:
    keep(tmp_path / "kept", answer("one"))
    done = answers("prune", "--answers", tmp_path / "kept")
    assert done.returncode == 2
    assert "--older-than" in done.stderr
    assert len(list(every(tmp_path / "kept"))) == 1


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (("--older-than", "30"), {"new", "other"}),
        (("--model", "openai/other"), {"new", "old"}),
        (("--older-than", "30", "--model", "openai/other"), {"new", "old", "other"}),
        (("--all",), set()),
    ],
)
def test_pruning_by_age_and_model(
    arguments: tuple[str, ...], left: set[str], answers: Answers, tmp_path: Path
) -> None:
    kept = {
        "new": answer("new", day="2999-01-01"),
        "old": answer("old", day="2020-01-01"),
        "other": answer("other", model="openai/other", day="2999-01-01"),
    }
    keep(tmp_path / "kept", *kept.values())
    done = answers("prune", *arguments, "--answers", tmp_path / "kept", "--json")
    assert json.loads(done.stdout)["answers"] == 3 - len(left)
    assert {each.key for each, _ in every(tmp_path / "kept")} == {kept[name].key for name in left}


def test_answers_of_another_folder_are_taken_over(answers: Answers, tmp_path: Path) -> None:
    keep(tmp_path / "there", answer("one"))
    done = answers("import", tmp_path / "there", "--out", tmp_path / "here")
    assert "1 answers added" in done.stdout
    assert len(segments(tmp_path / "here/.answers")) == 1
    again = answers("import", tmp_path / "there", "--out", tmp_path / "here", "--json")
    assert json.loads(again.stdout)["added"] == 0
    missing = answers("import", tmp_path / "nowhere")
    assert missing.returncode == 1
    assert "holds no answers" in missing.stderr
