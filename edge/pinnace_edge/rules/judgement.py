"""From single outcomes to one verdict about an application on this node: what to trigger, and what to tell people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pinnace_edge.model import Live, Ref, Status
from pinnace_edge.rules.order import Held
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.rules.plan import Refuse
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Judgement:
    """`message` names the first object that is not as wanted and counts the others."""

    trigger: Trigger
    ready: int
    total: int
    reason: Reason | None = None
    message: str = ""


def judge(
    total: int,
    refused: Sequence[Refuse],
    live: Sequence[Live],
    retry: Sequence[str] = (),
    held: Sequence[Held] = (),
    *,
    waited_s: float,
    deadline_s: int,
    said: str = "",
    unmet: Sequence[str] = (),
) -> Judgement:
    """`waited_s`: seconds for which this bundle has not been ready. Refusals outweigh failures, failures waiting.

    `retry`: the API's words for what it did not take yet. `held`: what waits until others are ready. `said`: what
    definitions say once all is as wanted; `unmet`: what those say that are not met, also of no object at all."""
    ready = sum(item.health.status is Status.CURRENT for item in live)
    if refused:
        return Judgement(Trigger.REFUSED, ready, total, refused[0].reason, _first_of(refused) + _waiting(held))
    failed = [item for item in live if item.health.status is Status.FAILED]
    if failed:
        return Judgement(Trigger.UNHEALTHY, ready, total, Reason.UNHEALTHY, _first_live(failed) + _waiting(held))
    waiting = [item for item in live if item.health.status is not Status.CURRENT]
    if not waiting and not unmet and len(live) == total:
        return Judgement(Trigger.HEALTHY, ready, total, message=said)
    message = _why_not_ready(total - len(live), waiting, retry, held, unmet)
    if waited_s >= deadline_s:
        return Judgement(Trigger.DEADLINE, ready, total, Reason.HEALTH_DEADLINE, f"after {deadline_s} s: {message}")
    return Judgement(Trigger.NOT_READY, ready, total, Reason.PROGRESSING, message)


def with_leftovers(
    verdict: Judgement, fought: Sequence[Ref], terminating: Sequence[Ref], not_deleted: Sequence[str]
) -> Judgement:
    """A verdict of HEALTHY is withdrawn while somebody fights us or something unwanted is still there."""
    if verdict.trigger is not Trigger.HEALTHY and not fought:
        return verdict
    if fought:
        message = f"{fought[0]}: changed again and again; corrections pause{_more(len(fought))}"
        return replace(verdict, trigger=Trigger.DRIFT, reason=Reason.FIGHT, message=message)
    if not_deleted:
        message = not_deleted[0] + _more(len(not_deleted))
        return replace(verdict, trigger=Trigger.NOT_READY, reason=Reason.PRUNE_FAILED, message=message)
    if terminating:
        message = f"waiting for {terminating[0]} to go{_more(len(terminating))}"
        return replace(verdict, trigger=Trigger.NOT_READY, reason=Reason.PROGRESSING, message=message)
    return verdict


def _why_not_ready(
    missing: int, waiting: Sequence[Live], retry: Sequence[str], held: Sequence[Held], unmet: Sequence[str]
) -> str:
    if retry:
        return retry[0] + _more(len(retry))
    if held:
        return f"{held[0].ref}: {held[0].message}{_more(len(held))}"
    return _first_live(waiting, unmet) if waiting or unmet else f"{missing} objects are not applied yet"


def _waiting(held: Sequence[Held]) -> str:
    if not held:
        return ""
    return "; 1 object waits for others" if len(held) == 1 else f"; {len(held)} objects wait for others"


def _first_of(refused: Sequence[Refuse]) -> str:
    return f"{refused[0].ref}: {refused[0].message}" + _more(len(refused))


def _first_live(items: Sequence[Live], unmet: Sequence[str] = ()) -> str:
    """`unmet` has said what definitions say of the objects that they judge."""
    others = (item for item in sorted(items, key=lambda item: item.ref) if not item.health.judge)
    texts = (*unmet, *(f"{item.ref}: {item.health.message or item.health.status}" for item in others))
    return texts[0] + _more(len(texts))


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
