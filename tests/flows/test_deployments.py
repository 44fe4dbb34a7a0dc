"""What docs/operators.md says, done: real server, pool and worker, and what operators see then."""

import datetime as dt
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from orgsmith.flows.schedules import KEEP, weekly
from orgsmith.flows.setting_sources import OF_TRIALS
from orgsmith.flows.settings import OF_PROCESS, Settings
from orgsmith.flows.trial_settings import TrialSettings
from orgsmith.outputs.manifest import Manifest
from orgsmith.schema.packs import industry_names
from tests.flows.operations import (
    Json,
    Operations,
    Outside,
    blocks,
    clone,
    environment,
    free_port,
    until,
)

BUILT_IN = industry_names(Path("no such folder"))
FRESH = "fresh"
"""The deployment of the flow `evaluate`."""
SMALL = "scale=0.05"


@pytest.fixture(scope="module")
def operations(
    copy_tree: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operations]:
    """All shell blocks of the page, followed to the end; the last publishes a dataset."""
    folder = tmp_path_factory.mktemp("operations")
    outside = Outside()
    found = Operations(
        clone(copy_tree, folder), environment(folder) | outside.environment, free_port(), outside
    )
    try:
        paths = [block for block in blocks("bash") if "PATH=" in block]
        for block in blocks("bash"):
            # Each terminal of the page has the path set.
            found.follow(block if block in paths else f"{paths[0]}{block}")
        yield found
    finally:
        found.end()
        outside.close()


def the_run(operations: Operations) -> Json:
    """The run that the page's last command asked for."""
    (run,) = [
        run
        for run in operations.ask("flow_runs/filter")
        if run["parameters"].get("scale") == 0.2 and "banking" in run["tags"]
    ]
    return run


def artifacts(operations: Operations, run: str) -> dict[str, Json]:
    found = operations.ask("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run]}}})
    return {each["key"]: each for each in found if each["key"]}


def test_the_commands_of_the_page_publish_a_dataset(operations: Operations) -> None:
    assert "Flow run finished successfully" in operations.done[-1]
    latest = operations.tree / "outputs/datasets/banking/latest"
    manifest = Manifest.read(latest.resolve())
    run = the_run(operations)
    assert (manifest.industry, manifest.scale, manifest.seed) == ("banking", 0.2, 7)
    assert manifest.as_of.isoformat() == run["expected_start_time"][:10]
    assert run["state"]["type"] == "COMPLETED"
    assert run["name"] == f"banking {latest.readlink()} at scale 0.2"


def test_nobody_outside_is_asked_for_anything(operations: Operations) -> None:
    assert operations.outside is not None
    assert operations.outside.asked == []
    # The trap works: this is a command that does ask.
    asks = ("prefect", "work-pool", "create", "another", "--type", "process")
    assert operations.run(*asks).returncode == 0
    assert any("githubusercontent" in each for each in operations.outside.asked)


def test_the_run_graph_names_objects_and_blocks(operations: Operations) -> None:
    body = {"flow_runs": {"id": {"any_": [the_run(operations)["id"]]}}}
    some = {"Case block 0", "Case accepted", "CaseTimeline block 0", "check", "publish"}
    # They may reach the server after the end of their run has.
    until(lambda: some <= {each["name"] for each in operations.ask("task_runs/filter", body)})


def test_artifacts_tell_what_was_made(operations: Operations) -> None:
    run = the_run(operations)
    dataset = (operations.tree / "outputs/datasets/banking/latest").resolve()
    manifest = Manifest.read(dataset)
    found = artifacts(operations, run["id"])
    assert set(found) == {
        "banking-progress",
        "banking-objects",
        "banking-questions",
        "banking-verdict",
    }
    assert found["banking-progress"]["data"] == 100.0
    rows = json.loads(found["banking-objects"]["data"])
    assert [row["object"] for row in rows] == [*manifest.objects, "all"]
    assert [row["rows"] for row in rows[:-1]] == [t.rows for t in manifest.objects.values()]
    assert rows[-1]["rows"] == sum(table.rows for table in manifest.objects.values())
    assert set(rows[0]) == {"object", "rows", "rejects", "duplicates", "seconds", "cost (USD)"}
    assert all(row["seconds"] > 0 for row in rows)
    verdict = found["banking-verdict"]["data"]
    passed = sum(check.status == "passed" for check in manifest.checks)
    assert f"{passed} checks passed, none failed" in verdict
    for figure in (str(dataset), manifest.fingerprint, "7, 0.2", str(manifest.as_of)):
        assert figure in verdict


def test_logs_are_on_the_pages_and_on_the_workers_console(operations: Operations) -> None:
    run = the_run(operations)["id"]
    body = {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 200}
    until(
        lambda: any("published" in each["message"] for each in operations.ask("logs/filter", body))
    )
    console = (operations.tree.parent / "worker.log").read_text()
    assert f"info    published {operations.tree / 'outputs/datasets/banking'}" in console
    assert "Traceback" not in console
    assert "Warning" not in console


def test_each_industry_has_its_deployment(operations: Operations) -> None:
    found = {each["name"]: each for each in operations.ask("deployments/filter")}
    assert tuple(sorted(found)) == tuple(sorted((*BUILT_IN, FRESH)))
    for name in BUILT_IN:
        each = found[name]
        (schedule,) = each["schedules"]
        assert schedule["active"] is False
        assert schedule["schedule"]["timezone"] == "UTC"
        assert each["global_concurrency_limit"]["limit"] == 1
        assert each["concurrency_options"]["collision_strategy"] == "ENQUEUE"
        assert sorted(each["tags"]) == sorted(["orgsmith", name])
        assert each["work_pool_name"] == "local-process"
        assert each["parameters"]["industry"] == name


def test_the_form_describes_and_types_every_parameter(operations: Operations) -> None:
    (banking,) = operations.ask(
        "deployments/filter", {"deployments": {"name": {"any_": ["banking"]}}}
    )
    fields = banking["parameter_openapi_schema"]["properties"]
    assert set(fields) == set(Settings.model_fields) - OF_PROCESS
    for name, entry in fields.items():
        assert len(entry["description"]) > 10, name
        kinds = {kind.get("type") for kind in entry["anyOf"]}
        assert kinds > {"null"}, name
        assert len(kinds) == 2, name
    assert fields["scale"]["anyOf"][0] == {"maximum": 1000.0, "minimum": 0.02, "type": "number"}


def test_a_fresh_organisation_and_its_leaderboard(operations: Operations) -> None:
    asked = ("--param", SMALL, "--param", "limit=1", "--watch")
    done = operations.run("prefect", "deployment", "run", "evaluate/fresh", *asked)
    assert done.returncode == 0, done.stdout
    (run,) = [
        run for run in operations.ask("flow_runs/filter") if run["name"] == "solver on sportswear"
    ]
    assert run["state"]["type"] == "COMPLETED"
    latest = (operations.tree / "outputs/fresh/sportswear/latest").resolve()
    manifest = Manifest.read(latest)
    assert manifest.scale == 0.05
    assert str(manifest.seed) == run["expected_start_time"][:10].replace("-", "")
    (folder,) = (operations.tree / "outputs/runs").glob(f"*-{manifest.fingerprint[:12]}")
    assert "solver" in (folder / "leaderboard.html").read_text()
    found = artifacts(operations, run["id"])
    rows = json.loads(found["leaderboard"]["data"])
    # The seed is the day's: on some days the random baseline is better than the constant one.
    first, *guessers = (row["entry"] for row in rows)
    assert first == "solver"
    assert sorted(guessers) == ["constant", "random"]
    assert rows[0]["score %"] == "100.0"
    assert "every answer is scored" in found["trial"]["data"]


def test_the_form_of_an_evaluation_describes_and_types_every_parameter(
    operations: Operations,
) -> None:
    (fresh,) = operations.ask("deployments/filter", {"deployments": {"name": {"any_": [FRESH]}}})
    fields = fresh["parameter_openapi_schema"]["properties"]
    assert set(OF_TRIALS) < set(fields)
    assert set(fields) - {"fresh"} < set(TrialSettings.model_fields)
    for name, entry in fields.items():
        assert len(entry["description"]) > 10, name
    wrong = ("--param", "agent=oracle")
    before = operations.ask("flow_runs/count")
    done = operations.run("prefect", "deployment", "run", "evaluate/fresh", *wrong)
    assert done.returncode != 0
    assert "agent" in done.stdout
    assert operations.ask("flow_runs/count") == before


@pytest.mark.parametrize(
    "wrong",
    ["scale=0.001", "scale=big", "seed=-1", "seed=1.5", 'as_of="yesterday"', "keep=0", "no=1"],
)
def test_a_wrong_value_is_refused_before_anything_runs(operations: Operations, wrong: str) -> None:
    before = operations.ask("flow_runs/count")
    done = operations.run("prefect", "deployment", "run", "generate/banking", "--param", wrong)
    assert done.returncode != 0
    assert wrong.partition("=")[0] in done.stdout
    assert operations.ask("flow_runs/count") == before


def test_a_late_run_makes_the_data_of_the_day_it_was_meant_for(operations: Operations) -> None:
    (sportswear,) = operations.ask(
        "deployments/filter", {"deployments": {"name": {"any_": ["sportswear"]}}}
    )
    meant = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
    run = operations.ask(
        f"deployments/{sportswear['id']}/create_flow_run",
        {
            "parameters": {"scale": 0.05, "out": "late", "dataset_version": "late"},
            "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": meant.isoformat()}},
        },
    )
    ended = operations.ended(run["id"])
    assert ended["state"]["type"] == "COMPLETED", ended["state"]["message"]
    manifest = Manifest.read(operations.tree / "late/sportswear/late")
    assert manifest.as_of == meant.date()
    assert manifest.seed == 7
    assert ended["name"] == "sportswear late at scale 0.05"


def test_an_active_schedule_plans_runs(operations: Operations) -> None:
    """Not a matter of course: one version of SQLAlchemy kept Prefect from planning any."""
    (electronics,) = operations.ask(
        "deployments/filter", {"deployments": {"name": {"any_": ["electronics"]}}}
    )
    (schedule,) = electronics["schedules"]
    path = f"deployments/{electronics['id']}/schedules/{schedule['id']}"
    operations.ask(path, {"active": True}, "PATCH")
    body = {"flow_runs": {"deployment_id": {"any_": [electronics["id"]]}}}
    until(lambda: len(operations.ask("flow_runs/filter", body)) >= 2)
    planned = [
        dt.datetime.fromisoformat(run["expected_start_time"])
        for run in operations.ask("flow_runs/filter", body)
    ]
    operations.ask(path, {"active": False}, "PATCH")
    assert {(each.hour, each.minute, each.isoweekday()) for each in planned} == {(3, 0, 2)}


class _Alerts(http.server.BaseHTTPRequestHandler):
    """Takes what a webhook is sent."""

    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        self.server.taken.append(self.rfile.read(size).decode())  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_failed_run_is_told_by_the_automation_of_the_page(operations: Operations) -> None:
    (script,) = blocks("python")
    server = http.server.HTTPServer(("127.0.0.1", 0), _Alerts)
    taken: list[str] = []
    server.taken = taken  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        alerts = f"http://127.0.0.1:{server.server_port}/alerts"
        made = operations.run("env", f"ALERTS_URL={alerts}", sys.executable, "-c", script)
        assert made.returncode == 0, made.stdout
        command = ("prefect", "deployment", "run", "generate/banking", "--param", SMALL, "--watch")
        failed = operations.run(*command, "--param", 'out="pyproject.toml/below"')
        assert "finished in state 'Failed'" in failed.stdout
        until(lambda: bool(taken))
    finally:
        server.shutdown()
        server.server_close()
    text = json.loads(taken[0])["text"]
    assert text.startswith("banking next version at scale 0.05: ")
    assert "pyproject.toml is a file, not a folder" in text


def test_the_pages_show_it(operations: Operations, page: Callable[[str], str]) -> None:
    run = the_run(operations)
    found = artifacts(operations, run["id"])

    def shows(path: str, *words: str) -> bool:
        # A page that is slow to load is looked at again.
        try:
            content = page(f"{operations.url}/{path}")
        except subprocess.TimeoutExpired:
            return False
        return all(word in content for word in words)

    assert until(lambda: shows(f"runs/flow-run/{run['id']}", run["name"]))
    verdict = f"artifacts/artifact/{found['banking-verdict']['id']}"
    assert until(lambda: shows(verdict, "banking: published", "near-duplicates removed"))
    table = f"artifacts/artifact/{found['banking-objects']['id']}"
    assert until(lambda: shows(table, "LiveChatTranscript", "duplicates", "cost (USD)"))


def test_prefect_yaml_has_what_serve_schedules(repo: Path) -> None:
    *declared, fresh = yaml.safe_load((repo / "prefect.yaml").read_text())["deployments"]
    assert fresh["name"] == FRESH
    assert not any(each["active"] for each in fresh["schedules"])
    planned = {each.name: each for each in weekly(BUILT_IN)}
    assert [each["name"] for each in declared] == list(planned)
    for each in declared:
        mine = planned[each["name"]]
        assert each["schedules"] == [{"cron": mine.cron, "timezone": "UTC", "active": False}]
        assert (each["description"], each["tags"]) == (mine.description, mine.tags)
        assert each["parameters"] == {"industry": mine.industry, "scale": 1.0, "keep": KEEP}
        assert each["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
