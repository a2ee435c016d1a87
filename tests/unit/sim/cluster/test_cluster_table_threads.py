"""Several simulated clusters in one process share the table of types."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pinnace_sim.cluster.schema import table
from pinnace_sim.cluster.schema.table import Table

THREADS = 4


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_a_type_is_whole_for_every_thread_that_asks_for_it() -> None:
    shared = Table(Path(table.__file__).with_name(table.FILE).read_text(encoding="utf-8"))
    name = shared.kinds["/v1/Pod"]
    together = Barrier(THREADS)

    def ask(_: int) -> set[str]:
        together.wait()
        pod = shared.named(name).members
        assert pod is not None
        return set(pod.fields)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(ask, range(THREADS)))
    assert answers == [{"apiVersion", "kind", "metadata", "spec", "status"}] * THREADS
