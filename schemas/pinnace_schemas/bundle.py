"""Bundle: the objects of one application revision for one group, as plain canonical bytes.

Names no tenant, group, application or revision: the signed head entry that names its digest does. So equal content has
equal bytes, and 1,000 groups without a difference share one bundle.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

from pydantic import ConfigDict, Field

from pinnace_schemas import amounts, codec
from pinnace_schemas import handling as handlings
from pinnace_schemas import order as orders
from pinnace_schemas.codec import Wire
from pinnace_schemas.errors import Rejected
from pinnace_schemas.handling import Handling
from pinnace_schemas.health_rules import HealthRules
from pinnace_schemas.limits import Limits
from pinnace_schemas.order import Order
from pinnace_schemas.reasons import Reason

KubeObject = dict[str, Any]


class OnConflict(StrEnum):
    """What to do when another manager owns a field: the default forces on our own objects and fails on others."""

    DEFAULT = "default"
    FORCE = "force"
    FAIL = "fail"


class ApplyPolicy(Wire):
    """How the edge applies the objects of this bundle.

    `handling` says what is otherwise with single objects. `keep_legacy`: what earlier revisions named and this one does
    not goes only with the application. `order` says which objects wait until others are ready,
    `remove_in_order` that when the application goes they go before those.
    """

    on_conflict: OnConflict = OnConflict.DEFAULT
    health_deadline_s: int = Field(default=600, ge=1)
    keep_legacy: Literal[True] | None = None
    handling: tuple[Handling, ...] | None = Field(default=None, min_length=1)
    order: tuple[Order, ...] | None = Field(default=None, min_length=1)
    remove_in_order: Literal[True] | None = None

    @property
    def by_object(self) -> Mapping[int, Handling]:
        """The handling of each object that is not handled as usual, by its place."""
        return handlings.by_object(self.handling or ())

    @property
    def after(self) -> Mapping[int, tuple[int, ...]]:
        """The places of the objects that an object waits for, by its own place."""
        return orders.by_object(self.order or ())

    def ordered(self, order: tuple[Order, ...]) -> "ApplyPolicy":
        """The same with this order; without one nothing can be removed in it."""
        if not order and self.remove_in_order is None:
            return self
        return self.model_copy(update={"order": order} if order else {"remove_in_order": None})


_DEFAULT_POLICY = ApplyPolicy()
# Brackets of the bundle around each object.
_LEVELS = 2


class Bundle(Wire):
    """`objects` are plain JSON objects with apiVersion, kind and metadata.name, in rendering order.

    `health`: how definitions judge them; what no definition judges is judged by its kind.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    v: int = Field(default=1, ge=1, le=1)
    objects: tuple[KubeObject, ...]
    policy: ApplyPolicy = _DEFAULT_POLICY
    health: HealthRules | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """Keeps its object, so that the object's id stays its own."""

    item: KubeObject
    text: bytes
    brackets: int
    is_object: bool


class Encoder:
    """Writes bundles that share objects: one that stands in several, the very same and unchanged, is written once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._written: dict[int, _Written] = {}

    def encode(
        self,
        objects: Sequence[KubeObject],
        where: str,
        policy: ApplyPolicy = _DEFAULT_POLICY,
        health: HealthRules | None = None,
    ) -> bytes:
        """Plain bytes, or Rejected(TOO_LARGE) with the number that is exceeded."""
        written = [self._write(item) for item in objects]
        rules = b'"health":%s,' % codec.encode(health) if health else b""
        body = b",".join([one.text for one in written])
        plain = b'{%s"objects":[%s],"policy":%s,"v":1}' % (rules, body, _policy(policy))
        codec.check_size(plain, self._limits.max_bundle_bytes, where, "max_bundle_bytes")
        deepest = max((codec.brackets(rules), *(one.brackets for one in written)))
        if deepest + _LEVELS > self._limits.max_depth:
            codec.check_depth(plain, self._limits.max_depth, where)
        _check_objects([one.is_object for one in written], self._limits, where)
        _check_health(health, len(written), self._limits, where)
        return plain

    def _write(self, item: KubeObject) -> _Written:
        known = self._written.get(id(item))
        if known is None:
            text = codec.canonical(item)
            known = self._written[id(item)] = _Written(item, text, codec.brackets(text), _is_object(item))
        return known


@lru_cache(maxsize=8)
def _policy(policy: ApplyPolicy) -> bytes:
    return codec.encode(policy)


def encode(bundle: Bundle, limits: Limits, where: str) -> bytes:
    """Plain bytes, or Rejected(TOO_LARGE) with the number that is exceeded."""
    return Encoder(limits).encode(bundle.objects, where, bundle.policy, bundle.health)


def decode(plain: bytes, limits: Limits, where: str) -> Bundle:
    """The inverse, from bytes whose digest was compared. Raises Rejected."""
    bundle = codec.parse(Bundle, plain, max_bytes=limits.max_bundle_bytes, max_depth=limits.max_depth, where=where)
    _check_objects([_is_object(item) for item in bundle.objects], limits, where)
    _check_policy(bundle, where)
    _check_health(bundle.health, len(bundle.objects), limits, where)
    return bundle


def _check_policy(bundle: Bundle, where: str) -> None:
    policy, count = bundle.policy, len(bundle.objects)
    _check_places("policy.handling", lambda: policy.by_object, count, where)
    _check_places("policy.order", lambda: orders.places(policy.order or ()), count, where)


def _check_places(field: str, read: Callable[[], Iterable[int]], count: int, where: str) -> None:
    """`read` gives the places that stand there, or raises ValueError. There are `count` objects."""
    try:
        last = max(read(), default=-1)
    except ValueError as exc:
        raise Rejected(Reason.MALFORMED, f"{field}: {exc}", where) from exc
    if last >= count:
        raise Rejected(Reason.MALFORMED, f"{field}: there is no object {last}", where)


def _check_health(health: HealthRules | None, objects: int, limits: Limits, where: str) -> None:
    """Rules are about objects that are there, and not more than objects may be."""
    ruled = health.ruled if health else ()
    if len(ruled) > limits.max_objects:
        message = amounts.too_many(len(ruled), limits.max_objects, "health rule", "max_objects")
        raise Rejected(Reason.TOO_LARGE, message, where)
    _check_places("health.ruled", lambda: health.places if health else (), objects, where)


def _check_objects(are_objects: Sequence[bool], limits: Limits, where: str) -> None:
    if len(are_objects) > limits.max_objects:
        message = amounts.too_many(len(are_objects), limits.max_objects, "object", "max_objects")
        raise Rejected(Reason.TOO_LARGE, message, where)
    if not all(are_objects):
        place = f"{where} objects[{are_objects.index(False)}]"
        raise Rejected(Reason.MALFORMED, "needs apiVersion, kind and metadata.name", place)


def _is_object(item: KubeObject) -> bool:
    metadata = item.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    texts = (item.get("apiVersion"), item.get("kind"), name)
    return all(isinstance(text, str) and text for text in texts)
