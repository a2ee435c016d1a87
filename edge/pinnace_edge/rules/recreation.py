"""Whether an object has to be made anew: the policy resource-update with fields that no cluster changes in place.

Keeps true: a Namespace is never made anew, since objects of others go with it, and nothing for what a cluster has
filled in.
"""

from collections.abc import Iterable
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import once
from pinnace_schemas import codec, field_paths

_NAMESPACE = "Namespace"
# The KubeAPI refuses a value by these words (status 422): one that is wrong, or one that must not change. What a schema
# does not know, a role or a quota does not allow is refused in others, and would be for a new object too.
_BAD_VALUE = " is invalid: "
# A webhook, or a ValidatingAdmissionPolicy, does not want it.
_DENIED = (" denied the request", " denied request")
# What the old object holds is in the way of the trial only: its port or address. And a name that follows from the
# content, such as that of a CustomResourceDefinition, is wrong only in the trial.
_PASSING = ("already allocated", "metadata.name")
# Names of most kinds are DNS labels of up to 63 characters.
_MARK = 8
_STEM = 63 - _MARK - 1


def changed_field(wanted: KubeObject, live: KubeObject, paths: Iterable[str]) -> str:
    """The first of `paths` at which `live` is not as wanted; '' if there is none.

    What the cluster has filled in besides does not count, or an object with defaults would be made anew for ever: a
    field that is not wanted any more is another only if we have set it.
    """
    if live.get("kind") == _NAMESPACE:
        return ""
    for path in paths:
        parts = field_paths.parse(path)
        item, found = once.value(wanted, parts), once.value(live, parts)
        is_left_out = item is once.MISSING and not once.is_ours(live, parts)
        if not (is_left_out or _is_as_wanted(item, found)):
            return path
    return ""


def may_help(refusal: str) -> bool:
    """Whether a new object may be taken where a change of the old one is refused with these words."""
    return _BAD_VALUE in refusal


def trial_of(body: KubeObject) -> KubeObject:
    """The same object under a name that nobody has: a dry run that makes it is refused for what is wrong with it."""
    metadata = body["metadata"]
    mark = codec.sha256(codec.canonical(body))[:_MARK]
    return {**body, "metadata": {**metadata, "name": f"{metadata['name'][:_STEM].rstrip('-.')}-{mark}"}}


def forbids(refusal: str) -> bool:
    """Whether what is said of the trial holds for the object under its own name too, when the old one is gone."""
    is_about_it = any(words in refusal for words in (_BAD_VALUE, *_DENIED))
    return is_about_it and not any(words in refusal for words in _PASSING)


def _is_as_wanted(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(live, dict):
        # A field that is null is one that is not set.
        given = {name: item for name, item in wanted.items() if item is not None}
        return all(name in live and _is_as_wanted(item, live[name]) for name, item in given.items())
    if isinstance(wanted, list) and isinstance(live, list):
        return len(wanted) == len(live) and all(map(_is_as_wanted, wanted, live))
    return bool(wanted == live)
