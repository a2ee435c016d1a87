"""Runs a real NATS server with JetStream and its MQTT listener for tests and demos, configured by values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.brokers import access
from pinnace_sim.brokers.access import User
from pinnace_sim.brokers.broker import Broker
from pinnace_sim.provision import nats, ports


@dataclass(frozen=True)
class NatsOptions:
    """How a NATS server runs. It always stores on disk: without JetStream it has no MQTT."""

    message_size_limit: int | None = None  # `max_payload`, bytes; a client that sends more is disconnected
    users: Sequence[User] = ()  # none: everyone may do everything
    use_tls: bool = False
    lines: Sequence[str] = ()  # further lines of the configuration


def config_text(options: NatsOptions, port: int, client_port: int, data: Path) -> str:
    """The text of the server's configuration. `port` speaks MQTT, `client_port` NATS' own protocol, unused by us."""
    files = {"cert_file": data / "server.crt", "key_file": data / "server.key"}
    tls = ", ".join(f'{name}: "{path}"' for name, path in files.items())
    secured = f", tls: {{ {tls} }}" if options.use_tls else ""
    lines = [
        "server_name: pinnace",  # MQTT is refused without one
        f'host: "{ports.LOOPBACK}"',
        f"port: {client_port}",
        f'jetstream {{ store_dir: "{data}/jetstream" }}',
        f'mqtt {{ host: "{ports.LOOPBACK}", port: {port}{secured} }}',
    ]
    if options.message_size_limit is not None:
        lines.append(f"max_payload: {options.message_size_limit}")
    if options.users:
        lines.append(f"authorization {{ users: {access.nats_users(options.users)} }}")
    return "\n".join([*lines, *options.lines]) + "\n"


class Nats(Broker):
    """A running NATS server (MQTT 3.1.1)."""

    @classmethod
    def start(cls, options: NatsOptions | None = None, *, port: int | None = None) -> Nats:
        """Start on this port, or a free one; returns when it speaks MQTT. Raises `PartMissing` or `ProgramFailed`."""
        chosen = options or NatsOptions()
        program = nats.locate()
        broker = cls("nats-server", port, chosen.use_tls)
        files = {"nats.conf": config_text(chosen, broker.port, ports.free_port(), broker.data)}
        return broker._launch(files, [str(program), "-c", "nats.conf"], {})
