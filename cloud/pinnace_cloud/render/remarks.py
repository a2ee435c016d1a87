"""What is said above an object that people see: what policies ask of it, and what it waits for. Pure."""

from collections.abc import Mapping, Sequence

from pinnace_schemas.bundle import ApplyPolicy


def of(policy: ApplyPolicy, components: Sequence[str]) -> Mapping[int, tuple[str, ...]]:
    """By the place of an object; `components` has the name for people of what each object belongs to."""
    handled = {at: f"handled: {item.text}" for at, item in policy.by_object.items()}
    waits = {at: _waits([components[other] for other in after]) for at, after in policy.after.items()}
    return {at: tuple(filter(None, (handled.get(at), waits.get(at)))) for at in handled | waits}


def _waits(names: Sequence[str]) -> str:
    return f"waits for: {', '.join(dict.fromkeys(names))}"
