"""KubeVela's own tests of its patch merge, as a table: the same patches give the same values here."""

import re
from typing import Any

import pytest
from tests.compat.kubevela import case_name, cases

from pinnace_cloud.render import patching
from pinnace_cloud.render.patching import Conflicting, Strategy, Tag

Json = dict[str, Any]

# The tag stands above `strategy: type: "recreate"`; CUE binds a comment above such a short form to the innermost field.
_INNERMOST = {"TestStrategyPatch/0": "spec.strategy.type", "TestStrategyPatch/1": "spec.strategy.type"}


def tags(case: Json) -> dict[str, Tag]:
    return {_INNERMOST.get(case["name"], item["path"]): tag(item) for item in case["tags"]}


def tag(item: Json) -> Tag:
    strategy = item.get("patchStrategy")
    return Tag(item.get("patchKey", ""), Strategy(strategy) if strategy else None)


@pytest.mark.parametrize("case", cases("patch_merge"), ids=case_name)
def test_patches_merge_as_upstream(case: Json) -> None:
    if "error" in case:
        with pytest.raises(Conflicting) as raised:
            patching.merge(case["base"], case["patch"], tags(case))
        assert raised.value.conflicts[0].path == ("containers", 0, "name")
        assert all(value in raised.value.message for value in re.findall('"(.*?)"', case["error"]))
    else:
        assert patching.merge(case["base"], case["patch"], tags(case)) == case["result"]
