"""Definitions and components for tests on the real `cue`, and what is asked of it."""

from pathlib import Path
from typing import Any

from tests.unit.cloud.applications import application

from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.definitions import library, questions
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.materials.needs import Answer
from pinnace_cloud.render import Renderer, Rendering, installed, preparing
from pinnace_schemas import manifest
from pinnace_schemas.definition import ComponentDefinition, Definition, TraitDefinition

FOLDER = Path(__file__).parents[2] / "unit" / "cloud" / "definitions"
Json = dict[str, Any]


def definition(text: str) -> Definition:
    (document,) = manifest.read(text).documents
    found = document.resource
    assert isinstance(found, ComponentDefinition | TraitDefinition)
    return found


def kiosk(*traits: Json, **properties: Any) -> Json:
    return {
        "name": "screen",
        "type": "kiosk",
        "properties": {"image": "browser:1", "pages": [{"url": "http://a"}], "settings": {}, **properties},
        "traits": list(traits),
    }


def worker(*traits: Json) -> Json:
    return {"name": "web", "type": "worker", "properties": {"image": "nginx:1"}, "traits": list(traits)}


def trait(kind: str, **properties: Any) -> Json:
    return {"type": kind, "properties": properties}


def rendered(
    evaluator: CueEvaluator, defined: tuple[Defined, ...], component: Json, strict: bool = False, **metadata: Any
) -> Rendering:
    document = application(component, metadata=metadata)
    renderer = Renderer(document, registry=library.registry(installed.registry(), defined), strict=strict)
    return preparing.prepared(renderer, evaluator.answers).render(None)


def objects(evaluator: CueEvaluator, defined: tuple[Defined, ...], component: Json, **metadata: Any) -> list[Json]:
    found = rendered(evaluator, defined, component, **metadata)
    assert found.errors == ()
    return list(found.objects)


def asked(evaluator: CueEvaluator, template: str, **parameter: Any) -> Answer:
    question = Question("'it'", template, questions.OF_COMPONENT, parameter, {"name": "c"})
    return evaluator.answers([question.need])[question.need.key]


def said(answer: Answer) -> str:
    return "; ".join(item.message for item in answer.problems)
