"""A stand-in for the program `cue`, for tests of what surrounds it: templates here are JSON texts with placeholders.

A template is a map of fields; `$image` in a text of it stands for the parameter `image`. `broken` does not compile.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pinnace_cloud.definitions import faults, questions
from pinnace_cloud.definitions.compiling import Compiled
from pinnace_cloud.definitions.faults import Fault
from pinnace_cloud.materials.needs import Answer, Need

EMPTY: Mapping[str, Any] = {"output": {}, "outputs": {}, "patch": {}, "patchOutputs": {}, "errs": []}


@dataclass
class StandIn:
    """`rounds` has the number of needs of each round; `declared` is what each template declares of its parameters, and
    `faults` what is wrong with each.
    """

    rounds: list[int] = field(default_factory=list)
    declared: str = "..."
    faults: tuple[Fault, ...] = ()

    def answers(self, needs: Sequence[Need]) -> Mapping[str, Answer]:
        self.rounds.append(len(needs))
        return {need.key: _answer(need) for need in needs}

    def compile(self, templates: Mapping[str, str]) -> Mapping[str, Compiled]:
        if self.faults:
            return dict.fromkeys(templates, Compiled(self.faults))
        return {name: _compiled(text, self.declared) for name, text in templates.items()}


def definition(name: str, template: Mapping[str, Any] | str, kind: str = "ComponentDefinition", **spec: Any) -> str:
    """A document, as JSON."""
    text = template if isinstance(template, str) else json.dumps(template)
    value = {
        "apiVersion": "core.oam.dev/v1beta1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"schematic": {"cue": {"template": text}}, **spec},
    }
    return json.dumps(value)


def config_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "data": data}


def _answer(need: Need) -> Answer:
    question = questions.read(need)
    text = question.template.replace("$image", str(question.parameter.get("image")))
    if question.parameter.get("image") == "wrong":
        found = faults.problems(question.name, [Fault("conflicting values", ("parameter", "image"))])
        return Answer(problems=found)
    return Answer({"fields": {**EMPTY, **json.loads(text)}, "marks": {}})


def _compiled(text: str, declared: str) -> Compiled:
    return Compiled((Fault("reference not found", ("output",), 3, 7),)) if text == "broken" else Compiled((), declared)
