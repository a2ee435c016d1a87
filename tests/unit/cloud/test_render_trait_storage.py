"""What `storage` mounts in the pods, and the objects that it makes."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, doubted, errors, objects, pod, trait, warnings

WEB = {"name": "web", "image": "nginx"}
SIDE = {"name": "side", "image": "envoy"}


def storage(**properties: Any) -> Json:
    return trait("storage", **properties)


def claim(**properties: Any) -> Json:
    return storage(pvc=[{"name": "data", "mountPath": "/data", **properties}])


def made(*traits: Json) -> dict[str, Json]:
    """The objects besides the workload, by kind, without labels."""
    return {item["kind"]: {key: item[key] for key in item if key != "metadata"} for item in objects(*traits)[1:]}


def test_nothing_asked_for_writes_empty_lists() -> None:
    empty: Json = {"env": [], "volumeDevices": [], "volumeMounts": []}
    assert pod(storage()) == {"containers": [{**WEB, **empty}], "volumes": []}


def test_each_sort_of_volume_is_called_after_sort_and_name() -> None:
    found = pod(
        storage(
            hostPath=[{"name": "e", "path": "/etc", "mountPath": "/5"}],
            emptyDir=[{"name": "d", "mountPath": "/4"}],
            secret=[{"name": "c", "mountPath": "/3", "mountOnly": True}],
            configMap=[{"name": "b", "mountPath": "/2"}],
            pvc=[{"name": "a", "mountPath": "/1"}],
        )
    )
    assert found["volumes"] == [
        {"name": "pvc-a", "persistentVolumeClaim": {"claimName": "a"}},
        {"name": "configmap-b", "configMap": {"name": "b", "defaultMode": 420}},
        {"name": "secret-c", "secret": {"secretName": "c", "defaultMode": 420}},
        {"name": "emptydir-d", "emptyDir": {"medium": ""}},
        {"name": "hostpath-e", "hostPath": {"path": "/etc", "type": "Directory"}},
    ]
    names = [item["name"] for item in found["volumes"]]
    assert found["containers"][0]["volumeMounts"] == [
        {"name": name, "mountPath": f"/{place}"} for place, name in enumerate(names, start=1)
    ]


def test_what_is_said_of_volumes_is_written() -> None:
    files = {"mountPath": "/f", "subPath": "s", "defaultMode": 256, "items": [{"key": "k", "path": "p"}]}
    found = pod(
        storage(
            configMap=[{"name": "b", **files}],
            secret=[{"name": "c", **files, "mountOnly": True}],
            emptyDir=[{"name": "d", "mountPath": "/4", "subPath": "s", "medium": "Memory"}],
            hostPath=[{"name": "e", "path": "/run/x", "mountPath": "/5", "type": "Socket"}],
        )
    )
    written = {"defaultMode": 256, "items": [{"key": "k", "path": "p", "mode": 511}]}
    assert found["volumes"] == [
        {"name": "configmap-b", "configMap": {"name": "b", **written}},
        {"name": "secret-c", "secret": {"secretName": "c", **written}},
        {"name": "emptydir-d", "emptyDir": {"medium": "Memory"}},
        {"name": "hostpath-e", "hostPath": {"path": "/run/x", "type": "Socket"}},
    ]
    assert [item.get("subPath") for item in found["containers"][0]["volumeMounts"]] == ["s", "s", "s", None]


def test_variables_come_from_config_maps_and_secrets() -> None:
    found = container(
        storage(
            secret=[{"name": "s", "mountOnly": True, "mountToEnv": {"envName": "D", "secretKey": "d"}}],
            configMap=[
                {"name": "m", "mountToEnvs": [{"envName": "C", "configMapKey": "c"}]},
                {"name": "n", "mountToEnv": {"envName": "B", "configMapKey": "b"}},
            ],
        ),
        base=deployment({**WEB, "env": [{"name": "A", "value": "1"}]}),
    )
    assert found["env"] == [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "n", "key": "b"}}},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "c"}}},
        {"name": "D", "valueFrom": {"secretKeyRef": {"name": "s", "key": "d"}}},
    ]
    assert found["volumeMounts"] == []


def test_only_the_first_container_gets_them() -> None:
    found = pod(claim(), base=deployment(SIDE, WEB))["containers"]
    assert ["volumeMounts" in item for item in found] == [True, False]


def test_one_volume_may_be_mounted_twice() -> None:
    twice = storage(pvc=[{"name": "data", "mountPath": path} for path in ("/a", "/b")])
    for base in (deployment(), deployment({**WEB, "volumeMounts": [{"name": "x", "mountPath": "/x"}]})):
        found = pod(twice, base=base)
        assert [item["mountPath"] for item in found["containers"][0]["volumeMounts"]][-2:] == ["/a", "/b"]
        assert len(found["volumes"]) == 1
    assert len(objects(twice)) == 2


def test_two_traits_both_mount() -> None:
    found = pod(
        storage(emptyDir=[{"name": "a", "mountPath": "/a"}]), storage(emptyDir=[{"name": "a", "mountPath": "/b"}])
    )
    assert [item["mountPath"] for item in found["containers"][0]["volumeMounts"]] == ["/a", "/b"]
    assert len(found["volumes"]) == 1


def test_a_block_device_is_no_folder() -> None:
    found = container(claim(volumeMode="Block"))
    assert (found["volumeDevices"], found["volumeMounts"]) == ([{"name": "pvc-data", "devicePath": "/data"}], [])
    assert warnings(claim(volumeMode="Block", subPath="x")) == [
        ("traits[0].properties.pvc[0].subPath", "'subPath' has no effect on a device")
    ]


def test_a_claim_is_eight_gigabytes_for_one_node_unless_told_otherwise() -> None:
    assert made(claim())["PersistentVolumeClaim"]["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": "Filesystem",
        "resources": {"requests": {"storage": "8Gi"}},
    }


def test_a_claim_is_written_as_it_is_given() -> None:
    written = {
        "accessModes": ["ReadWriteMany"],
        "volumeMode": "Block",
        "volumeName": "disk",
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "1Gi"}, "limits": {"storage": "2Gi"}},
        "dataSource": {"name": "old", "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"},
        "dataSourceRef": {"name": "old", "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"},
    }
    found = made(claim(**written))["PersistentVolumeClaim"]
    assert found == {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": written}


def test_objects_are_made_with_their_texts() -> None:
    found = made(
        storage(
            configMap=[{"name": "a", "data": {"k": "v"}}],
            secret=[{"name": "b", "data": {"k": "dg=="}, "stringData": {"l": "w"}}],
        )
    )
    assert found["ConfigMap"]["data"] == {"k": "v"}
    assert (found["Secret"]["data"], found["Secret"]["stringData"]) == ({"k": "dg=="}, {"l": "w"})


def test_an_object_that_is_there_is_only_mounted() -> None:
    assert made(claim(mountOnly=True), storage(configMap=[{"name": "a", "mountOnly": True}])) == {}


def test_what_is_written_of_one_object_adds_up() -> None:
    size = {"resources": {"requests": {"storage": "1Gi"}}}
    claims = [{"name": "data", "mountPath": "/a", **size}, {"name": "data", "mountPath": "/b", "storageClassName": "x"}]
    maps = [{"name": "m", "data": {"a": "1"}}, {"name": "m", "data": {"b": "2"}}]
    found = made(storage(pvc=claims, configMap=maps))
    assert found["PersistentVolumeClaim"]["spec"]["resources"] == size["resources"]
    assert found["PersistentVolumeClaim"]["spec"]["storageClassName"] == "x"
    assert found["ConfigMap"]["data"] == {"a": "1", "b": "2"}


def test_what_is_written_of_one_object_must_agree() -> None:
    maps = [{"name": "m", "data": {"a": "1"}}, {"name": "m", "data": {"a": "2"}}]
    ((place, said),) = errors(storage(configMap=maps))
    assert place == "traits[0].properties.configMap[1]"
    assert said.startswith("does not fit to what else is written of 'm': data.a: the patch has the text '2'")


def test_a_selector_is_written_where_no_cluster_takes_it() -> None:
    selector = {"matchLabels": {"a": "b"}, "matchExpressions": {"key": "k", "operator": "In", "values": ["v"]}}
    assert made(claim(selector=selector))["PersistentVolumeClaim"]["spec"]["dataSource"] == selector
    message = "'selector' is written as 'dataSource', as in KubeVela; no cluster takes it there"
    assert doubted(claim(selector=selector)) == [("traits[0].properties.pvc[0].selector", message)]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"mountPath": "/a", "readOnly": True}, "readOnly"),
        ({"subPath": "s"}, "subPath"),
        ({"items": []}, "items"),
        ({"mountPath": "/a", "mountOnly": True, "data": {}}, "data"),
    ],
)
def test_what_has_no_effect_is_said(written: Json, field: str) -> None:
    message = f"'{field}' has no effect here, as in KubeVela"
    assert warnings(storage(configMap=[{"name": "m", **written}])) == [
        (f"traits[0].properties.configMap[0].{field}", message)
    ]


def test_a_volume_is_described_by_its_first_entry() -> None:
    secrets = [{"name": "s", "mountPath": path, "mountOnly": True} for path in ("/a", "/b")]
    twice = storage(secret=[secrets[0], {**secrets[1], "defaultMode": 256}])
    assert pod(twice)["volumes"] == [{"name": "secret-s", "secret": {"secretName": "s", "defaultMode": 420}}]
    message = "the files of 's' are described twice; the first one counts, as in KubeVela"
    assert warnings(twice) == [("traits[0].properties.secret[1]", message)]


KEYS = [{"envName": "A", "configMapKey": key} for key in ("a", "b")]


def test_of_two_variables_of_one_name_the_last_counts_or_no_cluster_takes_them() -> None:
    twice = storage(configMap=[{"name": "m", "mountToEnvs": KEYS}])
    assert doubted(twice) == [("traits[0].properties", "container 'web': variable 'A' stands twice")]
    base = deployment({**WEB, "env": []})
    assert len(container(twice, base=base)["env"]) == 1
    message = "variable 'A' is set twice; the last one counts, as in KubeVela"
    assert warnings(twice, base=base) == [("traits[0].properties", message)]


def test_a_variable_has_a_value_or_a_source() -> None:
    base = deployment({**WEB, "env": [{"name": "A", "value": "1"}]})
    message = "container 'web': variable 'A' has a value and a source"
    assert doubted(storage(configMap=[{"name": "m", "mountToEnv": KEYS[0]}]), base=base) == [
        ("traits[0].properties", message)
    ]


def test_a_config_map_holds_texts() -> None:
    message = "must be a text, got the number 1"
    assert doubted(storage(configMap=[{"name": "m", "data": {"k": 1}}])) == [
        ("traits[0].properties.configMap[0].data.k", message)
    ]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"pvc": [{"name": "a"}]}, "pvc[0].mountPath"),
        ({"pvc": [{"name": "a", "mountPath": "/a", "volumeMode": "Disk"}]}, "pvc[0].volumeMode"),
        (
            {"pvc": [{"name": "a", "mountPath": "/a", "resources": {"requests": {"storage": "1.5Gi"}}}]},
            "pvc[0].resources.requests.storage",
        ),
        ({"pvc": None}, "pvc"),
        ({"configMap": [{"name": "a", "mountToEnv": {"envName": "A"}}]}, "configMap[0].mountToEnv.configMapKey"),
        ({"emptyDir": [{"name": "a", "mountPath": "/a", "medium": "Disk"}]}, "emptyDir[0].medium"),
        ({"hostPath": [{"name": "a", "mountPath": "/a"}]}, "hostPath[0].path"),
        ({"hostPath": [{"name": "a", "mountPath": "/a", "path": "/", "type": "Disk"}]}, "hostPath[0].type"),
    ],
)
def test_what_cannot_be_mounted_is_refused(properties: Json, path: str) -> None:
    ((place, _),) = errors(storage(**properties))
    assert place == f"traits[0].properties.{path}"


def test_without_containers_there_is_nothing_to_mount_in() -> None:
    ((place, said),) = errors(storage(), base={"apiVersion": "v1", "kind": "ConfigMap"})
    assert (place, said) == ("traits[0].type", "there is no pod with containers here")
