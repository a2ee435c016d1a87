"""Decides how a client dials after a connection ended: with which MQTT version, and how long it may wait. Pure.

paho alone would retry MQTT 5 for ever at a broker that does not speak it, and without jitter.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from pinnace_schemas import backoff
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion

# A connection that ended sooner proves nothing: a broker may take us and throw us out at once, for ever.
STABLE_S = 30.0


class End(StrEnum):
    """How far a connection got."""

    UNREACHABLE = "unreachable"  # no name, no TCP, no TLS
    UNANSWERED = "unanswered"  # closed or silent before the broker's answer to CONNECT
    OTHER_VERSION = "other-version"  # the broker does not speak this version of MQTT
    REFUSED = "refused"  # the broker answered no: credentials, client id, quota
    LOST = "lost"  # it was up


@dataclass(frozen=True, slots=True)
class Ended:
    """A connection that is over. `reason` is for people; `up_s` is how long it was up (seconds)."""

    end: End
    reason: str
    up_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Dial:
    """The next attempt: its version (never AUTO) and how many failed since the last stable connection."""

    version: MqttVersion
    failures: int = 0
    is_at_once: bool = False
    is_slow: bool = False

    def longest_wait_s(self, settings: BrokerSettings) -> float:
        """Upper bound of the wait before this attempt; the wait itself is drawn evenly from below it (full jitter)."""
        if self.is_at_once:
            return 0.0
        if self.is_slow:
            return settings.last_retry_s
        return backoff.ceiling(self.failures - 1, base_s=settings.first_retry_s, cap_s=settings.last_retry_s)


def first(settings: BrokerSettings) -> Dial:
    """The very first attempt, without a wait."""
    version = MqttVersion.V5 if settings.mqtt_version is MqttVersion.AUTO else settings.mqtt_version
    return Dial(version, is_at_once=True)


def after(dial: Dial, ended: Ended, settings: BrokerSettings) -> Dial:
    """The attempt that follows `dial`, which ended so."""
    if ended.end is End.LOST:
        return Dial(dial.version, 0 if ended.up_s >= STABLE_S else dial.failures + 1)
    if ended.end is End.OTHER_VERSION:
        return _with_other_version(dial, settings)
    if ended.end is End.UNANSWERED and settings.mqtt_version is MqttVersion.AUTO:
        # Some brokers hang up on a version that they do not know; the next success decides.
        return Dial(_other(dial.version), dial.failures + 1)
    return Dial(dial.version, dial.failures + 1, is_slow=ended.end is End.REFUSED)


def _with_other_version(dial: Dial, settings: BrokerSettings) -> Dial:
    if settings.mqtt_version is not MqttVersion.AUTO:
        return Dial(dial.version, dial.failures + 1, is_slow=True)
    if dial.version is MqttVersion.V5:
        return replace(dial, version=MqttVersion.V311, is_at_once=True, is_slow=False)
    return Dial(MqttVersion.V5, dial.failures + 1, is_slow=True)


def _other(version: MqttVersion) -> MqttVersion:
    return MqttVersion.V311 if version is MqttVersion.V5 else MqttVersion.V5
