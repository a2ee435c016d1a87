"""Objects as a shop's applications have them: Deployments, ConfigMaps, Services, Roles, and instances of one CRD.

Pure: the same arguments give the same objects. The CRD is to be established before its instances are applied.
"""

from collections.abc import Callable, Iterator

from pinnace_schemas.bundle import KubeObject

GROUP, CUSTOM_KIND, PLURAL = "bench.pinnace.dev", "Till", "tills"
# A whole number of each kind in a hundred.
_LINES_OF_SETTINGS = 12


def crd() -> KubeObject:
    """Defines `Till`, with a schema as controller-gen writes it."""
    fields = {"lane": {"type": "integer"}, "printer": {"type": "string"}, "drawers": _list_of_maps("name", "currency")}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": CUSTOM_KIND, "listKind": f"{CUSTOM_KIND}List", "plural": PLURAL, "singular": "till"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def mixed(count: int, namespace: str, image_tag: str = "1.0.0") -> tuple[KubeObject, ...]:
    """`count` objects, the five kinds in turn, all with a namespace."""
    makers = (_deployment, _config_map, _service, _role, _till)
    return tuple(_place(makers[number % len(makers)], number, namespace, image_tag) for number in range(count))


def _place(make: Callable[[str, str], KubeObject], number: int, namespace: str, image_tag: str) -> KubeObject:
    made = make(f"part-{number:04d}", image_tag)
    made["metadata"]["namespace"] = namespace
    return made


def _deployment(name: str, image_tag: str) -> KubeObject:
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10}
    container = {
        "name": "main",
        "image": f"registry.example/shop/{name}:{image_tag}",
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [{"name": key, "value": value} for key, value in _settings(name, 4)],
        "envFrom": [{"configMapRef": {"name": name}}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "readinessProbe": probe,
        "livenessProbe": probe,
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
    return _object("apps/v1", "Deployment", name, spec=spec)


def _config_map(name: str, _image_tag: str) -> KubeObject:
    return _object("v1", "ConfigMap", name, data=dict(_settings(name, _LINES_OF_SETTINGS)))


def _service(name: str, _image_tag: str) -> KubeObject:
    port = {"name": "http", "port": 80, "targetPort": "http"}
    return _object("v1", "Service", name, spec={"selector": {"app": name}, "ports": [port]})


def _role(name: str, _image_tag: str) -> KubeObject:
    rule = {"apiGroups": [""], "resources": ["configmaps", "endpoints"], "verbs": ["get", "list", "watch"]}
    return _object("rbac.authorization.k8s.io/v1", "Role", name, rules=[rule])


def _till(name: str, _image_tag: str) -> KubeObject:
    drawers = [{"name": f"drawer-{number}", "currency": "EUR"} for number in range(3)]
    spec = {"lane": 7, "printer": f"{name}.printers.example", "drawers": drawers}
    return _object(f"{GROUP}/v1", CUSTOM_KIND, name, spec=spec)


def _object(api_version: str, kind: str, name: str, **rest: object) -> KubeObject:
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop"}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "labels": labels}, **rest}


def _settings(name: str, count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        yield f"SETTING_{number}", f"https://{name}.shop.example/api/v{number}?timeout=30s"


def _list_of_maps(*names: str) -> KubeObject:
    properties = {name: {"type": "string"} for name in names}
    keyed = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(names[:1])}
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": [names[0]]}, **keyed}
