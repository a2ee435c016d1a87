"""Runs a real mosquitto for tests and demos, configured by values. Nobody else writes its configuration file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.brokers import access
from pinnace_sim.brokers.access import User
from pinnace_sim.brokers.broker import Broker
from pinnace_sim.provision import mosquitto, ports


@dataclass(frozen=True)
class MosquittoOptions:
    """How a mosquitto runs. The defaults are those of the program itself, except that it listens on loopback only."""

    persistence: bool = False  # True saves in order at the end, and every 30 minutes: a kill loses what came since
    message_size_limit: int | None = None  # payload bytes; a larger publish is dropped, with QoS 1 acknowledged
    max_packet_size: int | None = None  # bytes; a client that sends a larger packet is disconnected
    users: Sequence[User] = ()  # none: everyone may do everything
    use_tls: bool = False
    lines: Sequence[str] = ()  # further lines of mosquitto.conf, such as "autosave_interval 1"


def config_text(options: MosquittoOptions, port: int, data: Path) -> str:
    """The text of mosquitto.conf. All files that it names lie in `data`."""
    settings: dict[str, object] = {
        "listener": f"{port} {ports.LOOPBACK}",
        "allow_anonymous": str(not options.users).lower(),
        "log_dest": "stderr",
        "log_timestamp_format": "%Y-%m-%dT%H:%M:%S",
        "persistence": str(options.persistence).lower(),
    }
    # Started by root, mosquitto changes to its own user, which may not exist and could not write our folder.
    if os.geteuid() == 0:
        settings["user"] = "root"
    if options.persistence:
        settings["persistence_location"] = f"{data}/"
    if options.message_size_limit is not None:
        settings["message_size_limit"] = options.message_size_limit
    if options.max_packet_size is not None:
        settings["max_packet_size"] = options.max_packet_size
    if options.users:
        settings |= {"password_file": data / "passwords", "acl_file": data / "acl"}
    if options.use_tls:
        settings |= {"certfile": data / "server.crt", "keyfile": data / "server.key"}
    lines = [f"{name} {value}" for name, value in settings.items()]
    return "\n".join([*lines, *options.lines]) + "\n"


class Mosquitto(Broker):
    """A running mosquitto (MQTT 5 and 3.1.1)."""

    @classmethod
    def start(cls, options: MosquittoOptions | None = None, *, port: int | None = None) -> Mosquitto:
        """Start on this port, or a free one; returns when it speaks MQTT. Raises `PartMissing` or `ProgramFailed`."""
        chosen = options or MosquittoOptions()
        program = mosquitto.locate()
        broker = cls("mosquitto", port, chosen.use_tls)
        files = {"mosquitto.conf": config_text(chosen, broker.port, broker.data), **_access_files(chosen)}
        return broker._launch(files, [str(program.path), "-c", "mosquitto.conf"], program.environment)


def _access_files(options: MosquittoOptions) -> dict[str, str]:
    if not options.users:
        return {}
    return {"passwords": access.mosquitto_passwords(options.users), "acl": access.mosquitto_acl(options.users)}
