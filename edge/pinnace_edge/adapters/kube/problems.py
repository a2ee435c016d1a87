"""Reads the Status that the KubeAPI sends instead of an object: who is to blame, and is it worth a repetition.

Status is described in https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md
(section "Response Status Kind").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_edge.adapters.kube import client
from pinnace_edge.adapters.kube.client import Answer
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.reasons import Reason

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TIMEOUT, GONE, TOO_MANY = 401, 403, 404, 409, 408, 410, 429
UNPROCESSABLE = 422
SERVER_ERROR = 500
# Messages travel in reports over metered links; the API's own can quote whole objects, in the middle: what is wrong
# stands at the end ("...: field is immutable"). Journal entries take 1,000 characters and name the object as well.
MAX_MESSAGE = 800
KEPT_END = 300

# The authorizer's words; quotas, pod security and webhooks answer 403 too, but no role cures those.
_ROLE_LACKS = re.compile(r'cannot \w+ resource "')
# Has no code of its own; the KubeAPI says it in two ways, before and in the store.
_OTHER_UID = re.compile("UID in (the )?precondition")
# A field that the schema lacks; without fieldValidation on the way it comes as 500 from structured-merge-diff.
_BAD_PATCH = ("failed to create typed patch object", "field not declared in schema")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was not carried out. `is_temporary`: the same request may work later."""

    reason: Reason
    message: str
    is_temporary: bool = False
    retry_after_s: float | None = None
    is_other_uid: bool = False


def of(answer: Answer) -> Problem:
    """Judges an answer that is not 2xx."""
    status = _status(answer)
    message = _message(answer, status)
    special = _namespace_problem(answer, status, message) or _bad_patch(message)
    if special:
        return special
    if _is_temporary(answer.status):
        return Problem(Reason.CLUSTER_UNAVAILABLE, message, True, retry_after(answer))
    if answer.status == FORBIDDEN and _ROLE_LACKS.search(message):
        return Problem(Reason.FORBIDDEN, message)
    if answer.status == CONFLICT:
        return _conflict(status, message)
    if answer.status == NOT_FOUND:
        return Problem(Reason.NOT_FOUND if _names_object(status) else Reason.UNKNOWN_KIND, message)
    return Problem(Reason.API_REJECTED, message)


def away(answer: Answer) -> Unavailable:
    """The error for a request whose answer says nothing about the object asked for."""
    problem = of(answer)
    return Unavailable(f"the KubeAPI answered {answer.status}: {problem.message}", problem.retry_after_s)


def retry_after(answer: Answer) -> float | None:
    """Seconds of Retry-After; the KubeAPI never sends a date there."""
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return None


def is_invalid(answer: Answer) -> bool:
    """Whether the object that the request would have made is none that the KubeAPI takes."""
    return answer.status == UNPROCESSABLE


def is_temporary(answer: Answer) -> bool:
    """Whether the answer is about the KubeAPI's state rather than about the request."""
    return _is_temporary(answer.status)


def _is_temporary(status: int) -> bool:
    return status in (UNAUTHORIZED, TIMEOUT, TOO_MANY) or status >= SERVER_ERROR or status < 400


def _status(answer: Answer) -> Mapping[str, Any]:
    try:
        value = client.read(answer.data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) and value.get("kind") == "Status" else {}


def _message(answer: Answer, status: Mapping[str, Any]) -> str:
    text = str(status.get("message") or "") or answer.data[:MAX_MESSAGE].decode(errors="replace")
    return _shortened(" ".join(text.split())) or f"status {answer.status} without a message"


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - KEPT_END - 5]} ... {text[-KEPT_END:]}"


def _details(status: Mapping[str, Any]) -> Mapping[str, Any]:
    details = status.get("details")
    return details if isinstance(details, dict) else {}


def _causes(status: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(cause.get("reason")) for cause in _details(status).get("causes") or ())


def _namespace_problem(answer: Answer, status: Mapping[str, Any], message: str) -> Problem | None:
    """Both pass: the daemon makes missing namespaces, and one that is being deleted is missing soon."""
    if "NamespaceTerminating" in _causes(status):
        return Problem(Reason.REMOVING, message, is_temporary=True)
    if answer.status == NOT_FOUND and _details(status).get("kind") == "namespaces":
        return Problem(Reason.NOT_FOUND, message, is_temporary=True)
    return None


def _bad_patch(message: str) -> Problem | None:
    return Problem(Reason.API_REJECTED, message) if any(words in message for words in _BAD_PATCH) else None


def _conflict(status: Mapping[str, Any], message: str) -> Problem:
    if "FieldManagerConflict" in _causes(status):
        return Problem(Reason.CONFLICT, message)
    is_other_uid = bool(_OTHER_UID.search(message))
    return Problem(Reason.CLUSTER_UNAVAILABLE, message, is_temporary=True, is_other_uid=is_other_uid)


def _names_object(status: Mapping[str, Any]) -> bool:
    """The KubeAPI names what it did not find; for a path that it does not serve it has no name to tell."""
    return bool(_details(status).get("name"))
