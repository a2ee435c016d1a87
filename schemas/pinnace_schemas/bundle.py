"""Bundle: the objects of one application revision for one group, as plain canonical bytes.

Names no tenant, group, application or revision: the signed head entry that names its digest does. So equal content has
equal bytes, and 1,000 groups without a difference share one bundle.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

from pinnace_schemas import codec
from pinnace_schemas.codec import Wire
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

KubeObject = dict[str, Any]


class OnConflict(StrEnum):
    """What to do when another manager owns a field: the default forces on our own objects and fails on others."""

    DEFAULT = "default"
    FORCE = "force"
    FAIL = "fail"


class ApplyPolicy(Wire):
    """How the edge applies the objects of this bundle."""

    on_conflict: OnConflict = OnConflict.DEFAULT
    health_deadline_s: int = Field(default=600, ge=1)


_DEFAULT_POLICY = ApplyPolicy()
# Brackets of the bundle around each object.
_LEVELS = 2


class Bundle(Wire):
    """`objects` are plain JSON objects with apiVersion, kind and metadata.name, in rendering order."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    v: int = Field(default=1, ge=1, le=1)
    objects: tuple[KubeObject, ...]
    policy: ApplyPolicy = _DEFAULT_POLICY


class Encoder:
    """Writes bundles that share objects: one that stands in several, the very same and unchanged, is written once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._written: dict[int, tuple[KubeObject, bytes]] = {}  # with the object, so that its id stays its own

    def encode(self, objects: Sequence[KubeObject], where: str, policy: ApplyPolicy = _DEFAULT_POLICY) -> bytes:
        """Plain bytes, or Rejected(TOO_LARGE) with the number that is exceeded."""
        texts = [self._text(item) for item in objects]
        plain = b'{"objects":[%s],"policy":%s,"v":1}' % (b",".join(texts), codec.encode(policy))
        codec.check_size(plain, self._limits.max_bundle_bytes, where)
        if any(codec.brackets(text) + _LEVELS > self._limits.max_depth for text in texts):
            codec.check_depth(plain, self._limits.max_depth, where)
        _check_objects(objects, self._limits, where)
        return plain

    def _text(self, item: KubeObject) -> bytes:
        known = self._written.get(id(item))
        if known is None:
            known = self._written[id(item)] = (item, codec.canonical(item))
        return known[1]


def encode(bundle: Bundle, limits: Limits, where: str) -> bytes:
    """Plain bytes, or Rejected(TOO_LARGE) with the number that is exceeded."""
    return Encoder(limits).encode(bundle.objects, where, bundle.policy)


def decode(plain: bytes, limits: Limits, where: str) -> Bundle:
    """The inverse, from bytes whose digest was compared. Raises Rejected."""
    bundle = codec.parse(Bundle, plain, max_bytes=limits.max_bundle_bytes, max_depth=limits.max_depth, where=where)
    _check_objects(bundle.objects, limits, where)
    return bundle


def _check_objects(objects: Sequence[KubeObject], limits: Limits, where: str) -> None:
    if len(objects) > limits.max_objects:
        message = f"{len(objects)} objects exceed the limit of {limits.max_objects}"
        raise Rejected(Reason.TOO_LARGE, message, where)
    for index, item in enumerate(objects):
        if not _is_object(item):
            raise Rejected(Reason.MALFORMED, "needs apiVersion, kind and metadata.name", f"{where} objects[{index}]")


def _is_object(item: KubeObject) -> bool:
    metadata = item.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    texts = (item.get("apiVersion"), item.get("kind"), name)
    return all(isinstance(text, str) and text for text in texts)
