"""What an answer of the KubeAPI means: whose fault it is, and whether the same request may work later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pinnace_edge.adapters.kube import client, problems
from pinnace_edge.adapters.kube.client import Answer
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.reasons import Reason


def answer(code: int, message: str, retry_after: str = "", **details: Any) -> Answer:
    body = {"kind": "Status", "code": code, "message": message, "details": details}
    return Answer(code, {"Retry-After": retry_after} if retry_after else {}, json.dumps(body).encode())


NAMED = {"name": "web", "kind": "deployments"}
ROLE = 'deployments.apps "web" is forbidden: User "x" cannot patch resource "deployments" in API group "apps"'
ANSWERS = [
    (answer(400, "bad"), Reason.API_REJECTED, False),
    (answer(401, "Unauthorized"), Reason.CLUSTER_UNAVAILABLE, True),
    (answer(403, ROLE, **NAMED), Reason.FORBIDDEN, False),
    (answer(403, 'pods "a" is forbidden: exceeded quota: small'), Reason.API_REJECTED, False),
    (answer(403, 'admission webhook "x" denied the request'), Reason.API_REJECTED, False),
    (answer(403, "is being terminated", causes=[{"reason": "NamespaceTerminating"}]), Reason.REMOVING, True),
    (answer(404, "the server could not find the requested resource"), Reason.UNKNOWN_KIND, False),
    (answer(404, "not found", **NAMED), Reason.NOT_FOUND, False),
    (answer(404, 'namespaces "a" not found', name="a", kind="namespaces"), Reason.NOT_FOUND, True),
    (answer(409, "conflict", causes=[{"reason": "FieldManagerConflict"}]), Reason.CONFLICT, False),
    (answer(409, "the object has been modified"), Reason.CLUSTER_UNAVAILABLE, True),
    (answer(415, "unknown format"), Reason.API_REJECTED, False),
    (answer(422, "Invalid value"), Reason.API_REJECTED, False),
    (answer(429, "too many"), Reason.CLUSTER_UNAVAILABLE, True),
    (answer(500, "failed calling webhook"), Reason.CLUSTER_UNAVAILABLE, True),
    (answer(500, "failed to create typed patch object: .spec.a: field not declared"), Reason.API_REJECTED, False),
    (answer(503, "etcd leader changed"), Reason.CLUSTER_UNAVAILABLE, True),
    (answer(302, "elsewhere"), Reason.CLUSTER_UNAVAILABLE, True),
]


@pytest.mark.parametrize(("given", "reason", "is_temporary"), ANSWERS)
def test_meaning_of_an_answer(given: Answer, reason: Reason, is_temporary: bool) -> None:
    found = problems.of(given)
    assert (found.reason, found.is_temporary) == (reason, is_temporary)


def nested(levels: int) -> bytes:
    return b'{"metadata": {"name": "a"}, "kind": "Status", "status": ' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


def test_an_object_that_is_nested_too_deeply_is_no_answer_and_no_crash() -> None:
    """Whoever may write a custom resource may nest its status as deeply as he likes."""
    assert Answer(200, {}, nested(100)).item()["metadata"]["name"] == "a"
    with pytest.raises(Unavailable, match="nested too deeply"):
        Answer(200, {}, nested(5000)).item()
    assert problems.of(Answer(500, {}, nested(5000))).is_temporary
    with pytest.raises(ValueError, match="nested too deeply"):
        client.read(nested(5000))  # the line of a watch


@pytest.mark.parametrize(
    "message",
    [
        "Precondition failed: UID in precondition: a, UID in object meta: b",
        "the UID in the precondition (a) does not match the UID in record (b)",
    ],
)
def test_other_uid_is_recognised(message: str) -> None:
    assert problems.of(answer(409, message)).is_other_uid


@pytest.mark.parametrize(("text", "seconds"), [("3", 3.0), ("-1", 0.0), ("Wed, 21 Oct 2026", None), ("", None)])
def test_retry_after(text: str, seconds: float | None) -> None:
    assert problems.retry_after(answer(429, "too many", text)) == seconds


def test_message_is_one_line_of_bounded_length() -> None:
    found = problems.of(answer(422, "a\n  b\n" + "c" * 5000)).message
    assert found.startswith("a b c")
    assert len(found) == problems.MAX_MESSAGE


def test_answer_that_is_no_status_is_quoted() -> None:
    assert problems.of(Answer(502, {}, b"<html>Bad Gateway</html>")).message == "<html>Bad Gateway</html>"
    assert problems.of(Answer(502, {}, b"")).message == "status 502 without a message"


def test_of_a_message_that_quotes_a_whole_object_both_ends_are_kept() -> None:
    """The KubeAPI puts what is wrong at the end."""
    text = f'Job "once" is invalid: spec.template: Invalid value: {"x" * 5000}: field is immutable'
    status = {"kind": "Status", "message": text}
    message = problems.of(Answer(422, {}, json.dumps(status).encode())).message
    assert len(message) == problems.MAX_MESSAGE
    assert message.startswith('Job "once" is invalid: spec.template')
    assert message.endswith("field is immutable")
