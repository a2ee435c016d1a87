"""Does what the story says: as an operator by the controller's API, as somebody at a site by its KubeAPI."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from pinnace_schemas.api import ApplyRequest, Source
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_sim.demo import cast, children, reasons
from pinnace_sim.demo.cast import CUT_OFF, Edition
from pinnace_sim.demo.director import ActFailed
from pinnace_sim.demo.kubeapi import KubeApiFailed
from pinnace_sim.demo.stage import OnStage, Stage
from pinnace_sim.demo.story import Act
from pinnace_sim.processes.command import CommandFailed
from pinnace_sim.provision.errors import ProgramFailed

TOKEN_LIFETIME_S = 600
# What an act meets when a program, the controller or a KubeAPI does not do its part.
FAILURES = (CommandFailed, KubeApiFailed, ProgramFailed, Rejected, Unavailable)


@dataclass(slots=True)
class Notes:
    """What was so at a moment of the story, for who looks later."""

    bytes_at_cut: int = 0
    deleted_uid: str = ""
    stored_before_return: int = 0
    written_before_return: int = 0


class Actors:
    """`notes` is filled as the story goes on; `meanwhile` is called while an act takes its time."""

    def __init__(self, stage: Stage, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._meanwhile = meanwhile
        self.notes = Notes()
        self._stage = stage
        self._acts: dict[Act, Callable[[], None]] = {
            Act.JOIN: self._join,
            Act.APPLY: lambda: self._apply(cast.FIRST),
            Act.CUT: self._cut,
            Act.CHANGE: lambda: self._apply(cast.SECOND),
            Act.DAMAGE: self._damage,
            Act.RECONNECT: self._reconnect,
            Act.REMOVE: self._remove,
        }

    def perform(self, act: Act) -> None:
        """Raises ActFailed."""
        try:
            self._acts[act]()
        except FAILURES as failure:
            raise ActFailed(f"{act}: {reasons.short(str(failure))}") from failure

    @property
    def _far(self) -> OnStage:
        return self._stage.sites[CUT_OFF.name]

    def _join(self) -> None:
        jobs = [functools.partial(self._join_one, site) for site in self._stage.sites.values()]
        children.side_by_side(jobs, self._meanwhile)

    def _join_one(self, site: OnStage) -> None:
        token = self._stage.client.create_join_token(site.site.name, TOKEN_LIFETIME_S).token
        site.edge.join(token)
        site.edge.start()

    def _apply(self, edition: Edition) -> None:
        text = cast.documents(edition, self._stage.namespace)
        self._stage.client.apply(ApplyRequest(sources=(Source(name="shop.yaml", text=text),), strict=True))

    def _cut(self) -> None:
        self._far.link.black_hole()
        self.notes.bytes_at_cut = self._far.passed_bytes

    def _damage(self) -> None:
        settings = self._far.person.get("ConfigMap", cast.SETTINGS) or {"metadata": {"uid": ""}}
        self.notes.deleted_uid = settings["metadata"]["uid"]
        self._far.person.delete("ConfigMap", cast.SETTINGS)
        self._far.person.edit("Deployment", cast.TILL, {"spec": {"replicas": 0}}, cast.INTRUDER)

    def _reconnect(self) -> None:
        stored = self._stage.client.node(CUT_OFF.name).stored_through
        self.notes.stored_before_return = stored
        # By the node itself, which needs no network for it: what waits in its journal.
        self.notes.written_before_return = stored + self._far.edge.status()["journal"]["waiting"]
        self._far.link.restore()

    def _remove(self) -> None:
        self._stage.client.delete_application(self._stage.namespace, cast.APPLICATION, force=False)
