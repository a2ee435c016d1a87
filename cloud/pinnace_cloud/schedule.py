"""The controller's timers. They run on wall time and may be late, so nothing is right only because of them."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from pinnace_cloud.services.workers import Workers
from pinnace_schemas.errors import Unavailable

# Metadata is renewed after 15 days and chunks are cleared after 7: an hour more or less is nothing.
_EVERY_S = 3600
# Late runs are made up for, once; a job never runs twice at a time.
_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}

_log = logging.getLogger(__name__)


class Jobs(Protocol):
    """What time asks for; called in a worker thread. Raises Unavailable where the store does not work now."""

    def renew(self) -> None: ...
    def clean(self) -> None: ...


def start(upkeep: Jobs, workers: Workers) -> AsyncIOScheduler:
    """On the running loop; the jobs' work is done by the workers. The caller shuts it down."""
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=_DEFAULTS)
    for job in (upkeep.renew, upkeep.clean):
        scheduler.add_job(_run, "interval", [workers, job], seconds=_EVERY_S, next_run_time=datetime.now(UTC))
    scheduler.start()
    return scheduler


async def _run(workers: Workers, job: Callable[[], None]) -> None:
    try:
        await workers.run(job)
    except Unavailable as exc:
        _log.warning("upkeep is put off until the next hour: %s", exc)
