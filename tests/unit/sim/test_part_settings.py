"""The texts that configure real parts: broker configurations, access lists, kubeconfigs, command lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pinnace_sim.brokers import MosquittoOptions, NatsOptions, User, access, mosquitto, nats, probe
from pinnace_sim.controlplane import commands, kubeconfig, use_existing
from pinnace_sim.controlplane.commands import Place
from pinnace_sim.provision import certificates, ports

DATA = Path("/data")
EDGE = User("edge", "secret", publish=["a/+/report"], subscribe=["a/#"])


def test_mosquitto_by_default_forgets_and_lets_everyone_in_on_loopback_only() -> None:
    lines = mosquitto.config_text(MosquittoOptions(), 1883, DATA).splitlines()
    assert {"listener 1883 127.0.0.1", "persistence false", "allow_anonymous true"} <= set(lines)


def test_mosquitto_settings_reach_its_file() -> None:
    options = MosquittoOptions(True, 100, 200, [EDGE], use_tls=True, lines=["autosave_interval 1"])
    lines = mosquitto.config_text(options, 1883, DATA).splitlines()
    assert {
        "persistence_location /data/",
        "message_size_limit 100",
        "max_packet_size 200",
        "allow_anonymous false",
        "acl_file /data/acl",
        "certfile /data/server.crt",
        "autosave_interval 1",
    } <= set(lines)


def test_nats_settings_reach_its_file() -> None:
    text = nats.config_text(NatsOptions(100, [EDGE], use_tls=True), 1883, 4222, DATA)
    assert 'cert_file: "/data/server.crt"' in text
    assert "max_payload: 100" in text
    assert '"user": "edge"' in text


def test_mosquitto_user_may_do_only_what_is_named() -> None:
    assert access.mosquitto_acl([EDGE]).splitlines() == ["user edge", "topic write a/+/report", "topic read a/#"]


def test_user_without_lists_may_do_everything() -> None:
    user = User("cloud", "secret")
    assert access.mosquitto_acl([user]).splitlines() == ["user cloud", "topic write #", "topic read #"]
    assert json.loads(access.nats_users([user])) == [{"user": "cloud", "password": "secret"}]


def test_password_is_hashed_as_mosquitto_passwd_does() -> None:
    line = access.mosquitto_passwords([EDGE], salt=b"\0" * 12)
    assert line.startswith("edge:$7$101$AAAAAAAAAAAAAAAA$")
    assert "secret" not in line


@pytest.mark.parametrize(
    ("topic", "subject"), [("a/b", "a.b"), ("a/+/c", "a.*.c"), ("a/#", "a.>"), ("a.b/c", "a//b.c")]
)
def test_nats_subject_of_a_topic(topic: str, subject: str) -> None:
    assert access.nats_subject(topic) == subject


def test_nobody_listening_speaks_no_mqtt() -> None:
    assert not probe.speaks_mqtt(ports.LOOPBACK, ports.free_port())


def test_kubeconfig_with_a_token_keeps_the_cluster_and_drops_the_administrator(tmp_path: Path) -> None:
    authority = certificates.Authority(tmp_path, "test")
    admin = json.loads(kubeconfig.with_certificate("https://x", authority.certificate, authority.client("c", "admin")))
    mine = json.loads(kubeconfig.with_token(admin, "token", "place"))
    assert mine["clusters"] == admin["clusters"]
    assert mine["users"] == [{"name": "site", "user": {"token": "token"}}]
    assert mine["contexts"][0]["context"]["namespace"] == "place"


def test_apiserver_runs_with_rbac_on_the_given_port() -> None:
    words = commands.apiserver(Place(DATA, 7000))
    assert {"--authorization-mode=Node,RBAC", "--secure-port=7000"} <= set(words)


def test_kwok_reads_every_stage_file() -> None:
    words = commands.kwok(Place(DATA, 7000), [Path("/s/a.yaml"), Path("/s/b.yaml")])
    assert {"--config=/s/a.yaml", "--config=/s/b.yaml"} <= set(words)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"KUBECONFIG": "/k", "USE_EXISTING_CLUSTER": "true"}, True),
        ({"KUBECONFIG": "/k"}, False),
        ({"USE_EXISTING_CLUSTER": "true"}, False),
    ],
)
def test_kubeconfig_alone_touches_nobodys_cluster(environment: dict[str, str], expected: bool) -> None:
    assert use_existing(environment) is expected
