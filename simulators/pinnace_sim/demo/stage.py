"""What the story plays with: a broker, a controller, and for each site a cluster, a link and a daemon."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass

from pinnace_cloud.cli.client import Client
from pinnace_sim.demo import cast
from pinnace_sim.demo.broker import Endpoint
from pinnace_sim.demo.judging import KINDS, Objects
from pinnace_sim.demo.kubeapi import KubeApi
from pinnace_sim.demo.places import Place
from pinnace_sim.link import Link
from pinnace_sim.processes import Controller, Edge
from pinnace_sim.provision.running import Program


@dataclass(frozen=True, slots=True)
class OnStage:
    """One site: its cluster as a person sees it, its link to the broker, and its daemon."""

    site: cast.Site
    place: Place
    person: KubeApi
    link: Link
    edge: Edge

    def objects(self) -> Objects:
        """What the KubeAPI holds of the Application. Raises KubeApiFailed."""
        found = {kind: self.person.get(kind, name) for kind, name in KINDS.items()}
        return {kind: item for kind, item in found.items() if item is not None}

    @property
    def passed_bytes(self) -> int:
        """Through the link since it is there, both ways."""
        return self.link.counts.bytes_to_target + self.link.counts.bytes_to_client


@dataclass(frozen=True, slots=True)
class Stage:
    """All that the story plays with."""

    namespace: str
    endpoint: Endpoint
    controller: Controller
    client: Client
    sites: Mapping[str, OnStage]

    @property
    def programs(self) -> tuple[Program, ...]:
        """Those without which nothing can be observed; daemons also before they are started."""
        return (self.controller.program, *(site.edge.program for site in self.sites.values()))

    def check(self) -> None:
        """Raises ProgramFailed with the end of a log if a program has ended that should run."""
        for program in self.programs:
            program.check()

    def ask_to_end(self) -> None:
        """All at once, so that the end takes as long as the slowest of them and not as all together."""
        for program in self.programs:
            program.signal(signal.SIGTERM)
