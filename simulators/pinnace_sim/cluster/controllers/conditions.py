"""status.conditions: one of each type; its times change when it does."""

from __future__ import annotations

from typing import Any

Conditions = list[dict[str, Any]]


def find(conditions: Conditions, kind: str) -> dict[str, Any]:
    """{} if there is none."""
    return next((each for each in conditions if each["type"] == kind), {})


def put(conditions: Conditions, kind: str, is_so: bool, reason: str, message: str, now: str, **more: Any) -> Conditions:
    """With this condition; one that has changed stands last. `more` are further members, such as lastUpdateTime."""
    status = str(is_so)
    before = find(conditions, kind)
    since = before["lastTransitionTime"] if before.get("status") == status else now
    made = {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message, **more}
    if made == before:
        return conditions
    return [*(each for each in conditions if each["type"] != kind), made]
