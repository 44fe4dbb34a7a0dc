"""Which runners can be used, for which runs: told before anything is started."""

from importlib.util import find_spec

from orgsmith.flows.settings import DASK, RAY, THREADS, Settings
from orgsmith.outputs.remote import Remote
from orgsmith.prompts.writing import PHRASEBOOK
from orgsmith.schema.errors import UsageError


def check_runner(settings: Settings) -> None:
    """Refuse a runner that cannot be used.

    A model's calls, their number in flight and what they may cost are counted in one process, next
    to the folder that keeps its answers: no other process may spend.

    Raises:
        UsageError: there is no such runner here, or it cannot keep what is asked of it.
    """
    if settings.runner == RAY:
        raise UsageError(
            "--runner ray: is not supported; --runner dask runs the same tasks on a cluster "
            "(docs/clusters.md says why)"
        )
    if settings.runner_address is not None and settings.runner != DASK:
        raise UsageError("--runner-address: only for --runner dask; add that, or leave it out")
    if settings.runner == DASK and find_spec("prefect_dask") is None:
        raise UsageError("--runner dask: install what it needs: pip install 'orgsmith[dask]'")
    if settings.writer == PHRASEBOOK:
        return
    if settings.runner != THREADS:
        raise UsageError(
            f"--writer {settings.writer}: a model's calls and their cost are bounded in one "
            "process; leave out --runner"
        )
    if isinstance(settings.work_base, Remote):
        raise UsageError(
            f"--writer {settings.writer}: what its calls cost is counted beside the answers, on "
            f"this machine; name a folder as --work instead of {settings.work_base}"
        )
