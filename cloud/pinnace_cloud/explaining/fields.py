"""Fields of a JSON Schema in words for people: `list of maps`, `one of TCP, UDP, SCTP`."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from pinnace_cloud.explaining.schema import REF, Json

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}
# Of properties of which nobody knows more; `map` alone is one with the fields that are shown.
_ANYTHING = "map of anything"
_SEVERAL = {"text": "texts", "whole number": "whole numbers", "number": "numbers", "map": "maps", "list": "lists"}


class Field(BaseModel):
    """One property. `default` is None where there is none; `fields` are those of the map, or of each map in it."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    required: bool
    default: Any = None
    description: str = ""
    fields: tuple["Field", ...] = ()


def read(root: Json) -> Field:
    """The whole schema as a field without name. A definition that holds itself is not repeated within itself."""
    reading = _Reading(root.get("$defs", {}))
    found = reading.field("", root, is_required=True)
    return found.model_copy(update={"type": _ANYTHING}) if reading.takes_anything(root) else found


class _Reading:
    def __init__(self, definitions: Mapping[str, Json], within: tuple[str, ...] = ()) -> None:
        self._definitions = definitions
        self._within = within

    def field(self, name: str, item: Json, *, is_required: bool) -> Field:
        resolved, inside = self._resolved(item)
        return Field(
            name=name,
            type=inside.words(resolved),
            required=is_required,
            default=resolved.get("default"),
            description=resolved.get("description", ""),
            fields=tuple(inside.fields(resolved)),
        )

    def takes_anything(self, item: Json) -> bool:
        """A map without a field of its own, and open for any."""
        resolved, _ = self._resolved(item)
        return resolved.get("additionalProperties") is True and not resolved.get("properties")

    def words(self, item: Json) -> str:
        """Of what kind a value is."""
        item, inside = self._resolved(item)
        if "enum" in item:
            return f"one of {', '.join(_shown(value) for value in item['enum'])}"
        if "const" in item:
            return _shown(item["const"])
        if choices := _choices(item):
            return " or ".join(dict.fromkeys(inside.words(choice) for choice in choices))
        if item.get("type") == "array":
            return f"list{inside.of_several(item.get('items'))}"
        if item.get("type") == "object":
            return f"map{inside.of_several(item.get('additionalProperties'))}"
        return _WORDS.get(str(item.get("type")), "anything")

    def of_several(self, item: Any) -> str:
        """` of texts`; nothing where nothing is known of the entries."""
        if not isinstance(item, dict) or not item:
            return ""
        words = self.words(item)
        return f" of {_SEVERAL[words]}" if words in _SEVERAL else f", each {words}"

    def fields(self, item: Json) -> Iterator[Field]:
        """Of the map itself, of what a list or map holds, or of the choices."""
        item, inside = self._resolved(item)
        needed = item.get("required", ())
        for name, field in item.get("properties", {}).items():
            yield inside.field(name, field, is_required=name in needed)
        held = (item.get("items"), item.get("additionalProperties"), *_choices(item))
        for one in held:
            if isinstance(one, dict):
                yield from inside.fields(one)

    def _resolved(self, item: Json) -> tuple[Json, "_Reading"]:
        """The definition that is referred to, under what stands beside the reference."""
        name = str(item.get("$ref", "")).removeprefix(REF)
        if not name:
            return item, self
        if name in self._within:
            return {"type": "object"}, self
        beside = {key: value for key, value in item.items() if key != "$ref"}
        return {**self._definitions[name], **beside}, _Reading(self._definitions, (*self._within, name))


def _choices(item: Json) -> list[Json]:
    return [*item.get("anyOf", ()), *item.get("oneOf", ())]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else f"{value!r}".replace("'", '"')
