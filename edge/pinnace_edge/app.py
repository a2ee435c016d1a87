"""Composition root of the daemon: the only importer of adapters. Puts the parts together and names their settings."""

import queue
import random
import signal
from dataclasses import dataclass, replace
from pathlib import Path

from pinnace_edge import status as node_status
from pinnace_edge.adapters import files
from pinnace_edge.adapters import identity as node_identity
from pinnace_edge.adapters.clock import SystemClock
from pinnace_edge.adapters.identity import NodeKey
from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.adapters.lock import DataDirLock
from pinnace_edge.adapters.mqtt import MqttBroker
from pinnace_edge.adapters.mqtt_client import Presence as BrokerPresence
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.adapters.sqlite.opening import Opened
from pinnace_edge.adapters.verifier import TufVerifier, first_trust
from pinnace_edge.daemon import Daemon
from pinnace_edge.model import Trust
from pinnace_edge.ports import Broker, Clock, Cluster, Emit, Happening, Stop, Store
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
from pinnace_edge.services.keeping import Keeper
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
from pinnace_schemas import broker_url, codec, tokens, topics
from pinnace_schemas.broker_settings import BrokerSettings
from pinnace_schemas.messages import Presence
from pinnace_schemas.reasons import Reason

Events = queue.SimpleQueue[Happening]
KEY_FILE = "node.key"
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


@dataclass(frozen=True, slots=True)
class _Rim:
    """The adapters of one daemon."""

    store: Store
    cluster: Cluster
    broker: Broker
    key: NodeKey
    events: Events


def run(settings: Settings) -> None:
    """Runs the daemon until SIGTERM or SIGINT. Raises Rejected when the node has not joined, or its files are wrong."""
    require_joined(settings)
    with DataDirLock(settings.data_dir):
        key = node_identity.load(settings.data_dir / KEY_FILE)
        opened = opening.open_store(settings.data_dir / opening.FILE_NAME, settings.limits)
        events: Events = queue.SimpleQueue()
        cluster = KubeCluster(_kube_settings(settings), SystemClock(), events.put)
        rim = _Rim(opened.store, cluster, _broker(settings, events.put), key, events)
        _stop_on_signals(events)
        try:
            _daemon(settings, rim, opened).run()
        finally:
            cluster.close()
            opened.store.close()


def join(settings: Settings, token_text: str, timeout_s: float) -> str:
    """Joins this node and returns its name. May be repeated with the same token until it succeeded.

    Raises Rejected (refused, or files are wrong) or Unavailable (nobody answered).
    """
    token = tokens.read(token_text)
    joined = settings.model_copy(update={"node": token.node, "tenant": token.tenant, "broker": token.broker})
    with DataDirLock(settings.data_dir):
        key = _key(settings.data_dir / KEY_FILE)
        events: Events = queue.SimpleQueue()
        broker = MqttBroker(_broker_settings(joined, f"join-{token.id}"), None, events.put)
        keys = Keys(key.public_key, key.join_envelope, first_trust)
        verifier = TufVerifier(token.tenant, settings.limits)
        joining = Joining(token, keys, verifier, broker, events, SystemClock(), settings.limits, __version__)
        _remember(joined, joining.run(timeout_s))
    return token.node


def status(settings: Settings, output: str) -> str:
    """What runs here and what waits, from the store alone; `output` is 'text' or 'json'. Raises Unavailable."""
    store = opening.open_reader(settings.data_dir / opening.FILE_NAME)
    try:
        view = node_status.collect(store)
    finally:
        store.close()
    return node_status.as_json(view) if output == "json" else node_status.as_text(view, SystemClock().now())


def _remember(settings: Settings, trust: Trust) -> None:
    """Trust first: with the name but without the root the daemon would not start."""
    store = opening.open_store(settings.data_dir / opening.FILE_NAME, settings.limits).store
    store.save_trust(trust)
    store.close()
    joined = Joined(tenant=settings.tenant, node=settings.node, broker=settings.broker)
    files.replace(settings.data_dir / JOINED_FILE, codec.encode(joined))


def _key(path: Path) -> NodeKey:
    return node_identity.load(path) if path.exists() else node_identity.create(path)


def _stop_on_signals(events: Events) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: events.put(Stop()))


def _kube_settings(settings: Settings) -> KubeSettings:
    return KubeSettings(kubeconfig=str(settings.kubeconfig or _found_kubeconfig()))


def _found_kubeconfig() -> str:
    """In a pod its service account ('' for the adapter); else the file that k3s writes on its server."""
    return "" if SERVICE_ACCOUNT.exists() else str(K3S_KUBECONFIG)


def _broker(settings: Settings, emit: Emit) -> MqttBroker:
    online, offline = (codec.encode(Presence(online=is_online)) for is_online in (True, False))
    topic = topics.build(settings.tenant, topics.Kind.PRESENCE, settings.node)
    client_id = f"pinnace-{settings.tenant}-{settings.node}"
    return MqttBroker(_broker_settings(settings, client_id), BrokerPresence(topic, online, offline), emit)


def _broker_settings(settings: Settings, client_id: str) -> BrokerSettings:
    address = broker_url.parse(settings.broker)
    return BrokerSettings(
        address=replace(address, user=settings.broker_user or address.user),
        client_id=client_id,
        password=settings.read_password(),
        ca_file=settings.broker_ca,
        cert_file=settings.broker_cert,
        key_file=settings.broker_key,
        mqtt_version=settings.mqtt_version,
        subscribe_qos=settings.subscribe_qos,
        max_message_bytes=settings.limits.max_message_bytes,
        keepalive_s=settings.keepalive_s,
        connect_timeout_s=settings.connect_timeout_s,
    )


def _daemon(settings: Settings, rim: _Rim, opened: Opened) -> Daemon:
    core = _Core.of(settings, rim)
    if opened.was_damaged:
        core.problems.raise_(
            Reason.STORE_DAMAGED, f"set aside as {opened.set_aside}" if opened.set_aside else "missing"
        )
    fetcher = _fetcher(core)
    reporter = _reporter(core)
    rim.store.daemon_started(core.clock.now())
    return Daemon(
        rim.events,
        rim.store,
        rim.broker,
        core.clock,
        core.heads,
        _receiver(core, fetcher, reporter),
        fetcher,
        _keeper(core),
        reporter,
        core.journal,
        core.problems,
        Housekeeping(rim.store, core.heads),
        core.identity,
        enough_bytes=2 * settings.limits.max_bundle_bytes,
    )


@dataclass(frozen=True, slots=True)
class _Core:
    """The services that the others share."""

    settings: Settings
    rim: _Rim
    clock: Clock
    rng: random.Random
    identity: Identity
    journal: Journal
    progress: Progress
    problems: Problems
    time: TrustedTime
    heads: Heads

    @classmethod
    def of(cls, settings: Settings, rim: _Rim) -> "_Core":
        clock = SystemClock()
        journal = Journal(rim.store, clock)
        time = TrustedTime(rim.store, clock)
        verifier = TufVerifier(settings.tenant, settings.limits)
        return cls(
            settings,
            rim,
            clock,
            random.SystemRandom(),
            Identity(settings.tenant, settings.node),
            journal,
            Progress(rim.store, journal, clock),
            Problems(rim.store, journal, clock),
            time,
            Heads(rim.store, verifier, time, clock, journal, settings.limits),
        )


def _fetcher(core: _Core) -> Fetcher:
    limits = core.settings.limits
    asking = Asking(core.rim.broker, core.rim.key, core.identity, core.clock, limits)
    line = Line(core.rim.broker, asking, core.identity.tenant)
    return Fetcher(core.rim.store, core.heads, core.progress, core.journal, core.clock, line, limits, core.rng)


def _reporter(core: _Core) -> Reporter:
    about = About(core.identity, __version__, core.clock.now(), core.settings.report_interval_s)
    rim, limits = core.rim, core.settings.limits
    return Reporter(rim.store, core.heads, rim.broker, rim.key, core.clock, about, limits, core.rng)


def _receiver(core: _Core, fetcher: Fetcher, reporter: Reporter) -> Receiver:
    store, limits = core.rim.store, core.settings.limits
    control = Control(store, TufVerifier(core.identity.tenant, limits), core.time, core.identity, limits)
    assignments = Assignments(store, control, core.heads, core.journal)
    inbox = Inbox(store, control, core.time, core.clock)
    tenant = core.identity.tenant
    return Receiver(core.heads, assignments, inbox, fetcher, reporter, core.journal, tenant, limits)


def _keeper(core: _Core) -> Keeper:
    rim, clock, journal = core.rim, core.clock, core.journal
    healing = Healing(rim.cluster, clock, Fights())
    parts = Parts(
        Applier(rim.store, rim.cluster, journal, healing),
        Pruner(rim.store, rim.cluster, journal),
        Placer(rim.cluster),
        core.progress,
        journal,
    )
    reconciler = Reconciler(rim.store, rim.cluster, clock, parts, core.settings.limits)
    rebuilding = Rebuilding(rim.store, rim.cluster, journal, core.problems, clock)
    interval = core.settings.heal_interval_s
    return Keeper(rim.store, rim.cluster, clock, core.heads, reconciler, rebuilding, core.problems, interval, core.rng)
