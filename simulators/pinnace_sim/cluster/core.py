"""One simulated cluster: its store, its rules and its controllers under a clock and a seed that are passed in.

Nothing here starts a thread, opens a socket or asks the machine for the time: `run` does what is due, `next_at` says
when there is something to do again. One caller at a time.
"""

from __future__ import annotations

import itertools
import logging
import random
from datetime import datetime

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.admission import Admission
from pinnace_sim.cluster.agenda import Agenda, Task
from pinnace_sim.cluster.catalog import Catalog
from pinnace_sim.cluster.clock import Clock
from pinnace_sim.cluster.controllers.budgets import Budgets
from pinnace_sim.cluster.controllers.claims import Claims
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.cluster_roles import ClusterRoles
from pinnace_sim.cluster.controllers.collector import Collector
from pinnace_sim.cluster.controllers.controller import Controller
from pinnace_sim.cluster.controllers.daemon_sets import DaemonSets
from pinnace_sim.cluster.controllers.definitions import Definitions
from pinnace_sim.cluster.controllers.deployments import Deployments
from pinnace_sim.cluster.controllers.jobs import Jobs
from pinnace_sim.cluster.controllers.kubelet import Kubelet
from pinnace_sim.cluster.controllers.namespaces import Namespaces
from pinnace_sim.cluster.controllers.quotas import Quotas
from pinnace_sim.cluster.controllers.replica_sets import ReplicaSets
from pinnace_sim.cluster.controllers.stateful_sets import StatefulSets
from pinnace_sim.cluster.deleting import Deleter
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.objects import Objects
from pinnace_sim.cluster.preparing import Preparer
from pinnace_sim.cluster.requests import Options
from pinnace_sim.cluster.settings import ClusterSettings
from pinnace_sim.cluster.store import Event, Store
from pinnace_sim.cluster.watching import Scope, Watch

log = logging.getLogger(__name__)

FIRST_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
# A controller whose write was refused tries again after this time: a quota or a name may be free by then.
REFUSED_AGAIN_S = 1.0


class Cluster:
    """`now` gives aware datetimes in UTC. The same seed, times and requests give the same cluster."""

    def __init__(self, now: Clock, *, seed: int = 0, settings: ClusterSettings | None = None) -> None:
        self.settings = settings or ClusterSettings()
        self.now = now
        self.catalog = Catalog()
        self.store = Store(self.settings.history, self._written)
        chance = random.Random(seed)
        preparer = Preparer(self.store, chance)
        self.objects = Objects(self.store, preparer, Admission(self.store, self.catalog), now)
        self.deleter = Deleter(self.store, now)
        self._agenda = Agenda(now)
        own = Client(self.store, self.catalog, self.objects, self.deleter, self._agenda, now, self.settings, chance)
        self._controllers = {each.name: each for each in _controllers(own)}
        self._begin()

    @property
    def next_at(self) -> datetime | None:
        """When `run` has something to do; None if only requests can bring work."""
        return self._agenda.next_at

    def run(self, most: int | None = None) -> None:
        """Lets the controllers do what is due now, at most so many steps of it."""
        for task in itertools.islice(self._agenda.due(), most):
            try:
                self._controllers[task.controller].settle(task.key)
            except errors.Refused as refused:
                log.debug("%s: %s", task, refused)
                self._agenda.after(REFUSED_AGAIN_S, task)

    def watch(self, scope: Scope, revision: int | None, *, has_bookmarks: bool = False) -> Watch:
        """Raises Refused (410)."""
        return Watch(self.store, scope, revision, has_bookmarks=has_bookmarks)

    def resource(self, api_version: str, kind: str) -> Resource:
        """Raises Refused (404)."""
        found = self.catalog.by_kind(api_version, kind)
        if found is None:
            raise errors.no_such_path()
        return found

    def _written(self, event: Event) -> None:
        for each in self._controllers.values():
            for key in each.touched(event):
                self._agenda.now(Task(each.name, key))

    def _begin(self) -> None:
        namespaces = self.resource("v1", "Namespace")
        for name in FIRST_NAMESPACES:
            self.objects.create(namespaces, "", {"metadata": {"name": name}}, Options("kube-apiserver"))
        node = {"metadata": {"name": self.settings.node, "labels": {"kubernetes.io/hostname": self.settings.node}}}
        self.objects.create(self.resource("v1", "Node"), "", node, Options("kubelet"))
        self.run()
        # As kube-apiserver after its start, the cluster remembers nothing of before.
        self.store.forget()


def _controllers(own: Client) -> tuple[Controller, ...]:
    return (
        Deployments(own),
        ReplicaSets(own, "replicasets.apps"),
        ReplicaSets(own, "replicationcontrollers"),
        StatefulSets(own),
        DaemonSets(own),
        Jobs(own),
        Kubelet(own),
        Budgets(own),
        Claims(own),
        Namespaces(own),
        Quotas(own),
        ClusterRoles(own),
        Definitions(own),
        Collector(own),
    )
