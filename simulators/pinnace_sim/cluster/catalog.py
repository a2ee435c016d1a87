"""Which kinds a cluster serves now: the built-in ones, and those of its CRDs. Owns nothing but that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pinnace_sim.cluster import builtin, errors
from pinnace_sim.cluster.kinds import Resource

_BUILT_IN = {(each.group, each.version, each.plural): each for each in builtin.resources()}


class Catalog:
    """`revision` grows with every change of what is served."""

    def __init__(self) -> None:
        self.revision = 1
        self._custom: dict[str, tuple[Resource, ...]] = {}
        self._found = dict(_BUILT_IN)
        self._by_key = {each.key: each for each in _BUILT_IN.values()}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._found.values())

    def find(self, group: str, version: str, plural: str) -> Resource:
        """Raises Refused (404)."""
        found = self._found.get((group, version, plural))
        if found is None:
            raise errors.no_such_path()
        return found

    def has(self, resource: Resource) -> bool:
        return self._found.get((resource.group, resource.version, resource.plural)) is resource

    def has_group(self, group: str, version: str = "") -> bool:
        return any(each.group == group and version in ("", each.version) for each in self)

    def by_key(self, key: str) -> Resource | None:
        """A resource under one of its versions, by Resource.key."""
        return self._by_key.get(key)

    def by_kind(self, api_version: str, kind: str) -> Resource | None:
        return next((each for each in self if (each.api_version, each.kind) == (api_version, kind)), None)

    def serve(self, definition: str, resources: Iterable[Resource]) -> None:
        """Replaces what the CRD of this name defines; nothing ends it."""
        wanted = tuple(resources)
        if wanted:
            self._custom[definition] = wanted
        elif self._custom.pop(definition, None) is None:
            return
        custom = (each for group in self._custom.values() for each in group)
        self._found = _BUILT_IN | {(each.group, each.version, each.plural): each for each in custom}
        self._by_key = {each.key: each for each in reversed(self._found.values())}
        self.revision += 1
