"""One site for all cases of the contract; each case works in a namespace of its own."""

from __future__ import annotations

import itertools
import queue
import time
from collections.abc import Callable, Iterator

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.embedded_site import EmbeddedSite
from tests.contract.cluster.sites import RealSite, Site

from pinnace_edge.ports import Cluster, ClusterChanged
from pinnace_sim.provision import Part, require

HINT_DEADLINE_S = 30.0

_numbers = itertools.count(1)


class Hints:
    """What the cluster has emitted, in order."""

    def __init__(self) -> None:
        self._queue: queue.Queue[ClusterChanged] = queue.Queue()
        self.emit = self._queue.put

    def wait_for(self, is_it: Callable[[ClusterChanged], bool], what: str) -> ClusterChanged:
        """The first hint of this kind; those before it are gone."""
        end = time.monotonic() + HINT_DEADLINE_S
        while (left := end - time.monotonic()) > 0:
            try:
                hint = self._queue.get(timeout=left)
            except queue.Empty:
                break
            if is_it(hint):
                return hint
        raise AssertionError(f"waited {HINT_DEADLINE_S:g} s in vain for {what}")


@pytest.fixture(scope="session")
def kube_apiserver() -> Iterator[Site]:
    require(Part.CONTROLPLANE)
    made = RealSite()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def embedded() -> Iterator[Site]:
    made = EmbeddedSite()
    yield made
    made.stop()


BOTH = (
    pytest.param("kube-apiserver", marks=pytest.mark.real),
    pytest.param("embedded", marks=pytest.mark.slow),  # waits for its controllers, case by case
)


@pytest.fixture(params=BOTH)
def site(request: pytest.FixtureRequest) -> Site:
    """Each is started once, when the first case asks for it, also where the cases of both come by turns."""
    found: Site = request.getfixturevalue(request.param.replace("-", "_"))
    return found


@pytest.fixture
def hints() -> Hints:
    return Hints()


@pytest.fixture
def cluster(site: Site, hints: Hints) -> Iterator[Cluster]:
    """The port, as the daemon has it."""
    made = site.daemon(hints.emit)
    yield made
    made.close()


@pytest.fixture
def namespace(site: Site) -> Iterator[str]:
    """A namespace that other people made."""
    name = f"case-{next(_numbers)}"
    body = builders.item(builders.NAMESPACE, "", name, app=None)
    site.people.apply("admin", body)
    yield name
    site.people.delete(builders.ref(body))
