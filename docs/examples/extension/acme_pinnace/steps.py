"""Workflow step types."""

from typing import Literal

from pinnace_cloud.extension import Deployed, Parameters, Severity, StepType


class RingParameters(Parameters):
    ring: Literal["pilots", "shops"]
    """The pilots are a few shops; they get it from the mirror."""


class Ring:
    """Delivers to one of Acme's rings, with the policies that go with it."""

    name = "ring"
    parameters = RingParameters

    def deploys(self, parameters: RingParameters, doubts: Severity) -> Deployed:
        return Deployed(("to-pilots", "mirror") if parameters.ring == "pilots" else ("to-shops",))


RING: StepType = Ring()
