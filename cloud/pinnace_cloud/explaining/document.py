"""The JSON Schema of a whole Application: its envelope, and for each type the properties that it takes."""

from collections.abc import Iterable, Iterator, Sequence

from pinnace_cloud.explaining import explanation, schema
from pinnace_cloud.explaining.schema import REF, Json
from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas.application import API_VERSION, KIND, Application

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# The parts of the envelope that have a `type` and `properties`.
_PLACES: dict[Sort, tuple[str, ...]] = {
    Sort.COMPONENT: ("Component",),
    Sort.TRAIT: ("Trait",),
    Sort.POLICY: ("Policy",),
    Sort.STEP: ("Step", "SubStep"),
}


def application(known: Iterable[Known], *, strict: bool = False) -> Json:
    """Of the document that people write. A type that is not among the known ones is wrong by it."""
    (root,), shared = schema.of_models([Application], strict=strict)
    definitions = {name: _nullable(item) for name, item in shared.items()}
    types = tuple(known)
    for sort, places in _PLACES.items():
        chosen = [item for item in types if item.sort is sort]
        choices = list(_choices(sort, chosen, definitions, is_strict=strict or sort in schema.STRICT_SORTS))
        for place in places if chosen else ():
            definitions[place] = _switched(definitions[place], chosen, choices)
    envelope = definitions.pop(str(root["$ref"]).removeprefix(REF))
    title = f"{KIND} ({API_VERSION})"
    return {"$schema": DIALECT, "title": title, **_with_kind(envelope), "$defs": definitions}


def _nullable(part: Json) -> Json:
    """In the envelope null means left out."""
    needed = part.get("required", ())
    properties = {name: item if name in needed else _or_null(item) for name, item in part["properties"].items()}
    return {**part, "properties": properties}


def _or_null(item: Json) -> Json:
    kind = item.get("type")
    if isinstance(kind, str) and "const" not in item:
        return {**item, "type": [kind, "null"]}
    references = [choice for choice in item.get("anyOf", ()) if "$ref" in choice]
    if references:
        # With `anyOf` a mistake deep inside would be shown at the whole part.
        rest = {key: value for key, value in item.items() if key != "anyOf"}
        return {**rest, "if": {"not": {"type": "null"}}, "then": references[0]}
    return item


def _with_kind(envelope: Json) -> Json:
    """Without both, nobody would know what the document is."""
    return {**envelope, "required": ["apiVersion", "kind", *envelope["required"]]}


def _choices(sort: Sort, known: Sequence[Known], definitions: Json, *, is_strict: bool) -> Iterator[Json]:
    """For each type what its properties must be. Definitions begin with the sort: models of two may have one name."""
    found, more = schema.of_models([item.type.parameters for item in known], strict=is_strict, prefix=f"{sort}.")
    definitions.update(more)
    for item, properties in zip(known, found, strict=True):
        then: Json = {"properties": {"properties": properties}}
        if more[str(properties["$ref"]).removeprefix(REF)].get("required"):
            then["required"] = ["properties"]
        yield {"if": {"properties": {"type": {"const": item.name}}, "required": ["type"]}, "then": then}


def _switched(place: Json, known: Sequence[Known], choices: list[Json]) -> Json:
    kind = {
        "type": "string",
        "enum": [item.name for item in known],
        "enumDescriptions": [_described(item) for item in known],
    }
    return {**place, "properties": {**place["properties"], "type": kind}, "allOf": choices}


def _described(item: Known) -> str:
    """As editors show it beside a completion."""
    instead = explanation.replacement(item)
    return f"Deprecated, use {instead}." if instead else explanation.summary(item)
