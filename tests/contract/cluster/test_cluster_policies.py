"""What policies ask for holds on a KubeAPI too: a whole daemon, a signing cloud in memory, and people who meddle."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.sites import Site
from tests.unit.edge.worlds import App, deliver
from tests.unit.edge.worlds import Site as Node

from pinnace_cloud import render
from pinnace_edge.model import Change, Kind, KubeObject
from pinnace_edge.ports import Cluster
from pinnace_edge.rules import letting_go, managed_fields
from pinnace_schemas import labels, manifest
from pinnace_schemas.handling import Handling, Once, Prune, When
from pinnace_sim.provision.running import wait_until

DEADLINE_S = 30.0
REPLICAS = ("spec.replicas",)


@pytest.fixture
def node(tmp_path: Path, cluster: Cluster) -> Node:
    found = Node(tmp_path, cluster)
    found.cloud.assign("stores")
    return found


def shop(*objects: KubeObject, revision: int = 1, **handling: Any) -> App:
    """With this handling of its first object."""
    found = (Handling(objects=(0,), **handling),) if handling else ()
    return App("shop", revision, (), extra=tuple(map(unlabelled, objects)), handling=found)


def unlabelled(body: KubeObject) -> KubeObject:
    """As the cloud delivers it: labels are the daemon's."""
    return {**body, "metadata": {key: value for key, value in body["metadata"].items() if key != "labels"}}


def until(node: Node, is_so: Callable[[], bool], what: str) -> None:
    """Lets the daemon look again and again: what controllers do takes real time."""

    def looked() -> bool:
        node.pass_time(70)
        return is_so()

    wait_until(looked, deadline_s=DEADLINE_S, what=what)


def spec(cluster: Cluster, body: KubeObject) -> Any:
    return builders.read(cluster, body)["spec"]


def image(body: KubeObject, name: str) -> KubeObject:
    """The same Deployment with another image."""
    template = body["spec"]["template"]
    changed = {**template, "spec": {"containers": [builders.container(image=name)]}}
    return {**body, "spec": {**body["spec"], "template": changed}}


def test_replicas_that_somebody_has_set_stay_and_the_image_is_healed(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    web = builders.deployment(namespace, replicas=1)
    first = shop(web, once=Once(when=When.ALWAYS, paths=REPLICAS))
    deliver(node, first)
    meddled = image(web, "registry.example/web:evil")["spec"]["template"]
    site.people.edit("kubectl", builders.ref(web), {"spec": {"replicas": 0, "template": meddled}})
    node.pass_time(70)
    assert spec(cluster, web)["replicas"] == 0
    assert spec(cluster, web)["template"]["spec"]["containers"][0]["image"] == "registry.example/web:1"
    assert node.deployment().healed == 1

    changed = image(builders.deployment(namespace, replicas=2), "registry.example/web:2")
    deliver(node, shop(changed, revision=2, once=Once(when=When.ALWAYS, paths=REPLICAS)))
    assert spec(cluster, web)["replicas"] == 0
    assert spec(cluster, web)["template"]["spec"]["containers"][0]["image"] == "registry.example/web:2"
    owners = [entry["manager"] for entry in builders.read(cluster, web)["metadata"]["managedFields"] if _owns(entry)]
    assert owners == ["kubectl"]


def _owns(entry: Any) -> bool:
    return "f:replicas" in entry["fieldsV1"].get("f:spec", {})


def test_replicas_that_nobody_has_set_stay_as_they_were_first_applied(
    node: Node, cluster: Cluster, namespace: str
) -> None:
    once = Once(when=When.ALWAYS, paths=REPLICAS)
    web = builders.deployment(namespace, replicas=0)
    deliver(node, shop(web, once=once))
    deliver(node, shop(builders.deployment(namespace, replicas=2), revision=2, once=once))
    assert spec(cluster, web)["replicas"] == 0


def test_replicas_left_only_between_revisions_are_set_by_the_next_one(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    once = Once(when=When.KEEP, paths=REPLICAS)
    web = builders.deployment(namespace, replicas=1)
    deliver(node, shop(web, once=once))
    site.people.edit("kubectl", builders.ref(web), {"spec": {"replicas": 0}})
    node.pass_time(70)
    assert spec(cluster, web)["replicas"] == 0
    assert node.deployment().healed == 0
    deliver(node, shop(builders.deployment(namespace, replicas=2), revision=2, once=once))
    assert spec(cluster, web)["replicas"] == 2


def test_a_resource_of_one_container_is_left_and_the_others_are_not(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    limits: dict[str, Any] = {"resources": {"limits": {"memory": "64Mi"}}}
    pair = (builders.container("web", **limits), builders.container("log", **limits))
    web = builders.deployment(namespace, *pair, replicas=0)
    deliver(node, shop(web, once=Once(when=When.ALWAYS, paths=("spec.template.spec.containers[0].resources",))))
    larger = [{**item, "resources": {"limits": {"memory": "128Mi"}}} for item in pair]
    template = {**web["spec"]["template"], "spec": {"containers": larger}}
    site.people.edit("kubectl", builders.ref(web), {"spec": {"template": template}})
    node.pass_time(70)
    found = [item["resources"]["limits"]["memory"] for item in spec(cluster, web)["template"]["spec"]["containers"]]
    assert found == ["128Mi", "64Mi"]


APPLICATION = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop, namespace: NAMESPACE}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: "registry.example/web:1", ports: [{port: 80, expose: true}]}
      traits: [{type: scaler, properties: {replicas: 0}}]
  policies:
    - type: apply-once
      properties:
        enable: true
        rules: [{selector: {resourceTypes: [Deployment]}, strategy: {path: [spec.replicas]}}]
    - type: garbage-collect
      properties: {rules: [{selector: {resourceTypes: [Service]}, strategy: never}]}
"""


def test_an_application_is_obeyed_from_its_text_to_the_site(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    ((application, _),) = manifest.applications(manifest.read(APPLICATION.replace("NAMESPACE", namespace), "shop.yaml"))
    found = render.render(application)
    assert found.diagnostics == ()
    deliver(node, App("shop", 1, (), extra=found.objects, handling=found.policy.handling or ()))
    web, service = found.objects
    site.people.edit("kubectl", builders.ref(web), {"spec": {"replicas": 3, "minReadySeconds": 0}})
    site.people.edit("kubectl", builders.ref(service), {"spec": {"type": "NodePort"}})
    node.pass_time(70)
    assert (spec(cluster, web)["replicas"], spec(cluster, service)["type"]) == (3, "ClusterIP")
    deliver(node)
    assert cluster.read(builders.ref(web)) is None
    assert cluster.read(builders.ref(service)) is not None


def test_what_belongs_to_nobody_is_adopted_with_the_fields_of_others(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    theirs = builders.config_map(namespace, app=None, theirs="1", both="theirs")
    site.people.apply("kubectl", theirs)
    ours = builders.config_map(namespace, both="ours")
    deliver(node, shop(ours, adopt=True))
    assert builders.read(cluster, ours)["data"] == {"theirs": "1", "both": "ours"}
    deliver(node)
    assert cluster.read(builders.ref(ours)) is None


def test_what_is_read_only_is_neither_labelled_nor_deleted(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    theirs = builders.config_map(namespace, app=None, value="theirs")
    site.people.apply("kubectl", theirs)
    deliver(node, shop(builders.config_map(namespace, value="ours"), observe=True))
    assert node.deployment().ready == 1
    deliver(node)
    found = builders.read(cluster, theirs)
    assert found["data"] == {"value": "theirs"}
    assert "labels" not in found["metadata"]


def test_what_was_ours_and_is_read_only_now_changes_in_one_label_and_nothing_else(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    ports = [{"containerPort": 80}, {"containerPort": 81, "name": "more"}]
    web = builders.deployment(namespace, builders.container(ports=ports, args=["a", "b"]), replicas=0)
    web["metadata"] |= {"annotations": {"a.example/b": "c"}, "finalizers": ["example.com/ours"]}
    deliver(node, shop(web))
    site.people.edit("kubectl", builders.ref(web), {"metadata": {"annotations": {"theirs": "1"}}})
    site.people.edit("kubectl", builders.ref(web), {"spec": {"minReadySeconds": 3}})

    def is_settled() -> bool:
        found = builders.read(cluster, web)
        return bool(found.get("status", {}).get("observedGeneration") == found["metadata"]["generation"])

    until(node, is_settled, "the controller's look at the Deployment")
    before = builders.read(cluster, web)
    deliver(node, shop(builders.deployment(namespace, replicas=2), revision=2, observe=True))
    after = builders.read(cluster, web)
    assert after["metadata"]["labels"].pop(labels.PRUNE) == "never"
    shown = [{**item["metadata"], "managedFields": None, "resourceVersion": None} for item in (before, after)]
    assert shown[0] == shown[1]
    assert before["spec"] == after["spec"]
    ours = [_ours(item) for item in (before, after)]
    assert ours[1]["f:metadata"]["f:labels"].pop(f"f:{labels.PRUNE}") == {}
    assert ours[0] == ours[1]
    deliver(node, shop(revision=3))
    assert builders.read(cluster, web)["metadata"]["uid"] == before["metadata"]["uid"]
    site.people.edit("kubectl", builders.ref(web), {"metadata": {"finalizers": None}})


def _ours(item: KubeObject) -> Any:
    entry = managed_fields.ours(item)
    assert entry is not None
    return copy.deepcopy(entry.fields)


def test_what_is_let_go_just_as_somebody_changes_or_deletes_it_is_neither_changed_nor_made_again(
    site: Site, cluster: Cluster, namespace: str
) -> None:
    body = builders.config_map(namespace, value="1")
    builders.applied_live(cluster, body)
    seen = builders.read(cluster, body)
    site.people.edit("kubectl", builders.ref(body), {"data": {"value": "theirs"}})
    assert builders.apply(cluster, letting_go.body(seen), force=True).change is Change.RETRY
    assert builders.read(cluster, body)["data"] == {"value": "theirs"}
    site.people.delete(builders.ref(body))
    assert builders.apply(cluster, letting_go.body(seen), force=True).live is None
    assert cluster.read(builders.ref(body)) is None


def test_what_is_never_collected_says_so_itself_and_stays(node: Node, cluster: Cluster, namespace: str) -> None:
    kept = builders.config_map(namespace)
    deliver(node, shop(kept, prune=Prune.NEVER))
    assert builders.read(cluster, kept)["metadata"]["labels"][labels.PRUNE] == "never"
    deliver(node)
    assert cluster.read(builders.ref(kept)) is not None


def test_a_field_that_no_cluster_changes_makes_the_object_anew(node: Node, cluster: Cluster, namespace: str) -> None:
    web = builders.deployment(namespace, replicas=0)
    paths = ("spec.selector",)
    deliver(node, shop(web, recreate=paths))
    uid = builders.read(cluster, web)["metadata"]["uid"]
    template = {**web["spec"]["template"], "metadata": {"labels": {"app": "other"}}}
    other = {**web, "spec": {**web["spec"], "selector": {"matchLabels": {"app": "other"}}, "template": template}}
    deliver(node, shop(other, revision=2, recreate=paths))

    def is_made() -> bool:
        found = cluster.read(builders.ref(web))
        return found is not None and found["spec"]["selector"]["matchLabels"] == {"app": "other"}

    until(node, is_made, "the Deployment with another selector")
    assert builders.read(cluster, web)["metadata"]["uid"] != uid


def test_an_object_stays_where_a_field_must_not_change_and_another_has_a_value_that_no_cluster_takes(
    node: Node, cluster: Cluster, namespace: str
) -> None:
    web = builders.deployment(namespace, replicas=0)
    deliver(node, shop(web, recreate=("spec.selector",)))
    before = builders.read(cluster, web)["metadata"]["uid"]
    other = builders.deployment(namespace, name="other", replicas=-1)
    wrong = {**web, "spec": other["spec"]}
    deliver(node, shop(wrong, revision=2, recreate=("spec.selector",)))
    assert builders.read(cluster, web)["metadata"]["uid"] == before
    assert "spec.replicas" in node.deployment().message


def test_what_is_shared_passes_to_the_application_that_is_left(node: Node, cluster: Cluster, namespace: str) -> None:
    body = builders.config_map(namespace, value="one")
    one = shop(body, shared=True)
    two = replace(shop(builders.config_map(namespace, value="two"), shared=True), name="two")
    deliver(node, one)
    deliver(node, one, two)
    assert builders.read(cluster, body)["data"] == {"value": "one"}
    deliver(node, two)
    node.pass_time(70)
    found = builders.read(cluster, body)
    assert (found["data"], found["metadata"]["labels"][labels.APPLICATION]) == ({"value": "two"}, "two")
    deliver(node)
    assert cluster.read(builders.ref(body)) is None


def annotated(body: KubeObject, **annotations: str) -> KubeObject:
    return {**body, "metadata": {**body["metadata"], "annotations": annotations}}


def test_what_others_have_added_goes_where_the_object_is_replaced(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    body = builders.config_map(namespace, value="1")
    deliver(node, shop(body, replace=True))
    theirs = {"metadata": {"annotations": {"a": "b"}, "finalizers": ["example.com/theirs"]}, "data": {"theirs": "1"}}
    site.people.edit("kubectl", builders.ref(body), theirs)
    node.pass_time(70)
    assert builders.read(cluster, body)["data"] == {"value": "1", "theirs": "1"}
    deliver(node, shop(builders.config_map(namespace, value="2"), revision=2, replace=True))
    found = builders.read(cluster, body)
    assert (found["data"], found["metadata"].get("annotations")) == ({"value": "2"}, None)
    assert found["metadata"]["finalizers"] == ["example.com/theirs"]
    assert found["metadata"]["labels"][labels.APPLICATION] == "shop"
    site.people.edit("kubectl", builders.ref(body), {"metadata": {"finalizers": None}})


def test_a_field_of_a_replaced_object_is_healed_as_any_other(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    body = builders.config_map(namespace, value="1")
    deliver(node, shop(body, replace=True))
    site.people.edit("kubectl", builders.ref(body), {"data": {"value": "theirs", "more": "theirs"}})
    node.pass_time(70)
    assert builders.read(cluster, body)["data"] == {"value": "1"}
    assert node.deployment().healed == 1
    version = builders.read(cluster, body)["metadata"]["resourceVersion"]
    node.pass_time(700)
    assert builders.read(cluster, body)["metadata"]["resourceVersion"] == version


def test_an_object_is_replaced_where_what_others_have_set_does_not_go_with_what_is_wanted(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    web = builders.deployment(namespace, replicas=0)
    deliver(node, shop(web, replace=True))
    rolling = {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}, "type": "RollingUpdate"}
    site.people.edit("kubectl", builders.ref(web), {"spec": {"strategy": rolling}})
    wanted = {**web, "spec": {**web["spec"], "strategy": {"type": "Recreate"}}}
    deliver(node, shop(wanted, revision=2))
    assert "spec.strategy.rollingUpdate: Forbidden" in node.deployment().message
    deliver(node, shop(wanted, revision=3, replace=True))
    assert spec(cluster, web)["strategy"] == {"type": "Recreate"}
    assert "rollingUpdate" not in node.deployment().message


def test_replicas_of_a_replaced_object_go_back_unless_they_are_left_to_others(
    node: Node, site: Site, cluster: Cluster, namespace: str
) -> None:
    web = unscaled(builders.deployment(namespace, replicas=0))
    deliver(node, shop(web, replace=True))
    site.people.edit("autoscaler", builders.ref(web), {"spec": {"replicas": 3}})
    once = Once(when=When.ALWAYS, paths=REPLICAS)
    deliver(node, shop(image(web, "registry.example/web:2"), revision=2, replace=True, once=once))
    assert spec(cluster, web)["replicas"] == 3
    assert spec(cluster, web)["template"]["spec"]["containers"][0]["image"] == "registry.example/web:2"
    deliver(node, shop(image(web, "registry.example/web:3"), revision=3, replace=True))
    assert spec(cluster, web)["replicas"] == 1


def unscaled(body: KubeObject) -> KubeObject:
    return {**body, "spec": {name: value for name, value in body["spec"].items() if name != "replicas"}}


def test_addresses_and_ports_that_the_cluster_gave_stay_where_a_service_is_replaced(
    node: Node, cluster: Cluster, namespace: str
) -> None:
    ports = [{"port": 80, "name": "web"}]
    given = {"selector": {"app": "web"}, "ports": ports, "type": "NodePort"}
    body = builders.item(Kind("v1", "Service"), namespace, "web", spec=given)
    deliver(node, shop(body, replace=True))
    before = spec(cluster, body)
    deliver(node, shop(annotated(body, a="b"), revision=2, replace=True))
    after = spec(cluster, body)
    assert (after["clusterIP"], after["ports"][0]["nodePort"]) == (before["clusterIP"], before["ports"][0]["nodePort"])


def test_nothing_is_written_where_an_object_that_is_replaced_is_as_wanted(
    node: Node, cluster: Cluster, namespace: str
) -> None:
    web = builders.deployment(namespace, replicas=0)
    body = builders.config_map(namespace, value="1")
    deliver(node, shop(body, web, replace=True))
    version = builders.read(cluster, body)["metadata"]["resourceVersion"]
    deliver(node, shop(body, image(web, "registry.example/web:2"), revision=2, replace=True))
    assert builders.read(cluster, body)["metadata"]["resourceVersion"] == version
