"""Strategic merge patches, which kubectl sends for built-in kinds (apimachinery, util/strategicpatch/patch.go).

Like a JSON merge patch, but lists with a merge key are merged item by item, and directives (`$patch`, `$retainKeys`,
`$deleteFromPrimitiveList/NAME`, `$setElementOrder/NAME`) say what a list cannot.
"""

from __future__ import annotations

from typing import Any

from pinnace_sim.cluster.schema.types import Items, Members, Object, Type

DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
DELETE = "$deleteFromPrimitiveList/"
ORDER = "$setElementOrder/"


def merge(kind: Type, live: Object, patch: Object) -> Object:
    """`live` as the patch wants it. ValueError, with the KubeAPI's words, for a patch that makes no sense."""
    return _members(kind.members, live, patch)


def _members(members: Members | None, live: Object, patch: Object) -> Object:
    if DIRECTIVE in patch:
        return _directed(patch)
    result = _retained(live, patch)
    for name, wanted in patch.items():
        if name.startswith(DELETE):
            listed = name.removeprefix(DELETE)
            if not isinstance(wanted, list):
                raise ValueError("invalid patch format of primitive list")
            result[listed] = [each for each in result.get(listed) or () if each not in wanted]
        elif name.startswith("$"):
            continue
        elif wanted is None:
            result.pop(name, None)
        else:
            result[name] = _value(members.of(name) if members else None, result.get(name), wanted)
    for name, wanted in patch.items():
        if name.startswith(ORDER):
            listed = name.removeprefix(ORDER)
            _order(members, result, live, listed, wanted, patch.get(listed) or [])
    return result


def _directed(patch: Object) -> Object:
    if patch[DIRECTIVE] == "replace":
        return {name: each for name, each in patch.items() if name != DIRECTIVE}
    if patch[DIRECTIVE] == "delete":
        return {}
    raise ValueError(f"unknown patch type: {patch[DIRECTIVE]} in map: {patch}")


def _retained(live: Object, patch: Object) -> Object:
    """A copy of `live` with no other members than those that the patch retains, if it says so."""
    if RETAIN not in patch:
        return dict(live)
    kept = patch[RETAIN]
    if not isinstance(kept, list) or any(
        name not in kept for name, each in patch.items() if each is not None and not name.startswith("$")
    ):
        raise ValueError("invalid patch format of retainKeys")
    return {name: each for name, each in live.items() if name in kept}


def _value(kind: Type | None, live: Any, wanted: Any) -> Any:
    if type(live) is not type(wanted):
        return _bare(wanted)
    if isinstance(wanted, dict):
        members = kind.members if kind else None
        return wanted if members and members.is_replaced else _members(members, live, wanted)
    if isinstance(wanted, list) and kind and kind.items and kind.items.is_merged:
        _check_items(kind.items, [*live, *wanted])
        return _keyed(kind.items, live, wanted) if kind.items.merge_key else _plain(live, wanted)
    return _bare(wanted)


def _check_items(items: Items, values: list[Any]) -> None:
    """Maps have keys, scalars have none."""
    if items.merge_key and not all(isinstance(each, dict) for each in values):
        raise ValueError("expected a map in a list with a merge key")
    if not items.merge_key and any(isinstance(each, dict | list) for each in values):
        raise ValueError("cannot merge lists without merge key")


def _bare(value: Any) -> Any:
    """Something new: without nulls, and without what is only an order to take something away."""
    if isinstance(value, dict):
        return {
            name: _bare(each)
            for name, each in value.items()
            if each is not None and not name.startswith("$") and not _is_directive(each)
        }
    return [_bare(each) for each in value if not _is_directive(each)] if isinstance(value, list) else value


def _is_directive(value: Any) -> bool:
    return isinstance(value, dict) and DIRECTIVE in value


def _plain(live: list[Any], wanted: list[Any]) -> list[Any]:
    """Scalars, each once."""
    merged = [*live, *wanted]
    return _sorted([each for index, each in enumerate(merged) if each not in merged[:index]], wanted, live, "")


def _keyed(items: Items, live: list[Any], wanted: list[Any]) -> list[Any]:
    key = items.merge_key
    gone = [_key(each, key) for each in wanted if each.get(DIRECTIVE) == "delete"]
    is_replaced = any(each.get(DIRECTIVE) == "replace" for each in wanted)
    base = [] if is_replaced else [each for each in live if each.get(key) not in gone]
    fresh = [each for each in wanted if DIRECTIVE not in each]
    merged = list(base)
    for each in fresh:
        named = _key(each, key)
        index = next((index for index, old in enumerate(merged) if old.get(key) == named), None)
        if index is None:
            merged.append(_bare(each))
        else:
            merged[index] = _members(items.element.members, merged[index], each)
    return _sorted(merged, fresh, base, key)


def _key(item: Object, key: str) -> Any:
    if key not in item:
        raise ValueError(f"map: {item} does not contain declared merge key: {key}")
    return item[key]


def _order(members: Members | None, result: Object, live: Object, name: str, wanted: Any, given: list[Any]) -> None:
    """Puts a list into the order that the patch asks for; what it does not name stays about where it was."""
    if not isinstance(wanted, list):
        raise ValueError("invalid patch format of setElementOrder list")  # noqa: TRY004 - one error for bad patches
    kind = members.of(name) if members else None
    key = kind.items.merge_key if kind and kind.items else ""
    if kind and kind.items:
        _check_items(kind.items, [*wanted, *given])
    _check_order(given, wanted, key)
    if name in result:
        result[name] = _sorted(result[name], wanted, live.get(name) or [], key)


def _check_order(given: list[Any], wanted: list[Any], key: str) -> None:
    """The items that the patch brings must stand in the order that it asks for."""
    rest = iter(_name(each, key) for each in wanted)
    if wanted and not all(_name(each, key) in rest for each in given if not _is_directive(each)):
        raise ValueError(f"The order in patch list:\n{given}\n doesn't match {ORDER[:-1]} list:\n{wanted}\n")


def _sorted(merged: list[Any], asked: list[Any], live: list[Any], key: str) -> list[Any]:
    """The items of `asked` in its order, the others each before the first that followed it in `live`."""
    order, before = _places(asked, key), _places(live, key)
    named = [_name(each, key) for each in merged]
    mine = sorted((each for each, name in zip(merged, named, strict=True) if name in order), key=_by(order, key))
    others = [each for each, name in zip(merged, named, strict=True) if name not in order]
    others.sort(key=_by(before, key))
    result: list[Any] = []
    for each in mine:
        place = before.get(_name(each, key), -1)
        while others and before.get(_name(others[0], key), len(before)) < place:
            result.append(others.pop(0))
        result.append(each)
    return result + others


def _places(values: list[Any], key: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for index, each in enumerate(values):
        found.setdefault(_name(each, key), index)
    return found


def _by(places: dict[Any, int], key: str) -> Any:
    return lambda each: places.get(_name(each, key), len(places))


def _name(item: Any, key: str) -> Any:
    return _key(item, key) if key else item
