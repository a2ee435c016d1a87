"""Contract of a KubeAPI that is away or silent: `Unavailable`, soon, and everything works when it is back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.builders import CONFIG_MAP, applied_live, apply, config_map
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Change, Ref
from pinnace_edge.ports import Cluster
from pinnace_schemas.errors import Unavailable

TIMEOUT_S = 1.0
# Frozen in the middle of a batch: one timeout for the requests under way, and nothing more is sent.
BATCH_DEADLINE_S = 5.0


@pytest.fixture
def away(site: Site) -> Iterator[None]:
    site.take_away()
    yield
    site.bring_back()


@pytest.fixture
def impatient(site: Site) -> Iterator[Cluster]:
    made = site.daemon(lambda _: None, timeout_s=TIMEOUT_S)
    yield made
    made.close()


@pytest.mark.usefixtures("away")
def test_every_call_says_that_the_api_is_away(cluster: Cluster) -> None:
    """Connections are refused."""
    body = config_map("default")
    ref = builders.ref(body)
    for call in (
        cluster.version,
        lambda: cluster.is_namespaced(CONFIG_MAP),
        lambda: cluster.owned([CONFIG_MAP]),
        lambda: cluster.present(CONFIG_MAP, "default"),
        lambda: cluster.apply([builders.request(body)] * 8),
        lambda: cluster.read(ref),
        lambda: cluster.delete(ref, "some-uid"),
    ):
        with pytest.raises(Unavailable, match="does not answer"):
            call()


def test_api_that_was_known_before_goes_away_and_comes_back(cluster: Cluster, namespace: str, site: Site) -> None:
    """Kept connections are dead after a restart; the client opens new ones."""
    body = config_map(namespace, a="1")
    applied_live(cluster, body)
    site.take_away()
    try:
        with pytest.raises(Unavailable):
            cluster.apply([builders.request(body)] * 8)
        with pytest.raises(Unavailable):
            cluster.owned([CONFIG_MAP])
    finally:
        site.bring_back()
    assert builders.ref(body) in cluster.owned([CONFIG_MAP]).objects
    assert apply(cluster, config_map(namespace, a="2")).change is Change.CONFIGURED


@pytest.mark.slow
def test_silent_api_is_given_up_after_the_timeout(impatient: Cluster, namespace: str, site: Site) -> None:
    """The kernel takes the connection, nobody answers."""
    bodies = [config_map(namespace, f"m{number}") for number in range(40)]
    applied_live(impatient, bodies[0])
    site.freeze()
    try:
        for call in (impatient.version, lambda: impatient.read(Ref(CONFIG_MAP, namespace, "m0"))):
            with pytest.raises(Unavailable, match="does not answer"):
                call()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            impatient.apply([builders.request(body) for body in bodies])
        assert time.monotonic() - began < BATCH_DEADLINE_S
    finally:
        site.thaw()
    changes = {applied.change for applied in impatient.apply([builders.request(body) for body in bodies])}
    assert changes <= {Change.CREATED, Change.UNCHANGED, Change.CONFIGURED}
