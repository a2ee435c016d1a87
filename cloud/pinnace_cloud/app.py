"""The composition root: the only module that knows which store and which broker there are."""

import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pinnace_cloud import garbage, log, workshop
from pinnace_cloud.adapters.mqtt import MqttBroker
from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.clock import SystemClock
from pinnace_cloud.render import installed
from pinnace_cloud.service import HttpServer, Parts, Service
from pinnace_cloud.services import provenance
from pinnace_cloud.services.tokens import Tokens
from pinnace_cloud.settings import Settings
from pinnace_cloud.signing import keys
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.workshop import Programs
from pinnace_schemas.broker_settings import BrokerSettings
from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.folder_lock import FolderLock
from pinnace_schemas.reasons import Reason

MakeServer = Callable[[Service, Settings], HttpServer]

_log = logging.getLogger(__name__)


def serve(settings: Settings, make_server: MakeServer) -> None:
    """Runs the controller until SIGTERM or SIGINT.

    Raises Rejected for what is wrong before it starts, IN_USE where another one runs on the same data folder.
    """
    log.configure(settings.log_format, settings.log_level.value, sys.stderr)
    installed.registry()  # a type that is broken is said now, not to the first who uses it
    workshop.check(_programs(settings), os.environ)
    broker = MqttBroker(broker_settings(settings))
    keyset = keys.load(settings.keys)
    with FolderLock(settings.data_dir, "controller", time.sleep):
        _serve(settings, broker, keyset, make_server)


def _serve(settings: Settings, broker: MqttBroker, keyset: KeySet, make_server: MakeServer) -> None:
    store = open_store(settings, is_checked=True)
    try:
        provenance.check(store, settings.database, keyset, settings.keys)
        making = workshop.make(_programs(settings), os.environ)
        asyncio.run(_run(Parts(settings, keyset, store, broker, SystemClock(), making), make_server))
    finally:
        store.close()


def open_store(settings: Settings, *, is_checked: bool) -> SqliteStore:
    """`is_checked`: the whole file is read. Raises Rejected(STORE_DAMAGED), naming the file and what to do."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteStore(settings.database, is_checked=is_checked)


def backup(settings: Settings, path: Path) -> None:
    """A consistent copy of a sound store, also while the controller runs. Raises Rejected."""
    store = _existing_store(settings, is_checked=True)  # a copy of what is damaged would be found out when it is needed
    try:
        store.backup(path)
    finally:
        store.close()


def make_keys(settings: Settings) -> Path:
    """Makes the key set of this controller; returns its folder. Raises Rejected when there is one."""
    keys.init(settings.keys, settings.tenant, SystemClock().now())
    return settings.keys


def create_api_token(settings: Settings, name: str) -> str:
    """A new token of the HTTP API; a running controller knows it at once."""
    store = open_store(settings, is_checked=False)
    try:
        return Tokens(store, SystemClock()).create(name)
    finally:
        store.close()


def revoke_api_token(settings: Settings, name: str) -> None:
    """A running controller refuses it at once."""
    store = _existing_store(settings, is_checked=False)
    try:
        Tokens(store, SystemClock()).revoke(name)
    finally:
        store.close()


def api_token_names(settings: Settings) -> tuple[str, ...]:
    store = _existing_store(settings, is_checked=False)
    try:
        return Tokens(store, SystemClock()).names()
    finally:
        store.close()


def broker_settings(settings: Settings) -> BrokerSettings:
    """Raises Misconfigured where no broker is set."""
    if not settings.broker:
        message = "no broker is set; write its address, such as mqtt://127.0.0.1:1883"
        raise Misconfigured(Reason.INVALID, message, "broker")
    return settings.broker_settings(f"pinnace-{settings.tenant}-{secrets.token_hex(4)}", _read_text)


def _programs(settings: Settings) -> Programs:
    programs = settings.helm_program, settings.kustomize_program, settings.cue_program
    return Programs(*programs, settings.sources_ca, settings.sources_credentials)


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _existing_store(settings: Settings, *, is_checked: bool) -> SqliteStore:
    if not settings.database.exists():
        raise Misconfigured(Reason.NOT_FOUND, "there is no store here; check data_dir", str(settings.database))
    return open_store(settings, is_checked=is_checked)


async def _run(parts: Parts, make_server: MakeServer) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    service = Service(parts)
    garbage.collect_seldom()
    _log.info("tenant '%s', store %s, process %d", parts.settings.tenant, parts.settings.database, os.getpid())
    await service.run(make_server(service, parts.settings), stop)
    _log.info("stopped")
