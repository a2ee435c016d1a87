"""KubeVela's health rules and status messages: the same objects are judged the same here."""

import json
from typing import Any

import pytest
from tests.compat import kubevela

from pinnace_cloud.render import installed
from pinnace_cloud.render.health import rule
from pinnace_cloud.render.health.rule import HealthRule, Live

Json = dict[str, Any]


def cases() -> list[Json]:
    path = kubevela.ROOT / "health.json"
    return list(json.loads(path.read_text(encoding="utf-8"))) if kubevela.is_there() else []


def named(case: Json) -> str:
    return f"{case['definition']}, {case['case']}"


def live(case: Json) -> Live:
    seen = case["context"]
    outputs = seen.get("outputs", {})
    return Live(seen["name"], seen["appName"], seen["namespace"], seen.get("output"), outputs, case["parameter"])


@pytest.mark.parametrize("case", cases(), ids=named)
def test_health_and_message_are_those_of_kubevela(case: Json) -> None:
    registry = installed.registry()
    known: dict[str, Any] = {**registry.components, **registry.traits}
    kind = known[case["definition"]]
    assert isinstance(kind, HealthRule)
    found = rule.of(kind, live(case))
    assert (found.is_healthy, found.message, bool(found.error)) == (
        case["healthy"],
        case["message"],
        bool(case["error"]),
    )
