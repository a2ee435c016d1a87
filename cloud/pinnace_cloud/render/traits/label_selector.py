"""Which pods are meant, by their labels; what is not declared is an error, as in KubeVela."""

from typing import Literal

from pinnace_cloud.render.components.pod_parameters import Closed
from pinnace_schemas.fields import Given, Many


class LabelExpression(Closed):
    """A condition on one label."""

    key: str
    """Name of the label."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"] = "In"
    """How values are compared."""
    values: Given[Many[str]] = None
    """Values of the label."""


class LabelSelector(Closed):
    """Objects for which all of this holds."""

    match_labels: Given[dict[str, str]] = None
    """Labels and values."""
    match_expressions: Given[Many[LabelExpression]] = None
    """Conditions."""
