"""The controller's timers. They run on wall time and may be late, so nothing is right only because of them."""

from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from pinnace_cloud.services.upkeep import Upkeep
from pinnace_cloud.services.workers import Workers

# Metadata is renewed after 15 days and chunks are cleared after 7: an hour more or less is nothing.
_EVERY_S = 3600
# Late runs are made up for, once; a job never runs twice at a time.
_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def start(upkeep: Upkeep, workers: Workers) -> AsyncIOScheduler:
    """On the running loop; the jobs' work is done by the workers. The caller shuts it down."""
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=_DEFAULTS)
    for job in (upkeep.renew, upkeep.clean):
        scheduler.add_job(workers.run, "interval", [job], seconds=_EVERY_S, next_run_time=datetime.now(UTC))
    scheduler.start()
    return scheduler
