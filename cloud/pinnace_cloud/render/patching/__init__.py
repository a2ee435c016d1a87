"""Patches of plain JSON values, as KubeVela's traits mean them. Changes nothing it is given; results may share parts.

`merge(base, patch, tags)` unites the two: maps field by field, lists entry by entry; scalars must be equal. Tags
say where another rule holds:

    merge(
        {"containers": [{"name": "web", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "web", "env": [{"name": "B"}]}, {"name": "side"}]},
        {"containers": Tag(key="name")},
    )
    # {"containers": [{"name": "web", "env": [{"name": "A"}, {"name": "B"}]}, {"name": "side"}]}

`workload(output, patch, tags)` does that with the workload of a trait's output, and turns conflicts into diagnostics.
`json_patch.apply` is RFC 6902, `merge_patch.apply` RFC 7386; `merge` applies them too where the tag at "" says so.
"""

from pinnace_cloud.render.patching.conflicts import Conflict, Conflicting
from pinnace_cloud.render.patching.output import workload
from pinnace_cloud.render.patching.strategic import merge
from pinnace_cloud.render.patching.tags import Strategy, Tag, Tags

__all__ = ["Conflict", "Conflicting", "Strategy", "Tag", "Tags", "merge", "workload"]
