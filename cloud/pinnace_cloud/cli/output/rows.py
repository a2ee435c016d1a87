"""Which columns each kind has, and a row from each model. `wide` adds columns before the last one."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pinnace_cloud.cli import durations
from pinnace_cloud.cli.output.fleet.sites import Site
from pinnace_schemas import api

Header = tuple[str, ...]
Row = tuple[str, ...]
Rows = tuple[Header, list[Row]]


def applications(items: Iterable[api.ApplicationSummary], now: datetime, *, wide: bool) -> Rows:
    more = ("GROUPS", "BY") if wide else ()
    header = ("NAMESPACE", "NAME", "REVISION", "NODES", "CHANGED", *more, "VERDICT", "REASON")
    return header, [_application(item, now, wide=wide) for item in items]


def _application(item: api.ApplicationSummary, now: datetime, *, wide: bool) -> Row:
    more = (",".join(item.groups), item.changed_by) if wide else ()
    nodes, changed = f"{item.converged}/{item.nodes}", durations.age(item.changed_at, now)
    return (item.namespace, item.name, str(item.revision), nodes, changed, *more, item.verdict, item.reason or "")


def definitions(items: Iterable[api.DefinitionSummary], now: datetime, *, wide: bool) -> Rows:
    more = ("BY", "DESCRIPTION") if wide else ()
    header = ("KIND", "NAME", "VERSION", "APPLICATIONS", "OUTDATED", "CHANGED", *more)
    return header, [_definition(item, now, wide=wide) for item in items]


def _definition(item: api.DefinitionSummary, now: datetime, *, wide: bool) -> Row:
    more = (item.changed_by, item.description) if wide else ()
    counts = (str(len(item.applications)), str(len(item.outdated)))
    return (item.kind, item.name, str(item.version), *counts, durations.age(item.changed_at, now), *more)


def groups(items: Iterable[api.GroupSummary], *, wide: bool) -> Rows:
    more = ("HEAD", "LABELS", "MEMBERS") if wide else ()
    header = ("NAME", "NODES", "CONVERGED", *more, "APPLICATIONS")
    return header, [_group(item, wide=wide) for item in items]


def _group(item: api.GroupSummary, *, wide: bool) -> Row:
    more = (str(item.head_version), pairs(item.labels), ",".join(item.nodes)) if wide else ()
    converged = f"{item.converged}/{item.expected}"
    return (item.name, str(len(item.nodes)), converged, *more, ",".join(item.applications))


def nodes(items: Iterable[api.NodeSummary], now: datetime, *, wide: bool) -> Rows:
    more = ("ONLINE", "DAEMON", "KUBERNETES", "LABELS", "PROBLEMS") if wide else ()
    header = ("NAME", "GROUPS", "APPLICATIONS", "LAST-SEEN", *more, "VERDICT", "REASON")
    return header, [_node(item, now, wide=wide) for item in items]


def _node(item: api.NodeSummary, now: datetime, *, wide: bool) -> Row:
    problems = ",".join(problem.reason for problem in item.problems)
    more = (yes_no(item.online), item.daemon, item.kubernetes, pairs(item.labels), problems) if wide else ()
    converged, seen = f"{item.converged}/{item.applications}", durations.age(item.last_seen, now)
    return (item.name, ",".join(item.groups), converged, seen, *more, item.verdict, item.reason or "")


def verdicts(items: Iterable[api.NodeVerdict], now: datetime, *, wide: bool, with_application: bool = True) -> Rows:
    """One row for each application and node; the application is left out where it is the same in all."""
    first = ("APPLICATION",) if with_application else ()
    more = ("PHASE", "HEALED", "SINCE", "BUNDLE", "WANTED-BUNDLE") if wide else ()
    header = (*first, "NODE", "GROUP", "REVISION", "READY", "LAST-SEEN", *more, "VERDICT", "REASON", "MESSAGE")
    return header, [_verdict(item, now, wide=wide, with_application=with_application) for item in items]


def _verdict(item: api.NodeVerdict, now: datetime, *, wide: bool, with_application: bool) -> Row:
    first = (f"{item.namespace}/{item.application}",) if with_application else ()
    more = (item.phase or "", str(item.healed), item.since or "", *bundles(item)) if wide else ()
    ready, seen = f"{item.ready}/{item.total}", durations.age(item.last_seen, now)
    state = (item.verdict, item.reason or "", item.message)
    return (*first, item.node, item.group, revision(item), ready, seen, *more, *state)


def sites(items: Iterable[Site], seen: Mapping[str, str | None], now: datetime, *, wide: bool) -> Rows:
    """One row for each node with the worst of what it runs: the revision, or how many of several are Converged."""
    more = ("PHASE",) if wide else ()
    header = ("NODE", "GROUP", "RUNS", "LAST-SEEN", *more, "VERDICT", "REASON", "MESSAGE")
    return header, [
        (
            *(item.name, item.group, item.label, durations.age(seen.get(item.name), now)),
            *((item.phase or "",) if wide else ()),
            *(item.verdict, item.reason or "", item.message),
        )
        for item in items
    ]


def revisions(items: Iterable[api.RevisionInfo], now: datetime) -> Rows:
    header = ("REVISION", "CURRENT", "CHANGED", "BY", "GROUPS", "NOTE")
    return header, [
        (
            str(item.revision),
            "*" if item.current else "",
            durations.age(item.changed_at, now),
            item.changed_by,
            ",".join(sorted(item.groups)),
            item.note,
        )
        for item in items
    ]


def revision(item: api.NodeVerdict) -> str:
    """`3`, or `2->3` where the node is to run another one."""
    same = item.revision == item.wanted_revision or item.wanted_revision == 0
    return str(item.revision) if same else f"{item.revision}->{item.wanted_revision}"


def bundles(item: api.NodeVerdict) -> tuple[str, str]:
    """The first twelve digits tell bundles apart."""
    return (item.bundle or "")[:12], (item.wanted_bundle or "")[:12]


def pairs(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
