"""Refusals of the KubeAPI, in its own words (apimachinery, pkg/api/errors/errors.go): each is a metav1.Status.

A refusal is an exception inside the cluster and an answer outside of it. Nothing else may leave the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pinnace_sim.cluster.kinds import Resource

Causes = Sequence[Mapping[str, str]]

GONE = 410
MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


class Refused(Exception):  # noqa: N818 - named as what happened
    """`code` is the HTTP status; `reason` and `details` as in metav1.Status."""

    def __init__(self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def status(self) -> dict[str, Any]:
        """The Status object."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = dict(self.details)
        return status | {"code": self.code}


def not_found(resource: Resource, name: str) -> Refused:
    return Refused(404, "NotFound", f'{resource} "{name}" not found', _named(resource, name))


def no_such_path() -> Refused:
    return Refused(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> Refused:
    message = "the server does not allow this method on the requested resource"
    return Refused(405, "MethodNotAllowed", message, {})


def already_exists(resource: Resource, name: str) -> Refused:
    return Refused(409, "AlreadyExists", f'{resource} "{name}" already exists', _named(resource, name))


def conflict(resource: Resource, name: str, why: str = MODIFIED) -> Refused:
    message = f'Operation cannot be fulfilled on {resource} "{name}": {why}'
    return Refused(409, "Conflict", message, _named(resource, name))


def other_object(resource: Resource, name: str, why: str) -> Refused:
    """A precondition of a delete that the object does not meet; here the server names the kind."""
    message = f'Operation cannot be fulfilled on {resource.kind} "{name}": {why}'
    details = {"name": name} | _group(resource) | {"kind": resource.kind}
    return Refused(409, "Conflict", message, details)


def apply_conflict(message: str, causes: Causes) -> Refused:
    return Refused(409, "Conflict", message, {"causes": list(causes)})


def forbidden(resource: Resource, name: str, why: str, causes: Causes = ()) -> Refused:
    what = f'{resource} "{name}"' if name else str(resource)
    details = _named(resource, name) | ({"causes": list(causes)} if causes else {})
    return Refused(403, "Forbidden", f"{what} is forbidden: {why}", details)


def unauthorized() -> Refused:
    return Refused(401, "Unauthorized", "Unauthorized")


def bad_request(message: str) -> Refused:
    return Refused(400, "BadRequest", message)


def mistyped(message: str) -> Refused:
    """An apply whose fields do not fit the kind: the server answers 500 and gives no reason."""
    return Refused(500, "", message)


def unsupported_patch() -> Refused:
    return Refused(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def unsupported_body() -> Refused:
    """Such as Kubernetes' protobuf, which kubectl's own makers of objects speak."""
    message = "the body of the request was in an unknown format - accepted media types include: application/json"
    return Refused(415, "UnsupportedMediaType", message, {})


def bad_patch() -> Refused:
    """A JSON patch that does not apply."""
    return Refused(422, "Invalid", "the server rejected our request due to an error in our request", {})


def too_large_version(version: int, current: int) -> Refused:
    """A list at a version that is still to come."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {version}, current: {current}"
    return Refused(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})


def expired(message: str) -> Refused:
    return Refused(GONE, "Expired", message)


def invalid(kind: str, group: str, name: str, causes: Causes) -> Refused:
    """`causes` have `reason`, `message` and `field`. One cause is told as it is, several in brackets."""
    told = list(dict.fromkeys(f"{cause['field']}: {cause['message']}" for cause in causes))
    what = f"{kind}.{group}" if group else kind
    why = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
    message = f'{what} "{name}" is invalid: {why}'
    details = ({"name": name} if name else {}) | ({"group": group} if group else {})
    details |= {"kind": kind} if kind else {}
    return Refused(422, "Invalid", message, details | {"causes": list(causes)})


def cause(reason: str, field: str, message: str) -> dict[str, str]:
    """One of `invalid`: `reason` is such as FieldValueInvalid."""
    return {"reason": reason, "message": message, "field": field}


def _named(resource: Resource, name: str) -> dict[str, Any]:
    return ({"name": name} if name else {}) | _group(resource) | {"kind": resource.plural}


def _group(resource: Resource) -> dict[str, str]:
    return {"group": resource.group} if resource.group else {}
