"""KubeVela's strategic merge (package sets of kubevela/workflow): CUE's unification, with the exceptions of tags."""

from dataclasses import dataclass, field
from typing import Any

from pinnace_cloud.render.patching import entries, json_patch, merge_patch
from pinnace_cloud.render.patching.conflicts import Conflict, Conflicting
from pinnace_cloud.render.patching.tags import Strategy, Tag, Tags
from pinnace_schemas import fields
from pinnace_schemas.diagnostics import Parts

_PLAIN = Tag()


def merge(base: Any, patch: Any, tags: Tags | None = None) -> Any:
    """The base with the patch, both JSON values.

    What only one of the two has stays as it is. Maps unite by field, lists by position or by key (a list of the patch
    may be the longer one), and scalars must be of one type and equal; null is a scalar like others. What a strategy
    replaces becomes what the patch has, also where lists below it have a key. (KubeVela merges these with themselves,
    which repeats or loses some of their entries.)

    Args:
        tags: where other rules hold; see `Tag`. At "" only the two strategies for whole patches mean anything; a JSON
            patch is a map with its list of `operations`.

    Raises:
        Conflicting: with every place where the two disagree.
    """
    tags = tags or {}
    strategy = tags.get("", _PLAIN).strategy
    if strategy is Strategy.JSON_PATCH:
        return json_patch.apply(base, patch["operations"])
    if strategy is Strategy.JSON_MERGE_PATCH:
        return merge_patch.apply(base, patch)
    merging = _Merging(tags)
    found = merging.united(base, patch, _Here())
    if merging.conflicts:
        raise Conflicting(merging.conflicts)
    return found


@dataclass(frozen=True, slots=True)
class _Here:
    """A place in both values: its path as tags write it, as people read it, and the key that lists inherit."""

    tagged: str = ""
    path: Parts = ()
    key: str = ""

    def field(self, name: str) -> "_Here":
        return _Here(f"{self.tagged}.{name}" if self.tagged else name, (*self.path, name), self.key)

    def entry(self, index: int) -> "_Here":
        return _Here(f"{self.tagged}[]", (*self.path, index), self.key)


@dataclass(frozen=True, slots=True)
class _Merging:
    tags: Tags
    conflicts: list[Conflict] = field(default_factory=list)

    def united(self, base: Any, patch: Any, here: _Here) -> Any:
        if isinstance(base, dict) and isinstance(patch, dict):
            return base | {name: self._field(base, name, value, here.field(name)) for name, value in patch.items()}
        if isinstance(base, list) and isinstance(patch, list):
            if len(base) != len(patch):  # an entry of another list is closed on both sides
                self._refuse_length(base, patch, here)
            return self._entries(base, patch, here)
        if type(base) is not type(patch) or base != patch:
            message = f"the patch has {fields.describe(patch)}, but {fields.describe(base)} is there"
            self.conflicts.append(Conflict(here.path, message))
        return base

    def _field(self, base: dict[str, Any], name: str, patch: Any, here: _Here) -> Any:
        if name not in base:
            return patch
        tag = self.tags.get(here.tagged, _PLAIN)
        here = _Here(here.tagged, here.path, tag.key or here.key)
        if isinstance(patch, list) and isinstance(base[name], list):
            return self._list(base[name], patch, tag, here)
        if tag.strategy is Strategy.RETAIN_KEYS and not isinstance(patch, list):
            return patch
        return self.united(base[name], patch, here)

    def _list(self, base: list[Any], patch: list[Any], tag: Tag, here: _Here) -> list[Any]:
        if tag.strategy is Strategy.REPLACE:
            return patch
        if here.key:
            pairing = entries.paired(base, patch, here.key, retains=tag.strategy is Strategy.RETAIN_KEYS)
        else:
            pairing = entries.Pairing(base, patch, is_keyed=False)
        if tag.is_closed and not pairing.is_keyed and len(base) > len(patch):
            self._refuse_length(base, patch, here)
        return self._entries(pairing.base, pairing.patch, here)

    def _refuse_length(self, base: list[Any], patch: list[Any], here: _Here) -> None:
        message = f"the patch is for {len(patch)} in this list, but {len(base)} are there"
        self.conflicts.append(Conflict(here.path, message))

    def _entries(self, base: list[Any], patch: list[Any], here: _Here) -> list[Any]:
        both = zip(base, patch, strict=False)
        united = [self.united(old, new, here.entry(at)) for at, (old, new) in enumerate(both)]
        return [*united, *base[len(united) :], *patch[len(united) :]]
