"""Takes an object as a client sent it: is it of this kind, which of its fields does nobody know, what is missing.

The words are kube-apiserver's decoder's. What it does not know is dropped, refused or told, as the request wishes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pinnace_sim.cluster import errors, item
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.requests import Options, Validation
from pinnace_sim.cluster.schema import defaults, strict
from pinnace_sim.cluster.schema.types import Scalar, Type

_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
OTHER_NAMESPACE = "the namespace of the provided object does not match the namespace sent on the request"


def check_place(resource: Resource, namespace: str, name: str, sent: Object) -> None:
    """The object must be what the path says; what it leaves out is taken from there. Raises Refused (400)."""
    _check_kind(resource, sent)
    metadata = sent.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise errors.bad_request("metadata must be an object")
    given = metadata.setdefault("namespace", namespace) if namespace else metadata.get("namespace", "")
    if resource.is_namespaced and given != namespace:
        raise errors.bad_request(OTHER_NAMESPACE)
    if name and metadata.get("name", "") != name:
        raise _other_name(metadata.get("name", ""), name)


def check_intent(resource: Resource, namespace: str, name: str, sent: Any) -> None:
    """The same for a server-side apply, whose intent is merged as it was sent. Raises Refused (400)."""
    if not isinstance(sent, dict) or not isinstance(sent.get("metadata") or {}, dict):
        raise errors.bad_request("error decoding the intent: it is no object of Kubernetes")
    kind, version = sent.get("kind", ""), sent.get("apiVersion", "")
    if (kind, version) != (resource.kind, resource.api_version):
        group = version if "/" in version else f"/{version}"
        raise errors.bad_request(f"invalid object type: {group}, Kind={kind}")
    metadata = sent.get("metadata") or {}
    if metadata.get("name", "") != name:
        raise _other_name(metadata.get("name", ""), name)
    if metadata.get("namespace", namespace) != namespace:
        raise errors.bad_request(OTHER_NAMESPACE)
    if "managedFields" in metadata:
        raise errors.bad_request("metadata.managedFields must be nil")


def decoded(
    resource: Resource, sent: Object, options: Options, *, is_patched: bool = False
) -> tuple[Object, list[str]]:
    """With the server's defaults and without unknown fields; and warnings. Raises Refused (400, or 422 for a patch)."""
    kind = resource.fields()
    problems = [*strict.wrong_types(kind, sent), *_illegal_data(resource, sent)]
    unknown = list(strict.unknown_fields(kind, sent)) if options.validation is not Validation.IGNORE else []
    if unknown and options.validation is Validation.STRICT:
        problems.append(f"strict decoding error: {', '.join(unknown)}")
    if problems:
        raise _undecodable(resource, sent, problems[0], is_patched)
    pruned = _pruned(kind, sent)
    return defaults.defaulted(kind, pruned, (resource.group, resource.version, resource.kind)), unknown


def _check_kind(resource: Resource, sent: Any) -> None:
    """Raises Refused (400). What leaves out its kind is taken to be of this one."""
    if not isinstance(sent, dict):
        message = f"the object provided is unrecognized (must be of type {resource.kind})"
        raise errors.bad_request(message)
    kind, version = sent.setdefault("kind", resource.kind), sent.setdefault("apiVersion", resource.api_version)
    if (kind, version) != (resource.kind, resource.api_version):
        message = f'{kind} in version "{version}" cannot be handled as a {resource.kind}'
        raise errors.bad_request(message)


def _other_name(given: str, name: str) -> errors.Refused:
    if not given:
        return errors.bad_request(
            f"the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )
    return errors.bad_request(f"the name of the object ({given}) does not match the name on the URL ({name})")


def _undecodable(resource: Resource, sent: Object, why: str, is_patched: bool) -> errors.Refused:
    if is_patched:
        quoted = item.dump(item.dump(sent).decode()).decode()
        cause = errors.cause("FieldValueInvalid", "patch", f"Invalid value: {quoted}: {why}")
        return errors.invalid("", "", "", [cause])
    message = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {why}'
    return errors.bad_request(message)


def _illegal_data(resource: Resource, sent: Object) -> Iterator[str]:
    """Values of Secrets are base64."""
    if resource.key != "secrets" or not isinstance(sent.get("data"), dict):
        return
    for value in sent["data"].values():
        found = _BASE64.match(value) if isinstance(value, str) else None
        if found and (found.end() < len(value) or len(value) % 4):
            yield f"illegal base64 data at input byte {found.end()}"


def _pruned(kind: Type | None, value: Any, *, is_text: bool = False) -> Any:
    """A copy without members that the type does not know."""
    if isinstance(value, dict) and kind and kind.members:
        members = kind.members
        has_texts = members.element is not None and members.element.scalar is Scalar.STRING
        return {
            name: _pruned(members.of(name), each, is_text=has_texts and name not in members.fields)
            for name, each in value.items()
            if members.of(name) is not None
        }
    if isinstance(value, list) and kind and kind.items:
        element = kind.items.element
        return [_pruned(element, each) for each in value]
    # In Go's maps of texts null is the empty text.
    return "" if value is None and is_text else value
