"""Health and message of what a definition made, by its own CUE texts, from what a cluster says of the objects.

As in KubeVela a text sees names, live objects and properties as written; `details` come first, then the verdict, then
the message, and each sees what the ones before it have said as `context.status`.
`pinnace health` lets `cue` evaluate the texts; sites evaluate by themselves what they can (`pinnace_schemas.cue`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pinnace_cloud.definitions import details, questions, sources, surroundings
from pinnace_cloud.definitions.details import Details
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.materials.needs import Need
from pinnace_cloud.render.health.carried import Carried
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_cloud.render.parts import Context
from pinnace_schemas import cue, fields
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.health_rules import GIVEN, MAX_TEXT, Texts

# Texts of some hundred definitions in some versions.
_KEPT = 512
# What a text speaks of: one that stands alone, or is looked up by a value, may mean any name of it.
_SPOKEN_OF = re.compile(r"\b(?P<of>context|parameter)\b(?:\.(?P<name>[A-Za-z_$][\w$]*))?")
_OF_DETAILS = re.compile(r"\bdetails\b")


@dataclass(frozen=True, slots=True)
class Unread:
    """Why sites cannot evaluate a text; `line` and `column` of it count from 1, 0 for all of it."""

    plain: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.plain}" if self.line else self.plain


@lru_cache(maxsize=_KEPT)
def unread(text: str, *, has_details: bool = False) -> Unread | None:
    """None for one that they do evaluate."""
    if has_details and _OF_DETAILS.search(text):
        return Unread("it looks at status.details, which only 'pinnace health' works out")
    if len(text) > MAX_TEXT:
        return Unread(f"it is longer than {MAX_TEXT} characters")
    try:
        cue.parse(text, GIVEN)
    except cue.Unsupported as exc:
        return Unread(exc.plain, exc.line, exc.column)
    return None


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

    def carried(self, context: Context) -> Carried | None:
        """What sites evaluate of them, with the names that it speaks of."""
        has_details = bool(self.details)
        policy, message = (
            text if text and not unread(text, has_details=has_details) else None for text in (self.policy, self.message)
        )
        if policy is None and message is None:
            return None
        text = "\n".join(filter(None, (policy, message)))
        seen = _spoken_of(text, "context", surroundings.of_component(context))
        return Carried(Texts(policy=policy, message=message), seen, partial(_spoken_of, text, "parameter"))


def _spoken_of(text: str, of: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that the text may look at."""
    named = {match["name"] for match in _SPOKEN_OF.finditer(text) if match["of"] == of}
    return {name: value for name, value in values.items() if name in named or None in named}


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
    seen = Context(
        application=live.application,
        component=live.component,
        doubts=Severity.WARNING,
        namespace=live.namespace,
        labels=live.labels,
        annotations=live.annotations,
        replica=live.replica,
    )
    output = {} if live.output is None else {"output": live.output}
    return {**surroundings.of_component(seen), **output, "outputs": dict(live.outputs)}
