"""The documents that people wrote, as one value: Applications, NodeGroups and Nodes, and an edit of them. Pure.

Definitions are in the edit only: what an Application is rendered with is kept with its revision.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pinnace_cloud.definitions.library import Key as DefinitionKey
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import application, codec, definition, manifest, resources
from pinnace_schemas.application import Application
from pinnace_schemas.definition import ComponentDefinition, Definition, TraitDefinition
from pinnace_schemas.manifest import Resource
from pinnace_schemas.resources import Node, NodeGroup

# Parsed documents that stay in memory: about 5 KiB each, and most changes leave most of them alone.
_KEPT_DOCUMENTS = 16_384


@dataclass(frozen=True, slots=True)
class World:
    """Applications that are being deleted are not in it."""

    applications: Mapping[AppKey, Application] = field(default_factory=dict)
    groups: Mapping[str, NodeGroup] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """Documents that are put and names that go. `note` becomes the note of new revisions.

    `resign_groups` and `resign_nodes` get a new head or assignment although nothing else of theirs changes.
    """

    applications: Mapping[AppKey, Application] = field(default_factory=dict)
    groups: Mapping[str, NodeGroup] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    definitions: Mapping[DefinitionKey, Definition] = field(default_factory=dict)
    leaving: frozenset[AppKey] = frozenset()
    dropped_groups: frozenset[str] = frozenset()
    dropped_nodes: frozenset[str] = frozenset()
    resign_groups: frozenset[str] = frozenset()
    resign_nodes: frozenset[str] = frozenset()
    note: str = ""

    @property
    def moves_nodes(self) -> bool:
        """True if groups or their members may change, and with them every application's placement."""
        return bool(self.groups or self.nodes or self.dropped_groups or self.dropped_nodes)


def key_of(document: Application) -> AppKey:
    """Its namespace and name."""
    return AppKey(document.namespace, document.name)


def edit_of(documents: Iterable[Resource], note: str = "") -> Edit:
    """The edit that puts these documents."""
    applications, groups, nodes = {}, {}, {}
    definitions: dict[DefinitionKey, Definition] = {}
    for item in documents:
        if isinstance(item, Application):
            applications[key_of(item)] = item
        elif isinstance(item, NodeGroup):
            groups[item.name] = item
        elif isinstance(item, Node):
            nodes[item.name] = item
        else:
            definitions[item.kind, item.name] = item
    return Edit(applications, groups, nodes, definitions, note=note)


def edited(world: World, edit: Edit) -> World:
    """The world after the edit."""
    applications = {**world.applications, **edit.applications}
    groups = {**world.groups, **edit.groups}
    nodes = {**world.nodes, **edit.nodes}
    return World(
        {key: item for key, item in applications.items() if key not in edit.leaving},
        {name: item for name, item in groups.items() if name not in edit.dropped_groups},
        {name: item for name, item in nodes.items() if name not in edit.dropped_nodes},
    )


def write(document: Resource) -> str:
    """The text that is stored: canonical JSON of what was written."""
    return codec.canonical(_plain(document)).decode()


def _plain(document: Resource) -> dict[str, Any]:
    if isinstance(document, Application):
        return application.to_dict(document)
    if isinstance(document, NodeGroup | Node):
        return resources.to_dict(document)
    return definition.to_dict(document)


def read_application(text: str) -> Application:
    """The inverse, for a text that `write` made."""
    document = _read(text)
    assert isinstance(document, Application)
    return document


def read_group(text: str) -> NodeGroup:
    """The inverse, for a text that `write` made."""
    document = _read(text)
    assert isinstance(document, NodeGroup)
    return document


def read_node(text: str) -> Node:
    """The inverse, for a text that `write` made."""
    document = _read(text)
    assert isinstance(document, Node)
    return document


def read_definition(text: str) -> Definition:
    """The inverse, for a text that `write` made."""
    document = _read(text)
    assert isinstance(document, ComponentDefinition | TraitDefinition)
    return document


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def _read(text: str) -> Resource:
    document, problems = manifest.parse(json.loads(text))
    if document is None:
        raise ValueError(f"a stored document cannot be read any more: {problems[0]}")
    return document
