"""Health and message of what a definition made, by its own CUE texts, from what a cluster says of the objects.

As in KubeVela a text sees names, live objects and properties as written; `details` come first, then the verdict, then
the message, and each sees what the ones before it have said as `context.status`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.definitions import details, questions, sources, surroundings
from pinnace_cloud.definitions.details import Details
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.materials.needs import Need
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_cloud.render.parts import Context
from pinnace_schemas import fields
from pinnace_schemas.diagnostics import Severity


@dataclass(frozen=True, slots=True)
class _Found:
    """The value of a field; or why there is none; or what has to be asked for it."""

    value: Any = None
    error: str = ""
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The texts of `healthPolicy`, `customStatus` and `details`, each empty where the definition has none."""

    policy: str = ""
    message: str = ""
    details: str = ""

    def health(self, name: str, live: Live) -> Health:
        """What they say of these objects, or what has to be asked first; `name` is for messages."""
        told = self._details(name, live)
        if told.need:
            return Health(is_healthy=False, needs=(told.need,))
        own: Details = told.value or Details()
        status: dict[str, Any] = {"details": own.values}
        verdict = _found(name, self.policy, questions.HEALTH, bool, live, status) if self.policy else _Found(value=True)
        if verdict.need:
            return Health(is_healthy=False, needs=(verdict.need,))
        is_healthy = verdict.value is True
        status["healthy"] = is_healthy
        said = _found(name, self.message, questions.MESSAGE, str, live, status) if self.message else _Found(value="")
        if said.need:
            return Health(is_healthy, error=verdict.error, needs=(said.need,))
        errors = filter(None, (told.error, verdict.error, said.error))
        return Health(is_healthy, said.value or "", "; ".join(errors), details=own.shown)

    def _details(self, name: str, live: Live) -> _Found:
        """The value is a Details."""
        if not self.details:
            return _Found()
        text = sources.with_fields(self.details, questions.DETAILS)
        found = _found(name, text, questions.DETAILS, dict, live, {})
        return found if found.value is None else _Found(details.read(self.details, found.value))


def _found(name: str, text: str, field: str, wanted: type, live: Live, status: Mapping[str, Any]) -> _Found:
    question = Question(name, text, (field,), live.properties, {**_context(live), "status": status})
    answer = live.materials.get(question.need.key)
    if answer is None:
        return _Found(need=question.need)
    if answer.is_refusal:
        return _Found(error="; ".join(item.message for item in answer.problems))
    value = answer.value["fields"][field]
    if not isinstance(value, wanted):
        return _Found(error=f"{name}: '{field}' must not be {fields.describe(value)}")
    return _Found(value)


def _context(live: Live) -> dict[str, Any]:
    """What KubeVela's rules find under `context`: a trait's has no `output`."""
    seen = Context(live.application, live.component, Severity.WARNING, live.namespace)
    output = {} if live.output is None else {"output": live.output}
    return {**surroundings.of_component(seen), **output, "outputs": dict(live.outputs)}
