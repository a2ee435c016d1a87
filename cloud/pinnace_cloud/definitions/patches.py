"""How the patch of a trait is meant: the tags that its comments set, and lists that say something of every entry."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pinnace_cloud.definitions.export import Marks
from pinnace_cloud.render.patching import Strategy, Tag

_STRATEGIES = {item.value: item for item in (Strategy.RETAIN_KEYS, Strategy.REPLACE)}
_WHOLE = {item.value: item for item in (Strategy.JSON_PATCH, Strategy.JSON_MERGE_PATCH)}
# The comment above the field `patch` itself; above `patch: spec: ...` it is one of the innermost field.
_ABOVE_PATCH = re.compile(
    r"^[ \t]*//[ \t]*\+patchStrategy=(?P<strategy>\w+)[ \t]*\n(?:[ \t]*//[^\n]*\n)*"
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


def short_lists(base: Any, patch: Any, tags: Mapping[str, Tag]) -> dict[str, Any]:
    """Lists of the patch that have no key and fewer entries than those of the base: in CUE such a list may say
    something of all entries, `[...{lifecycle: ...}]`. Nested maps, with the length of the base's list at the place of
    each; lists within lists are not looked for.
    """
    if "" in tags:
        return {}
    lengths: dict[str, Any] = {}
    for path, length in _short(base, patch, (), tags):
        inner = lengths
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = length
    return lengths


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
