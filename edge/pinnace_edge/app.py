"""Composition root of the daemon: the only importer of adapters. Puts the parts together and names their settings."""

import queue
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pinnace_edge import status as node_status
from pinnace_edge.adapters import files
from pinnace_edge.adapters import identity as node_identity
from pinnace_edge.adapters.clock import SystemClock
from pinnace_edge.adapters.identity import NodeKey
from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.adapters.mqtt import MqttBroker
from pinnace_edge.adapters.mqtt_client import Presence as BrokerPresence
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.adapters.sqlite.opening import Opened
from pinnace_edge.adapters.verifier import TufVerifier, first_trust
from pinnace_edge.daemon import Daemon, Services
from pinnace_edge.model import Trust
from pinnace_edge.ports import Broker, Clock, Cluster, Emit, Happening, Signer, Store, Verifier
from pinnace_edge.rules.fight import Fights
from pinnace_edge.services.applying import Applier
from pinnace_edge.services.asking import Asking
from pinnace_edge.services.assignments import Assignments
from pinnace_edge.services.control import Control, Identity
from pinnace_edge.services.desired import Placer
from pinnace_edge.services.fetching import Fetcher, Line
from pinnace_edge.services.heads import Heads
from pinnace_edge.services.healing import Healing
from pinnace_edge.services.housekeeping import Housekeeping
from pinnace_edge.services.inbox import Inbox
from pinnace_edge.services.joining import Joining, Keys
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.judging import Judging
from pinnace_edge.services.keeping import Keeper
from pinnace_edge.services.observing import Observer
from pinnace_edge.services.preparing import Preparer
from pinnace_edge.services.problems import Problems
from pinnace_edge.services.progress import Progress
from pinnace_edge.services.pruning import Pruner
from pinnace_edge.services.rebuilding import Rebuilding
from pinnace_edge.services.receiving import Receiver
from pinnace_edge.services.reconcile import Parts, Reconciler
from pinnace_edge.services.reporting import About, Reporter
from pinnace_edge.services.trusted_time import TrustedTime
from pinnace_edge.settings import JOINED_FILE, K3S_KUBECONFIG, Joined, Settings, require_joined
from pinnace_edge.version import __version__
from pinnace_schemas import codec, tokens, topics
from pinnace_schemas.folder_lock import FolderLock
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Presence
from pinnace_schemas.reasons import Reason

Events = queue.Queue[Happening]
# Messages are up to 96 KiB: a broker that floods us is slowed down by TCP, not stored in memory.
MOST_WAITING = 128
KEY_FILE = "node.key"
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


@dataclass(frozen=True, slots=True)
class Rim:
    """Everything through which a daemon touches the world; a simulation brings its own."""

    store: Store
    cluster: Cluster
    broker: Broker
    signer: Signer
    verifier: Verifier
    clock: Clock
    rng: random.Random
    events: Events


def run(settings: Settings) -> None:
    """Runs the daemon until SIGTERM or SIGINT. Raises Rejected when the node has not joined, or its files are wrong."""
    require_joined(settings)
    with _lock(settings):
        key = node_identity.load(settings.data_dir / KEY_FILE)
        opened = opening.open_store(settings.data_dir / opening.FILE_NAME, settings.limits)
        events: Events = queue.Queue(MOST_WAITING)
        clock = SystemClock()
        cluster = KubeCluster(_kube_settings(settings), clock, events.put)
        broker, verifier = _broker(settings, events.put), TufVerifier(settings.tenant, settings.limits)
        rim = Rim(opened.store, cluster, broker, key, verifier, clock, random.SystemRandom(), events)
        daemon = assemble(settings, rim, _damage(opened))
        _stop_on_signals(daemon)
        try:
            daemon.run()
        finally:
            cluster.close()
            opened.store.close()


def join(settings: Settings, token_text: str, timeout_s: float) -> str:
    """Joins this node and returns its name. May be repeated with the same token until it succeeded.

    Raises Rejected (refused, or files are wrong) or Unavailable (nobody answered).
    """
    token = tokens.read(token_text)
    joined = settings.model_copy(update={"node": token.node, "tenant": token.tenant, "broker": token.broker})
    with _lock(settings):
        key = _key(settings.data_dir / KEY_FILE)
        events: Events = queue.Queue(MOST_WAITING)
        broker = MqttBroker(joined.broker_settings(f"join-{token.id}", _read_text), None, events.put)
        keys = Keys(key.public_key, key.join_envelope, first_trust)
        verifier = TufVerifier(token.tenant, settings.limits)
        joining = Joining(token, keys, verifier, broker, events, SystemClock(), settings.limits, __version__)
        _remember(joined, joining.run(timeout_s))
    return token.node


def status(settings: Settings, output: str) -> str:
    """What runs here and what waits, from the store alone; `output` is 'text' or 'json'. Raises Unavailable."""
    store = opening.open_reader(settings.data_dir / opening.FILE_NAME)
    try:
        view = node_status.collect(store, _lock(settings).holder())
    finally:
        store.close()
    return node_status.as_json(view) if output == "json" else node_status.as_text(view, SystemClock().now())


def _lock(settings: Settings) -> FolderLock:
    return FolderLock(settings.data_dir, "daemon", time.sleep)


def _remember(settings: Settings, trust: Trust) -> None:
    """Trust first: with the name but without the root the daemon would not start."""
    store = opening.open_store(settings.data_dir / opening.FILE_NAME, settings.limits).store
    with store.transaction():
        store.save_trust(trust)
        Journal(store, SystemClock()).note(Event.JOINED, message=f"node {settings.node} of tenant {settings.tenant}")
    store.close()
    joined = Joined(tenant=settings.tenant, node=settings.node, broker=settings.broker)
    files.replace(settings.data_dir / JOINED_FILE, codec.encode(joined))


def _key(path: Path) -> NodeKey:
    return node_identity.load(path) if path.exists() else node_identity.create(path)


def _stop_on_signals(daemon: Daemon) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop())


def _kube_settings(settings: Settings) -> KubeSettings:
    return KubeSettings(kubeconfig=str(settings.kubeconfig or _found_kubeconfig()))


def _found_kubeconfig() -> str:
    """In a pod its service account ('' for the adapter); else the file that k3s writes on its server."""
    return "" if SERVICE_ACCOUNT.exists() else str(K3S_KUBECONFIG)


def _broker(settings: Settings, emit: Emit) -> MqttBroker:
    online, offline = (codec.encode(Presence(online=is_online)) for is_online in (True, False))
    topic = topics.build(settings.tenant, topics.Kind.PRESENCE, settings.node)
    client_id = f"pinnace-{settings.tenant}-{settings.node}"
    return MqttBroker(settings.broker_settings(client_id, _read_text), BrokerPresence(topic, online, offline), emit)


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _damage(opened: Opened) -> str:
    if not opened.was_damaged:
        return ""
    message = f"the old store is kept as {opened.set_aside}" if opened.set_aside else "the store was missing"
    return message if opened.kept_trust else f"{message}; the trust root was lost with it: join this node again"


def assemble(settings: Settings, rim: Rim, damage: str = "") -> Daemon:
    """A daemon on any rim. `damage` says what happened to the store before this one, '' for nothing."""
    core = _Core.of(settings, rim)
    if damage:
        core.problems.raise_(Reason.STORE_DAMAGED, damage)
    fetcher, reporter = _fetcher(core), _reporter(core)
    rim.store.daemon_started(rim.clock.now())
    services = Services(
        core.heads,
        _receiver(core, fetcher, reporter),
        fetcher,
        _keeper(core),
        reporter,
        core.journal,
        core.problems,
        Housekeeping(rim.store, core.heads),
    )
    return Daemon(rim.events, rim.store, rim.broker, rim.clock, services, core.identity)


@dataclass(frozen=True, slots=True)
class _Core:
    """The services that the others share."""

    settings: Settings
    rim: Rim
    identity: Identity
    journal: Journal
    progress: Progress
    problems: Problems
    time: TrustedTime
    heads: Heads

    @classmethod
    def of(cls, settings: Settings, rim: Rim) -> "_Core":
        journal, time = Journal(rim.store, rim.clock), TrustedTime(rim.store, rim.clock)
        return cls(
            settings,
            rim,
            Identity(settings.tenant, settings.node),
            journal,
            Progress(rim.store, journal, rim.clock),
            Problems(rim.store, journal, rim.clock),
            time,
            Heads(rim.store, rim.verifier, time, rim.clock, journal, settings.limits),
        )


def _fetcher(core: _Core) -> Fetcher:
    rim, limits = core.rim, core.settings.limits
    line = Line(rim.broker, Asking(rim.broker, rim.signer, core.identity, rim.clock, limits), core.identity.tenant)
    return Fetcher(rim.store, core.heads, core.progress, core.journal, rim.clock, line, limits, rim.rng)


def _reporter(core: _Core) -> Reporter:
    rim, limits = core.rim, core.settings.limits
    about = About(core.identity, __version__, rim.clock.now(), core.settings.report_interval_s)
    return Reporter(rim.store, core.heads, rim.broker, rim.signer, rim.clock, about, limits, rim.rng)


def _receiver(core: _Core, fetcher: Fetcher, reporter: Reporter) -> Receiver:
    rim, limits, tenant = core.rim, core.settings.limits, core.identity.tenant
    control = Control(rim.store, rim.verifier, core.time, core.identity, limits)
    assignments = Assignments(rim.store, control, core.heads, core.time, core.journal)
    inbox = Inbox(rim.store, control, core.time, rim.clock, core.journal)
    return Receiver(core.heads, assignments, inbox, fetcher, reporter, core.journal, tenant, limits)


def reconciler(
    store: Store, cluster: Cluster, clock: Clock, limits: Limits, is_complete: Callable[[], bool]
) -> Reconciler:
    """What brings one application to what its bundle says. `is_complete`: the heads of all groups are here."""
    journal = Journal(store, clock)
    progress = Progress(store, journal, clock)
    parts = Parts(
        Applier(store, cluster, journal, Healing(cluster, clock, Fights()), Preparer(store, cluster, journal)),
        Pruner(store, cluster, journal, is_complete),
        Placer(cluster),
        Observer(store, cluster, journal),
        Judging(cluster, clock),
        progress,
        journal,
    )
    return Reconciler(store, cluster, clock, parts, limits)


def _keeper(core: _Core) -> Keeper:
    rim = core.rim
    rebuilding = Rebuilding(rim.store, rim.cluster, core.journal, core.problems, rim.clock)
    return Keeper(
        rim.store,
        rim.cluster,
        rim.clock,
        core.heads,
        reconciler(rim.store, rim.cluster, rim.clock, core.settings.limits, core.heads.may_remove),
        rebuilding,
        core.problems,
        core.progress,
        core.settings.heal_interval_s,
        rim.rng,
    )
