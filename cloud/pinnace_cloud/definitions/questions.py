"""What a template is asked: which of its fields have which values, for these parameters in this context."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pinnace_cloud.materials.needs import Need

MAKER = "cue"

# Fields of a template, in KubeVela's words.
OUTPUT, OUTPUTS, PATCH, PATCH_OUTPUTS = "output", "outputs", "patch", "patchOutputs"
ERRORS, PROCESSING = "errs", "processing"
HEALTH, MESSAGE, DETAILS = "isHealth", "message", "details"

OF_COMPONENT = (OUTPUT, OUTPUTS, ERRORS)
OF_TRAIT = (OUTPUTS, PATCH, PATCH_OUTPUTS, ERRORS)


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that the answer depends on, and the name to put into messages.

    `template` is CUE text. `fields` are asked for; those that the template does not have are empty in the answer. Where
    `is_tagged`, the answer also has what comments say of fields. `fit` asks for a patch, or for an
    output, that fits the other: nested maps, with the length of a list or, in a list of its own, a value at the end.
    """

    name: str
    template: str
    fields: tuple[str, ...]
    parameter: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    is_tagged: bool = False
    fit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fitted(self) -> str:
        """The field that `fit` is about: what is patched, or the patch."""
        return PATCH if PATCH in self.fields else OUTPUT

    @property
    def need(self) -> Need:
        """To be answered by the maker."""
        return Need(MAKER, {name: getattr(self, name) for name in self.__slots__})


def read(need: Need) -> Question:
    """The inverse of `Question.need`."""
    return Question(**{**need.question, "fields": tuple(need.question["fields"])})
