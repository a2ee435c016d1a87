"""How a client of the MQTT broker behaves: the same settings, with the same names, at the edge and in the cloud."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pinnace_schemas.broker_url import BrokerAddress
from pinnace_schemas.limits import DEFAULT_LIMITS


class MqttVersion(StrEnum):
    """AUTO begins with 5 and goes on with 3.1.1 when the broker does not speak 5."""

    AUTO = "auto"
    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Sessions are always clean. `client_id` must be unique at the broker: clients of one id throw each other out."""

    address: BrokerAddress
    client_id: str
    password: str = field(default="", repr=False)
    # Without a CA file the system's authorities are trusted. Only used with TLS.
    ca_file: Path | None = None
    # A client certificate and its key, for mutual TLS.
    cert_file: Path | None = None
    key_file: Path | None = None
    mqtt_version: MqttVersion = MqttVersion.AUTO
    # NATS refuses QoS 1 subscriptions beyond about 1,000 in all.
    subscribe_qos: Literal[0, 1] = 1
    max_message_bytes: int = DEFAULT_LIMITS.max_message_bytes
    # A dead link is noticed after at most twice this time; a ping costs about 170 bytes with TCP, IP and their answers.
    keepalive_s: int = 60
    # For TCP, TLS and the broker's answer, each: a satellite link needs about 4 s for a TLS handshake.
    connect_timeout_s: float = 15.0
    # Bounds of the jittered wait before a new attempt: the first, doubled each time, up to the last.
    first_retry_s: float = 1.0
    last_retry_s: float = 60.0
