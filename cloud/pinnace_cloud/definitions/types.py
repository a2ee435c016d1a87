"""Component and trait types whose template is CUE.

A type asks what its template gives, for the parameters and in the context at hand. Without the answer it gives a need
and nothing else; with it, objects. It changes nothing that it was given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from pinnace_cloud.definitions import patches, questions, surroundings
from pinnace_cloud.definitions.health import Rules
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.materials.needs import Answer
from pinnace_cloud.render import dress, patching
from pinnace_cloud.render import objects as validity
from pinnace_cloud.render.health.carried import Carried
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_cloud.render.patching import Conflicting, Tag
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CueComponent:
    """A ComponentDefinition. `parameters` is the model of its properties, which lets values pass as they are."""

    name: str
    parameters: type[BaseModel]
    template: str
    rules: Rules

    def render(self, context: Context, parameters: BaseModel) -> Output:
        """The template's `output`, then each of its `outputs` under its name."""
        question = Question(
            name=f"component type '{self.name}'",
            template=self.template,
            fields=questions.OF_COMPONENT,
            parameter=written(parameters),
            context=surroundings.of_component(context, self.template),
        )
        answer = context.materials.get(question.need.key)
        if answer is None:
            return Output(needs=(question.need,))
        if problems := _problems(question.name, answer, (questions.OUTPUT,)):
            return Output(diagnostics=problems)
        found = answer.value["fields"]
        workload = Part(found[questions.OUTPUT], Origin.WORKLOAD, self.name, need=question.need)
        return Output((workload, *_parts(context, found, Origin.AUXILIARY, self.name)))

    def health(self, live: Live) -> Health:
        """By its own rules."""
        return self.rules.health(f"component type '{self.name}'", live)

    def carried(self, context: Context) -> Carried | None:
        """Its own rules, for sites."""
        return self.rules.carried(context)


@dataclass(frozen=True, slots=True)
class CueTrait:
    """A TraitDefinition."""

    name: str
    parameters: type[BaseModel]
    template: str
    rules: Rules

    def apply(self, context: Context, parameters: BaseModel, output: Output) -> Output:
        """Adds the template's `outputs`, then patches the workload and, by `patchOutputs`, further objects by name."""
        question = Question(
            name=f"trait type '{self.name}'",
            template=self.template,
            fields=questions.OF_TRAIT,
            parameter=written(parameters),
            context=surroundings.of_trait(context, output, self.template),
            is_tagged=True,
        )
        answer = context.materials.get(question.need.key)
        if answer is None:
            return replace(output, needs=(question.need,))
        if problems := _problems(question.name, answer, ()):
            return replace(output, diagnostics=problems)
        return self._applied(context, question, answer, output)

    def health(self, live: Live) -> Health:
        """By its own rules."""
        return self.rules.health(f"trait type '{self.name}'", live)

    def carried(self, context: Context) -> Carried | None:
        """Its own rules, for sites."""
        return self.rules.carried(context)

    def _applied(self, context: Context, question: Question, answer: Answer, output: Output) -> Output:
        found, marks = answer.value["fields"], answer.value["marks"]
        tags = patches.tags(marks, questions.PATCH, self.template)
        patch = found[questions.PATCH]
        if not patches.is_whole(patch, tags):
            return replace(output, diagnostics=(_error(f"{question.name}: its JSON patch needs a list 'operations'"),))
        if fit := patches.fit(output.workload, patch, tags):
            need = replace(question, fit=fit).need
            fitting = context.materials.get(need.key)
            if fitting is None:
                return replace(output, needs=(need,))
            if fitting.is_refusal and patches.is_of_lists(fit):
                return replace(output, diagnostics=fitting.problems)
            patch = patch if fitting.is_refusal else fitting.value["fields"][questions.PATCH]
        yielded = _yielded(context, output, patch, tags)
        if yielded.needs:
            return yielded
        output = yielded
        added = output.with_parts(*_parts(context, found, Origin.TRAIT, self.name))
        patched = patching.workload(added, patch, tags) if patch else added
        spoiled = tuple(item.under("properties") for item in validity.after_patch(patched.workload))
        if spoiled:
            return replace(output, diagnostics=(*patched.diagnostics, *spoiled))
        return self._patched_outputs(patched, found[questions.PATCH_OUTPUTS], marks)

    def _patched_outputs(self, output: Output, wanted: Fields, marks: Mapping[str, Any]) -> Output:
        """Names that nothing has are passed over, as in KubeVela."""
        parts, problems = list(output.parts[:1]), list(output.diagnostics)
        for part in output.parts[1:]:
            if part.key not in wanted:
                parts.append(part)
                continue
            field = f"{questions.PATCH_OUTPUTS}.{part.key}"
            tags = patches.tags(marks, field, self.template)
            try:
                merged = patching.merge(part.object, wanted[part.key], tags)
            except Conflicting as exc:
                problems += [_error(f"{field}: does not fit here: {item}") for item in exc.conflicts]
                continue
            problems += [_error(f"{field}: {item.message}") for item in validity.after_patch(merged)]
            parts.append(replace(part, object=merged))
        return replace(output, parts=tuple(parts), diagnostics=tuple(problems))


@dataclass(frozen=True, slots=True)
class Unusable:
    """A definition that is wrong. What is said of itself is enough: whoever uses it is only checked otherwise."""

    name: str
    parameters: type[BaseModel]

    def render(self, context: Context, parameters: BaseModel) -> Output:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return Output()

    def apply(self, context: Context, parameters: BaseModel, output: Output) -> Output:  # noqa: ARG002 - of the protocol
        """Nothing more."""
        return output


def _yielded(context: Context, output: Output, patch: Any, tags: Mapping[str, Tag]) -> Output:
    """The output, or with its workload as its own template may have it too, where the patch wants it otherwise."""
    part = output.parts[0]
    made = context.materials.get(part.need.key) if part.need else None
    if part.need is None or made is None or "" in tags:
        return output
    fit = patches.yielding(made.value["fields"][questions.OUTPUT], part.object, patch, tags)
    if not fit:
        return output
    need = replace(questions.read(part.need), fit=fit).need
    answer = context.materials.get(need.key)
    if answer is None:
        return replace(output, needs=(need,))
    return output if answer.is_refusal else output.with_workload(patches.with_values(part.object, fit))


def written(parameters: BaseModel) -> dict[str, Any]:
    """The properties as they stand in the Application."""
    return parameters.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _parts(context: Context, found: Fields, origin: Origin, made_by: str) -> tuple[Part, ...]:
    """One without a name is called after the component and what it is called among the outputs."""
    named = ((key, dress.named(item, f"{context.component}-{key}")) for key, item in found[questions.OUTPUTS].items())
    return tuple(Part(item, origin, made_by, key=key) for key, item in named)


def _problems(name: str, answer: Answer, needed: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    """Why an answer cannot be used: what the evaluation says, what the template itself refuses, what is no object."""
    if answer.is_refusal:
        return answer.problems
    found = answer.value["fields"]
    return tuple(_refused(name, found, needed))


def _refused(name: str, found: Fields, needed: tuple[str, ...]) -> Iterator[Diagnostic]:
    yield from (_error(str(item)) for item in found[questions.ERRORS])
    if questions.PROCESSING in found:
        message = f"{name}: 'processing' asks a server while rendering, which is not done here"
        yield diagnostics.error(Reason.UNSUPPORTED, message, "properties")
    yield from (_error(f"{name}: its template gives no '{field}'") for field in needed if not found[field])
    objects = {field: found[field] for field in needed if found[field]}
    objects |= {f"{questions.OUTPUTS}.{key}": item for key, item in found[questions.OUTPUTS].items()}
    for place, item in objects.items():
        yield from (_error(f"{name}: {text}") for text in _no_object(place, item))


def _no_object(place: str, item: Any) -> Iterator[str]:
    """Why this is no Kubernetes object, which may still get its name."""
    if not isinstance(item, dict):
        yield f"'{place}' must be an object, got {fields.describe(item)}"
        return
    for problem in validity.problems(item, needs_name=False):
        yield f"'{place}.{problem.path}' {problem.message}"


def _error(message: str) -> Diagnostic:
    return diagnostics.error(Reason.INVALID, message, "properties")
