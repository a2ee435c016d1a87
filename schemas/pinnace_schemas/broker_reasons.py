"""Says to a person why there is no link to the broker, and what to do about it. Pure.

A text stays the same as long as the cause does, so that it can be told once and not at every attempt.
"""

import socket
import ssl
from collections.abc import Sequence
from datetime import datetime

from pinnace_schemas import broker_checks
from pinnace_schemas.broker_settings import BrokerSettings

# Reason codes of MQTT 5 (section 2.4); paho translates the codes of 3.1.1 into these.
OTHER_VERSION = 0x84
BAD_CLIENT_ID = 0x85
BAD_CREDENTIALS = 0x86
NOT_AUTHORIZED = 0x87
KEEPALIVE_TIMEOUT = 0x8D
SESSION_TAKEN_OVER = 0x8E
PACKET_TOO_LARGE = 0x95
FAILURE = 0x80  # this code and those above say no

# OpenSSL's results of verifying a certificate (X509_V_ERR_*).
NOT_YET_VALID, EXPIRED = 9, 10
UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})
WRONG_NAME = frozenset({62, 64})


def refused(code: int, name: str, settings: BrokerSettings) -> str:
    """The broker's answer to CONNECT. `name` is the reason code's own name."""
    said = f"{settings.address} refused the connection ({name})"
    if code == OTHER_VERSION:
        return f"{said}: it does not speak MQTT {settings.mqtt_version}; set mqtt_version to auto"
    if code == BAD_CLIENT_ID:
        return f"{said}: it does not take the client id {settings.client_id!r}"
    if code in (BAD_CREDENTIALS, NOT_AUTHORIZED):
        return f"{said}: check {_credentials(settings)}"
    return f"{said}: look at the broker's log"


def hung_up(code: int, name: str, settings: BrokerSettings) -> str:
    """The broker's DISCONNECT (MQTT 5)."""
    said = f"{settings.address} ended the connection ({name})"
    if code == SESSION_TAKEN_OVER:
        return f"{said}: another client has the id {settings.client_id!r}; is this node's daemon running twice?"
    if code == PACKET_TOO_LARGE:
        return f"{said}: lower max_message_bytes, or raise the broker's limit"
    return said


def unanswered(settings: BrokerSettings) -> str:
    hint = "" if settings.address.use_tls else ", or does it want TLS (mqtts://)"
    return f"{settings.address} took the connection and did not answer: is it an MQTT broker{hint}?"


def lost(settings: BrokerSettings) -> str:
    return f"the connection to {settings.address} broke"


def silent(settings: BrokerSettings) -> str:
    return f"{settings.address} no longer answers (keepalive of {settings.keepalive_s} s)"


def stopped(settings: BrokerSettings) -> str:
    return f"the connection to {settings.address} was ended from here"


def publish_refused(name: str, settings: BrokerSettings) -> str:
    who = settings.address.user or "an anonymous client"
    return f"{settings.address} refused a message of {who} ({name}): check its permissions at the broker"


def subscription_refused(topics: Sequence[str], settings: BrokerSettings) -> str:
    said = f"{settings.address} refused {settings.address.user or 'an anonymous client'} to subscribe to"
    return f"{said} {', '.join(topics)}: check its permissions at the broker"


def flood(size: int, settings: BrokerSettings) -> str:
    what = f"{settings.address} began to send {size} bytes in one message, above {broker_checks.MAX_INCOMING_BYTES}"
    return f"{what}: limit the size of messages at the broker, and find who published it"


def unreachable(error: Exception, settings: BrokerSettings, now: datetime) -> str:
    """What opening the connection raised. `now` is this machine's clock, which certificates are judged by."""
    address = settings.address
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error, settings, now)
    if isinstance(error, ssl.SSLError):
        said = getattr(error, "reason", None) or error
        return f"no TLS with {address} ({said}): does this port speak TLS, and is it for clients?"
    if isinstance(error, socket.gaierror):
        return f"the name {address.host!r} cannot be resolved ({error.strerror}): check DNS and the address"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens at {address}: check that the broker runs, and the port"
    if isinstance(error, TimeoutError):
        return f"{address} did not answer within {settings.connect_timeout_s:g} s: check the network and firewalls"
    if isinstance(error, OSError) and error.filename:
        return f"cannot read {error.filename} ({error.strerror}): check the broker's TLS files"
    return f"cannot connect to {address} ({error})"


def _credentials(settings: BrokerSettings) -> str:
    certificate = ", and the client certificate" if settings.cert_file else ""
    if settings.address.user:
        return f"user {settings.address.user!r} and its password{certificate}"
    return f"whether the broker wants a user and a password, none is set{certificate}"


def _untrusted(error: ssl.SSLCertVerificationError, settings: BrokerSettings, now: datetime) -> str:
    said = f"the certificate of {settings.address} is not accepted ({error.verify_message})"
    if error.verify_code == NOT_YET_VALID:
        return f"{said}: the clock of this machine says {now:%Y-%m-%d}; set it (NTP)"
    if error.verify_code == EXPIRED:
        return f"{said}: renew it, or set this machine's clock, which says {now:%Y-%m-%d}"
    if error.verify_code in UNKNOWN_ISSUER:
        trusted = settings.ca_file or "the system's authorities (no CA file is set)"
        return f"{said}: it is not signed by {trusted}; set the CA file of the broker"
    if error.verify_code in WRONG_NAME:
        return f"{said}: use a name that the certificate holds instead of {settings.address.host!r}"
    return f"{said}: check the broker's certificate"
