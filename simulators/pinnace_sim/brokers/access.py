"""What a user of a broker may do, said once for every broker, and how each broker wants to hear it. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass

MOSQUITTO_HASH_ITERATIONS = 101  # what mosquitto_passwd uses; these passwords live for one test


@dataclass(frozen=True)
class User:
    """A user with the topic filters it may publish to and subscribe to; None means all."""

    name: str
    password: str
    publish: Sequence[str] | None = None
    subscribe: Sequence[str] | None = None


def mosquitto_passwords(users: Sequence[User], salt: bytes | None = None) -> str:
    """The text of mosquitto's password file: PBKDF2 with SHA-512, scheme 7 of mosquitto_passwd."""
    return "".join(f"{user.name}:{_hash(user.password, salt or os.urandom(12))}\n" for user in users)


def mosquitto_acl(users: Sequence[User]) -> str:
    """The text of mosquitto's access list. A broker with a list denies what it does not name."""
    return "\n".join(line for user in users for line in _acl_lines(user)) + "\n"


def nats_users(users: Sequence[User]) -> str:
    """The value of `authorization.users` in a NATS configuration, whose format takes JSON."""
    return json.dumps([_nats_user(user) for user in users])


def nats_subject(topic_filter: str) -> str:
    """The NATS subject of an MQTT topic filter; `a/b/#` also stands for `a/b`, which NATS lists separately."""
    words = {"+": "*", "#": ">"}
    return ".".join(words.get(level, level.replace(".", "//")) for level in topic_filter.split("/"))


def _hash(password: str, salt: bytes) -> str:
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, MOSQUITTO_HASH_ITERATIONS)
    return f"$7${MOSQUITTO_HASH_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _acl_lines(user: User) -> list[str]:
    everything = ["#"]
    writes = [f"topic write {each}" for each in (everything if user.publish is None else user.publish)]
    reads = [f"topic read {each}" for each in (everything if user.subscribe is None else user.subscribe)]
    return [f"user {user.name}", *writes, *reads]


def _nats_user(user: User) -> dict[str, object]:
    entry: dict[str, object] = {"user": user.name, "password": user.password}
    permissions: dict[str, object] = {}
    if user.publish is not None:
        permissions["publish"] = {"allow": [nats_subject(each) for each in user.publish]}
    if user.subscribe is not None:
        # Subscriptions with QoS 1 are delivered through subjects below $MQTT.sub.
        allowed = [nats_subject(each) for each in user.subscribe]
        permissions["subscribe"] = {"allow": [*allowed, "$MQTT.sub.>"]}
    if permissions:
        entry["permissions"] = permissions
    return entry
