"""Policies on a real kube-apiserver, whose defaults, forms of values and refusals no stand-in has."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.real import edge_sites
from tests.real.edge_sites import RealSite, item, template
from tests.unit.edge.worlds import App

from pinnace_edge.model import KubeObject
from pinnace_schemas.handling import Handling, Once, Prune, When
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_sim.controlplane import ControlPlane

pytestmark = pytest.mark.real

SERVICE = item("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    with edge_sites.plane("policies") as started:
        yield started


@pytest.fixture
def site(plane: ControlPlane, tmp_path: Path) -> Iterator[RealSite]:
    with edge_sites.site(plane, tmp_path) as made:
        yield made


def deliver(site: RealSite, revision: int, handling: Handling, *objects: KubeObject) -> None:
    site.cloud.head("stores", App("shop", revision, (), extra=objects, handling=(handling,)))
    site.wait(lambda: site.deployment().revision == revision, f"revision {revision}")


def worker(app: str = "web", image: str = "web:1", **resources: str) -> KubeObject:
    spec = {"selector": {"matchLabels": {"app": app}}, "template": template(app, image=image)}
    spec["template"]["spec"]["containers"][0]["resources"] = {"limits": resources}
    return item("apps/v1", "Deployment", "web", spec={**spec, "replicas": 0})


def uid(site: RealSite, kind: str) -> str:
    return site.plane.kubectl("get", kind, "web", "-n", "default", "-o", "jsonpath={.metadata.uid}")


def test_nothing_is_made_anew_for_what_a_cluster_has_filled_in_or_written_its_own_way(site: RealSite) -> None:
    fields = ("spec.clusterIP", "spec.template.spec.containers[0].resources")
    handling = Handling(objects=(0, 1), recreate=fields)
    deliver(site, 1, handling, SERVICE, worker(cpu="1000m", memory="1024Mi"))
    before = uid(site, "service"), uid(site, "deployment")
    changed = {**SERVICE, "spec": {**SERVICE["spec"], "ports": [{"port": 81}]}}
    deliver(site, 2, handling, changed, worker(image="web:2", cpu="1000m", memory="1024Mi"))
    assert (uid(site, "service"), uid(site, "deployment")) == before
    assert site.events_of(Event.PRUNED) == []


def test_an_object_is_made_anew_for_a_field_that_no_cluster_changes(site: RealSite) -> None:
    handling = Handling(objects=(0,), recreate=("spec.selector",))
    deliver(site, 1, handling, worker("web"))
    before = uid(site, "deployment")
    deliver(site, 2, handling, worker("shop"))
    assert uid(site, "deployment") not in ("", before)
    assert site.deployment().healed == 0


def test_an_object_stays_where_its_successor_has_a_field_that_no_cluster_knows(site: RealSite) -> None:
    handling = Handling(objects=(0,), recreate=("spec.selector",))
    deliver(site, 1, handling, worker("web"))
    before = uid(site, "deployment")
    wrong = worker("shop")
    wrong["spec"]["replica"] = 1
    deliver(site, 2, handling, wrong)
    assert uid(site, "deployment") == before
    assert "replica" in site.deployment().message


def test_an_object_stays_where_its_successor_has_a_value_that_no_cluster_takes(site: RealSite) -> None:
    handling = Handling(objects=(0,), recreate=("spec.selector",))
    deliver(site, 1, handling, worker("web"))
    before = uid(site, "deployment")
    wrong = worker("shop")
    wrong["spec"]["replicas"] = -1
    deliver(site, 2, handling, wrong)
    assert uid(site, "deployment") == before
    assert "spec.replicas" in site.deployment().message


def test_the_port_that_an_object_holds_is_no_reason_not_to_make_it_anew(site: RealSite) -> None:
    port = {"port": 80, "nodePort": 31987}
    service = item("v1", "Service", "web", spec={"type": "NodePort", "selector": {"app": "web"}, "ports": [port]})
    handling = Handling(objects=(0,), recreate=("spec.sessionAffinity",))
    service["spec"]["sessionAffinity"] = "None"
    deliver(site, 1, handling, service)
    before = uid(site, "service")
    deliver(site, 2, handling, {**service, "spec": {**service["spec"], "sessionAffinity": "ClientIP"}})
    assert uid(site, "service") not in ("", before)
    site.wait_for(Phase.CONVERGED)


def test_what_is_adopted_and_left_to_others_keeps_its_fields(site: RealSite) -> None:
    site.plane.kubectl("create", "configmap", "web", "-n", "default", "--from-literal=a=theirs")
    handling = Handling(objects=(0,), adopt=True, once=Once(when=When.ALWAYS))
    deliver(site, 1, handling, item("v1", "ConfigMap", "web", data={"a": "ours"}))
    assert site.plane.kubectl("get", "configmap", "web", "-n", "default", "-o", "jsonpath={.data.a}") == "theirs"
    assert site.deployment().phase is Phase.CONVERGED


def test_what_is_left_to_others_learns_that_it_is_to_stay_and_is_ours_again_afterwards(site: RealSite) -> None:
    left = Handling(objects=(0, 1), once=Once(when=When.ALWAYS))
    deliver(site, 1, left, SERVICE, worker())
    site.plane.kubectl("set", "image", "deployment/web", "web=web:9", "-n", "default")
    deliver(site, 2, left.model_copy(update={"prune": Prune.ON_DELETE}), SERVICE, worker(image="web:2"))
    shown = "jsonpath={.metadata.labels.pinnace\\.dev/prune} {.spec.template.spec.containers[0].image}"
    assert site.plane.kubectl("get", "deployment", "web", "-n", "default", "-o", shown) == "on-delete web:9"
    deliver(site, 3, Handling(objects=(0,), shared=True), SERVICE, worker(image="web:3"))
    assert site.plane.kubectl("get", "deployment", "web", "-n", "default", "-o", shown) == " web:3"
    site.wait_for(Phase.CONVERGED)


TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
AUTOSCALER = item(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    "web",
    spec={"scaleTargetRef": TARGET, "minReplicas": 3, "maxReplicas": 5},
)


def scaled(image: str) -> KubeObject:
    return item(
        "apps/v1",
        "Deployment",
        "web",
        spec={"selector": {"matchLabels": {"app": "web"}}, "template": template("web", image=image)},
    )


def test_the_replicas_of_an_autoscaler_stay_where_an_object_is_replaced_and_they_are_left_to_others(
    site: RealSite,
) -> None:
    handling = Handling(objects=(0,), replace=True, once=Once(when=When.ALWAYS, paths=("spec.replicas",)))
    deliver(site, 1, handling, scaled("web:1"), AUTOSCALER)
    shown = "jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image} {.metadata.labels.theirs}"
    kubectl = partial(site.plane.kubectl, "-n", "default")
    site.wait(lambda: kubectl("get", "deployment", "web", "-o", shown) == "3 web:1 ", "the autoscaler")
    kubectl("label", "deployment", "web", "theirs=yes")
    deliver(site, 2, handling, scaled("web:2"), AUTOSCALER)
    site.wait_for(Phase.CONVERGED)
    assert kubectl("get", "deployment", "web", "-o", shown) == "3 web:2 "
    events = kubectl("get", "events", "-o", "jsonpath={.items[?(@.reason=='SuccessfulRescale')].message}")
    assert events.count("New size: 3") == 1
