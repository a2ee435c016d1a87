"""Which folders the Applications of a text name: a chart's `chart.source` and an overlay's `url`, also in overrides.

Goes by where it stands and not by the type, which an override may leave out.
"""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.materials import sources
from pinnace_schemas import tree
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS

# Names of the properties; a text without them need not be read.
_WORDS = ("source", "url")


def folders(text: str) -> tuple[str, ...]:
    """Each once, in its short form. Says nothing about what is wrong in the text: who reads it for good does."""
    if not any(f"{word}:" in text or f'{word}"' in text for word in _WORDS):
        return ()
    try:
        documents = [root.value for root in tree.read(text, DEFAULT_LIMITS)]
    except tree.Misread:
        return ()
    found = (_folder(text) for document in documents for text in _sources(document))
    return tuple(dict.fromkeys(path for path in found if path))


def _sources(document: Any) -> Iterator[str]:
    for component in _components(_map(_map(document).get("spec"))):
        properties = _map(_map(component).get("properties"))
        for value in (_map(properties.get("chart")).get("source"), properties.get("url")):
            if isinstance(value, str) and sources.is_folder(value):
                yield value


def _components(spec: dict[str, Any]) -> Iterator[Any]:
    """Of the Application and of its policies."""
    yield from _list(spec.get("components"))
    for policy in _list(spec.get("policies")):
        yield from _list(_map(_map(policy).get("properties")).get("components"))


def _folder(text: str) -> str:
    """'' for one that leaves the folder of its file: whoever renders refuses it at its place."""
    try:
        return sources.folder(text)
    except Rejected:
        return ""


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
