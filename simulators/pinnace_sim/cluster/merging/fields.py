"""Sets of fields, in the form in which managedFields carry them (fieldsV1), and what can be done with them.

A tree: steps (see `elements`) lead to what is below. `{}` is a field that is in the set; a node with something below it
is in the set itself only if it also has `.`. The empty set is `{}` at the root. Trees share branches, so nobody changes
one; the operations return new ones. They are those of structured-merge-diff's fieldpath.Set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Type

Fields = Mapping[str, "Fields"]
Path = tuple[str, ...]

LEAF: Fields = {}
NOTHING: Fields = {}
SELF = "."


def node(is_member: bool, below: Fields) -> Fields | None:
    """A node of these; None if there is nothing in it."""
    if not below:
        return LEAF if is_member else None
    return {SELF: LEAF, **below} if is_member else below


def is_member(found: Fields) -> bool:
    """Whether a node that was found is in the set itself."""
    return not found or SELF in found


def below(found: Fields) -> Fields:
    """A node without itself."""
    return {step: each for step, each in found.items() if step != SELF} if SELF in found else found


def of_paths(paths: Iterator[Path] | list[Path]) -> Fields:
    """The set of these fields."""
    tree: dict[str, Fields] = {}
    for path in paths:
        tree = dict(union(tree, _branch(path)))
    return tree


def union(left: Fields, right: Fields) -> Fields:
    """What is in either."""
    if not left or not right:
        return left or right
    merged = dict(left)
    for step, other in right.items():
        mine = merged.get(step)
        merged[step] = other if mine is None else _joined(mine, other)
    return merged


def intersection(left: Fields, right: Fields) -> Fields:
    """What is in both."""
    kept = {}
    for step, mine in left.items():
        other = right.get(step)
        if other is not None and step != SELF:
            both = node(is_member(mine) and is_member(other), intersection(below(mine), below(other)))
            if both is not None:
                kept[step] = both
    return kept


def difference(left: Fields, right: Fields) -> Fields:
    """What is in `left` and not in `right`. Taking away a field leaves what is below it."""
    kept = {}
    for step, mine in left.items():
        other = right.get(step)
        rest = mine if other is None else _without(mine, other)
        if rest is not None:
            kept[step] = rest
    return kept


def without_branches(left: Fields, right: Fields) -> Fields:
    """What is in `left` and neither in `right` nor below something that is in `right`."""
    kept = {}
    for step, mine in left.items():
        other = right.get(step)
        if other is None:
            kept[step] = mine
        elif not is_member(other):
            rest = node(is_member(mine), without_branches(below(mine), other))
            if rest is not None:
                kept[step] = rest
    return kept


def with_named(found: Fields, kind: Type | None) -> Fields:
    """The set with the declared fields on the way to its members, which field sets usually leave out."""
    named = {}
    for step, each in found.items():
        if each:
            inner, is_declared = _below(kind, step)
            each = with_named(each, inner)  # noqa: PLW2901 - the same node, completed
            if is_declared and SELF not in each:
                each = {SELF: LEAF, **each}  # noqa: PLW2901
        named[step] = each
    return named


def paths(found: Fields) -> Iterator[Path]:
    """The members, those of one level before what is below them, in the KubeAPI's order."""
    steps = sorted((step for step in found if step != SELF), key=elements.rank)
    yield from ((step,) for step in steps if is_member(found[step]))
    for step in steps:
        yield from ((step, *rest) for rest in paths(found[step]))


def ordered(found: Fields) -> Fields:
    """The same set with its steps in the order in which the KubeAPI writes them."""
    if len(found) < 2:
        return {step: ordered(each) for step, each in found.items()}
    steps = sorted((step for step in found if step != SELF), key=elements.rank)
    return {step: ordered(found[step]) for step in ((SELF, *steps) if SELF in found else steps)}


def _branch(path: Path) -> Fields:
    tree: Fields = LEAF
    for step in reversed(path):
        tree = {step: tree}
    return tree


def _joined(mine: Fields, other: Fields) -> Fields:
    if mine is other or (not mine and not other):
        return mine
    joined = node(is_member(mine) or is_member(other), union(below(mine), below(other)))
    return LEAF if joined is None else joined


def _without(mine: Fields, other: Fields) -> Fields | None:
    if mine is other:
        return None
    return node(is_member(mine) and not is_member(other), difference(below(mine), below(other)))


def _below(kind: Type | None, step: str) -> tuple[Type | None, bool]:
    """The type that a step leads to, and whether it is a declared field."""
    sort, _, name = step.partition(":")
    if kind is None or sort == "v":
        return None, False
    if sort == "k":
        return kind.items.element if kind.items else None, False
    if kind.members is None:
        return None, False
    return kind.members.of(name), name in kind.members.fields


# What one path of the API does not write: the object itself, and its status.
STATUS: Fields = {"f:status": LEAF}
SPEC: Fields = {"f:spec": LEAF, "f:metadata": {"f:labels": LEAF}}
CUSTOM_SPEC: Fields = {"f:spec": LEAF, "f:metadata": LEAF}  # of a custom resource: its status and nothing else
# Belongs to the KubeAPI (apimachinery, util/managedfields/internal/stripmeta.go).
UNOWNED: Fields = {
    "f:apiVersion": LEAF,
    "f:kind": LEAF,
    "f:metadata": {
        SELF: LEAF,
        "f:name": LEAF,
        "f:namespace": LEAF,
        "f:creationTimestamp": LEAF,
        "f:selfLink": LEAF,
        "f:uid": LEAF,
        "f:clusterName": LEAF,
        "f:generation": LEAF,
        "f:managedFields": LEAF,
        "f:resourceVersion": LEAF,
    },
}
