"""What an edit of groups and nodes takes from nodes, told before it happens: a mistyped label empties a site."""

from collections.abc import Iterable, Iterator, Mapping, Set

from pinnace_cloud.rules import findings
from pinnace_cloud.rules.departures import Pair
from pinnace_cloud.rules.findings import Subject
from pinnace_cloud.rules.world import Edit
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import amounts, diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason

_MOST_NAMES = 5


def warnings(
    before: Mapping[Pair, str], after: Mapping[Pair, str], edit: Edit, kept: Set[AppKey]
) -> Iterator[tuple[Subject, Diagnostic]]:
    """At each group and node of the edit by which applications leave nodes, though they are kept.

    What an edit of the application itself moves is its author's word, and what goes to the node by another group stays.
    """
    lost = [
        pair for pair in sorted(before.keys() - after.keys()) if pair[0] in kept and pair[0] not in edit.applications
    ]
    for group in edit.groups:
        if found := [pair for pair in lost if before[pair] == group]:
            yield findings.of_group(group), _warning(found)
    for name in edit.nodes:
        if found := [pair for pair in lost if pair[1] == name and before[pair] not in edit.groups]:
            yield findings.of_node(name), _warning(found)


def _warning(pairs: Iterable[Pair]) -> Diagnostic:
    keys, nodes = sorted({str(key) for key, _ in pairs}), sorted({node for _, node in pairs})
    what = f"{amounts.count(len(keys), 'application')} ({_some(keys)})"
    message = f"takes {what} from {amounts.count(len(nodes), 'node')} ({_some(nodes)}): their objects are deleted there"
    return diagnostics.warning(Reason.REMOVING, message)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
