"""What KubeVela has given up: traits that are still taken, with a warning, and types that are refused."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, installed, retired
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

Json = dict[str, Any]
SIDE: Json = {"type": "sidecar", "properties": {"name": "side", "image": "log:1"}}


def trait(kind: str, **properties: Any) -> Json:
    return {"type": kind, "properties": properties}


def pvc(**properties: Any) -> Json:
    size = {"requests": {"storage": "2Gi"}}
    return trait("pvc", **{"claimName": "data", "resources": size, **properties})


def pod(*traits: Json, kind: str = "worker", **properties: Any) -> Json:
    found: Json = rendered(component("web", kind, *traits, **properties))[0]["spec"]["template"]["spec"]
    return found


def test_volumes_of_each_type_join_those_of_the_component() -> None:
    volumes = [
        {"name": "a"},
        {"name": "b", "type": "pvc", "claimName": "data"},
        {"name": "c", "type": "configMap", "cmName": "settings", "items": [{"key": "k", "path": "p"}]},
        {"name": "d", "type": "secret", "secretName": "key", "defaultMode": 256},
    ]
    own = {"emptyDir": [{"name": "a", "mountPath": "/a"}]}
    assert pod(trait("volumes", volumes=volumes), volumeMounts=own)["volumes"] == [
        {"name": "a", "emptyDir": {"medium": ""}},
        {"name": "b", "persistentVolumeClaim": {"claimName": "data"}},
        {
            "name": "c",
            "configMap": {
                "name": "settings",
                "defaultMode": 420,
                "items": [{"key": "k", "path": "p", "mode": 511}],
            },
        },
        {"name": "d", "secret": {"secretName": "key", "defaultMode": 256}},
    ]


def test_a_volume_of_another_source_than_the_component_says_is_refused() -> None:
    own = {"emptyDir": [{"name": "a", "mountPath": "/a", "medium": "Memory"}]}
    (error,) = refused(component("web", "worker", trait("volumes", volumes=[{"name": "a"}]), volumeMounts=own))
    assert "the patch has the text ''" in error.message


def test_config_maps_are_mounted_and_made_where_their_data_is_given() -> None:
    maps = [
        {"name": "own", "mountPath": "/own", "data": {"a": "1"}},
        {"name": "other", "mountPath": "/other", "readOnly": True},
    ]
    workload, made = rendered(component("web", "worker", trait("configmap", volumes=maps)))
    spec = workload["spec"]["template"]["spec"]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "volume-own", "mountPath": "/own", "readOnly": False},
        {"name": "volume-other", "mountPath": "/other", "readOnly": True},
    ]
    assert spec["volumes"] == [
        {"name": "volume-own", "configMap": {"name": "own"}},
        {"name": "volume-other", "configMap": {"name": "other"}},
    ]
    assert (made["kind"], made["metadata"]["name"], made["data"]) == ("ConfigMap", "own", {"a": "1"})


def test_the_data_of_a_config_map_at_two_places_adds_up_and_must_agree() -> None:
    first = {"name": "own", "mountPath": "/a", "data": {"a": "1"}}
    maps = [first, {"name": "own", "mountPath": "/b", "data": {"b": "2"}}]
    _, made = rendered(component("web", "worker", trait("configmap", volumes=maps)), purpose=Purpose.PRINT)
    assert made["data"] == {"a": "1", "b": "2"}
    other = trait("configmap", volumes=[first, {**first, "data": {"a": "2"}}])
    (error,) = refused(component("web", "worker", other), purpose=Purpose.PRINT)
    assert error.path == "spec.components[0].traits[0].properties.volumes[1]"


@pytest.mark.parametrize(
    ("mode", "field", "path"), [("Filesystem", "volumeMounts", "mountPath"), ("Block", "volumeDevices", "devicePath")]
)
def test_a_claim_is_made_and_mounted_as_a_folder_or_a_device(mode: str, field: str, path: str) -> None:
    claim = pvc(volumeMode=mode, accessModes=["ReadWriteOnce"], volumesToMount=[{"name": "v", path: "/data"}])
    workload, made = rendered(component("web", "worker", claim))
    spec = workload["spec"]["template"]["spec"]
    assert spec["containers"][0][field] == [{"name": "v", path: "/data"}]
    assert spec["volumes"] == [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    assert (made["kind"], made["metadata"]["name"]) == ("PersistentVolumeClaim", "data")
    assert made["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": mode,
        "resources": {"requests": {"storage": "2Gi"}},
    }


def test_the_path_of_a_mount_depends_on_the_mode() -> None:
    (error,) = refused(component("web", "worker", pvc(volumesToMount=[{"name": "v", "devicePath": "/data"}])))
    assert error.path == "spec.components[0].traits[0].properties.volumesToMount[0].mountPath"


def test_a_claim_is_not_mounted_where_there_are_several_containers() -> None:
    claim = pvc(volumesToMount=[{"name": "v", "mountPath": "/data"}])
    (error,) = refused(component("web", "worker", SIDE, claim))
    assert "the patch is for 1 in this list, but 2 are there" in error.message


def test_a_selector_of_a_claim_is_written_where_kubevela_writes_it() -> None:
    source = {"name": "old", "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"}
    web = component("web", "worker", pvc(selector={"matchLabels": {"a": "b"}}, dataSource=source))
    (error,) = refused(web)
    assert error.path == "spec.components[0].traits[0].properties.selector"
    _, made = rendered(web, purpose=Purpose.PRINT)
    assert made["spec"]["dataSource"] == {**source, "matchLabels": {"a": "b"}}


def test_nodes_are_chosen_by_labels_and_taints_in_the_order_of_names() -> None:
    found = pod(trait("node-affinity", affinity={"b": ["1"], "a": ["2", "3"]}, tolerations={"d": "x", "c": "y"}))
    required = found["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"] == [
        {
            "matchExpressions": [
                {"key": "a", "operator": "In", "values": ["2", "3"]},
                {"key": "b", "operator": "In", "values": ["1"]},
            ]
        }
    ]
    assert found["tolerations"] == [
        {"effect": "NoSchedule", "key": "c", "operator": "Equal", "value": "y"},
        {"effect": "NoSchedule", "key": "d", "operator": "Equal", "value": "x"},
    ]


@pytest.mark.parametrize(
    ("old", "replacement"),
    [
        (trait("volumes"), "storage"),
        (trait("configmap"), "storage"),
        (pvc(), "storage"),
        (trait("node-affinity"), "affinity"),
    ],
)
def test_an_old_trait_is_warned_of_with_its_replacement(old: Json, replacement: str) -> None:
    (warning,) = render.render(application(component("web", "worker", old))).diagnostics
    assert (warning.severity, warning.reason) == (Severity.WARNING, Reason.DEPRECATED)
    assert (warning.path, warning.hint) == ("spec.components[0].traits[0].type", f"use {replacement}")


@pytest.mark.parametrize("name", [name for sort, name in retired.REPLACEMENTS if sort == "trait"])
def test_a_retired_trait_is_refused_with_what_to_write_instead(name: str) -> None:
    (error,) = refused(component("web", "worker", trait(name)))
    assert (error.reason, error.path) == (Reason.DEPRECATED, "spec.components[0].traits[0].type")
    assert error.hint == f"use {retired.REPLACEMENTS['trait', name]}"


def test_no_type_is_both_taken_and_retired() -> None:
    known = installed.registry()
    sorts: Json = {"component": known.components, "trait": known.traits}
    sorts |= {"policy": known.policies, "workflow step": known.steps}
    assert [name for sort, name in retired.REPLACEMENTS if name in sorts[sort]] == []
