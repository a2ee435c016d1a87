"""A real kube-apiserver for the tests that compare the embedded one's rules with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.sim.cluster import intents
from tests.unit.sim.cluster.kube import Kube

from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
READY_S = 30


@pytest.fixture(scope="session")
def kube(request: pytest.FixtureRequest) -> Iterator[Kube]:
    """Without controllers: objects stay as they are written. Gadgets are served."""
    require(Part.CONTROLPLANE)
    with ControlPlane.start("rules", workloads=False) as plane:
        api = Kube(plane.admin_kubeconfig)
        request.addfinalizer(api.close)  # noqa: PT021 - also when what follows fails
        assert api.ask("POST", DEFINITIONS, intents.GADGETS).is_ok
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        assert api.ask("POST", "/api/v1/namespaces/default/serviceaccounts", account).is_ok
        gadgets = "/apis/example.com/v1/namespaces/default/gadgets"
        wait_until(lambda: api.ask("GET", gadgets).is_ok, "the kind Gadget to be served", READY_S)
        # Its schema is known to server-side apply a moment later than the kind is served.
        probe = {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "probe"}, "spec": {"size": 1}}
        query = {"fieldManager": "probe", "dryRun": "All"}
        wait_until(
            lambda: api.ask("PATCH", f"{gadgets}/probe", probe, "application/apply-patch+yaml", **query).is_ok,
            "the kind Gadget to be applied",
            READY_S,
        )
        yield api
