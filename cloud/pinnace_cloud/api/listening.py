"""Where the API may listen: a token sent in the clear over a network is a token given away."""

import ipaddress

from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.reasons import Reason


def check_listen(host: str, *, has_tls: bool, insecure: bool) -> None:
    """Raises Misconfigured for an address that others can reach, unless there is TLS or someone insists."""
    if has_tls or insecure or is_loopback(host):
        return
    message = f"'{host}' is reachable by others: set tls_cert and tls_key, or --insecure behind a proxy that has TLS"
    raise Misconfigured(Reason.INVALID, message, "listen_host")


def is_loopback(host: str) -> bool:
    """True for 127.0.0.0/8, ::1 and 'localhost', and for nothing that a resolver would have to say."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
