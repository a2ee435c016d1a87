"""The simulated cluster: how long it takes to start, and how much memory it needs with 500 objects in it.

Memory is that of `python -m pinnace_sim.cluster` as a process of its own, after its controllers have come to rest: what
they made of the objects (ReplicaSets, pods) is in it as well, and so is a watch log that has filled meanwhile.
"""

import http.client
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench import objects
from bench.row import Limit, Row
from pinnace_schemas.bundle import KubeObject
from pinnace_sim.cluster import EmbeddedKubeApi
from pinnace_sim.processes import command
from pinnace_sim.provision.running import Program, wait_until

STARTS = 9
COUNT = 500
NAMESPACE = "default"
DEADLINE_S = 120.0
PLURALS = {"Deployment": "deployments", "ConfigMap": "configmaps", "Service": "services", "Role": "roles"}
_APPLY = {"Content-Type": "application/apply-patch+yaml"}


def measure() -> Iterator[Row]:
    """Each row is held to its goal by value."""
    about = f"EmbeddedKubeApi.start() until it answers, in this process: median of {STARTS} starts"
    yield Row("cluster: start", _start_ms(), "ms", about, goal=Limit(most=100.0))
    loaded = (
        ("mixed objects", objects.mixed(COUNT, NAMESPACE), "100 Deployments, ConfigMaps, Services, Roles, instances"),
        ("Deployments", _deployments(), "which make 500 ReplicaSets and 500 pods"),
    )
    for name, wanted, what in loaded:
        about = f"resident memory of the process with {COUNT} {name} ({what}), at rest"
        yield Row(f"cluster: {COUNT} {name}", _resident_mb(wanted), "MB", about, goal=Limit(most=50.0))


def _start_ms() -> float:
    def once() -> float:
        began = time.perf_counter()
        with EmbeddedKubeApi.start() as api:
            _request(_connect(api.url), "GET", "/readyz")
            return (time.perf_counter() - began) * 1000

    return median(once() for _ in range(STARTS))


def _deployments() -> tuple[KubeObject, ...]:
    found = objects.mixed(COUNT * len(PLURALS) + COUNT, NAMESPACE)
    return tuple(item for item in found if item["kind"] == "Deployment")


def _resident_mb(wanted: Sequence[KubeObject]) -> float:
    with tempfile.TemporaryDirectory(prefix="pinnace-bench-") as name:
        folder = Path(name)
        kubeconfig = folder / "kubeconfig"
        line = command.module("pinnace_sim.cluster", "--kubeconfig", str(kubeconfig))
        program = Program("cluster", line, folder, command.environment({}))
        program.start()
        try:
            wait_until(kubeconfig.is_file, "the cluster to start", DEADLINE_S, [program])
            connection = _connect(_server(kubeconfig))
            _load(connection, wanted)
            wait_until(lambda: _is_at_rest(connection, wanted), "pods to be ready", DEADLINE_S, [program])
            return _resident_bytes(program.pid) / 1e6
        finally:
            program.stop()


def _load(connection: http.client.HTTPConnection, wanted: Sequence[KubeObject]) -> None:
    crd = objects.crd()
    _apply(connection, crd, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
    places = {kind: _place(kind, plural) for kind, plural in PLURALS.items()}
    tills = f"/apis/{objects.GROUP}/v1/namespaces/{NAMESPACE}/{objects.PLURAL}"
    wait_until(lambda: _request(connection, "GET", tills)[0] == 200, "the CRD to be served", DEADLINE_S)
    for item in wanted:
        _apply(connection, item, places.get(item["kind"], tills))


def _place(kind: str, plural: str) -> str:
    root = {"Deployment": "/apis/apps/v1", "Role": "/apis/rbac.authorization.k8s.io/v1"}.get(kind, "/api/v1")
    return f"{root}/namespaces/{NAMESPACE}/{plural}"


def _apply(connection: http.client.HTTPConnection, item: KubeObject, place: str) -> None:
    path = f"{place}/{item['metadata']['name']}?fieldManager=bench&force=true&fieldValidation=Strict"
    status, answer = _request(connection, "PATCH", path, json.dumps(item).encode())
    if status not in (200, 201):
        raise RuntimeError(f"{path}: {status} {answer[:300]!r}")


def _is_at_rest(connection: http.client.HTTPConnection, wanted: Sequence[KubeObject]) -> bool:
    _, answer = _request(connection, "GET", "/apis/apps/v1/deployments")
    ready = sum(each["status"].get("readyReplicas", 0) for each in json.loads(answer)["items"])
    return bool(ready == sum(each["kind"] == "Deployment" for each in wanted))


def _connect(url: str) -> http.client.HTTPConnection:
    address = urlsplit(url)
    return http.client.HTTPConnection(str(address.hostname), address.port, timeout=DEADLINE_S)


def _request(connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    connection.request(method, path, body or None, _APPLY if body else {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def _server(kubeconfig: Path) -> str:
    return str(json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]["server"])


def _resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) * 1024
