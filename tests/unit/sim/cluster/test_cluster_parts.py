"""The pure parts of the simulated cluster: selectors, JSON patches, the agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.sim.cluster.made import BEGIN

from pinnace_sim.cluster import selectors
from pinnace_sim.cluster.agenda import Agenda, Task
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.item import Key
from pinnace_sim.cluster.patching import json_patch

LABELS = {"app": "web", "tier": "2"}


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("", True),
        ("app", True),
        ("!app", False),
        ("app=web,tier==2", True),
        ("app!=web", False),
        ("other!=web", True),
        ("app in (shop, web),tier", True),
        ("app notin (shop,web)", False),
        ("other notin (shop)", True),
        ("tier>1", True),
        ("tier<2", False),
        ("app>1", False),
    ],
)
def test_label_selector_selects(text: str, is_so: bool) -> None:
    assert all(each.matches(LABELS) for each in selectors.parse(text)) is is_so


@pytest.mark.parametrize("text", ["a===b", "in (x)", "a in x", "a,,b", "a>x"])
def test_what_is_no_selector_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="unable to parse requirement"):
        selectors.parse(text)


def test_no_selector_selects_nothing_and_an_empty_one_everything() -> None:
    """metav1.LabelSelector: null and {}."""
    assert not selectors.select(None)(LABELS)
    assert selectors.select({})(LABELS)
    assert selectors.select({"matchExpressions": [{"key": "tier", "operator": "Exists"}]})(LABELS)


@pytest.mark.parametrize(
    ("patch", "patched"),
    [
        ([{"op": "add", "path": "/list/1", "value": 9}], {"list": [1, 9, 2], "a/b": {"~": 1}}),
        ([{"op": "add", "path": "/list/-", "value": 9}], {"list": [1, 2, 9], "a/b": {"~": 1}}),
        ([{"op": "remove", "path": "/a~1b/~0"}], {"list": [1, 2], "a/b": {}}),
        ([{"op": "move", "from": "/a~1b", "path": "/c"}], {"list": [1, 2], "c": {"~": 1}}),
        ([{"op": "copy", "from": "/list/0", "path": "/c"}], {"list": [1, 2], "a/b": {"~": 1}, "c": 1}),
        ([{"op": "replace", "path": "", "value": {}}], {}),
    ],
)
def test_json_patch_does_what_its_operations_say(patch: Any, patched: Any) -> None:
    target = {"list": [1, 2], "a/b": {"~": 1}}
    assert json_patch.applied(target, patch) == patched
    assert target == {"list": [1, 2], "a/b": {"~": 1}}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/none"},
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "add", "path": "/list/7", "value": 1},
        {"op": "add", "path": "/list/-1", "value": 1},
        {"op": "add", "path": "no pointer", "value": 1},
        {"op": "dance", "path": "/list"},
        {"op": "add", "path": "/list"},
    ],
)
def test_json_patch_that_does_not_apply_is_refused(operation: Any) -> None:
    with pytest.raises(Refused) as refused:
        json_patch.applied({"list": []}, [operation])
    assert refused.value.code == 422


def test_agenda_gives_each_task_once_and_at_its_earliest_moment() -> None:
    moment = BEGIN
    agenda = Agenda(lambda: moment)
    tasks = [Task("controller", Key("pods", "default", name)) for name in ("a", "b")]
    agenda.after(5, tasks[0])
    agenda.after(2, tasks[0])
    agenda.now(tasks[1])
    agenda.now(tasks[1])
    assert list(agenda.due()) == [tasks[1]]
    assert agenda.next_at == BEGIN + timedelta(seconds=2)
    moment = BEGIN + timedelta(seconds=9)
    assert list(agenda.due()) == [tasks[0]]
    assert agenda.next_at is None
