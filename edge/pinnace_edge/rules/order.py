"""Which objects may be applied now, and which wait until others are ready. Reads nothing, writes nothing.

Keeps true: what was applied as the bundle wants it never waits, so it is healed also while what it waited for then is
not well now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pinnace_edge.model import Live, Owned, Ref
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import Action, Apply, Observe, Refuse
from pinnace_schemas import labels

Inventory = Mapping[Ref, Owned]


@dataclass(frozen=True, slots=True)
class Held:
    """An object that is not applied yet, and the first of those that it waits for."""

    ref: Ref
    awaited: Ref
    message: str


def divided(todo: Sequence[Apply], inventory: Inventory, seen: Iterable[Live]) -> tuple[list[Apply], list[Apply]]:
    """What may be sent now and what waits, each in the given order. `seen` is all that is known of other objects."""
    ready = {live.ref for live in seen if live.health.is_ready}
    unready = {number for number, after in _awaited(todo, inventory).items() if not ready.issuperset(after)}
    free, waiting = list[Apply](), list[Apply]()
    for action in todo:
        is_waiting = id(action.desired.after) in unready and may_wait(action.desired, inventory)
        (waiting if is_waiting else free).append(action)
    return free, waiting


def looked_at(actions: Sequence[Action], inventory: Inventory) -> tuple[Observe, ...]:
    """What this application only looks at, and something waits for."""
    looks = [action for action in actions if isinstance(action, Observe)]
    todo = [action for action in actions if isinstance(action, Apply)] if looks else []
    awaited = set(chain.from_iterable(_awaited(todo, inventory).values()))
    return tuple(action for action in looks if action.desired.ref in awaited)


def _awaited(todo: Iterable[Apply], inventory: Inventory) -> Mapping[int, tuple[Ref, ...]]:
    """By identity: what waits for the same shares its tuple, or hundreds of objects would each be asked of hundreds."""
    items = (action.desired for action in todo)
    return {id(item.after): item.after for item in items if may_wait(item, inventory)}


def early(refused: Iterable[Refuse], seen: Iterable[Live]) -> list[Refuse]:
    """Those of a kind that may still come with what they wait for."""
    ready = {live.ref for live in seen if live.health.is_ready}
    return [item for item in refused if not ready.issuperset(item.after)]


def held(waiting: Sequence[Desired | Refuse], seen: Iterable[Live], actions: Iterable[Action]) -> tuple[Held, ...]:
    """What is said of those that wait; first those that wait for something that does not wait itself."""
    if not waiting:
        return ()
    lives = {live.ref: live for live in seen}
    names = {each.desired.ref: _called(each.desired) for each in actions if not isinstance(each, Refuse)}
    found = [_held(item, lives, names) for item in waiting]
    refs = {item.ref for item in found}
    return tuple(sorted(found, key=lambda item: (item.awaited in refs, item.ref)))


def may_wait(item: Desired, inventory: Inventory) -> bool:
    """Whether it comes after others and is not applied as wanted yet."""
    row = inventory.get(item.ref)
    return bool(item.after) and (row is None or row.body != item.digest)


def _held(item: Desired | Refuse, lives: Mapping[Ref, Live], names: Mapping[Ref, str]) -> Held:
    awaited = next(ref for ref in item.after if ref not in lives or not lives[ref].health.is_ready)
    called = names.get(awaited, str(awaited))
    if awaited not in lives:
        return Held(item.ref, awaited, f"waits for {called}, which is not applied as wanted yet")
    health = lives[awaited].health
    return Held(item.ref, awaited, f"waits for {called}: {health.message or health.status}")


def _called(item: Desired) -> str:
    component = item.body["metadata"]["labels"].get(labels.COMPONENT)
    return f"component '{component}' ({item.ref})" if component else str(item.ref)
