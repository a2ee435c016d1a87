"""The policies `take-over`, `read-only` and `shared-resource`: objects that exist already, or belong to others too."""

from collections.abc import Sequence

from pinnace_cloud.render.policies import selecting
from pinnace_cloud.render.policies.selecting import Rules
from pinnace_cloud.render.treatment import Asked, Subject, Treated, Treatment
from pinnace_schemas.diagnostics import Severity


class TakeOver:
    """Takes over the objects that it means where they exist and belong to no application."""

    name = "take-over"
    parameters = Rules

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:  # noqa: ARG002
        return selecting.by_rules(policies, subjects, lambda _: Treatment(adopt=True))


class ReadOnly:
    """Only looks how the objects are that it means: never makes, changes or deletes them."""

    name = "read-only"
    parameters = Rules

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:  # noqa: ARG002
        return selecting.by_rules(policies, subjects, lambda _: Treatment(observe=True))


class SharedResource:
    """Lets several applications hold the objects that it means: the first writes them, they go with the last."""

    name = "shared-resource"
    parameters = Rules

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:  # noqa: ARG002
        return selecting.by_rules(policies, subjects, lambda _: Treatment(shared=True))
