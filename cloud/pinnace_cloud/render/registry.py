"""The types that are known, by sort and name, and what is wrong with those that are offered.

An offer is what an installed package says of itself; `installed` collects these. One bad offer hides no other: all
problems are found, each with the distribution that has to mend it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, RootModel

from pinnace_cloud.render.environments import EnvironmentsType
from pinnace_cloud.render.parts import ComponentType, PolicyType, StepType, TraitType
from pinnace_cloud.render.treatment import SitePolicyType
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason


class Sort(StrEnum):
    """The four sorts of types."""

    COMPONENT = "component"
    TRAIT = "trait"
    POLICY = "policy"
    STEP = "step"


# What a type of each sort can do, besides having a name and a model of its parameters: one of these at least.
_METHODS: Mapping[Sort, tuple[str, ...]] = {
    Sort.COMPONENT: ("render",),
    Sort.TRAIT: ("apply",),
    Sort.POLICY: ("change", "treat", "environments"),
    Sort.STEP: ("deploys",),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry point. `value` is what it says, `MODULE:ATTRIBUTE`; `load` gives a type or a tuple of types."""

    sort: Sort
    distribution: str
    value: str
    load: Callable[[], Any]

    def __str__(self) -> str:
        return f"{self.distribution} ({self.value})"


@dataclass(frozen=True, slots=True)
class Known:
    """A type, and what brings it: a package, a file, a controller. `said`: what it is, where its class is silent."""

    sort: Sort
    type: Any
    distribution: str
    said: str | None = None

    @property
    def name(self) -> str:
        name: str = self.type.name
        return name


@dataclass(frozen=True, slots=True)
class Registry:
    """The types that are known, by name."""

    components: Mapping[str, ComponentType]
    traits: Mapping[str, TraitType]
    policies: Mapping[str, PolicyType | SitePolicyType | EnvironmentsType]
    steps: Mapping[str, StepType]


@dataclass(frozen=True, slots=True)
class Loaded:
    """`known` in the order of the offers; of two types with one name the first. Problems name who has to mend them."""

    known: tuple[Known, ...]
    problems: tuple[Diagnostic, ...]

    @property
    def registry(self) -> Registry:
        """All that is known."""
        return Registry(*(self._of(sort) for sort in Sort))

    def _of(self, sort: Sort) -> Mapping[str, Any]:
        return MappingProxyType({item.name: item.type for item in self.known if item.sort is sort})


def load(offers: Iterable[Offer]) -> Loaded:
    """Takes every offer that holds what it promises."""
    known: dict[tuple[Sort, str], Known] = {}
    problems: list[Diagnostic] = []
    for offer in offers:
        for item in _types(offer, problems):
            first = known.setdefault((item.sort, item.name), item)
            if first is not item:
                problems.append(_twice(first, item))
    return Loaded(tuple(known.values()), tuple(problems))


def _types(offer: Offer, problems: list[Diagnostic]) -> Iterator[Known]:
    try:
        given = offer.load()
    except Exception as exc:  # noqa: BLE001 - whatever a foreign module raises
        problems.append(problem(str(offer), f"cannot be loaded: {type(exc).__name__}: {exc}"))
        return
    for item in given if isinstance(given, tuple) else (given,):
        if missing := tuple(_missing(offer.sort, item)):
            problems.append(problem(str(offer), f"{_called(item)} is no {offer.sort} type: {', '.join(missing)}"))
        else:
            yield Known(offer.sort, item, offer.distribution)


def _missing(sort: Sort, item: Any) -> Iterator[str]:
    """What the item lacks."""
    if isinstance(item, type):
        yield "it is a class; give an instance"
        return
    name, parameters = getattr(item, "name", None), getattr(item, "parameters", None)
    if not (isinstance(name, str) and name):
        yield "it has no text 'name'"
    if not (isinstance(parameters, type) and issubclass(parameters, BaseModel)):
        yield "its 'parameters' is no pydantic model"
    elif not issubclass(parameters, RootModel) and parameters.model_config.get("extra", "ignore") == "ignore":
        yield "its 'parameters' pass over undeclared properties; derive them from extension.Parameters"
    methods = _METHODS[sort]
    if not any(callable(getattr(item, method, None)) for method in methods):
        ways = "' or '".join(methods)
        yield f"it has no method '{ways}'"


def _called(item: Any) -> str:
    """How a person finds it in the code."""
    kind = item if isinstance(item, type) else type(item)
    return f"'{kind.__module__}.{kind.__qualname__}'"


def _twice(first: Known, second: Known) -> Diagnostic:
    message = f"the {first.sort} type '{first.name}' is given twice"
    if first.distribution != second.distribution:
        message += f", also by {first.distribution}; rename one of them, or uninstall one"
    return problem(second.distribution, message)


def problem(source: str, message: str) -> Diagnostic:
    """`source` is the distribution that has to be mended."""
    return Diagnostic(Severity.ERROR, Reason.INVALID, message, source)
