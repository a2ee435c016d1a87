"""Which entries of two lists belong together, by the values of a key.

The rule of KubeVela, as it is: package sets of kubevela/workflow, `listMergeProcess`.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two lists to be united by position. `is_keyed`: their entries were found by key, and either may be the longer."""

    base: list[Any]
    patch: list[Any]
    is_keyed: bool


def paired(base: Sequence[Any], patch: Sequence[Any], key: str, *, retains: bool) -> Pairing:
    """The patch with its entries at the places of those in the base, new ones behind.

    Entries of the patch without the key are dropped, and of two with the same value the first. But where no entry of
    the patch has one of the keys, or where a value is no scalar, the patch stays as it is.

    Args:
        key: see `Tag`.
        retains: entries of the base that the patch also has lose what they hold.
    """
    search = _Search(list(base), list(patch), retains)
    if not all(search.by(name) for name in key.split(",")):
        return Pairing(search.base, search.patch, is_keyed=False)
    return Pairing(search.base, [*search.placed, *search.left], is_keyed=True)


@dataclass(slots=True)
class _Search:
    base: list[Any]
    patch: list[Any]
    retains: bool
    placed: list[Any] = field(default_factory=list)
    # Places in the patch, by key and value: what the base does not have yet.
    wanted: dict[Hashable, int] = field(default_factory=dict)

    @property
    def left(self) -> list[Any]:
        return [self.patch[at] for at in sorted({*self.wanted.values()})]

    def by(self, key: str) -> bool:
        """False where the entries cannot be told apart by this key."""
        values = [(at, _value(item, key)) for at, item in enumerate(self.patch)]
        known = [(at, value) for at, value in values if value is not _ABSENT]
        if not known:
            return not self.patch
        if not all(_is_scalar(value) for _, value in known):
            return False
        self.wanted |= {_identity(key, value): at for at, value in known}
        return self._place(key)

    def _place(self, key: str) -> bool:
        for at, item in enumerate(self.base):
            value = _value(item, key)
            if value is _ABSENT:
                continue
            if not _is_scalar(value):
                return False
            found = self.wanted.pop(_identity(key, value), None)
            self.placed.append({} if found is None else self.patch[found])
            if found is not None and self.retains:
                self.base[at] = {}
        return True


def _value(item: Any, key: str) -> Any:
    for name in key.split("."):
        item = item.get(name, _ABSENT) if isinstance(item, dict) else _ABSENT
    return item


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _identity(key: str, value: Any) -> Hashable:
    """JSON's true and 1 are not the same."""
    return key, type(value), value
