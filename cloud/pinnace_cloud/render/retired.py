"""The deprecated types of KubeVela that are refused, and what to write instead.

Others that its own examples still use are taken, with a warning (`deprecated`).
"""

from collections.abc import Mapping

# By sort, as `unknown` calls it, and name. From vela-templates/definitions of kubevela/kubevela: the folder
# `deprecated`, and other definitions labelled so.
REPLACEMENTS: Mapping[tuple[str, str], str] = {
    ("trait", "pure-ingress"): "gateway with existingServiceName",
    ("policy", "envbinding"): "topology and override",
    ("workflow step", "apply-application-in-parallel"): "deploy",
    ("workflow step", "apply-remaining"): "deploy",
    ("workflow step", "deploy2runtime"): "deploy with topology",
}
