"""Rules of policies, and which objects the selector of a rule means, as in KubeVela.

All conditions of a selector must hold, and a selector without any means nothing. Of several rules that mean an object
the first counts, over all policies of one type.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render.parts import Origin
from pinnace_cloud.render.treatment import USUAL, Asked, Subject, Treated, Treatment
from pinnace_schemas import diagnostics, field_paths
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason

# KubeVela's name of what makes the further objects of a component.
_AUXILIARY = "AuxiliaryWorkload"


def field_path(text: str) -> str:
    """The path as it is written; an error of pydantic for what is none."""
    try:
        field_paths.parse(text)
    except ValueError as exc:
        raise PydanticCustomError("path", "{cause}", {"cause": str(exc)}) from exc
    return text


# The path of a field in an object.
FieldPath = Annotated[str, AfterValidator(field_path)]


class Selector(Written):
    """Which objects a rule means: those for which all that is given holds."""

    closed: ClassVar[bool] = True

    component_names: Many[str] = ()
    """Names of the components that objects come from."""
    component_types: Many[str] = ()
    """Types of components; means only the first object of each component."""
    oam_types: Many[str] = ()
    """`WORKLOAD` for the first object of a component, `TRAIT` for all others."""
    trait_types: Many[str] = ()
    """Types of traits; `AuxiliaryWorkload` means further objects of components."""
    resource_types: Many[str] = ()
    """Kinds of objects, such as `Deployment`."""
    resource_names: Many[str] = ()
    """Names of objects."""

    def matches(self, subject: Subject) -> bool:
        is_workload = subject.origin is Origin.WORKLOAD
        trait = subject.made_by if subject.origin is Origin.TRAIT else _AUXILIARY
        conditions = (
            (self.component_names, subject.component),
            (self.component_types, subject.made_by if is_workload else ""),
            (self.oam_types, "WORKLOAD" if is_workload else "TRAIT"),
            (self.trait_types, "" if is_workload else trait),
            (self.resource_types, subject.kind),
            (self.resource_names, subject.name),
        )
        asked = [(names, value) for names, value in conditions if names]
        return bool(asked) and all(value in names for names, value in asked)


class Rule(Written):
    """Objects that a policy means."""

    closed: ClassVar[bool] = True

    selector: Selector
    """Which objects are meant."""


class Rules(Written):
    """Properties of a policy that only chooses objects."""

    closed: ClassVar[bool] = True

    rules: Many[Rule] = ()
    """Which objects are meant."""


Choice = Callable[[Any], Treatment]


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule, and where it stands."""

    rule: Any
    path: Parts


def by_rules(policies: Iterable[Asked], subjects: Sequence[Subject], choice: Choice) -> Treated:
    """What `choice` makes of the first rule that means each subject. Warns of rules that mean none.

    The parameters of each policy have `rules`, and each of these a `selector`, which may be None.
    """
    rules = [item for policy in policies for item in _placed(policy)]
    treatments = tuple(choice(item.rule) if item else USUAL for item in _chosen(rules, subjects))
    return Treated(treatments, tuple(_vain(rules, subjects)))


def chosen(policies: Iterable[Asked], subjects: Sequence[Subject]) -> list[Placed | None]:
    """The first rule that means each subject; None where none does."""
    return _chosen([item for policy in policies for item in _placed(policy)], subjects)


def _chosen(rules: Sequence[Placed], subjects: Iterable[Subject]) -> list[Placed | None]:
    return [next((item for item in rules if _means(item, subject)), None) for subject in subjects]


def _placed(policy: Asked) -> Iterator[Placed]:
    path = (*policy.path, "properties", "rules")
    yield from (Placed(rule, (*path, index)) for index, rule in enumerate(policy.parameters.rules or ()))


def _means(item: Placed, subject: Subject) -> bool:
    selector: Selector | None = item.rule.selector
    return selector is not None and selector.matches(subject)


def _vain(rules: Iterable[Placed], subjects: Sequence[Subject]) -> Iterator[Diagnostic]:
    for item in rules:
        selector = item.rule.selector
        if selector is None or not selector.model_fields_set:
            message = "a rule without a selector means no object, as in KubeVela"
            yield diagnostics.warning(Reason.INVALID, message, *item.path)
        elif not any(_means(item, subject) for subject in subjects):
            yield diagnostics.warning(Reason.INVALID, "means no object here", *item.path, "selector")
