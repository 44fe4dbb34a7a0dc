"""Deployments without a work pool: one process that schedules all industries and runs them."""

import asyncio
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import cast

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from orgsmith.flows.generate import generate
from orgsmith.flows.schedules import TIMEZONE, Scheduled
from orgsmith.schema.errors import UsageError

ONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)
"""One run of a deployment at a time; those that come meanwhile wait in turn."""


class _Runner(Runner):
    """Prefect's runner, which SIGTERM ends as Ctrl-C does: its own way forgets to wait."""

    def handle_sigterm(self, *_: object, **__: object) -> None:
        """End the runs and pause the schedules."""
        signal.raise_signal(signal.SIGINT)


def serve_all(
    scheduled: Sequence[Scheduled],
    parameters: Mapping[str, object],
    *,
    paused: bool,
    limit: int,
) -> None:
    """Schedule and run, until this process is ended; schedules are paused then.

    Args:
        scheduled: what is to be regenerated when.
        parameters: of every run, beside the industry.
        paused: start with paused schedules; runs can still be asked for.
        limit: runs at a time, over all industries.

    Raises:
        UsageError: a cron expression is none.
    """
    deployments = [
        generate.to_deployment(
            name=each.name,
            schedule=_schedule(each.cron, paused=paused),
            concurrency_limit=ONE,
            parameters={"industry": each.industry, **parameters},
            description=each.description,
            tags=each.tags,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for each in scheduled
    ]
    runner = _Runner(pause_on_shutdown=True, limit=limit)
    for each in deployments:
        # Not awaitable outside of coroutines.
        runner.add_deployment(cast("RunnerDeployment", each))
    with suppress(KeyboardInterrupt):
        asyncio.run(runner.start())


def _schedule(cron: str, *, paused: bool) -> Schedule:
    try:
        return Cron(cron, timezone=TIMEZONE, active=not paused)
    except ValueError as error:
        raise UsageError(
            f'--cron {cron}: must be five fields such as "0 3 * * 1", or a word such as @daily'
        ) from error
