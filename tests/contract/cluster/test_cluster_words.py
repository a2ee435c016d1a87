"""Contract of refusals as others read them: code, reason, details and words of a Status."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.cluster import requests
from tests.contract.cluster.sites import Site

from pinnace_edge.adapters.kube.client import JSON

NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
ONE, MANY = requests.config_maps("default", "missing"), requests.config_maps("default")


def _config_map(name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def _status(code: int, reason: str, message: str, details: Any = None) -> dict[str, Any]:
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message}
    return status | {"reason": reason, "code": code} | ({} if details is None else {"details": details})


def _not_found(kind: str, name: str) -> dict[str, Any]:
    return _status(404, "NotFound", f'{kind} "{name}" not found', {"name": name, "kind": kind})


def _invalid(kind: str, name: str, field: str, reason: str, why: str) -> dict[str, Any]:
    cause = {"reason": reason, "message": why, "field": field}
    details = ({"name": name} if name else {}) | {"kind": kind, "causes": [cause]}
    return _status(422, "Invalid", f'{kind} "{name}" is invalid: {field}: {why}', details)


NO_PATH = _status(404, "NotFound", "the server could not find the requested resource", {})
NO_METHOD = _status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


@pytest.mark.parametrize(
    ("method", "path", "content_type", "body", "told"),
    [
        ("GET", ONE, JSON, None, _not_found("configmaps", "missing")),
        ("PUT", ONE, JSON, _config_map("missing"), _not_found("configmaps", "missing")),
        ("PATCH", ONE, requests.MERGE, {}, _not_found("configmaps", "missing")),
        ("DELETE", ONE, JSON, None, _not_found("configmaps", "missing")),
        ("POST", requests.config_maps("nowhere"), JSON, _config_map("a"), _not_found("namespaces", "nowhere")),
        (
            "POST",
            MANY,
            JSON,
            _config_map(""),
            _invalid(
                "ConfigMap",
                "",
                "metadata.name",
                "FieldValueRequired",
                "Required value: name or generateName is required",
            ),
        ),
        (
            "POST",
            MANY,
            JSON,
            _config_map("A_B"),
            _invalid("ConfigMap", "A_B", "metadata.name", "FieldValueInvalid", f'Invalid value: "A_B": {NAME}'),
        ),
        (
            "POST",
            MANY,
            JSON,
            _config_map("a", namespace="other"),
            _status(
                400,
                "BadRequest",
                "the namespace of the provided object does not match the namespace sent on the request",
            ),
        ),
        (
            "PUT",
            ONE,
            JSON,
            _config_map("other"),
            _status(400, "BadRequest", "the name of the object (other) does not match the name on the URL (missing)"),
        ),
        (
            "PATCH",
            f"{ONE}?fieldManager=x",
            requests.APPLY,
            {"apiVersion": "v1", "kind": "ConfigMap"},
            _status(
                400,
                "BadRequest",
                "the name of the object (missing based on URL) was undeterminable: name must be provided",
            ),
        ),
        (
            "PATCH",
            f"{ONE}?fieldManager=x",
            requests.APPLY,
            _config_map("missing", managedFields=[{}]),
            _status(400, "BadRequest", "metadata.managedFields must be nil"),
        ),
        (
            "PATCH",
            f"{ONE}?fieldManager=x",
            requests.APPLY,
            _config_map("missing") | {"kind": "Secret"},
            _status(400, "BadRequest", "invalid object type: /v1, Kind=Secret"),
        ),
        ("PATCH", ONE, JSON, {}, _status(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})),
        ("PATCH", MANY, requests.MERGE, {}, NO_METHOD),
        ("POST", ONE, JSON, _config_map("a"), NO_METHOD),
        ("GET", "/api/v1/nothing", JSON, None, NO_PATH),
        ("GET", "/api/v1/configmaps/a", JSON, None, NO_PATH),
        ("GET", "/apis/apps/v1beta1", JSON, None, NO_PATH),
        (
            "GET",
            f"{MANY}?resourceVersion=abc",
            JSON,
            None,
            _status(
                400,
                "BadRequest",
                'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": '
                "invalid syntax",
            ),
        ),
        (
            "GET",
            f"{MANY}?fieldSelector=data.a%3Db",
            JSON,
            None,
            _status(
                400,
                "BadRequest",
                '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
            ),
        ),
    ],
)
def test_refusal_is_told_in_the_servers_words(
    site: Site, method: str, path: str, content_type: str, body: Any, told: dict[str, Any]
) -> None:
    answer = requests.ask(site.people, method, path, body, content_type)
    assert answer.json() == told
    assert answer.status == told["code"]


def test_apply_needs_a_field_manager(site: Site) -> None:
    """The KubeAPI answers 422 about the options of the request, not about the object."""
    answer = requests.ask(site.people, "PATCH", ONE, _config_map("missing"), requests.APPLY)
    assert answer.status == 422
    why = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
    assert answer.json()["message"] == why


def test_name_is_taken_only_once(site: Site, namespace: str) -> None:
    path, body = requests.config_maps(namespace), _config_map("a")
    assert requests.ask(site.people, "POST", path, body).status == 201
    details = {"name": "a", "kind": "configmaps"}
    told = _status(409, "AlreadyExists", 'configmaps "a" already exists', details)
    assert requests.ask(site.people, "POST", path, body).json() == told


def test_path_of_an_unknown_group_is_no_page(site: Site) -> None:
    """Not a Status."""
    answer = requests.ask(site.people, "GET", "/apis/example.com/v1/things")
    assert (answer.status, answer.data) == (404, b"404 page not found\n")
