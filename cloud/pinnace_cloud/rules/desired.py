"""Which bundle every application has in every group after an edit. Pure, and complete: finds all errors at once.

Renders only what may have changed: the applications of the edit, and those whose placement is another than before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pinnace_cloud import placement
from pinnace_cloud.placement import Placement
from pinnace_cloud.render import Renderer, Rendering
from pinnace_cloud.render.engine import Likeness
from pinnace_cloud.render.targets import Targets
from pinnace_cloud.rules import findings
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.rules.world import Edit, World
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import codec, diagnostics
from pinnace_schemas.bundle import Encoder
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits


@dataclass(frozen=True, slots=True)
class Desired:
    """`bundles` maps digests to plain bytes, `renderings` to what was encoded; `groups` has the digest by group of each
    application that was looked at; `members` has every group.
    """

    groups: Mapping[AppKey, Mapping[str, str]]
    bundles: Mapping[str, bytes]
    members: Mapping[str, frozenset[str]]
    renderings: Mapping[str, Rendering]


class Renderers(Protocol):
    """Who renders the Applications after the edit."""

    def of(self, key: AppKey) -> Renderer:
        """Enough to know where it goes."""
        ...

    def complete(self, key: AppKey, renderer: Renderer) -> Renderer:
        """With everything that it is rendered with."""
        ...


def desired(before: World, after: World, edit: Edit, found: Findings, limits: Limits, renderers: Renderers) -> Desired:
    """Errors and warnings go to `found`; what has errors is not in the result."""
    members = {
        group: frozenset(nodes)
        for group, nodes in placement.memberships(after.groups.values(), after.nodes.values()).items()
    }
    touched = after.applications if edit.moves_nodes else edit.applications
    begun = {key: renderers.of(key) for key in touched}
    placed = {key: _place(key, begun[key].targets, after, edit, found) for key in touched}
    _refuse_second_ways(placed, members, edit, found)
    bundles: dict[str, bytes] = {}
    renderings: dict[str, Rendering] = {}
    groups: dict[AppKey, Mapping[str, str]] = {key: {} for key in edit.leaving}
    for key, placements in placed.items():
        if key in edit.applications or placements != _placed_before(key, before):
            work = _Rendering(found, cause(edit), Encoder(limits), bundles, renderings)
            renderer = renderers.complete(key, begun[key])
            groups[key] = work.groups(key, renderer, placements, is_other=key not in edit.applications)
    return Desired(groups, bundles, members, renderings)


def _place(key: AppKey, aims: Targets, after: World, edit: Edit, found: Findings) -> tuple[Placement, ...]:
    placed = placement.place_targets(aims, after.groups.values())
    if key in edit.applications:
        found.add(findings.of_application(key), placed.diagnostics)
    else:
        found.add(cause(edit), (_of_other(key, item) for item in placed.errors))
    return placed.placements


def _placed_before(key: AppKey, before: World) -> tuple[Placement, ...]:
    return placement.place(before.applications[key], before.groups.values()).placements


def _of_other(key: AppKey, item: Diagnostic) -> Diagnostic:
    """An error in an application that is not part of the request, found because a group or node changes."""
    where = f"application '{key}' ({item.path})" if item.path else f"application '{key}'"
    return diagnostics.error(item.reason, f"{where} would be wrong after this: {item.message}", hint=item.hint)


def cause(edit: Edit) -> findings.Subject:
    """The document that an error elsewhere is shown at."""
    for name in edit.groups:
        return findings.of_group(name)
    for name in edit.nodes:
        return findings.of_node(name)
    return ("", "", "")


def _refuse_second_ways(
    placed: Mapping[AppKey, Iterable[Placement]],
    members: Mapping[str, frozenset[str]],
    edit: Edit,
    found: Findings,
) -> None:
    keys = {str(key): key for key in placed}
    for conflict in placement.second_ways({str(key): items for key, items in placed.items()}, members):
        key = keys[conflict.application]
        if key in edit.applications:
            subject = findings.of_application(key)
        else:
            groups = [findings.of_group(name) for name in conflict.groups if name in edit.groups]
            subject = groups[0] if groups else findings.of_node(conflict.node)
        found.add(subject, [conflict.diagnostic()])


@dataclass(frozen=True, slots=True)
class _Rendering:
    """Fills `bundles` and `renderings`; topologies that render alike have one of each, whatever their number."""

    found: Findings
    cause: findings.Subject
    encoder: Encoder
    bundles: dict[str, bytes]
    renderings: dict[str, Rendering]

    def groups(
        self, key: AppKey, renderer: Renderer, placements: Iterable[Placement], *, is_other: bool
    ) -> dict[str, str]:
        """Digest by group."""
        topologies = {renderer.likeness(name): name for name in renderer.targets.chosen or (None,)}
        problems: dict[Diagnostic, None] = {}
        digests: dict[Likeness, str] = {}
        for likeness, topology in topologies.items():
            rendering = renderer.render(topology)
            plain, more = self._bundle(rendering)
            problems.update(dict.fromkeys(more))
            if plain is not None:
                digests[likeness] = codec.sha256(plain)
                self.bundles[digests[likeness]] = plain
                self.renderings[digests[likeness]] = rendering
        self._add(key, problems, is_other=is_other)
        by_group = {item.group: renderer.likeness(item.topology) for item in placements}
        return {group: digests[likeness] for group, likeness in by_group.items() if likeness in digests}

    def _add(self, key: AppKey, problems: Iterable[Diagnostic], *, is_other: bool) -> None:
        if is_other:
            self.found.add(self.cause, (_of_other(key, item) for item in diagnostics.errors(problems)))
        else:
            self.found.add(findings.of_application(key), problems)

    def _bundle(self, rendering: Rendering) -> tuple[bytes | None, tuple[Diagnostic, ...]]:
        if rendering.errors:
            return None, rendering.diagnostics
        try:
            plain = self.encoder.encode(rendering.objects, "", rendering.policy, rendering.health)
        except Rejected as exc:
            message = f"its bundle cannot be delivered: {exc}"
            return None, (*rendering.diagnostics, diagnostics.error(exc.reason, message, "spec", "components"))
        return plain, rendering.diagnostics
