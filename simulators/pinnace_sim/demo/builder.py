"""Builds the stage: a broker, a controller, and for each site a cluster, a link to the broker and a daemon to be.

Everything is closed again by the stack that is passed in. Ports are free ones of the loopback address; where somebody
else takes one in between, another is tried.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pinnace_cloud.cli import client
from pinnace_cloud.cli.settings import Place as Desk
from pinnace_schemas import topics
from pinnace_sim.brokers import retained
from pinnace_sim.brokers.retained import BrokerRefused
from pinnace_sim.demo import broker, cast, children, contexts, kubeapi, places
from pinnace_sim.demo.broker import Endpoint, Given
from pinnace_sim.demo.contexts import Context, Unusable
from pinnace_sim.demo.kubeapi import KubeApi, KubeApiFailed
from pinnace_sim.demo.options import Options
from pinnace_sim.demo.places import Place
from pinnace_sim.demo.stage import OnStage, Stage
from pinnace_sim.link import Link
from pinnace_sim.processes import Controller, Edge, EdgeOptions
from pinnace_sim.provision import controlplane
from pinnace_sim.provision.errors import ProgramFailed
from pinnace_sim.provision.ports import LOOPBACK

Started = TypeVar("Started")

# Shorter than in the field, so that a person sees within seconds what timers do.
RETRIES = {"broker_first_retry_s": "0.3", "broker_last_retry_s": "1"}
EDGE_SETTINGS = {
    "heal_interval_s": "5",
    "report_interval_s": "2",
    "keepalive_s": "5",
    "connect_timeout_s": "3",
    **RETRIES,
}
# Two reports that did not come.
CONTROLLER_SETTINGS = {"report_interval_s": "2", "offline_after_s": "5", **RETRIES}
NAMESPACE = "pinnace-demo"
PORT_TRIES = 3
TAKEN = "address already in use"


@dataclass(frozen=True, slots=True)
class Builder:
    """`run` tells this run from others where both leave traces; `folder` takes everything that is written.

    `meanwhile` is called while a person waits.
    """

    options: Options
    folder: Path
    stack: ExitStack
    run: str
    locate: broker.Locate
    meanwhile: Callable[[], None]

    def build(self) -> Stage:
        """Raises PartMissing, ProgramFailed, CommandFailed, Unusable or KubeApiFailed."""
        if self.options.is_real:
            controlplane.locate()  # before anything is started that would have to be ended again
        kubeconfigs = self._kubeconfigs()
        endpoint = self._endpoint()
        found: dict[str, Place] = {}
        made: list[Controller] = []
        jobs: list[Callable[[], None]] = [lambda: made.append(self._controller(endpoint))]
        jobs += [functools.partial(self._open, site, kubeconfigs, found) for site in cast.SITES]
        children.side_by_side(jobs, self.meanwhile)
        controller = made[0]
        operator = self.stack.enter_context(client.connect(Desk(controller.url, controller.token)))
        sites = {site.name: self._site(site, found[site.name], endpoint) for site in cast.SITES}
        stage = Stage(self.namespace, endpoint, controller, operator, sites)
        self.stack.callback(stage.ask_to_end)
        return stage

    @property
    def namespace(self) -> str:
        """With the name of the run in clusters that have others."""
        return f"{NAMESPACE}-{self.run}" if self.options.contexts else NAMESPACE

    @property
    def _tenant(self) -> str:
        """Of its own in each run: at a broker with other users it keeps our topics apart from theirs."""
        return f"demo-{self.run}"

    def _endpoint(self) -> Endpoint:
        if self.options.broker is not None:
            given = self.options.broker
            _check(given)
            self.stack.callback(retained.clear_below, topics.prefix(self._tenant), given.connect)
            return broker.foreign(given)
        program = broker.choose(self.locate)
        running = _on_a_free_port(lambda: broker.start(program))
        self.stack.enter_context(running)
        return broker.own(program, running)

    def _controller(self, endpoint: Endpoint) -> Controller:
        own = {"tenant": self._tenant, "config": self._no_settings()}
        settings = {**CONTROLLER_SETTINGS, **endpoint.settings, **own}

        def start() -> Controller:
            folder = Path(tempfile.mkdtemp(prefix="controller-", dir=self.folder))
            return Controller.start(folder, broker=str(endpoint.address), **settings)

        return self.stack.enter_context(_on_a_free_port(start))

    def _kubeconfigs(self) -> list[Path]:
        """Of the named contexts, each in the folder of its site. Raises Unusable where two are one cluster."""
        for site in cast.SITES:
            (self.folder / site.name).mkdir()
        named = list(zip(self.options.contexts, cast.SITES, strict=False))
        paths = [places.write(context, self.folder / site.name) for context, site in named]
        contexts.check_distinct(
            [(context.name, _identity(context, path)) for (context, _), path in zip(named, paths, strict=True)]
        )
        return paths

    def _open(self, site: cast.Site, kubeconfigs: Sequence[Path], found: dict[str, Place]) -> None:
        found[site.name] = self._place(site, kubeconfigs)

    def _place(self, site: cast.Site, kubeconfigs: Sequence[Path]) -> Place:
        folder = self.folder / site.name
        number = cast.SITES.index(site)
        if number < len(kubeconfigs):
            context = self.options.contexts[number]
            return self.stack.enter_context(places.named(context, kubeconfigs[number], self.namespace))
        if self.options.is_real:
            return _on_a_free_port(lambda: self.stack.enter_context(places.real(site.name)))
        return _on_a_free_port(lambda: self.stack.enter_context(places.embedded(folder, number)))

    def _site(self, site: cast.Site, place: Place, endpoint: Endpoint) -> OnStage:
        at = endpoint.address
        link = _on_a_free_port(lambda: Link.start(at.host, at.port, tls=endpoint.tls))
        self.stack.enter_context(link)
        settings = {**EDGE_SETTINGS, **endpoint.settings, "config": self._no_settings()}
        options = EdgeOptions(place.daemon, f"mqtt://{LOOPBACK}:{link.port}", settings)
        edge = self.stack.enter_context(Edge(self.folder / site.name, options))
        person = KubeApi(kubeapi.login(place.person), self.namespace)
        return OnStage(site, place, person, link, edge)

    def _no_settings(self) -> str:
        """An empty file in the place of one that a program would look for on this machine."""
        path = self.folder / "no-settings.toml"
        path.touch()
        return str(path)


def _identity(context: Context, kubeconfig: Path) -> str:
    try:
        return places.identity(kubeconfig)
    except KubeApiFailed as failure:
        raise Unusable(f"context {context.name!r} cannot be used: {failure}") from failure


def _check(given: Given) -> None:
    try:
        given.connect().close()
    except BrokerRefused as refused:
        raise Unusable(f"{given.address}: {refused}") from refused


def _on_a_free_port(start: Callable[[], Started]) -> Started:
    for _ in range(PORT_TRIES - 1):
        try:
            return start()
        except (ProgramFailed, OSError) as failure:
            if TAKEN not in str(failure).lower():
                raise
    return start()
