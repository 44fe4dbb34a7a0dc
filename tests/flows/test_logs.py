"""Logs: quiet unless asked for, one line a step, as text or as JSON."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.conftest import Environment, Start

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info   |warning|error  ) \S.*")

SHOUT = """
import logging, sys
from orgsmith.flows.logs import log, start_logs
start_logs(sys.argv[1])
log("a\\x1b[31m\\nb", name="x", nothing=None)
try:
    1 / 0
except ZeroDivisionError:
    log("broken", logging.ERROR, traceback=True)
log("once more")
start_logs("none")
log("not to be seen")
"""


def shouted(form: str, environment: Environment) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SHOUT, form], env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")
    return done.stderr.splitlines()


def test_text_is_a_line_each_and_steers_no_terminal(environment: Environment) -> None:
    first, second, *traceback, last = shouted("text", environment)
    assert first.endswith(r"info    a\x1b[31m\nb")
    assert second.endswith("error   broken")
    assert traceback[0].startswith("Traceback")
    assert all(LINE.fullmatch(line) for line in (first, second, last))


def test_json_is_an_object_a_line(environment: Environment) -> None:
    first, second, last = map(json.loads, shouted("json", environment))
    assert (first["message"], first["level"], first["name"]) == ("a\x1b[31m\nb", "info", "x")
    assert "nothing" not in first
    assert "ZeroDivisionError" in second["traceback"]
    assert last.keys() == {"time", "level", "message"}


def test_nothing_is_logged_unless_asked_for(environment: Environment) -> None:
    assert shouted("none", environment) == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_run_logs_its_steps(start: Start, api_url: str, tmp_path: Path, form: str) -> None:
    run = start(tmp_path / "out", "--log", form, env={"PREFECT_API_URL": api_url})
    out, error = run.communicate(timeout=300)
    assert run.returncode == 0, error
    dataset = json.loads(out)["dataset"]
    lines = error.splitlines()
    if form == "json":
        steps = [json.loads(line) for line in lines]
        (case,) = [each for each in steps if each.get("step") == "Case/accepted"]
        assert (case["phase"], case["rows"]) == ("making", 49)
        assert steps[-1]["dataset"] == dataset
    else:
        assert all(LINE.fullmatch(line) for line in lines)
        assert any(line.endswith("making Case/accepted: 49 rows") for line in lines)
        assert lines[-1].endswith(f"published {dataset}")


def test_a_wrong_form_is_refused(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "out", "--log", "xml")
    _, error = run.communicate(timeout=300)
    assert run.returncode == 2
    assert "--log xml: must be one of none, text, json" in error


STILL_SENDING = """
import logging
import orgsmith.flows.generate
from prefect.events.worker import EventsWorker
from prefect.logging.configuration import setup_logging
setup_logging()
logging.getLogger(EventsWorker.__name__).warning("Still processing items")
"""


def test_prefect_does_not_tell_that_it_is_still_sending(environment: Environment) -> None:
    """It would, on stderr, at the end of a run on a busy machine."""
    done = subprocess.run(
        [sys.executable, "-c", STILL_SENDING], env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
