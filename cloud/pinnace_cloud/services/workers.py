"""The pool in which the services' blocking work runs, so that the event loop stays free for MQTT and HTTP."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Intake, delivery, re-assertion and timers, each at most one at a time; the store admits one writer anyway.
_THREADS = 4


class Workers:
    """Threads with the store's connections of their own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="pinnace-worker")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's result, from a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Waits for what runs."""
        self._pool.shutdown(wait=True)
