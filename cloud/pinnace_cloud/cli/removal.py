"""Waiting for applications to be gone: each node says Removed; those that are offline are named."""

from collections.abc import Sequence

from pinnace_cloud.cli import watch
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.output import console, failures, rows, tables
from pinnace_cloud.cli.output.progress import Progress
from pinnace_cloud.cli.session import Session
from pinnace_schemas import amounts, api
from pinnace_schemas.api import Verdict
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

_SHOWN_NODES = 5


def wait(at: Session, keys: Sequence[tuple[str, str]], timeout_s: float, interval_s: float) -> Exit:
    """Until none of the applications is known any more; after `timeout_s` names the nodes that have not said so."""
    with Progress() as progress:
        outcome = watch.until(
            lambda: _remaining(at, keys),
            lambda left: not left,
            clock=at.clock,
            interval_s=interval_s,
            timeout_s=timeout_s,
            show=lambda left: progress.update(_sentence(left)),
            complain=progress.update,
        )
    if outcome.is_done:
        for namespace, name in keys:
            console.say(f"application {namespace}/{name} deleted")
        return Exit.OK
    if outcome.last is None:
        failures.complain("the controller did not answer in time; the removals go on, also without you")
        return Exit.UNREACHABLE
    waiting = tuple(item for status in outcome.last for item in _waiting(status))
    if waiting:
        tables.show(*rows.verdicts(waiting, at.clock.now(), wide=False))
    removals = amounts.count(len(waiting), "removal")
    failures.complain(f"{removals} not confirmed after {timeout_s:g} s; what was begun goes on, also without you")
    return Exit.TIMEOUT


def _remaining(at: Session, keys: Sequence[tuple[str, str]]) -> tuple[api.ApplicationStatus, ...]:
    return tuple(status for status in (_status(at, *key) for key in keys) if status is not None)


def _status(at: Session, namespace: str, name: str) -> api.ApplicationStatus | None:
    try:
        return at.client.application(namespace, name)
    except Rejected as exc:
        if exc.reason is Reason.NOT_FOUND:
            return None
        raise


def _waiting(status: api.ApplicationStatus) -> tuple[api.NodeVerdict, ...]:
    return tuple(item for item in status.nodes if item.verdict is not Verdict.REMOVED)


def _sentence(left: Sequence[api.ApplicationStatus]) -> str:
    nodes = sorted({item.node for status in left for item in _waiting(status)})
    more = f" and {len(nodes) - _SHOWN_NODES} more" if len(nodes) > _SHOWN_NODES else ""
    named = f"{', '.join(nodes[:_SHOWN_NODES])}{more}"
    return f"waiting for {amounts.count(len(nodes), 'node')}: {named}" if nodes else "finishing"
