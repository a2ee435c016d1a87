"""What lets HTTP in: `gateway`, and the deprecated `ingress` and `ingress-1-20`."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered

from pinnace_cloud import render
from pinnace_cloud.render import Purpose
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

Json = dict[str, Any]


def trait(kind: str = "gateway", **properties: Any) -> Json:
    return {"type": kind, "properties": {"http": {"/": 80}, **properties}}


def made(*traits: Json) -> list[Json]:
    """What the traits add to the workload."""
    return list(rendered(component("web", "webservice", *traits))[1:])


def ports(service: Json) -> list[Any]:
    return [(item.get("name"), item["port"], item["targetPort"]) for item in service["spec"]["ports"]]


def test_a_gateway_is_an_ingress_and_its_service() -> None:
    service, ingress = made(trait(domain="shop.example"))
    assert service["spec"] == {
        "selector": {"app.oam.dev/component": "web"},
        "ports": [{"name": "port-80", "port": 80, "targetPort": 80}],
    }
    assert (ingress["apiVersion"], ingress["kind"]) == ("networking.k8s.io/v1", "Ingress")
    assert service["metadata"]["name"] == ingress["metadata"]["name"] == "web"
    assert ingress["metadata"]["annotations"] == {"kubernetes.io/ingress.class": "nginx"}
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "ImplementationSpecific", "backend": backend}
    assert ingress["spec"] == {"rules": [{"host": "shop.example", "http": {"paths": [path]}}]}


def test_paths_come_in_the_order_of_their_names() -> None:
    service, ingress = made(trait(http={"/b": 80, "/a": 81}, pathType="Prefix"))
    paths = ingress["spec"]["rules"][0]["http"]["paths"]
    assert [(item["path"], item["pathType"]) for item in paths] == [("/a", "Prefix"), ("/b", "Prefix")]
    assert ports(service) == [("port-81", 81, 81), ("port-80", 80, 80)]


def test_a_port_of_several_paths_stands_once_in_the_service() -> None:
    service, ingress = made(trait(http={"/a": 80, "/b": 80}))
    assert ports(service) == [("port-80", 80, 80)]
    assert len(ingress["spec"]["rules"][0]["http"]["paths"]) == 2


def test_without_a_domain_a_gateway_is_for_every_host() -> None:
    _, ingress = made(trait())
    assert "host" not in ingress["spec"]["rules"][0]


def test_the_class_stands_in_an_annotation_or_in_the_spec() -> None:
    options: Json = {"class": "traefik", "classInSpec": True}
    _, ingress = made(trait(**options))
    assert ingress["spec"]["ingressClassName"] == "traefik"
    assert "annotations" not in ingress["metadata"]


def test_a_gateway_carries_labels_annotations_and_the_host_of_its_controller() -> None:
    _, ingress = made(trait(labels={"tier": "x"}, annotations={"note": "y"}, gatewayHost="in.example"))
    assert ingress["metadata"]["labels"]["tier"] == "x"
    assert ingress["metadata"]["annotations"] == {
        "kubernetes.io/ingress.class": "nginx",
        "ingress.controller/host": "in.example",
        "note": "y",
    }


def test_a_certificate_is_for_the_domain() -> None:
    _, ingress = made(trait(domain="shop.example", secretName="cert"))
    assert ingress["spec"]["tls"] == [{"hosts": ["shop.example"], "secretName": "cert"}]
    (error,) = refused(component("web", "webservice", trait(secretName="cert")))
    assert error.path == "spec.components[0].traits[0].properties.domain"


def test_a_gateway_leads_to_a_service_that_is_there() -> None:
    (ingress,) = made(trait(existingServiceName="other"))
    assert ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == "other"


def test_a_named_gateway_has_objects_of_its_own() -> None:
    found = made(trait(name="inner"))
    assert [(item["kind"], item["metadata"]["name"]) for item in found] == [
        ("Service", "web-inner"),
        ("Ingress", "web-inner"),
    ]
    assert found[1]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == "web-inner"


def test_the_old_ingress_has_the_api_of_its_time_and_is_warned_of() -> None:
    web = component("web", "webservice", trait("ingress", domain="shop.example"))
    found = render.render(application(web))
    assert found.objects[2]["apiVersion"] == "networking.k8s.io/v1beta1"
    rule = found.objects[2]["spec"]["rules"][0]
    assert rule["http"]["paths"] == [{"path": "/", "backend": {"serviceName": "web", "servicePort": 80}}]
    assert {(item.severity, item.reason, item.hint) for item in found.diagnostics} == {
        (Severity.WARNING, Reason.DEPRECATED, "use gateway")
    }
    assert any("since Kubernetes 1.22" in item.message for item in found.diagnostics)


def test_the_ingress_of_1_20_names_its_class() -> None:
    service, ingress = made(trait("ingress-1-20", domain="shop.example", **{"class": "traefik"}))
    assert ports(service) == [(None, 80, 80)]
    assert ingress["metadata"]["annotations"] == {"kubernetes.io/ingress.class": "traefik"}
    assert ingress["spec"]["rules"][0]["host"] == "shop.example"


@pytest.mark.parametrize("kind", ["ingress", "ingress-1-20"])
def test_ports_without_names_are_refused_where_they_would_be_applied(kind: str) -> None:
    web = component("web", "webservice", trait(kind, domain="shop.example", http={"/": 80, "/b": 81}))
    (error,) = refused(web)
    assert error.path == "spec.components[0].traits[0].properties.http"
    assert len(rendered(web, purpose=Purpose.PRINT)) == 3
