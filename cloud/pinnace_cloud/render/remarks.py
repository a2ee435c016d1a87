"""What is said above an object that people see: what policies ask of it, what it waits for, who judges it. Pure."""

from collections.abc import Mapping, Sequence

from pinnace_schemas.bundle import ApplyPolicy
from pinnace_schemas.health_rules import HealthRules


def of(
    policy: ApplyPolicy, components: Sequence[str], health: HealthRules | None = None
) -> Mapping[int, tuple[str, ...]]:
    """By the place of an object; `components` has the name for people of what each object belongs to."""
    handled = {at: f"handled: {item.text}" for at, item in policy.by_object.items()}
    waits = {at: _waits([components[other] for other in after]) for at, after in policy.after.items()}
    judged = {at: f"judged by: {text}" for at, text in health.by_object.items()} if health else {}
    said = (handled, waits, judged)
    return {at: tuple(one[at] for one in said if at in one) for at in handled | waits | judged}


def _waits(names: Sequence[str]) -> str:
    return f"waits for: {', '.join(dict.fromkeys(names))}"
