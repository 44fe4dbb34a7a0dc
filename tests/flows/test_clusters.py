"""Runs on Dask clusters of two processes: the same bytes, whatever is killed."""

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import distributed
import psutil
import pytest

from orgsmith.flows import runners
from orgsmith.flows.code import code_version
from orgsmith.flows.runners import dispatch
from orgsmith.flows.work import Work
from orgsmith.flows.worker import checked, fault_of
from orgsmith.prompts.writing import Writing
from orgsmith.schema.errors import StorageError, UsageError
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.flows.conftest import Start, result_of, tables
from tests.flows.test_resume import finished, when

ARGUMENTS = ("--questions", "0", "--runner", "dask")


def workers(head: int) -> list[psutil.Process]:
    """The worker processes of a run's own cluster."""
    found = []
    for child in psutil.Process(head).children(recursive=True):
        try:
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def gone(processes: list[psutil.Process]) -> bool:
    """Whether processes end by themselves, in time."""
    _, alive = psutil.wait_procs(processes, timeout=240)
    return not alive


def records(dataset: Path) -> dict[str, str]:
    """What a run without questions makes: the digests of its tables and of what describes them."""
    return {
        name: digest
        for name, digest in tables(dataset).items()
        if name.split("/")[0] not in {"tasks", "answers"}
    }


@pytest.fixture
def cluster() -> Iterator[str]:
    """A cluster of two processes that runs already, as on other machines; its address."""
    code = (
        "import sys\n"
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, host='127.0.0.1',\n"
        "                      dashboard_address=None) as cluster:\n"
        "        print(cluster.scheduler_address, flush=True)\n"
        "        sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.kill()


def reached(out: Path, count: int) -> Callable[[], bool]:
    return lambda: len(finished(out)) >= count


def test_a_worker_that_is_killed_changes_nothing(
    start: Start, undisturbed: Path, api_url: str, tmp_path: Path
) -> None:
    env = {"PREFECT_API_URL": api_url, "ORGSMITH_WORKERS": "2"}
    process = start(tmp_path / "out", *ARGUMENTS, env=env)
    when(process, reached(tmp_path / "out", 5))
    ours = workers(process.pid)
    assert len(ours) == 2
    ours[0].kill()
    result = result_of(process)
    assert records(result.dataset) == records(undisturbed)
    assert gone(ours)
    assert not list(tmp_path.glob("out/.work"))


def test_a_killed_run_leaves_no_worker_and_goes_on_on_another_cluster(
    start: Start, undisturbed: Path, api_url: str, tmp_path: Path, cluster: str
) -> None:
    out = tmp_path / "out"
    env = {"PREFECT_API_URL": api_url, "ORGSMITH_WORKERS": "2"}
    process = start(out, *ARGUMENTS, env=env)
    when(process, reached(out, 10))
    ours = workers(process.pid)
    process.kill()
    process.wait()
    assert gone(ours)
    done = len(finished(out))
    result = result_of(start(out, *ARGUMENTS, "--runner-address", cluster, env=env))
    assert result.done_before == done
    assert records(result.dataset) == records(undisturbed)


def test_interrupted(start: Start, api_url: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(out, *ARGUMENTS, env={"PREFECT_API_URL": api_url, "ORGSMITH_WORKERS": "2"})
    when(process, reached(out, 3))
    ours = workers(process.pid)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=240)
    assert process.returncode == 130, error
    assert error.count("\n") <= 1, error
    assert gone(ours)
    assert finished(out)


def test_a_scheduler_that_does_not_answer_is_said(
    start: Start, api_url: str, tmp_path: Path
) -> None:
    env = {"PREFECT_API_URL": api_url, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    address = ("--runner-address", "tcp://127.0.0.1:1")
    refused = start(tmp_path / "out", *ARGUMENTS, *address, env=env)
    _, error = refused.communicate(timeout=300)
    assert refused.returncode == 2, error
    assert error.count("\n") == 1
    assert "--runner-address tcp://127.0.0.1:1: no Dask scheduler answers there" in error


def test_a_worker_says_why_it_cannot_do_the_work(tmp_path: Path) -> None:
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=0.05, as_of=industry.as_of)
    work = Work.of(tmp_path, organisation, Writing())
    assert "does not find the work folder" in fault_of(work.place, code_version())
    with work.held(lambda: None):
        assert fault_of(work.place, code_version()) == ""
        assert "another version" in fault_of(work.place, "0")


def test_a_worker_that_comes_later_with_other_code_is_refused() -> None:
    assert checked(code_version(), divmod, 7, 2) == (3, 1)
    with pytest.raises(UsageError, match="came later has another version"):
        checked("0", divmod, 7, 2)


def test_what_a_cluster_cannot_do_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A task that kills every process it is given to, and workers that lack our code."""
    with (
        distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,  # pyright: ignore[reportArgumentType]
        ) as cluster,
        distributed.Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        monkeypatch.setattr(runners, "_client", lambda: client)
        assert dispatch(divmod, 7, 2) == (3, 1)
        with pytest.raises(StorageError, match="did not finish a task"):
            dispatch(os._exit, 1)
        # Those that it has killed are started again.
        client.wait_for_workers(1)
        (tmp_path / "only_here.py").write_text("def fault_of(place, code):\n    return ''\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(runners, "fault_of", importlib.import_module("only_here").fault_of)
        with pytest.raises(UsageError, match=r"cannot do the work .*only_here"):
            runners._check_workers(client, "anywhere")


def test_workers_know_nothing_of_prefect() -> None:
    code = "import sys, orgsmith.flows.worker; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_threads_need_nothing_of_dask() -> None:
    code = "import sys, orgsmith.flows.generate; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
