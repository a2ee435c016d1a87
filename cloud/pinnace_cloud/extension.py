"""What a package of its own imports to bring types to Pinnace. Nothing else of Pinnace is for others; docs/extending.md
shows a whole package.

A type is an object with a name, a pydantic model of its parameters and one method; the protocols `ComponentType`,
`TraitType`, `PolicyType` (or `SitePolicyType`) and `StepType` say which. A package names its types in its entry points.

Names stay what they are within a major version of Pinnace; what is added has a default.
"""

from pinnace_cloud.render import patching, paths
from pinnace_cloud.render.deprecated import Deprecated
from pinnace_cloud.render.drafts import Draft, TraitDraft
from pinnace_cloud.render.health.rule import Health, HealthRule, Live
from pinnace_cloud.render.parts import (
    ComponentType,
    Context,
    Deployed,
    Origin,
    Output,
    Part,
    PolicyType,
    StepType,
    TraitType,
)
from pinnace_cloud.render.treatment import Asked, SitePolicyType, Subject, Treated, Treatment
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Component, Step, Trait
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.fields import DnsLabel, Given, Many
from pinnace_schemas.fields import Strictly as Parameters
from pinnace_schemas.handling import Once, Prune
from pinnace_schemas.reasons import Reason

__all__ = [
    "Asked",
    "Component",
    "ComponentType",
    "Context",
    "Deployed",
    "Deprecated",
    "Diagnostic",
    "DnsLabel",
    "Draft",
    "Given",
    "Health",
    "HealthRule",
    "KubeObject",
    "Live",
    "Many",
    "Once",
    "Origin",
    "Output",
    "Parameters",
    "Part",
    "Parts",
    "PolicyType",
    "Prune",
    "Reason",
    "Severity",
    "SitePolicyType",
    "Step",
    "StepType",
    "Subject",
    "Trait",
    "TraitDraft",
    "TraitType",
    "Treated",
    "Treatment",
    "diagnostics",
    "patching",
    "paths",
]
