"""What a user may do: Roles, ClusterRoles and their bindings (plugin/pkg/auth/authorizer/rbac).

Left out: the check that nobody hands out permissions that they lack (verbs `escalate` and `bind`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.access.users import User
from pinnace_sim.cluster.catalog import Catalog
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.item import Item, Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.store import Store

GROUP = "rbac.authorization.k8s.io"
ALL = "*"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do. `namespace` and `name` '' are all of them."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def plural(self) -> str:
        return f"{self.resource.plural}/{self.subresource}" if self.subresource else self.resource.plural


class Rbac:
    """Reads roles from the store; parsed ones are kept until they change."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog
        self._parsed: dict[str, tuple[int, Object]] = {}

    def check(self, user: User, wish: Wish) -> None:
        """Raises Refused (403) in the authorizer's words."""
        if not self.allows(user, wish):
            raise _forbidden(user, wish)

    def allows(self, user: User, wish: Wish) -> bool:
        return user.is_master or any(_grants(rule, wish) for rule in self._rules(user, wish.namespace))

    def _rules(self, user: User, namespace: str) -> Iterator[Object]:
        """Of all roles that are bound to the user, in the cluster or in this namespace."""
        for binding in self._all("clusterrolebindings"):
            yield from self._bound(user, binding, "")
        for binding in self._all("rolebindings", namespace) if namespace else ():
            yield from self._bound(user, binding, namespace)

    def _bound(self, user: User, binding: Object, namespace: str) -> Iterator[Object]:
        if not any(_names(subject, user, namespace) for subject in binding.get("subjects") or ()):
            return
        reference = binding["roleRef"]
        is_cluster = reference["kind"] == "ClusterRole"
        key = Key(
            f"{'clusterroles' if is_cluster else 'roles'}.{GROUP}", "" if is_cluster else namespace, reference["name"]
        )
        found = self._store.get(key)
        yield from (self._read(found).get("rules") or ()) if found else ()

    def _all(self, plural: str, namespace: str = "") -> Iterator[Object]:
        return map(self._read, self._store.all(f"{plural}.{GROUP}", namespace))

    def _read(self, found: Item) -> Object:
        known = self._parsed.get(found.uid)
        if known and known[0] == found.revision:
            return known[1]
        resource = self._catalog.find(GROUP, "v1", found.key.resource.partition(".")[0])
        parsed = found.read(resource)
        self._parsed[found.uid] = (found.revision, parsed)
        return parsed


def _names(subject: Object, user: User, namespace: str) -> bool:
    if subject["kind"] == "ServiceAccount":
        home = subject.get("namespace") or namespace
        return user.name == f"system:serviceaccount:{home}:{subject['name']}"
    return bool(subject["name"] == user.name if subject["kind"] == "User" else subject["name"] in user.groups)


def _grants(rule: Object, wish: Wish) -> bool:
    def has(field: str, *wanted: str) -> bool:
        return bool({ALL, *wanted} & set(rule.get(field) or ()))

    below = (f"*/{wish.subresource}",) if wish.subresource else ()
    is_named = not rule.get("resourceNames") or wish.name in rule["resourceNames"]
    is_meant = has("apiGroups", wish.resource.group) and has("resources", wish.plural, *below)
    return is_named and is_meant and has("verbs", wish.verb)


def _forbidden(user: User, wish: Wish) -> Refused:
    place = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    what = f'resource "{wish.plural}" in API group "{wish.resource.group}"'
    return errors.forbidden(wish.resource, wish.name, f'User "{user.name}" cannot {wish.verb} {what} {place}')
