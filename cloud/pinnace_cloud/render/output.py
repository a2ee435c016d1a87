"""Prints rendered objects as multi-document YAML or as JSON: the same objects give the same text.

Texts that Kubernetes tools would read as numbers, booleans or nothing (`1e3`, `"007"`, `on`, `y`, `~`) are quoted.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from pinnace_cloud.render import remarks
from pinnace_cloud.render.checks import Rendered
from pinnace_schemas import scalars
from pinnace_schemas.bundle import ApplyPolicy
from pinnace_schemas.health_rules import HealthRules

_USUAL = ApplyPolicy()
_WIDTH = 1_000_000  # a long text stays on its line


def to_yaml(rendered: Iterable[Rendered], policy: ApplyPolicy = _USUAL, health: HealthRules | None = None) -> str:
    """One document per object, each with a comment that says which component it comes from.

    Where `policy`, that of the rendering, asks something of an object, more comments say it, and who judges it by
    `health`.
    """
    items = tuple(rendered)
    comments = remarks.of(policy, tuple(item.component for item in items), health)
    return "".join(_commented(item, comments.get(index, ())) for index, item in enumerate(items))


def _commented(item: Rendered, comments: Iterable[str]) -> str:
    lines = "".join(f"# {line}\n" for line in (item.comment, *comments))
    return f"---\n{lines}{_document(item.object)}"


def to_json(rendered: Iterable[Rendered]) -> str:
    """One List object, as kubectl prints several."""
    items = [item.object for item in rendered]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=2, sort_keys=True) + "\n"


def _document(item: Any) -> str:
    import yaml

    return yaml.dump(item, Dumper=_dumper(), sort_keys=True, allow_unicode=True, width=_WIDTH)


@cache
def _dumper() -> Any:
    import yaml

    base = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper
    dumper: Any = type("Dumper", (base,), {"ignore_aliases": lambda *_: True})
    dumper.add_representer(str, _text)
    return dumper


def _text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text.rstrip("\n") and _fits_block(text) else None
    if style is None and not scalars.is_plain(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _fits_block(text: str) -> bool:
    """Only texts that a block scalar shows as they are."""
    lines = text.split("\n")
    return all(line == line.rstrip() and line.isprintable() for line in lines) and not text.startswith((" ", "\n"))
