"""How the patch of a trait is meant: the tags that its comments set, and lists that say something of every entry."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pinnace_cloud.definitions.export import Marks
from pinnace_cloud.render import paths
from pinnace_cloud.render.patching import Conflicting, Strategy, Tag, merge

_STRATEGIES = {item.value: item for item in (Strategy.RETAIN_KEYS, Strategy.REPLACE)}
_WHOLE = {item.value: item for item in (Strategy.JSON_PATCH, Strategy.JSON_MERGE_PATCH)}
# The comment above the field `patch` itself; above `patch: spec: ...` it is one of the innermost field.
_ABOVE_PATCH = re.compile(
    r"^[ \t]*//[ \t]*\+patchStrategy=(?P<strategy>\w+)[ \t]*\n(?:[ \t]*//[^\n]*\n){0,20}"
    r"[ \t]*patch[ \t]*:(?![ \t]*[\w$\"]+[ \t]*:)",
    re.MULTILINE,
)


def tags(marks: Mapping[str, Marks], field: str, template: str) -> dict[str, Tag]:
    """By path below `field`, which is `patch` or an entry of `patchOutputs`."""
    found = {path[len(field) + 1 :]: _tag(mark) for path, mark in marks.items() if path.startswith(f"{field}.")}
    whole = _ABOVE_PATCH.search(template)
    if field == "patch" and whole is not None and whole["strategy"] in _WHOLE:
        found[""] = Tag(strategy=_WHOLE[whole["strategy"]])
    return found


def _tag(mark: Marks) -> Tag:
    return Tag(key=mark.get("patchKey", ""), strategy=_STRATEGIES.get(mark.get("patchStrategy", "")))


def is_whole(patch: Any, tags: Mapping[str, Tag]) -> bool:
    """Whether a JSON patch has its operations; other patches need nothing."""
    if tags.get("", Tag()).strategy is not Strategy.JSON_PATCH:
        return True
    operations = patch.get("operations")
    return isinstance(operations, list) and all(isinstance(item, dict) for item in operations)


def fit(base: Any, patch: Any, tags: Mapping[str, Tag]) -> dict[str, Any]:
    """Where the patch, as it was exported, is not all that it may mean: see `Question.fit`.

    A list without a key that is shorter than that of the base may say something of all entries, `[...{a: 1}]`. A value
    that is not that of the base may be a default. Nothing within lists is looked for.
    """
    if "" in tags:
        return {}
    return _nested((*_short(base, patch, (), tags), *((path, [value]) for path, value in _other(base, patch, tags))))


def yielding(made: Any, base: Any, patch: Any, tags: Mapping[str, Tag]) -> dict[str, Any]:
    """What the patch has otherwise than the base, as a `Question.fit` of the template that made the base: a default of
    it gives way. Nothing where the base has another value than was `made`.
    """
    found = list(_other(base, patch, tags))
    if any(paths.get(made, path) != value for path, value in found):
        return {}
    return _nested((path, [paths.get(patch, path)]) for path, _ in found)


def with_values(base: Any, fit: Mapping[str, Any]) -> Any:
    """The base with the values of such a fit."""
    found = dict(base)
    for name, leaf in fit.items():
        found[name] = leaf[0] if isinstance(leaf, list) else with_values(base[name], leaf)
    return found


def _nested(leaves: Iterable[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, leaf in leaves:
        inner = found
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = leaf
    return found


def is_of_lists(fit: Any) -> bool:
    """Whether the length of a list is asked for."""
    return isinstance(fit, int) or (isinstance(fit, dict) and any(map(is_of_lists, fit.values())))


def _other(base: Any, patch: Any, tags: Mapping[str, Tag]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Values of the base that the patch has otherwise."""
    try:
        merge(base, patch, tags)
    except Conflicting as exc:
        for conflict in exc.conflicts:
            path = tuple(part for part in conflict.path if isinstance(part, str))
            value = paths.get(base, path)
            if len(path) == len(conflict.path) and not isinstance(value, dict | list):
                yield path, value


def _short(
    base: Any, patch: Any, path: tuple[str, ...], tags: Mapping[str, Tag]
) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(base, dict) and isinstance(patch, dict):
        for name in (name for name in patch if name in base):
            yield from _short(base[name], patch[name], (*path, name), tags)
    elif isinstance(base, list) and isinstance(patch, list) and len(patch) < len(base):
        tag = tags.get(".".join(path), Tag())
        if not tag.key and tag.strategy is not Strategy.REPLACE:
            yield path, len(base)
