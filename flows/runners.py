"""Where a run's work is done: in threads of this process, or in processes of a Dask cluster.

Prefect's tasks run in threads here in either case. On a cluster a task hands its work on, as one
call of a plain function, and waits. Prefect's own way, to run the task there, would have every
process there reach Prefect's server, and costs 0.36 processor seconds a task instead of 0.02.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from prefect.context import FlowRunContext
from prefect.filesystems import RemoteFileSystem
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from orgsmith.flows.code import code_version
from orgsmith.flows.environment import DASK_QUIET
from orgsmith.flows.parts import Made
from orgsmith.flows.settings import DASK, MOST_WORKERS, Settings
from orgsmith.flows.work import Work
from orgsmith.flows.work_files import RESULTS
from orgsmith.flows.worker import checked, fault_of, leave_at_once
from orgsmith.schema.errors import StorageError, UsageError

if TYPE_CHECKING:
    from distributed import Client
    from prefect.results import ResultStorage
    from prefect.task_runners import TaskRunner

P = ParamSpec("P")
R = TypeVar("R")

Threads = ThreadPoolTaskRunner[Any]

HOST = "127.0.0.1"

SAID = 160
"""Characters of the cluster's own message that are shown."""


def runner_of(settings: Settings) -> "TaskRunner[PrefectFuture[Made]]":
    """The flow's runner: threads, or what holds a cluster as long as the flow runs."""
    if settings.runner == DASK:
        return _dask(settings)
    return threads(settings.threads)


def threads(count: int) -> "TaskRunner[PrefectFuture[Made]]":
    """So many tasks at a time, each in a thread of this process."""
    # Prefect's own annotation of the flow's argument does not fit its own runners.
    return cast("TaskRunner[PrefectFuture[Made]]", ThreadPoolTaskRunner(max_workers=count))


@contextmanager
def places(work: Work, settings: Settings) -> Iterator[tuple[Threads, Threads]]:
    """What runs the tasks of a flow whose work may be done on a cluster, and what runs the others.

    The others need the organisation as a whole, or the outputs: they are done here wherever the
    flow runs, so that its tables are read once and not by every process of a cluster.

    Args:
        work: the run's work folder.
        settings: how many tasks are done here at a time.

    Raises:
        UsageError: a process of the cluster cannot do the tasks of this run.
    """
    context = FlowRunContext.get()
    runner = context.task_runner if context else None
    if isinstance(runner, ThreadPoolTaskRunner):
        yield runner, runner
        return
    # Not the setting's: whoever starts a flow may give it a runner of its own.
    address = getattr(runner, "address", None)
    try:
        client = _client()
    except (OSError, RuntimeError) as error:
        raise UsageError(_unreached(address, error)) from error
    if client is None:
        raise TypeError(f"{runner} runs no tasks of this flow")
    workers = _check_workers(client, work.place)
    if address is None:
        client.run(leave_at_once)
    # Those threads only wait: the cluster is never short of work, should it grow to twice its size.
    there: Threads = ThreadPoolTaskRunner(max_workers=max(MOST_WORKERS, 2 * workers))
    here: Threads = ThreadPoolTaskRunner(max_workers=settings.threads)
    with there, here:
        try:
            yield there, here
        finally:
            # Ends the threads that still wait: where a task failed, or on Ctrl-C.
            client.close()  # type: ignore[no-untyped-call]


def dispatch(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function where the flow's runner says, and return what it returns.

    Args:
        function: one that a process elsewhere finds by its module and name.
        args: what can be sent there: keys, paths and digests.
        kwargs: the same by name.

    Raises:
        UsageError: the process there has other code.
        StorageError: the cluster went away, or its processes died again and again.
        Exception: what the function raises.
    """
    client = _client()
    if client is None:
        return function(*args, **kwargs)
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    # Impure: a task that is tried again is not to be given the failure it was given before.
    future = client.submit(checked, code_version(), function, *args, pure=False, **kwargs)
    try:
        return cast("R", future.result())
    except (KilledWorker, CommClosedError) as error:
        said = " ".join(str(error).split())[:SAID]
        raise StorageError(
            f"--runner dask: the cluster did not finish a task ({said}); see that its workers have "
            "memory enough and stay up, then run the same command again to go on"
        ) from error


@contextmanager
def remembering(work: Work) -> "Iterator[ResultStorage]":
    """Where Prefect keeps the results of a run's finished tasks, inside the block.

    Of a work folder that is a URL, that is a block on Prefect's server; it holds the URL and no
    credentials.
    """
    if work.remote is None:
        yield work.results
        return
    results = RemoteFileSystem(
        basepath=str(work.remote / RESULTS), settings={"use_listings_cache": False}
    )
    name = f"orgsmith-work-{work.key}"
    results.save(name, overwrite=True)
    try:
        yield results
    finally:
        RemoteFileSystem.delete(name)


def _dask(settings: Settings) -> "TaskRunner[PrefectFuture[Made]]":
    """A cluster that is running already, or one of processes that ends when this one does."""
    for name, value in DASK_QUIET.items():
        os.environ.setdefault(name, value)
    # An extra: whoever runs in threads need not have it.
    from prefect_dask.task_runners import DaskTaskRunner

    # Dask gives this one a level of its own, which the environment cannot name.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    if settings.runner_address is not None:
        made = DaskTaskRunner(address=settings.runner_address)
    else:
        local = {
            "n_workers": settings.threads,
            "threads_per_worker": 1,
            "processes": True,
            "host": HOST,
            "dashboard_address": None,
            "worker_dashboard_address": None,
            # A share of the memory would be a guess: a task that needs more is killed at every try.
            "memory_limit": 0,
        }
        made = DaskTaskRunner(cluster_kwargs=local)
    return cast("TaskRunner[PrefectFuture[Made]]", made)


def _client() -> "Client | None":
    """The client of the cluster that the flow runs on; None where it runs in threads."""
    context = FlowRunContext.get()
    return getattr(context.task_runner, "client", None) if context else None


def _unreached(address: str | None, error: Exception) -> str:
    """What is said of a cluster that could not be reached, or started."""
    if address is None:
        return f"--runner dask: its processes could not be started ({error}); see what they said"
    return (
        f"--runner-address {address}: no Dask scheduler answers there ({error}); start one with "
        "dask scheduler, or leave it out for processes of this machine"
    )


def _check_workers(client: "Client", place: str) -> int:
    """Make sure that every worker can do the work; how many there are.

    Raises:
        UsageError: one cannot, or there is none.
    """
    asked = client.run(fault_of, place, code_version(), on_error="return")
    # Not awaitable outside of coroutines. Where Orgsmith is missing, there is an error.
    faults = cast("dict[str, str | Exception]", asked)
    for worker, fault in faults.items():
        if isinstance(fault, Exception):
            raise UsageError(
                f"--runner dask: the worker {worker} cannot do the work ({fault}); install the "
                "same Orgsmith on all machines"
            )
        if fault:
            raise UsageError(f"--runner dask: the worker {worker} {fault}")
    if not faults:
        raise UsageError(
            "--runner dask: the cluster has no worker; start one with dask worker, then run the "
            "same command again"
        )
    return len(faults)
