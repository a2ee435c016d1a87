"""Order on a real kube-apiserver with its controllers: what is waited for is ready by what these say of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real import edge_sites
from tests.real.edge_sites import RealSite, item, template
from tests.unit.edge.worlds import App

from pinnace_edge.model import KubeObject
from pinnace_schemas.handling import Handling
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


def deployment(name: str, image: str) -> KubeObject:
    made = pods(name)
    made["spec"]["containers"][0]["image"] = image
    return item("apps/v1", "Deployment", name, spec={"selector": {"matchLabels": {"app": name}}, "template": made})


def migration(image: str) -> KubeObject:
    made = pods("migrate", restartPolicy="Never")
    made["spec"]["containers"][0]["image"] = image
    return item("batch/v1", "Job", "migrate", spec={"template": made})


FIRST, SECOND = "registry.example/web:1", "registry.example/web:2"
IMAGE = ".spec.template.spec.containers[0].image"
AGAIN = Handling(objects=(3,), recreate=(IMAGE[1:],))


def shop(revision: int = 1, *, web: str = FIRST, db: str = FIRST, migrate: str = FIRST) -> App:
    objects = (deployment("web", web), SERVICE, deployment("db", db), migration(migrate))
    return App("shop", revision, (), extra=objects, order=ORDER, handling=(AGAIN,))


def there(site: RealSite) -> set[str]:
    found = site.plane.kubectl(
        "get", "deployments,services,jobs", "-n", "default", "-l", "pinnace.dev/application", "-o", "name"
    )
    return {line.partition("/")[2] for line in found.split()}


def said_of(site: RealSite, kind: str, name: str, path: str) -> str:
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
    made = said_of(site, "deployment", "web", ".metadata.creationTimestamp")
    assert "" < said_of(site, "job", "migrate", ".status.completionTime") <= made
    first, last = (entry.message for entry in site.events_of(Event.APPLIED))
    assert first.startswith("2 created; ")
    assert "created" in last


def test_a_shop_of_before_goes_on_while_its_new_database_does_not_start(site: RealSite) -> None:
    site.plane.kubectl("label", "nodes", "--all", "shop=open")
    site.cloud.head("stores", shop())
    site.wait_for(Phase.CONVERGED)
    site.plane.kubectl("label", "nodes", "--all", "shop-")
    site.cloud.head("stores", shop(2, web=SECOND, db=SECOND))
    site.wait(lambda: "waits for apps/v1 Deployment default/db" in message(site), "the new shop to wait")
    assert said_of(site, "deployment", "db", IMAGE) == SECOND
    assert said_of(site, "deployment", "web", IMAGE) == FIRST
    assert said_of(site, "deployment", "web", ".status.readyReplicas") == "1"


def test_a_migration_that_is_made_anew_is_waited_for_again(site: RealSite) -> None:
    site.plane.kubectl("label", "nodes", "--all", "shop=open")
    site.cloud.head("stores", shop())
    site.wait_for(Phase.CONVERGED)
    before = said_of(site, "job", "migrate", ".metadata.uid")
    site.plane.kubectl("label", "nodes", "--all", "shop-")
    site.cloud.head("stores", shop(2, web=SECOND, migrate=SECOND))
    site.wait(lambda: "waits for batch/v1 Job default/migrate: running" in message(site), "the new shop to wait")
    assert said_of(site, "job", "migrate", ".metadata.uid") != before
    assert said_of(site, "deployment", "web", IMAGE) == FIRST
    site.plane.kubectl("label", "nodes", "--all", "shop=open")
    site.wait(lambda: site.deployment().revision == 2, "the second revision")
    assert said_of(site, "deployment", "web", IMAGE) == SECOND


def test_a_job_that_failed_holds_back_the_shop_also_when_its_time_to_live_is_over(site: RealSite) -> None:
    job = migration(FIRST)
    job["spec"] |= {"activeDeadlineSeconds": 1, "ttlSecondsAfterFinished": 3}
    objects = (deployment("web", FIRST), SERVICE, job)
    site.cloud.head("stores", App("shop", 1, (), extra=objects, order=(Order(objects=(0, 1), after=(2,)),)))
    site.wait(lambda: "the job failed" in message(site), "the Job to fail")
    site.wait(lambda: "migrate" not in there(site), "the Job to be taken away")
    site.plane.kubectl("label", "nodes", "--all", "shop=open")
    site.wait(lambda: "was removed after its ttl" in message(site), "that to be seen")
    site.settle()
    assert there(site) == set()
    assert message(site).endswith("; 2 objects wait for others")


def message(site: RealSite) -> str:
    return "".join(each.message for each in site.store.deployments())
