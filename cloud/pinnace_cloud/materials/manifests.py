"""Manifests as objects: the text of `helm template`, `kustomize build` and `kubectl get -o yaml`."""

from collections.abc import Iterator
from typing import Any

from pinnace_schemas import amounts, fields, tree
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

# YAML with its indents and comments is up to three times the JSON of a bundle, which has its own limit.
MAX_BYTES = 16 * 1024 * 1024
_LIMITS = Limits(max_bundle_bytes=MAX_BYTES)


def objects(text: str, where: str) -> tuple[KubeObject, ...]:
    """In the order of the text; the items of a List one by one. Raises Rejected."""
    try:
        documents = [root.value for root in tree.read(text, _LIMITS)]
    except tree.Misread as exc:
        raise Rejected(exc.reason, f"line {exc.line} of the manifests: {exc.message}", where) from exc
    return tuple(item for document in documents for item in _items(document, where))


def _items(document: Any, where: str) -> Iterator[KubeObject]:
    if not isinstance(document, dict):
        message = f"the manifests hold {fields.describe(document)} where an object has to stand"
        raise Rejected(Reason.MALFORMED, message, where)
    items = document.get("items")
    if str(document.get("kind")).endswith("List") and isinstance(items, list):
        for item in items:
            yield from _items(item, where)
    else:
        yield document


def name(item: KubeObject) -> str:
    """`Deployment web`, for messages."""
    metadata = item.get("metadata")
    called = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{item.get('kind')} {called or 'without a name'}"


def differing(one: tuple[KubeObject, ...], other: tuple[KubeObject, ...]) -> tuple[str, ...]:
    """The objects that are not the same in both, each with the first field that differs: `Secret db data.password`."""
    if len(one) != len(other):
        return (f"{amounts.count(len(one), 'object')} once, {len(other)} another time",)
    pairs = zip(one, other, strict=True)
    return tuple(f"{name(left)} {_difference(left, right)}" for left, right in pairs if left != right)


def _difference(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if one.get(key) != other.get(key):
                rest = _difference(one.get(key), other.get(key))
                return f"{key}.{rest}" if rest else str(key)
    return ""
