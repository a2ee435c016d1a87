"""Reads the address of an MQTT broker as people write it. Guesses nothing, and refuses a password in it."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

PLAIN_SCHEME, TLS_SCHEME = "mqtt", "mqtts"
DEFAULT_PORTS = {PLAIN_SCHEME: 1883, TLS_SCHEME: 8883}  # as registered with IANA


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker listens. `user` is '' for an anonymous client; the password is a setting of its own."""

    host: str
    port: int
    use_tls: bool = False
    user: str = ""

    def __str__(self) -> str:
        """Scheme, host and port, never the user: this text goes into logs and reasons."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{TLS_SCHEME if self.use_tls else PLAIN_SCHEME}://{host}:{self.port}"


def parse(text: str) -> BrokerAddress:
    """`mqtt://[USER@]HOST[:PORT]` or `mqtts://...`. Raises Rejected(INVALID) that says what to write instead."""
    parts = _split(text)
    if parts.scheme not in DEFAULT_PORTS:
        raise _invalid(text, f"the scheme must be {PLAIN_SCHEME}:// or {TLS_SCHEME}://, such as mqtts://broker.example")
    if parts.password is not None:
        raise Rejected(
            Reason.INVALID, "a password does not belong in the address: use the setting for it", "broker address"
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _invalid(text, "nothing may follow the port")
    if not parts.hostname or any(each.isspace() for each in parts.hostname):
        raise _invalid(text, "the host is missing or holds a space")
    port = _port(text, parts)
    return BrokerAddress(parts.hostname, port, parts.scheme == TLS_SCHEME, unquote(parts.username or ""))


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as exc:
        raise _invalid(text, f"it cannot be read ({exc})") from exc


def _port(text: str, parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as exc:
        raise _invalid(text, "the port must be a number from 1 to 65535") from exc
    if port == 0:
        raise _invalid(text, "the port must be a number from 1 to 65535")
    return port or DEFAULT_PORTS[parts.scheme]


def _invalid(text: str, problem: str) -> Rejected:
    return Rejected(Reason.INVALID, f"{text!r} is no broker address: {problem}", "broker address")
