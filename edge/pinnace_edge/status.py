"""What a node says about itself without any network: a view of the store, for people and for programs.

Reads only; the clock is passed in. A node's clock may be wrong: an age that would be negative is left out.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pinnace_edge.model import Deployment
from pinnace_edge.ports import Backlog, Store
from pinnace_schemas import codec, times
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.reasons import REASONS, Reason

_KIB = 1024
_AGES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of the assignment; `head` 0: none accepted yet."""

    name: str
    head: int


@dataclass(frozen=True, slots=True)
class NodeView:
    """`process`: id of the running daemon, 0 when it is not known, None when none runs."""

    process: int | None
    started_at: datetime | None
    last_contact: datetime | None
    is_trusting: bool
    groups: tuple[GroupView, ...]
    deployments: tuple[Deployment, ...]
    problems: tuple[NodeProblem, ...]
    journal: str
    waiting: Backlog


def collect(store: Store, process: int | None = None) -> NodeView:
    """The view; `process` comes from the lock of the data folder, since the store outlives the daemon."""
    heads = {head.group: head.version for head in store.heads()}
    return NodeView(
        process=process,
        started_at=store.started_at(),
        last_contact=store.last_contact(),
        is_trusting=store.trust() is not None,
        groups=tuple(GroupView(name, heads.get(name, 0)) for name in store.assignment()[1]),
        deployments=store.deployments(),
        problems=store.problems(),
        journal=store.journal_id(),
        waiting=store.backlog(),
    )


def as_json(view: NodeView) -> str:
    """One JSON object; times are RFC 3339 in UTC, what is not known is null."""
    document = {
        "running": view.process is not None,
        "process": view.process or None,
        "started_at": _time(view.started_at),
        "last_contact": _time(view.last_contact),
        "joined": view.is_trusting,
        "groups": [asdict(group) for group in view.groups],
        "applications": [_application(item) for item in view.deployments],
        "problems": [_problem(item) for item in view.problems],
        "journal": {"id": view.journal, "waiting": view.waiting.entries, "bytes": view.waiting.size_bytes},
    }
    return codec.canonical(document).decode()


def as_text(view: NodeView, now: datetime) -> str:
    """Several lines for a person; ends without a newline."""
    lines = [
        f"daemon    {_daemon(view, now)}",
        f"contact   {_moment(view.last_contact, now) if view.last_contact else 'never'}",
        f"journal   {_waiting(view.waiting)}",
        f"groups    {_groups(view)}",
        "",
        *_applications(view.deployments, now),
    ]
    for problem in view.problems:
        since = _moment(times.parse_time(problem.since), now)
        lines += ["", f"problem   {_why(problem.reason, problem.message)}", f"          since {since}"]
        lines += [f"          what to do: {REASONS[problem.reason].action}"]
    return "\n".join(lines)


def _application(item: Deployment) -> dict[str, Any]:
    return {
        "namespace": item.key.namespace,
        "application": item.key.name,
        "group": item.group,
        "phase": item.phase.value,
        "since": _time(item.since),
        "revision": item.revision,
        "bundle": item.bundle or None,
        "wanted_revision": item.wanted_revision,
        "wanted_bundle": item.wanted_bundle or None,
        "ready": item.ready,
        "total": item.total,
        "healed": item.healed,
        **_explained(item.reason, item.message),
    }


def _problem(item: NodeProblem) -> dict[str, Any]:
    return {"since": item.since, **_explained(item.reason, item.message)}


def _explained(reason: Reason | None, message: str) -> dict[str, Any]:
    action = REASONS[reason].action if reason else None
    return {"reason": reason.value if reason else None, "message": message, "action": action}


def _daemon(view: NodeView, now: datetime) -> str:
    if view.process is None:
        return "not running; what was applied goes on, nothing is healed or fetched"
    name = f"running (process {view.process})" if view.process else "running"
    return f"{name}, started {_moment(view.started_at, now)}" if view.started_at else name


def _waiting(waiting: Backlog) -> str:
    if not waiting.entries:
        return "nothing waits for the cloud"
    noun = "entry waits" if waiting.entries == 1 else "entries wait"
    return f"{waiting.entries} {noun} for the cloud ({-(-waiting.size_bytes // _KIB)} KiB)"


def _groups(view: NodeView) -> str:
    if not view.is_trusting:
        return "not joined; make a token and run 'pinnace-edge join TOKEN'"
    heads = [f"{group.name} ({f'head {group.head}' if group.head else 'no head yet'})" for group in view.groups]
    return ", ".join(heads) or "none; nothing is assigned to this node"


def _applications(items: tuple[Deployment, ...], now: datetime) -> list[str]:
    if not items:
        return ["no applications"]
    rows = [("APPLICATION", "GROUP", "PHASE", "REVISION", "READY", "SINCE")]
    rows += [
        (str(item.key), item.group, item.phase, _revision(item), _ready(item), _moment(item.since, now))
        for item in items
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines = table[:1]
    for line, item in zip(table[1:], items, strict=True):
        lines += [line, *_explanation(item)]
    return lines


def _explanation(item: Deployment) -> list[str]:
    if item.reason is None:
        return [f"  {_printable(item.message)}"] if item.message else []
    return [f"  {_why(item.reason, item.message)}", f"  what to do: {REASONS[item.reason].action}"]


def _why(reason: Reason, message: str) -> str:
    """One line; what a KubeAPI or a broker wrote must not move the cursor of a terminal."""
    text = message or REASONS[reason].meaning
    return f"{reason}: {_printable(text)}"


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def _revision(item: Deployment) -> str:
    if item.is_leaving:
        return f"{item.revision} -> none"
    if item.revision and (item.bundle, item.revision) == (item.wanted_bundle, item.wanted_revision):
        return str(item.revision)
    return f"{item.revision or 'none'} -> {item.wanted_revision}"


def _ready(item: Deployment) -> str:
    return f"{item.ready}/{item.total}"


def _moment(moment: datetime, now: datetime) -> str:
    """'2026-11-23T10:22:00Z (4 min ago)'."""
    seconds = int((now - moment).total_seconds())
    if seconds < 0:
        return times.format_time(moment)
    unit, name = next(((unit, name) for unit, name in _AGES if seconds >= unit), _AGES[-1])
    return f"{times.format_time(moment)} ({seconds // unit} {name} ago)"


def _time(moment: datetime | None) -> str | None:
    return times.format_time(moment) if moment else None
