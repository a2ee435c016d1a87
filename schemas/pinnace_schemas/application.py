"""Application: what a user writes, in the envelope of KubeVela v1.11 (`core.oam.dev/v1beta1`).

Holds every field of the envelope and says nothing about types and their properties: rendering does.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity, join_path
from pinnace_schemas.fields import NO_DNS_LABEL, Many
from pinnace_schemas.metadata import Namespaced, Written
from pinnace_schemas.names import is_dns_label
from pinnace_schemas.reasons import Reason

API_VERSION = "core.oam.dev/v1beta1"
KIND = "Application"

Properties = dict[str, Any]
_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?\Z")


Text = Annotated[str, Field(min_length=1)]


class Input(Written):
    """A value that an earlier component or step gives."""

    from_: Text = Field(alias="from")
    parameter_key: str = ""


class Output(Written):
    """A value that is given to later ones."""

    name: Text
    value_from: str = ""


class Trait(Written):
    """`name` tells two traits of one type apart; KubeVela does not have it."""

    type: Text
    name: str | None = None
    properties: Properties = Field(default_factory=dict)


class Component(Written):
    """One workload, of a type."""

    name: Text
    type: Text
    external_revision: str | None = None
    properties: Properties = Field(default_factory=dict)
    depends_on: Many[str] = ()
    inputs: Many[Input] = ()
    outputs: Many[Output] = ()
    traits: Many[Trait] = ()
    replica_key: str | None = None


class Policy(Written):
    """`name` is never empty after validation: unnamed ones are called TYPE-auto-gen-INDEX, as in KubeVela."""

    type: Text
    name: str = ""
    properties: Properties = Field(default_factory=dict)


Mode = Literal["StepByStep", "DAG"]


class StepMeta(Written):
    alias: str | None = None


class SubStep(Written):
    """A step inside a step group."""

    type: Text
    name: str | None = None
    meta: StepMeta | None = None
    if_: str | None = Field(default=None, alias="if")
    timeout: str | None = None
    depends_on: Many[str] = ()
    inputs: Many[Input] = ()
    outputs: Many[Output] = ()
    properties: Properties = Field(default_factory=dict)


class Step(SubStep):
    mode: Mode | None = None
    sub_steps: Many[SubStep] = ()


class WorkflowMode(Written):
    steps: Mode | None = None
    sub_steps: Mode | None = None


class Workflow(Written):
    """Either `ref`, the name of a Workflow object, or `steps`."""

    ref: str | None = None
    mode: WorkflowMode | None = None
    steps: Many[Step] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.ref and self.steps:
            raise PydanticCustomError("workflow", "'ref' and 'steps' exclude each other")
        return self


class Spec(Written):
    """`components` may be empty, `workflow` None."""

    components: Many[Component]
    policies: Many[Policy] = ()
    workflow: Workflow | None = None

    @field_validator("policies", mode="after")
    @classmethod
    def _name_policies(cls, policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(
            item if item.name else item.model_copy(update={"name": f"{item.type}-auto-gen-{index}"})
            for index, item in enumerate(policies)
        )


class Application(Written):
    """`status` is tolerated and never looked at."""

    api_version: Literal["core.oam.dev/v1beta1"] = "core.oam.dev/v1beta1"
    kind: Literal["Application"] = "Application"
    metadata: Namespaced
    spec: Spec
    status: Any = Field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def namespace(self) -> str:
        return self.metadata.namespace


def to_dict(application: Application) -> dict[str, Any]:
    """The document again, as plain JSON: what was written, without what servers add."""
    plain = application.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"status"})
    return {"apiVersion": API_VERSION, "kind": KIND, **plain}


def about(value: Any, path: Parts) -> str:
    """What a path of a document leads through, as a person calls it: `component 'web', trait 'scaler'`."""
    match path:
        case ("spec", "components", int(index), *inner):
            component = _at(value, "spec", "components", index)
            names = [_called("component", component, "name")]
            if inner[:1] == ["traits"]:
                names.append(_called("trait", _at(component, *inner[:2]), "type"))
            return ", ".join(filter(None, names))
    return ""


def _at(value: Any, *path: str | int) -> Any:
    """None where the path leads nowhere."""
    for part in path:
        is_there = part in value if isinstance(value, dict) else isinstance(value, list) and part in range(len(value))
        value = value[part] if is_there else None
    return value


def _called(what: str, entry: Any, field: str) -> str:
    name = entry.get(field) if isinstance(entry, dict) else None
    return f"{what} '{name}'" if isinstance(name, str) and name else ""


def name_problems(application: Application, severity: Severity) -> tuple[Diagnostic, ...]:
    """Names that cannot be carried further, and names that stand twice (always an error).

    KubeVela leaves the form of names to the cluster; `severity` says what the caller thinks of that.
    """
    metadata, spec = application.metadata, application.spec
    steps = spec.workflow.steps if spec.workflow else ()
    return (
        *_labels_problems(severity, ("metadata", "name", metadata.name), ("metadata", "namespace", metadata.namespace)),
        *_component_problems(spec.components, severity),
        *_repeated("component", ("spec", "components"), [item.name for item in spec.components]),
        *_repeated("policy", ("spec", "policies"), [item.name for item in spec.policies]),
        *_repeated("step", ("spec", "workflow", "steps"), [item.name or "" for item in steps]),
    )


def _labels_problems(severity: Severity, *fields: tuple[str, str, str]) -> Iterator[Diagnostic]:
    for parent, field, text in fields:
        if not is_dns_label(text):
            message = NO_DNS_LABEL.format(text=text)
            yield Diagnostic(severity, Reason.INVALID, message, path=join_path((parent, field)))


def component_name_problems(name: str, severity: Severity) -> Iterator[Diagnostic]:
    """A component's name becomes the value of a label; a type that makes an object of this name asks for more."""
    if not _LABEL_VALUE.match(name):
        message = f"'{name}' is no component name: at most 63 letters, digits, '-', '_' and '.'"
        yield Diagnostic(severity, Reason.INVALID, message)


def _component_problems(components: tuple[Component, ...], severity: Severity) -> Iterator[Diagnostic]:
    for index, item in enumerate(components):
        for problem in component_name_problems(item.name, severity):
            yield problem.under("spec", "components", index, "name")


def _repeated(what: str, parent: tuple[str, ...], names: list[str]) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name and first.setdefault(name, index) != index:
            message = f"duplicate {what} name '{name}', also at {join_path((*parent, first[name]))}"
            yield diagnostics.error(Reason.INVALID, message, *parent, index, "name")
