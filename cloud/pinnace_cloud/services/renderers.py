"""Who renders the Applications of a plan: those of the edit as they were prepared, others as the store keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass

from pinnace_cloud.render import Renderer
from pinnace_cloud.rules.world import Edit, World
from pinnace_cloud.services import defining, stocking
from pinnace_cloud.services.present import Present
from pinnace_cloud.services.stocking import Prepared
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import AppKey


@dataclass(frozen=True, slots=True)
class Renderers:
    """Implements `desired.Renderers`. `strict` is for the Applications of the edit."""

    tx: Transaction
    before: Present
    after: World
    edit: Edit
    prepared: Mapping[AppKey, Prepared]
    workshop: Workshop
    strict: bool

    def of(self, key: AppKey) -> Renderer:
        """With the types that it is rendered with; enough to know where it goes."""
        if key in self.prepared:
            return self.prepared[key].renderer
        document = self.after.applications[key]
        if key in self.edit.applications:
            return Renderer(document, strict=self.strict)
        return defining.renderer(self.tx, key, self._revision(key), document)

    def complete(self, key: AppKey, renderer: Renderer) -> Renderer:
        """With what the store keeps of its revision."""
        if key in self.edit.applications:
            return renderer
        return stocking.of_revision(self.tx, self.workshop, key, self._revision(key), renderer).renderer

    def _revision(self, key: AppKey) -> int:
        return self.before.applications[key].current.revision
