"""Runs slow preparations side by side, and ends what they started when one of them fails or a person has had enough."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures as running
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")
POLL_INTERVAL_S = 0.02
MEANWHILE_S = 0.1


def side_by_side(jobs: Sequence[Callable[[], Result]], meanwhile: Callable[[], None] = lambda: None) -> list[Result]:
    """Their results in order; the first failure after all have ended. `meanwhile` is called again and again by who
    waits.

    An interrupt ends every child of this process, since a job may be waiting for one: so nobody waits for the slowest.
    """
    with ThreadPoolExecutor(len(jobs), thread_name_prefix="preparation") as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            while running.wait(futures, MEANWHILE_S).not_done:
                meanwhile()
            return [future.result() for future in futures]
        except BaseException as failure:
            if not isinstance(failure, Exception):
                _abandon(futures)
            raise


def pids() -> Iterator[int]:
    """The children of this process that are there now, dead ones included until they are waited for."""
    for listed in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            yield from map(int, listed.read_text().split())


def _abandon(futures: Sequence[Future[Result]]) -> None:
    while not all(future.done() for future in futures):
        for pid in set(pids()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(POLL_INTERVAL_S)
