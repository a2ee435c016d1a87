"""Order on a real kube-apiserver with its controllers: what is waited for is ready by what these say of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real import edge_sites
from tests.real.edge_sites import RealSite, item, template
from tests.unit.edge.worlds import App

from pinnace_edge.model import KubeObject
from pinnace_schemas.journal import Event
from pinnace_schemas.order import Order
from pinnace_schemas.phases import Phase
from pinnace_sim.controlplane import ControlPlane

pytestmark = pytest.mark.real

# Nothing runs before the node has this label.
OPEN = {"shop": "open"}
# What comes after stands first, and its kinds come before those that it waits for.
SERVICE = item("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
ORDER = (Order(objects=(0, 1), after=(2, 3)),)


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    with edge_sites.plane("order") as started:
        yield started


@pytest.fixture
def site(plane: ControlPlane, tmp_path: Path) -> Iterator[RealSite]:
    with edge_sites.site(plane, tmp_path) as made:
        yield made
    plane.kubectl("label", "nodes", "--all", "shop-")


def pods(name: str, **spec: object) -> KubeObject:
    made = template(name)
    made["spec"] = {**made["spec"], "nodeSelector": OPEN, **spec}
    return made


def deployment(name: str, image: str = "registry.example/web:1") -> KubeObject:
    made = pods(name)
    made["spec"]["containers"][0]["image"] = image
    return item("apps/v1", "Deployment", name, spec={"selector": {"matchLabels": {"app": name}}, "template": made})


MIGRATION = item("batch/v1", "Job", "migrate", spec={"template": pods("migrate", restartPolicy="Never")})


def shop(image: str = "registry.example/web:1", revision: int = 1) -> App:
    objects = (deployment("web", image), SERVICE, deployment("db", image), MIGRATION)
    return App("shop", revision, (), extra=objects, order=ORDER)


def there(site: RealSite) -> set[str]:
    found = site.plane.kubectl(
        "get", "deployments,services,jobs", "-n", "default", "-l", "pinnace.dev/application", "-o", "name"
    )
    return {line.partition("/")[2] for line in found.split()}


def time_of(site: RealSite, kind: str, name: str, path: str) -> str:
    return site.plane.kubectl("get", kind, name, "-n", "default", "-o", f"jsonpath={{{path}}}")


def test_a_shop_waits_until_its_database_is_ready_and_its_migration_complete(site: RealSite) -> None:
    site.cloud.head("stores", shop())
    site.wait(lambda: "waits for" in message(site), "the shop to wait")
    site.settle()
    assert there(site) == {"db", "migrate"}
    assert site.deployment().phase is Phase.PROGRESSING
    site.plane.kubectl("label", "nodes", "--all", "shop=open")
    site.wait_for(Phase.CONVERGED)
    assert there(site) == {"db", "migrate", "web"}
    made = time_of(site, "deployment", "web", ".metadata.creationTimestamp")
    assert "" < time_of(site, "job", "migrate", ".status.completionTime") <= made
    assert len(site.events_of(Event.APPLIED)) == 1


def test_a_shop_of_before_goes_on_while_its_new_database_does_not_start(site: RealSite) -> None:
    site.plane.kubectl("label", "nodes", "--all", "shop=open")
    site.cloud.head("stores", shop())
    site.wait_for(Phase.CONVERGED)
    site.plane.kubectl("label", "nodes", "--all", "shop-")
    site.cloud.head("stores", shop("registry.example/web:2", revision=2))
    site.wait(lambda: "waits for apps/v1 Deployment default/db" in message(site), "the new shop to wait")
    image = ".spec.template.spec.containers[0].image"
    assert time_of(site, "deployment", "db", image) == "registry.example/web:2"
    assert time_of(site, "deployment", "web", image) == "registry.example/web:1"
    assert time_of(site, "deployment", "web", ".status.readyReplicas") == "1"


def message(site: RealSite) -> str:
    return "".join(each.message for each in site.store.deployments())
