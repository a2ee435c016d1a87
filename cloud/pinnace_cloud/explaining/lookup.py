"""Finds the type that a person means: `webservice`, `trait/env` where its name alone is not enough."""

from collections.abc import Iterable, Sequence

from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas import diagnostics
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.reasons import Reason


def find(known: Iterable[Known], text: str) -> tuple[Known, tuple[str, ...]]:
    """The type, and the path of a field of its properties.

    Raises Rejected where there is none, naming the nearest, and Misconfigured where two sorts have one of this name.
    """
    sort, _, name = text.rpartition("/")
    types = _of_sort(tuple(known), sort)
    words = name.split(".")
    for count in range(len(words), 0, -1):
        found = [item for item in types if item.name == ".".join(words[:count])]
        if found:
            return _only(found), tuple(words[count:])
    hint = diagnostics.did_you_mean(words[0], {item.name for item in types}) or "'pinnace types' lists them"
    raise Rejected(Reason.UNKNOWN_TYPE, f"no {sort or 'known'} type is called so; {hint}", name)


def _of_sort(known: Sequence[Known], sort: str) -> Sequence[Known]:
    if sort and sort not in list(Sort):
        raise Misconfigured(Reason.INVALID, f"is no sort of types; say {', '.join(Sort)}", sort)
    return [item for item in known if sort in ("", item.sort)]


def _only(found: Sequence[Known]) -> Known:
    if len(found) > 1:
        ways = " or ".join(f"{item.sort}/{item.name}" for item in found)
        raise Misconfigured(Reason.INVALID, f"is the name of several types; say {ways}", found[0].name)
    return found[0]
