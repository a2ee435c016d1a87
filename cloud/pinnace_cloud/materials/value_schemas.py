"""What the schema of a chart's values would read from elsewhere: Helm opens the address or local file of a `$ref`.

What a chart makes would depend on where it is rendered then, and messages would show what stands in files there.
"""

import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

_NAME = "values.schema.json"
# What speaks of another schema, in all drafts.
_WORDS = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$schema"})
# The schemas of schemas, which Helm holds itself.
_KNOWN = ("http://json-schema.org/", "https://json-schema.org/")


def outward(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """A sentence for each reference that leaves its schema. Takes files as `packages.opened` gives them."""
    for path, data in files:
        if posixpath.basename(path) == _NAME:
            yield from (f"{path}: {problem}" for problem in _outward(data))


def _outward(data: bytes) -> Iterator[str]:
    try:
        found = list(_named(json.loads(data.decode())))
    except (ValueError, RecursionError):
        yield "is no JSON"
        return
    for word, place in found:
        if not place.startswith(("#", *_KNOWN)):
            yield f"'{word}' names '{place}', which is not in this schema; copy it there and write '#/...'"


def _named(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _WORDS and isinstance(item, str):
                yield key, item
            else:
                yield from _named(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item)
