"""Which of our fields differ from what we applied, and who changed them. Compares values; decides nothing.

`wanted` is the KubeAPI's own answer to a forced dry-run apply, so defaults, ordering and normal forms are its.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import managed_fields
from pinnace_edge.rules.managed_fields import Entry, Fields
from pinnace_schemas import codec

# What the KubeAPI writes by itself at each request.
IGNORED = frozenset({"status", "metadata.managedFields", "metadata.resourceVersion", "metadata.generation"})
MISSING = object()


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """`path` such as spec.template.spec.containers[name=web].image; `manager` is '' when nobody left a trace.

    A manager that removes a field owns nothing afterwards, so removals often have no name.
    """

    path: str
    manager: str


@dataclass(frozen=True, slots=True)
class _Owner:
    """What one manager of the live object owns below the place that is being compared."""

    entry: Entry
    fields: Fields


_Owners = tuple[_Owner, ...]
_Found = tuple[Difference, bool]  # with whether only others own the path in what is wanted
_Find = Callable[[Fields], Fields | None]


def differences(live: KubeObject, wanted: KubeObject) -> tuple[Difference, ...]:
    """Paths of ours that the dry run would change, sorted, each with the latest other manager that owns it in `live`.

    What only others own in `wanted` is left out: it changed between the two readings, such as an annotation that a
    controller wrote meanwhile.
    """
    owners = tuple(_Owner(entry, entry.fields) for entry in managed_fields.entries(live))
    hints = tuple(_Owner(entry, entry.fields) for entry in managed_fields.entries(wanted))
    found = set(_compare(live, wanted, "", owners, hints))
    return tuple(sorted(item for item, is_foreign in found if not is_foreign))


def _found(path: str, owners: _Owners, hints: _Owners) -> _Found:
    """`hints` still hold those who own something at this path."""
    return Difference(path, _culprit(owners)), bool(hints) and not any(hint.entry.is_ours for hint in hints)


def _compare(live: Any, wanted: Any, path: str, owners: _Owners, hints: _Owners) -> Iterator[_Found]:
    if live == wanted or path in IGNORED:
        return
    if isinstance(live, dict) and isinstance(wanted, dict):
        yield from _compare_fields(live, wanted, path, owners, hints)
    elif isinstance(live, list) and isinstance(wanted, list):
        yield from _compare_lists(live, wanted, path, owners, hints)
    else:
        yield _found(path, owners, hints)


def _compare_fields(
    live: Mapping[str, Any], wanted: Mapping[str, Any], path: str, owners: _Owners, hints: _Owners
) -> Iterator[_Found]:
    for name in live.keys() | wanted.keys():
        place = f"{path}{_quoted(name)}" if "." in name or "/" in name else f"{path}.{name}".lstrip(".")
        step = f"f:{name}"
        below, below_hints = _below(owners, step), _below(hints, step)
        yield from _compare(live.get(name, MISSING), wanted.get(name, MISSING), place, below, below_hints)


def _compare_lists(
    live: Sequence[Any], wanted: Sequence[Any], path: str, owners: _Owners, hints: _Owners
) -> Iterator[_Found]:
    names = _key_names(owners + hints)
    if names or _is_set(owners + hints):
        left, right = _by_key(live, names), _by_key(wanted, names)
        found = tuple(_compare_items(left, right, path, owners, hints))
        if found:
            yield from found
            return
    # One value; or the same items in another order, for which no single item is to blame.
    yield _found(path, owners, hints)


def _compare_items(
    live: Mapping[str, Any], wanted: Mapping[str, Any], path: str, owners: _Owners, hints: _Owners
) -> Iterator[_Found]:
    for text in live.keys() | wanted.keys():
        key, before = live.get(text, (None, MISSING))
        other, after = wanted.get(text, (None, MISSING))
        find = _finder(key or other, after if before is MISSING else before)
        yield from _compare(before, after, f"{path}[{text}]", _kept(owners, find), _kept(hints, find))


def _key_names(owners: _Owners) -> tuple[str, ...]:
    """Names of the fields by which items of this list are told apart; () for a set and for a list that is one value."""
    return next((tuple(key) for owner in owners for key in managed_fields.item_keys(owner.fields)), ())


def _is_set(owners: _Owners) -> bool:
    return any(managed_fields.has_values(owner.fields) for owner in owners)


def _by_key(items: Sequence[Any], names: tuple[str, ...]) -> dict[str, tuple[dict[str, Any], Any]]:
    """By the text that names an item in a path, its key fields ({} in a set) and the item."""
    keyed: dict[str, tuple[dict[str, Any], Any]] = {}
    for each in items:
        key = {name: each[name] for name in names if name in each} if isinstance(each, dict) else {}
        text = ",".join(f"{name}={value}" for name, value in key.items()) or codec.canonical(each).decode()
        keyed[text] = (key, each)
    return keyed


def _finder(key: Mapping[str, Any] | None, value: Any) -> _Find:
    if key:
        return lambda fields: managed_fields.item(fields, key)
    return lambda fields: managed_fields.member(fields, value)


def _below(owners: _Owners, step: str) -> _Owners:
    return _kept(owners, lambda fields: managed_fields.child(fields, step))


def _kept(owners: _Owners, find: _Find) -> _Owners:
    """Those that own something there, with what they own below it."""
    found = ((owner.entry, find(owner.fields)) for owner in owners)
    return tuple(_Owner(entry, fields) for entry, fields in found if fields is not None)


def _culprit(owners: _Owners) -> str:
    others = [owner.entry for owner in owners if not owner.entry.is_ours]
    return max(others, key=lambda entry: entry.time).manager if others else ""


def _quoted(name: str) -> str:
    """Names with dots, such as annotations, in brackets: metadata.annotations["a.b/c"]."""
    return f"[{codec.canonical(name).decode()}]"
