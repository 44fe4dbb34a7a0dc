"""The Prefect flow: what its server sees of a run, and what is tried again."""

import json
import os
import subprocess
import sys
from pathlib import Path

from orgsmith.flows.jobs import jobs_of
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.flows.conftest import SCALE, Environment

# Prefect reads its settings when it is imported: each of these needs a process of its own.
SEEN = """
import json, sys, time
from prefect.client.orchestration import get_client
from orgsmith.flows.generate import generate
generate(scale=float(sys.argv[1]), out=sys.argv[2])
with get_client(sync_client=True) as client:
    (run,) = client.read_flow_runs()
    # A run's last events reach the server's tables a moment after the run has ended.
    for _ in range(300):
        tasks = client.read_task_runs()
        if any(task.name == "publish" for task in tasks):
            break
        time.sleep(0.1)
names = {str(task.id): task.name for task in tasks}
edges = {
    task.name: sorted(
        {names[str(each.id)] for inputs in task.task_inputs.values() for each in inputs}
    )
    for task in tasks
}
print(json.dumps({"run": run.name, "state": run.state.name, "edges": edges}))
"""

TRIED = """
import json, sys
from pathlib import Path
from prefect import flow
from orgsmith.flows import tasks, worker
from orgsmith.schema.errors import WriterError
tried = []
def fail(folder, node, *rest):
    tried.append(node)
    raise WriterError("no") if node == "Case" else OSError("crash")
worker.make_blocks = fail
make = tasks.make.with_options(result_storage=Path(sys.argv[1]), retry_delay_seconds=0)
@flow
def run(node):
    make.submit("folder", "key", node, 0, 0, {}).result()
for node in ("Case", "Order"):
    try:
        run(node)
    except Exception as error:
        tried.append(type(error).__name__)
print(json.dumps(tried))
"""


def printed(code: str, *arguments: str | Path, env: dict[str, str], cwd: Path) -> object:
    """What a script prints last, read as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_server_sees_the_dependency_graph(environment: Environment, tmp_path: Path) -> None:
    from orgsmith.flows.server import prefect_server

    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=float(SCALE), as_of=industry.as_of)
    jobs = {job.name: job for job in jobs_of(organisation)}

    def task(job: str) -> str:
        node = jobs[job].node
        return f"{node} accepted" if jobs[job].accepts else f"{node} block 0"

    kept = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    # A server of its own: others' runs would be among those it counts.
    with prefect_server(tmp_path / "prefect") as wait_until_ready:
        wait_until_ready()
        env = environment() | {"PREFECT_API_URL": os.environ["PREFECT_API_URL"]}
        seen = printed(SEEN, SCALE, tmp_path / "out", env=env, cwd=tmp_path)
    os.environ.clear()
    os.environ |= kept
    assert isinstance(seen, dict)
    (version,) = (
        each.name for each in (tmp_path / "out/sportswear").iterdir() if each.name != "latest"
    )
    assert seen["run"] == f"sportswear {version} at scale {SCALE}"
    assert seen["state"] == "Completed"
    edges = seen["edges"]
    asked = {f"{key} asked" for key in TASK_KEYS}
    assert edges.keys() == {task(name) for name in jobs} | asked | {"check", "publish"}
    for name, job in jobs.items():
        assert edges[task(name)] == sorted(map(task, job.after)), name


def test_only_crashes_are_tried_again(
    environment: Environment, api_url: str, tmp_path: Path
) -> None:
    env = environment({"PREFECT_API_URL": api_url, "PREFECT_LOGGING_LEVEL": "CRITICAL"})
    tried = printed(TRIED, tmp_path, env=env, cwd=tmp_path)
    assert tried == ["Case", "WriterError", "Order", "Order", "Order", "OSError"]
