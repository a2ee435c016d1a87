"""Tokens that must not let a node join: each is refused with what to do, and a good one works after it, on both sides.

The controller goes by a clock that is moved, since the shortest life of a token is a minute.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.real import hostile, sites
from tests.real.sites import World

from pinnace_edge.__main__ import Exit
from pinnace_sim.processes import Edge, EdgeOptions
from pinnace_sim.processes.command import CommandFailed
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.faketime import FakeClock

pytestmark = pytest.mark.real

PATIENCE_S = 4.0  # of a join that nobody answers


@dataclass(frozen=True)
class Gate:
    """A controller whose clock can be moved."""

    world: World
    clock: FakeClock

    def token(self, node: str) -> str:
        return self.world.controller.cli("token", "create", node).strip()

    def node(self, name: str) -> dict[str, Any] | None:
        """What the cloud says of a node."""
        nodes = self.world.controller.ask("/nodes")
        return next((node for node in nodes if node["name"] == name), None)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    require(Part.MOSQUITTO, Part.FAKETIME)
    folder = tmp_path_factory.mktemp("gate")
    clock = FakeClock(folder / "clock")
    with sites.desk(folder, wrapper=clock.wrapper) as world:
        yield Gate(world, clock)


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    """A site that has not joined."""
    return Edge(tmp_path / "edge", EdgeOptions(tmp_path / "no-kubeconfig"))


def changed(token: str, **fields: str) -> str:
    """The token with other fields, as somebody would forge it."""
    prefix, _, body = token.partition(".")
    plain = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    text = json.dumps({**plain, **fields}, sort_keys=True, separators=(",", ":"))
    return f"{prefix}.{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


def refused(edge: Edge, token: str) -> tuple[int, str]:
    """The exit code and what was said; the node has not joined and the secret was not shown."""
    with pytest.raises(CommandFailed) as caught:
        edge.join(token, PATIENCE_S)
    assert not (edge.data / "joined.json").exists()
    assert "Traceback" not in caught.value.stderr
    assert token not in caught.value.stderr
    return caught.value.code, " ".join(caught.value.stderr.split())


# Name of the case: (what becomes of a good token, the exit code, what is said).
CASES: dict[str, tuple[Callable[[str], str], Exit, str]] = {
    "unknown": (lambda token: changed(token, id="0" * 32), Exit.REFUSED, "this join token is unknown"),
    "for another node": (lambda token: changed(token, node="other"), Exit.REFUSED, "this join token is for node"),
    "with another root": (
        lambda token: changed(token, root="0" * 64),
        Exit.UNAVAILABLE,
        "an answer came that was not signed by the controller of this token",
    ),
    "with another secret": (
        lambda token: changed(token, secret="0" * 64),
        Exit.UNAVAILABLE,
        "the broker is there, but no controller answers",
    ),
    "of another tenant": (lambda token: changed(token, tenant="elsewhere"), Exit.UNAVAILABLE, "no controller answers"),
    "damaged": (lambda token: token[:-7], Exit.REFUSED, "damaged; copy the whole line again"),
    "something else": (lambda _: "eyJhbGciOi", Exit.REFUSED, "a join token begins with 'pinnace1.'"),
}


def bad_signatures(gate: Gate) -> float:
    return hostile.counted(gate.world.controller, "pinnace_messages_refused_total", reason="BadSignature")


@pytest.mark.parametrize("case", CASES)
def test_token_that_is_wrong_joins_nobody_and_the_right_one_still_does(gate: Gate, edge: Edge, case: str) -> None:
    spoil, code, says = CASES[case]
    node = f"site-{list(CASES).index(case)}"
    token = gate.token(node)
    uncounted = bad_signatures(gate)
    ended, said = refused(edge, spoil(token))
    assert ended == code
    assert says in said
    assert (bad_signatures(gate) > uncounted) == (case == "with another secret")
    found = gate.node(node)
    assert found is not None
    # Of a wrong root only the node can know: the controller has let it in, and the same key may ask again.
    assert found["joined"] == (case == "with another root")
    assert gate.node("other") is None
    assert node in edge.join(token)
    assert (gate.node(node) or {})["joined"]


def test_used_token_joins_no_second_node_and_the_first_stays(gate: Gate, edge: Edge, tmp_path: Path) -> None:
    token = gate.token("twice")
    edge.join(token)
    key = (edge.data / "node.key").read_bytes()
    second = Edge(tmp_path / "second", EdgeOptions(tmp_path / "no-kubeconfig"))
    ended, said = refused(second, token)
    assert ended == Exit.REFUSED
    assert "was used before" in said
    assert "pinnace token create twice" in said
    edge.join(token)  # the same node may ask again: the answer may have been lost
    assert (edge.data / "node.key").read_bytes() == key


def test_expired_token_is_refused_with_its_time(gate: Gate, edge: Edge) -> None:
    token = gate.token("late")
    gate.clock.move(timedelta(days=2))
    ended, said = refused(edge, token)
    gate.clock.move(timedelta())
    assert ended == Exit.REFUSED
    assert "this join token expired at 20" in said
    assert not (gate.node("late") or {})["joined"]
    assert "late" in edge.join(gate.token("late"))
