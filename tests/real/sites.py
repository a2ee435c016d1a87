"""Real sites, a broker without persistence and a controller, each a process of its own, and what to ask them."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinnace_sim.brokers import Mosquitto, MosquittoOptions
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.link import Link
from pinnace_sim.processes import Controller, Edge, EdgeOptions
from pinnace_sim.provision.running import wait_until

ROLE = Path(__file__).parents[2] / "deploy" / "edge-rbac.yaml"
DEADLINE_S = 60.0
# Shorter than in the field, so that what a timer does is seen within a test.
EDGE_SETTINGS = {
    "heal_interval_s": "5",
    "report_interval_s": "5",
    "keepalive_s": "5",
    "broker_last_retry_s": "4",
}
CONTROLLER_SETTINGS = {"report_interval_s": "5", "offline_after_s": "8"}


@dataclass(frozen=True)
class Site:
    """A control plane, the link to the broker, and the daemon in front of them."""

    name: str
    plane: ControlPlane
    link: Link
    edge: Edge

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """The object as the KubeAPI has it."""
        found: dict[str, Any] = json.loads(self.plane.kubectl("get", kind, name, "-n", "default", "-o", "json"))
        return found

    def names(self, kind: str) -> list[str]:
        """Names in the namespace default, sorted."""
        return sorted(self.plane.kubectl("get", kind, "-n", "default", "-o", "name").split())

    def has(self, kind: str, name: str) -> bool:
        return bool(self.plane.kubectl("get", kind, name, "-n", "default", "--ignore-not-found", "-o", "name").strip())

    def image(self) -> str:
        containers = self.get("deployment", "web")["spec"]["template"]["spec"]["containers"]
        return str(containers[0]["image"])

    def replicas(self) -> int:
        return int(self.get("deployment", "web")["spec"]["replicas"])


@dataclass(frozen=True)
class World:
    """Everything that a story needs."""

    broker: Mosquitto
    controller: Controller
    sites: tuple[Site, ...]

    def verdicts(self) -> dict[str, dict[str, Any]]:
        """What the cloud says of the one application, by node."""
        found = self.controller.json("get", "verdicts")
        return {row["node"]: row for row in found}

    def journal(self, node: str) -> list[dict[str, Any]]:
        """The entries that the cloud has stored, in its order."""
        rows = [json.loads(line) for line in self.controller.cli("journal", node, "-o", "json").splitlines()]
        return [row["entry"] for row in rows]

    def verdict(self, application: str, node: str) -> dict[str, Any]:
        """What the cloud says of this application on this node; empty while it says nothing."""
        rows = self.controller.ask("/verdicts")
        return next((row for row in rows if (row["application"], row["node"]) == (application, node)), {})

    def await_verdict(self, application: str, node: str, verdict: str, reason: str | None = None) -> dict[str, Any]:
        """The row once the wanted revision has this verdict, for this reason."""

        def is_so() -> bool:
            row = self.verdict(application, node)
            is_current = row.get("revision") == row.get("wanted_revision") or verdict != "Converged"
            return is_current and (row.get("verdict"), row.get("reason")) == (verdict, reason)

        what = f"{application} on {node} to be {verdict} ({reason})"
        programs = [self.controller.program]
        wait_until(lambda: told_quietly(is_so), what, DEADLINE_S, programs)
        return self.verdict(application, node)

    def entries(self, node: str, *events: str) -> list[dict[str, Any]]:
        """The entries that the cloud has stored, of these events or of all; faster than the command."""
        found: list[dict[str, Any]] = []
        cursor: int | None = 0
        while cursor is not None:
            page = self.controller.ask(f"/nodes/{node}/journal?cursor={cursor}")
            found += [row["entry"] | {"journal": row["journal"]} for row in page["rows"]]
            cursor = page["next_cursor"]
        return [entry for entry in found if not events or entry["event"] in events]

    def await_entry(self, node: str, event: str, says: str, count: int = 1) -> list[dict[str, Any]]:
        """The entries of this event whose reason, object or message holds a text, once there are so many."""

        def matching() -> list[dict[str, Any]]:
            told = self.entries(node, event)
            texts = ("reason", "object", "message", "application")
            return [entry for entry in told if any(says in (entry.get(name) or "") for name in texts)]

        wait_until(lambda: len(matching()) >= count, f"{node} to tell {event}: {says}", DEADLINE_S)
        return matching()

    def wait_for(self, node: str, verdict: str, revision: int) -> dict[str, Any]:
        """The node's row once the cloud says that it runs this revision with this verdict."""

        def is_so() -> bool:
            row = self.verdicts().get(node, {})
            return (row.get("verdict"), row.get("revision")) == (verdict, revision)

        wait_until(is_so, f"{node} to be {verdict} on revision {revision}", DEADLINE_S, [self.controller.program])
        return self.verdicts()[node]


def told_quietly(ask: Callable[[], bool]) -> bool:
    """False while nobody answers."""
    try:
        return ask()
    except OSError:
        return False


@contextmanager
def desk(folder: Path, **settings: Any) -> Iterator[World]:
    """A broker and a controller, without any site: for what needs no daemon."""
    with Mosquitto.start(MosquittoOptions(persistence=False)) as broker:
        asked = {**CONTROLLER_SETTINGS, **settings}
        with Controller.start(folder / "controller", broker=broker.url, **asked) as controller:
            yield World(broker, controller, ())


@contextmanager
def world(folder: Path, *names: str, wrapper: Sequence[str] = (), **settings: Any) -> Iterator[World]:
    """Sites have joined, and their daemons run, with `wrapper` before their command lines. `settings` are the
    controller's."""
    with ExitStack() as stack:
        broker = stack.enter_context(Mosquitto.start(MosquittoOptions(persistence=False)))
        controller = Controller.start(folder / "controller", broker=broker.url, **{**CONTROLLER_SETTINGS, **settings})
        stack.enter_context(controller)
        sites = tuple(_site(stack, folder, broker, controller, name, wrapper) for name in names)
        yield World(broker, controller, sites)


def _site(
    stack: ExitStack, folder: Path, broker: Mosquitto, controller: Controller, name: str, wrapper: Sequence[str]
) -> Site:
    plane = stack.enter_context(ControlPlane.start(name))
    plane.apply_manifest(ROLE)
    link = stack.enter_context(Link.start("127.0.0.1", broker.port))
    options = EdgeOptions(plane.kubeconfig_for(), f"mqtt://127.0.0.1:{link.port}", EDGE_SETTINGS, tuple(wrapper))
    edge = stack.enter_context(Edge(folder / name, options))
    edge.join(controller.cli("token", "create", name).strip())
    edge.start()
    return Site(name, plane, link, edge)


def group(name: str, *nodes: str) -> str:
    """A NodeGroup document."""
    spec = json.dumps({"nodes": nodes})
    return f"apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def application(name: str, *objects: dict[str, Any], groups: Sequence[str] = ("shops",)) -> str:
    """An Application document of plain objects, as JSON."""
    parts = {"name": "all", "type": "k8s-objects", "properties": {"objects": objects}}
    where = {"name": "where", "type": "topology", "properties": {"clusters": groups}}
    spec = {"components": [parts], "policies": [where]}
    head = {"apiVersion": "core.oam.dev/v1beta1", "kind": "Application", "metadata": {"name": name}}
    return json.dumps({**head, "spec": spec}) + "\n"


def deliver(world: World, name: str, *objects: dict[str, Any], groups: Sequence[str] = ("shops",)) -> int:
    """Applies an application of plain objects; its revision."""
    source = {"name": "-", "text": application(name, *objects, groups=groups)}
    return int(world.controller.ask("/apply", {"sources": [source]})["items"][0]["revision"])


def heal(site: Site, is_healed: str, check: Any) -> None:
    """Waits for what the daemon must do without anybody's help."""
    wait_until(check, f"{site.name}: {is_healed}", DEADLINE_S, [site.edge.program])
