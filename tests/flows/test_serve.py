"""`orgsmith serve`: one process that schedules and runs, and ends with everything it started."""

import datetime as dt
import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from orgsmith.outputs.manifest import Manifest
from orgsmith.schema.packs import BUILT_IN
from tests.flows.operations import Operations, Outside, environment, free_port, until


@pytest.fixture
def served(orgsmith: str, tmp_path: Path) -> Iterator[Operations]:
    """A schedule of every minute, in an empty folder with an empty home."""
    folder = tmp_path / "work"
    folder.mkdir()
    outside = Outside()
    settings = environment(tmp_path) | outside.environment
    found = Operations(folder, settings, free_port(), outside)
    options = ("--scale", "0.05", "--cron", "* * * * *", "--keep", "1", "--log", "json")
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen(
            [orgsmith, "serve", "sportswear", "--port", str(found.port), *options],
            cwd=folder,
            env=found.environment,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    found.running.append(process)
    yield found
    found.end()
    outside.close()


def test_it_runs_when_the_schedule_says_and_ends_with_its_server(
    served: Operations, tmp_path: Path
) -> None:
    (process,) = served.running
    latest = served.tree / "outputs/datasets/sportswear/latest"
    until(lambda: latest.exists() or process.poll() is not None)
    assert process.poll() is None, (tmp_path / "err").read_text()
    (run, *_) = [
        each
        for each in served.ask("flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
        if each["auto_scheduled"]
    ]
    ended = served.ended(run["id"])
    assert ended["state"]["type"] == "COMPLETED"
    manifest = Manifest.read(latest.resolve())
    assert manifest.as_of == dt.datetime.fromisoformat(run["expected_start_time"]).date()

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=180) == 0
    assert not served.answers()
    assert served.outside is not None
    assert served.outside.asked == []
    shown, logged = ((tmp_path / name).read_text() for name in ("out", "err"))
    assert f"pages: {served.url}" in shown
    assert "generate/sportswear" in shown
    lines = [json.loads(line) for line in logged.splitlines()]
    assert {"published", "making", "publishing"} <= {each["message"].split()[0] for each in lines}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nothing",), 2, 'no industry "nothing"'),
        (("--scale", "0"), 2, "--scale 0: must be a number"),
        (("--cron", "every day"), 2, "--cron every day: must be five fields"),
        (("a/bank.yaml", "b/bank.yaml"), 2, 'b/bank.yaml: "bank" is there already'),
        (("a&b.yaml",), 2, '"a&b" cannot be a deployment\'s name'),
    ],
)
def test_wrong_input_is_refused(
    orgsmith: str, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    pack = (BUILT_IN / "sportswear.yaml").read_bytes()
    for name in ("a/bank.yaml", "b/bank.yaml", "a&b.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(pack)
    done = subprocess.run(
        [orgsmith, "serve", "--port", str(free_port()), *arguments],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken(orgsmith: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [orgsmith, "serve", "--port", port],
            cwd=tmp_path,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=180,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"orgsmith: port {port} cannot be used")
    assert [each.name for each in tmp_path.iterdir()] == ["home"]


def test_a_server_that_does_not_start_says_why(orgsmith: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [orgsmith, "serve", "--port", str(free_port())],
        cwd=tmp_path,
        env=environment(tmp_path) | {"PREFECT_HOME": str(tmp_path / "file/home")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert "unable to open database file" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_killed_process_leaves_neither_server_nor_run(served: Operations) -> None:
    work = served.tree / "outputs/datasets/.work"
    until(lambda: any(work.glob("*/made")))
    (process,) = served.running
    process.kill()
    process.wait()
    assert until(lambda: not served.answers())
    assert until(lambda: not runs_below(served.tree))


def runs_below(folder: Path) -> list[int]:
    """The processes at work in a folder."""
    found = []
    for each in psutil.process_iter(["pid", "cwd", "status"]):
        if each.info["cwd"] == str(folder) and each.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(each.info["pid"])
    return found


def test_settings_of_the_environment_hold_for_runs(orgsmith: str, tmp_path: Path) -> None:
    """Versions that the environment keeps are not removed by a default of the command."""
    folder = tmp_path / "work"
    folder.mkdir()
    settings = environment(tmp_path) | {"ORGSMITH_KEEP": "50"}
    served = Operations(folder, settings, free_port())
    with (tmp_path / "log").open("wb") as log:
        served.running.append(
            subprocess.Popen(
                [orgsmith, "serve", "sportswear", "--paused", "--port", str(served.port)],
                cwd=folder,
                env=settings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
    try:
        until(lambda: served.answers() and bool(served.ask("deployments/filter")))
        (deployment,) = served.ask("deployments/filter")
        assert deployment["parameters"]["keep"] == 50
    finally:
        served.end()
