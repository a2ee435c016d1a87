"""An Application that uses every built-in component and trait type that renders without being given anything."""

from typing import Any

from tests.unit.cloud.applications import application, component

from pinnace_schemas.application import Application

Json = dict[str, Any]


def trait(kind: str, **properties: Any) -> Json:
    return {"type": kind, "properties": properties}


def every_type() -> Application:
    """Maps have their keys in no order: what is rendered must not depend on it."""
    return application(*_servers(), *_old(), *_runs_to_its_end(), *_plain())


def _servers() -> list[Json]:
    http = {"/b": 81, "/a": 80}
    size = {"requests": {"storage": "1Gi"}}
    files = {"name": "settings", "mountPath": "/etc/till", "data": {"b": "2", "a": "1"}}
    web = [
        trait("scaler", replicas=2),
        trait("labels", tier="front", team="a"),
        trait("annotations", note="on", owner="b"),
        trait("expose", ports=[{"port": 53, "protocol": "UDP"}]),
        trait("gateway", name="in", http=http, annotations={"y": "1", "x": "2"}),
        trait("hpa", podCustomMetrics=[{"name": "queue", "value": "30"}]),
        trait("env", env={"b": "2", "a": "1"}),
        trait("command", args=["-x"]),
        trait("container-image", image="till:2"),
        trait("container-ports", ports=[{"containerPort": 8080}]),
        trait("resource", cpu=0.5, memory="64Mi"),
        trait("startup-probe", tcpSocket={"port": 80}),
        trait("lifecycle", preStop={"exec": {"command": ["stop"]}}),
        trait("securitycontext", addCapabilities=["NET_ADMIN"], runAsUser=1),
        trait("podsecuritycontext", runAsUser=1),
        trait("service-account", name="till"),
        trait("hostalias", hostAliases=[{"ip": "10.0.0.1", "hostnames": ["till"]}]),
        trait("affinity", tolerations=[{"key": "till", "operator": "Exists"}]),
        trait("topologyspreadconstraints", constraints=[_spread()]),
        trait("k8s-update-strategy", strategy={"type": "Recreate"}),
        trait("service-binding", envMappings={"B": {"secret": "db"}, "A": {"secret": "db", "key": "user"}}),
        trait(
            "init-container", name="init", image="init:1", appMountPath="/data", initMountPath="/data", mountName="d"
        ),
        trait("sidecar", name="log", image="log:1"),
    ]
    db = [
        trait("storage", pvc=[{"name": "data", "mountPath": "/data", "resources": size}], configMap=[files]),
        trait("cpuscaler", targetKind="StatefulSet"),
        trait("json-patch", operations=[{"op": "add", "path": "/spec/serviceName", "value": "db"}]),
        trait("json-merge-patch", spec={"podManagementPolicy": "Parallel", "minReadySeconds": 5}),
    ]
    return [
        component("web", "webservice", *web, ports=[{"port": 80}], labels={"x": "y", "z": "1"}),
        component("db", "statefulset", *db, ports=[{"port": 5432, "expose": True}]),
        component("debugged", "worker", trait("nocalhost", port=80, image="dev:1")),
        component("agent", "daemon", ports=[{"port": 9100, "expose": True}]),
    ]


def _spread() -> Json:
    labels = {"matchLabels": {"b": "2", "a": "1"}}
    return {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": labels}


def _old() -> list[Json]:
    size = {"requests": {"storage": "1Gi"}}
    folder = [{"name": "data", "mountPath": "/data"}]
    first = [
        trait("ingress", domain="old.example", http={"/": 80}),
        trait("volumes", volumes=[{"name": "tmp"}]),
        trait("configmap", volumes=[{"name": "own", "mountPath": "/own", "data": {"b": "2", "a": "1"}}]),
        trait("node-affinity", affinity={"zone": ["b", "a"], "disk": ["ssd"]}, tolerations={"y": "1", "x": "2"}),
    ]
    second = [
        trait("ingress-1-20", domain="older.example", http={"/": 80}),
        trait("pvc", claimName="claim", resources=size, volumesToMount=folder),
    ]
    return [component("old", "worker", *first), component("older", "worker", *second)]


def _runs_to_its_end() -> list[Json]:
    return [component("load", "task", count=2), component("night", "cron-task", schedule="0 3 * * *")]


def _plain() -> list[Json]:
    item = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "007", "a": "on"}}
    terraform = {"hcl": 'output "address" {}', "writeConnectionSecretToRef": {"name": "address"}}
    return [
        component("plain", "k8s-objects", objects=[item]),
        {"name": "raw", "type": "raw", "properties": item},
        {"name": "cloud", "type": "terraform", "properties": terraform},
    ]
