"""Passwords of chart repositories, registries and archives, by host.

The file is the one that `helm registry login` and `docker login` write, and that a Secret of the type
`kubernetes.io/dockerconfigjson` holds: `{"auths": {"HOST[:PORT]": {"auth": base64 of "USER:PASSWORD"}}}`.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.reasons import Reason

ADVICE = (
    "write the right password for this host into the file that the controller's setting sources_credentials names"
    " (PINNACE_SOURCES_CREDENTIALS for 'pinnace render')"
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks at a host."""

    host: str
    user: str
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """User and password as HTTP's Basic scheme sends them (RFC 7617)."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    @property
    def registry_config(self) -> bytes:
        """The same as a file that knows no other host."""
        return json.dumps({"auths": {self.host: {"auth": self.basic}}}).encode()


def login(file: Path | None, address: str) -> Login | None:
    """Who asks at the host of this address; None: nobody in particular. Read each time, since passwords change.

    Raises Misconfigured(INVALID), which names the file and never what is in it.
    """
    return None if file is None else read(file).get(urlsplit(address).netloc)


def read(file: Path) -> Mapping[str, Login]:
    """By host. Raises Misconfigured(INVALID) as `login` does."""
    try:
        content = json.loads(file.read_bytes())
    except OSError as exc:
        raise Misconfigured(
            Reason.INVALID, f"cannot be read: {exc.strerror}; check the path and its owner", str(file)
        ) from exc
    except ValueError as exc:
        raise Misconfigured(Reason.INVALID, "is no JSON; 'helm registry login' writes such a file", str(file)) from exc
    try:
        return {found.host: found for found in _logins(content)}
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error) as exc:
        message = 'is no file of passwords; write {"auths": {"HOST": {"auth": "BASE64 OF USER:PASSWORD"}}}'
        raise Misconfigured(Reason.INVALID, message, str(file)) from exc


def _logins(content: Any) -> Iterator[Login]:
    for name, entry in content["auths"].items():
        if entry == {}:  # the password is with a helper of Docker, which is not asked
            continue
        user, separator, password = base64.b64decode(entry["auth"], validate=True).decode().partition(":")
        if not separator:
            raise ValueError(name)
        yield Login(_host(name), user, password)


def _host(name: str) -> str:
    """Docker writes some with a scheme and a path."""
    return urlsplit(name).netloc if "://" in name else name.partition("/")[0]
