"""Names: tenants, groups, nodes and applications are DNS labels (RFC 1123, 63 characters).

A space or a wildcard in a topic makes clients of some brokers reconnect for ever, so names are checked before use.
"""

import re
from typing import Annotated

from pydantic import StringConstraints

DNS_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
LABEL = "a DNS label: 1 to 63 of a-z, 0-9 and '-', a letter or digit at both ends"
SHA256_HEX = r"^[0-9a-f]{64}$"

Name = Annotated[str, StringConstraints(pattern=DNS_LABEL)]
Digest = Annotated[str, StringConstraints(pattern=SHA256_HEX)]

_LABEL = re.compile(DNS_LABEL.removesuffix("$") + r"\Z")


def is_dns_label(text: str) -> bool:
    """True for 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit (RFC 1123)."""
    return _LABEL.match(text) is not None
