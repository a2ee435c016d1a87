"""Random intents of several managers for the same few objects: overlapping, shrinking, empty, reordered.

Everything comes from one `random.Random`, so a seed names a case. What is made may be refused by validation; it is
never of a wrong type.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

Object = dict[str, Any]
NULL_CHANCE = 0.04
MANAGERS = ("pinnace", "helm", "kubectl-edit")

GADGETS: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gadgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Gadget", "plural": "gadgets"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "size": {"type": "integer", "default": 3},
                                    "ratio": {"type": "number"},
                                    "target": {"x-kubernetes-int-or-string": True},
                                    "tags": {
                                        "type": "array",
                                        "items": {"type": "string"},
                                        "x-kubernetes-list-type": "set",
                                    },
                                    "parts": {
                                        "type": "array",
                                        "x-kubernetes-list-type": "map",
                                        "x-kubernetes-list-map-keys": ["zone", "id"],
                                        "items": {
                                            "type": "object",
                                            "required": ["zone", "id"],
                                            "properties": {
                                                "id": {"type": "integer"},
                                                "zone": {"type": "string", "default": "a"},
                                                "note": {"type": "string"},
                                                "limits": {
                                                    "type": "object",
                                                    "additionalProperties": {"type": "string"},
                                                },
                                            },
                                        },
                                    },
                                    "steps": {"type": "array", "items": {"type": "string"}},
                                    "place": {
                                        "type": "object",
                                        "x-kubernetes-map-type": "atomic",
                                        "properties": {"row": {"type": "integer"}, "column": {"type": "integer"}},
                                    },
                                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                },
                            },
                            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        },
                    }
                },
            }
        ],
    },
}


@dataclass(frozen=True)
class Kind:
    """A kind under test: where it lives and how its intents are made. `whole` may create the object."""

    group: str
    version: str
    kind: str
    plural: str
    whole: Callable[[Random], Object]
    part: Callable[[Random], Object]

    @property
    def is_built_in(self) -> bool:
        return self.kind != "Gadget"

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str) -> str:
        root = f"/apis/{self.api_version}" if self.group else "/api/v1"
        return f"{root}/namespaces/{namespace}/{self.plural}"

    def intent(self, random: Random, name: str, namespace: str, *, is_whole: bool) -> Object:
        """An intent of somebody. Only a whole one is sure to be enough for a new object."""
        made = copy.deepcopy((self.whole if is_whole else self.part)(random))
        metadata = made.setdefault("metadata", {}) | {"name": name, "namespace": namespace}
        return made | {"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata}


def with_directives(patch: Object, random: Random) -> Object:
    """The intent as a strategic merge patch: with orders to take away, to replace and to sort."""
    metadata, spec = patch["metadata"], patch.get("spec") or {}
    metadata |= random.choice(({}, {"labels": None}))
    if "finalizers" not in metadata:
        metadata["$deleteFromPrimitiveList/finalizers"] = ["e.com/x"]
    if spec.get("strategy"):
        spec["strategy"]["$retainKeys"] = list(spec["strategy"])
    pod = (spec.get("template") or {}).get("spec") or {}
    for each in pod.get("containers", ()):
        if each.get("env") and random.random() < 0.5:
            each["env"].sort(key=lambda variable: str(variable["name"]))
            each["$setElementOrder/env"] = [{"name": name} for name in ("A", "B", "C", "D")]
    if random.random() < 0.3 and "containers" in pod:
        pod["containers"].append({"name": "log", "$patch": "delete"})
        pod["containers"] = [each for each in pod["containers"] if each["name"] != "log" or "$patch" in each]
    if random.random() < 0.3 and pod.get("volumes"):
        pod["volumes"].sort(key=lambda each: str(each["name"]), reverse=random.random() < 0.9)
        pod["$setElementOrder/volumes"] = [{"name": name} for name in ("v3", "v2", "v1")]
    if random.random() < 0.2 and isinstance(spec.get("ports"), list):
        spec["ports"].append({"$patch": "replace"})
    return patch


def some(random: Random, choices: list[Any], most: int = 3) -> list[Any]:
    """A few of them in any order, often none."""
    return random.sample(choices, random.randint(0, min(most, len(choices))))


def maybe(random: Random, value: Object, **choices: Any) -> Object:
    """Some of the members, each with a chance of its own."""
    for name, options in choices.items():
        if random.random() < 0.4:
            value[name] = options(random) if callable(options) else random.choice(options)
            if random.random() < NULL_CHANCE:
                value[name] = None
    return value


def texts(random: Random) -> Object:
    """Labels, annotations, data."""
    return {name: random.choice(("1", "2", "x y", "")) for name in some(random, ["a", "b", "example.com/c"])}


def labels(random: Random) -> Object:
    return {name: random.choice(("one", "two")) for name in some(random, ["a", "b", "example.com/c"])}


def metadata(random: Random) -> Object:
    return maybe(random, {}, labels=labels, annotations=texts, finalizers=lambda r: some(r, ["e.com/x", "e.com/y"], 2))


def env(random: Random) -> list[Object]:
    return [{"name": name, "value": random.choice(("1", "2"))} for name in some(random, ["A", "B", "C", "D"], 4)]


def ports(random: Random) -> list[Object]:
    made = [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}, {"containerPort": 443, "protocol": "TCP"}]
    return [maybe(random, each, name=("p1", "p2", "p3")) for each in some(random, made)]


def container(random: Random, name: str) -> Object:
    return maybe(
        random,
        {"name": name},
        image=("nginx:1", "nginx:2"),
        env=env,
        ports=ports,
        args=lambda r: some(r, ["-a", "-b"]),
        command=(["run"], ["run", "-x"]),
        resources=(
            {"limits": {"cpu": 1}},
            {"limits": {"memory": "1Gi"}, "requests": {"cpu": 0.5, "memory": "0.5Gi"}},
            {},
        ),
        volumeMounts=lambda r: [{"mountPath": f"/{each}", "name": each} for each in some(r, ["v1", "v2"])],
        securityContext=({}, {"runAsUser": 5}, {"capabilities": {"drop": ["ALL"]}}),
        readinessProbe=({"httpGet": {"port": 80}}, {"tcpSocket": {"port": "http"}, "periodSeconds": 3}),
    )


def volume(random: Random, name: str) -> Object:
    return {"name": name} | random.choice(({"emptyDir": {}}, {"configMap": {"name": "c"}}, {"emptyDir": {}}))


def pod(random: Random, names: list[str]) -> Object:
    return maybe(
        random,
        {"containers": [container(random, name) for name in names]},
        volumes=lambda r: [volume(r, name) for name in some(r, ["v1", "v2", "v3"])],
        tolerations=([], [{"key": "k", "operator": "Exists"}], [{"key": "l", "operator": "Exists"}]),
        nodeSelector=({}, {"x": "y"}, {"x": "z", "y": "z"}),
        imagePullSecrets=lambda r: [{"name": each} for each in some(r, ["s1", "s2"])],
        hostAliases=([{"ip": "1.1.1.1", "hostnames": ["a"]}], [{"ip": "1.1.1.2", "hostnames": ["b"]}]),
        terminationGracePeriodSeconds=(5, 30),
        topologySpreadConstraints=(
            [{"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"}],
            [
                {"maxSkew": 2, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"},
                {"maxSkew": 1, "topologyKey": "n", "whenUnsatisfiable": "ScheduleAnyway"},
            ],
        ),
    )


def deployment(random: Random, names: list[str]) -> Object:
    template = {"spec": pod(random, names)} | maybe(random, {}, metadata=lambda r: {"annotations": texts(r)})
    spec = maybe(
        random,
        {"template": template},
        replicas=(1, 2, 3),
        minReadySeconds=(0, 5),
        paused=(True, False),
        strategy=({"type": "Recreate"}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}, {}),
    )
    return {"metadata": metadata(random), "spec": spec}


def whole_deployment(random: Random) -> Object:
    made = deployment(random, ["main", *some(random, ["side", "log"], 2)])
    template = made["spec"]["template"]
    template["metadata"] = (template.get("metadata") or {}) | {"labels": {"app": "web"}}
    for each in template["spec"]["containers"]:
        each["image"] = each.get("image") or "nginx:1"
    template["spec"]["volumes"] = [{"name": name, "emptyDir": {}} for name in ("v1", "v2")]
    made["spec"]["selector"] = {"matchLabels": {"app": "web"}}
    return made


def part_deployment(random: Random) -> Object:
    made = deployment(random, some(random, ["main", "side", "log"], 2))
    if random.random() < 0.3:
        del made["spec"]["template"]
    return made


def service(random: Random) -> Object:
    every: list[Object] = [
        {"name": "web", "port": 80},
        {"name": "dns", "port": 53, "protocol": "UDP"},
        {"name": "tls", "port": 443, "targetPort": "https"},
    ]
    some_ports = [maybe(random, each, targetPort=(80, "http"), appProtocol=("x",)) for each in some(random, every)]
    spec = maybe(random, {}, ports=[some_ports], selector=labels, sessionAffinity=("None", "ClientIP"))
    return {"metadata": metadata(random), "spec": spec}


def whole_service(random: Random) -> Object:
    made = service(random)
    made["spec"]["ports"] = [*(made["spec"].get("ports") or ()), {"name": "first", "port": 8080}]
    return made


def config_map(random: Random) -> Object:
    return maybe(random, {"metadata": metadata(random)}, data=texts, binaryData=({"z": "eA=="}, {}), immutable=(False,))


def part(random: Random, number: int, zone: str) -> Object:
    made = maybe(random, {"id": number}, note=("n", "m"), limits=texts)
    return made if zone == "a" and random.random() < 0.5 else made | {"zone": zone}


def gadget(random: Random) -> Object:
    spec = maybe(
        random,
        {},
        size=(1, 3, 5),
        ratio=(1, 1.5, 2.0),
        target=(80, "http"),
        tags=lambda r: some(r, ["red", "green", "blue", "a b"], 4),
        parts=lambda r: [part(r, *each) for each in some(r, [(1, "a"), (2, "a"), (1, "b"), (10, "a")], 4)],
        steps=lambda r: some(r, ["one", "two"]),
        place=({"row": 1}, {"row": 1, "column": 2}, {}),
        free=({"a": {"b": [1, 2]}}, {"a": {"c": True}}, {}, {"list": [{"name": "x"}]}),
    )
    return {"metadata": metadata(random), "spec": spec}


KINDS = (
    Kind("apps", "v1", "Deployment", "deployments", whole_deployment, part_deployment),
    Kind("", "v1", "Service", "services", whole_service, service),
    Kind("", "v1", "ConfigMap", "configmaps", config_map, config_map),
    Kind("example.com", "v1", "Gadget", "gadgets", gadget, gadget),
)
