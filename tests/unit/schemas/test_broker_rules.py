"""What both MQTT adapters share: addresses, checks, dialling, subscriptions, and the reasons told to people."""

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pinnace_schemas import broker_checks, broker_dialling, broker_reasons, broker_subscriptions, broker_url
from pinnace_schemas.broker_connection import Connection
from pinnace_schemas.broker_dialling import STABLE_S, Dial, End, Ended
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion
from pinnace_schemas.broker_subscriptions import Asked, Refused
from pinnace_schemas.broker_url import BrokerAddress
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

SETTINGS = BrokerSettings(broker_url.parse("mqtts://shop-1@broker.example"), "shop-1", ca_file=Path("/etc/ca.crt"))
NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mqtt://broker", BrokerAddress("broker", 1883)),
        ("mqtts://broker.example/", BrokerAddress("broker.example", 8883, use_tls=True)),
        ("mqtt://shop-1@10.0.0.1:2000", BrokerAddress("10.0.0.1", 2000, user="shop-1")),
        ("mqtts://a%40b@[::1]:9", BrokerAddress("::1", 9, use_tls=True, user="a@b")),
    ],
)
def test_an_address_is_read(text: str, address: BrokerAddress) -> None:
    assert broker_url.parse(text) == address


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("broker:1883", "scheme must be mqtt:// or mqtts://"),
        ("http://broker", "scheme must be mqtt:// or mqtts://"),
        ("mqtt://", "host is missing"),
        ("mqtt://a b", "holds a space"),
        ("mqtt://broker:0", "port must be a number from 1 to 65535"),
        ("mqtt://broker:x", "port must be a number from 1 to 65535"),
        ("mqtt://broker:70000", "port must be a number from 1 to 65535"),
        ("mqtt://broker/path", "nothing may follow the port"),
        ("mqtt://[::1", "cannot be read"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(Rejected, match=says) as caught:
        broker_url.parse(text)
    assert caught.value.reason is Reason.INVALID


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(Rejected, match="password does not belong") as caught:
        broker_url.parse("mqtt://user:hunter2@broker")
    assert "hunter2" not in str(caught.value)


def test_neither_address_nor_settings_show_credentials() -> None:
    assert str(SETTINGS.address) == "mqtts://broker.example:8883"
    assert str(BrokerAddress("::1", 9)) == "mqtt://[::1]:9"
    assert "hunter2" not in repr(BrokerSettings(SETTINGS.address, "a", password="hunter2"))


@pytest.mark.parametrize("topic", ["", "a b", "a\0b", "a\nb", "a" * 65_536, "a/b+/c", "#/a", "a/#b"])
def test_what_is_no_topic_is_a_bug_of_the_caller(topic: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        broker_checks.require_filter(topic)


@pytest.mark.parametrize("topic", ["a/+/c", "a/#"])
def test_a_wildcard_may_be_subscribed_to_and_not_published_to(topic: str) -> None:
    broker_checks.require_filter(topic)
    with pytest.raises(ValueError, match="wildcard"):
        broker_checks.require_topic(topic)


def test_sizes_are_bounded_by_our_limit_and_by_the_brokers() -> None:
    broker_checks.require_size("t", bytes(10), 10)
    with pytest.raises(Rejected, match=r"11 bytes, and the limit is 10 bytes \(max_message_bytes\)"):
        broker_checks.require_size("t", bytes(11), 10)
    with pytest.raises(Rejected, match="packets of 20 bytes"):
        broker_checks.require_size("t", bytes(10), 10, 20)


def test_waits_double_up_to_the_last_one_and_begin_anew_after_a_stable_connection() -> None:
    dial = broker_dialling.first(SETTINGS)
    assert dial.longest_wait_s(SETTINGS) == 0
    waits = []
    for _ in range(9):
        dial = broker_dialling.after(dial, Ended(End.UNREACHABLE, "no"), SETTINGS)
        waits.append(dial.longest_wait_s(SETTINGS))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert broker_dialling.after(dial, Ended(End.LOST, "", STABLE_S - 1), SETTINGS).longest_wait_s(SETTINGS) == 60
    assert broker_dialling.after(dial, Ended(End.LOST, "", STABLE_S), SETTINGS).longest_wait_s(SETTINGS) == 1


def test_a_refusal_is_tried_again_slowly() -> None:
    dial = broker_dialling.after(broker_dialling.first(SETTINGS), Ended(End.REFUSED, "no"), SETTINGS)
    assert dial.longest_wait_s(SETTINGS) == SETTINGS.last_retry_s


def test_after_other_version_auto_goes_on_with_3_1_1_at_once_and_keeps_it() -> None:
    first = broker_dialling.first(SETTINGS)
    second = broker_dialling.after(first, Ended(End.OTHER_VERSION, "no"), SETTINGS)
    assert (first.version, second.version, second.is_at_once) == (MqttVersion.V5, MqttVersion.V311, True)
    assert broker_dialling.after(second, Ended(End.LOST, "", 99), SETTINGS).version is MqttVersion.V311
    neither = broker_dialling.after(second, Ended(End.OTHER_VERSION, "no"), SETTINGS)
    assert (neither.version, neither.is_at_once, neither.is_slow) == (MqttVersion.V5, False, True)


def test_a_broker_that_hangs_up_without_an_answer_is_tried_with_either_version() -> None:
    dial = broker_dialling.first(SETTINGS)
    seen = []
    for _ in range(3):
        dial = broker_dialling.after(dial, Ended(End.UNANSWERED, "no"), SETTINGS)
        seen.append(dial.version)
    assert seen == [MqttVersion.V311, MqttVersion.V5, MqttVersion.V311]


def test_a_fixed_version_stays() -> None:
    fixed = BrokerSettings(SETTINGS.address, "a", mqtt_version=MqttVersion.V5)
    for end in (End.OTHER_VERSION, End.UNANSWERED):
        dial = broker_dialling.after(broker_dialling.first(fixed), Ended(end, "no"), fixed)
        assert (dial.version, dial.is_at_once) == (MqttVersion.V5, False)


def test_the_exponent_does_not_grow_for_ever() -> None:
    assert Dial(MqttVersion.V5, failures=10**6).longest_wait_s(SETTINGS) == 60


def test_the_first_cause_of_an_end_counts() -> None:
    connection = Connection(SETTINGS, 0)
    assert connection.answered(0, "Success", 1)
    connection.closed(0x8E, "Session taken over", 5, is_by_broker=True)
    connection.closed(0x80, "Unspecified error", 6, is_by_broker=False)
    assert connection.outcome().end is End.LOST
    assert connection.outcome().up_s == 4
    assert "is this node's daemon running twice?" in connection.outcome().reason


def test_a_connection_without_an_answer_ends_at_its_deadline() -> None:
    connection = Connection(SETTINGS, 0)
    connection.look_at_deadline(SETTINGS.connect_timeout_s)
    assert connection.ended is None
    connection.look_at_deadline(SETTINGS.connect_timeout_s + 1)
    assert connection.outcome().end is End.UNANSWERED


@pytest.mark.parametrize(
    ("code", "end"), [(0x84, End.OTHER_VERSION), (0x85, End.REFUSED), (0x87, End.REFUSED), (0x97, End.REFUSED)]
)
def test_a_negative_answer_is_a_refusal_or_another_version(code: int, end: End) -> None:
    connection = Connection(SETTINGS, 0)
    assert not connection.answered(code, "name", 1)
    connection.closed(0x80, "Unspecified error", 1, is_by_broker=False)
    assert connection.outcome().end is end
    assert not connection.is_up


def test_refused_subscriptions_are_asked_for_again_with_qos_0_once() -> None:
    asked = Asked()
    asked.ask(1, [("a", 1), ("b", 1)])
    assert asked.answered(1, [True, False]) == Refused(again=("a",))
    asked.ask(2, [("a", 0)])
    assert asked.answered(2, [True]) == Refused(for_good=("a",))
    assert asked.answered(2, [True]) == Refused()


def test_subscriptions_go_in_packets_of_eight() -> None:
    assert [len(batch) for batch in broker_subscriptions.batches(["t"] * 17, 1)] == [8, 8, 1]


def _untrusted(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "as OpenSSL says it"
    return error


@pytest.mark.parametrize(
    ("error", "now", "says"),
    [
        (_untrusted(9), datetime(1970, 1, 2, tzinfo=UTC), "clock of this machine says 1970-01-02; set it (NTP)"),
        (_untrusted(10), NOW, "renew it, or set this machine's clock, which says 2026-05-04"),
        (_untrusted(20), NOW, "it is not signed by /etc/ca.crt; set the CA file"),
        (_untrusted(62), NOW, "use a name that the certificate holds instead of 'broker.example'"),
        (_untrusted(1), NOW, "check the broker's certificate"),
        (ssl.SSLError(1, "wrong version number"), NOW, "does this port speak TLS"),
        (socket.gaierror(-2, "Name or service not known"), NOW, "'broker.example' cannot be resolved"),
        (ConnectionRefusedError(111, "refused"), NOW, "nothing listens at mqtts://broker.example:8883"),
        (TimeoutError("timed out"), NOW, "did not answer within 15 s"),
        (FileNotFoundError(2, "No such file", "/etc/ca.crt"), NOW, "cannot read /etc/ca.crt (No such file)"),
        (OSError(101, "Network is unreachable"), NOW, "cannot connect to mqtts://broker.example:8883"),
        (UnicodeError("label too long"), NOW, "cannot connect to mqtts://broker.example:8883 (label too long)"),
    ],
)
def test_why_a_broker_cannot_be_reached_and_what_to_do(error: Exception, now: datetime, says: str) -> None:
    assert says in broker_reasons.unreachable(error, SETTINGS, now)


def test_refusals_say_what_to_check() -> None:
    assert "user 'shop-1' and its password" in broker_reasons.refused(0x86, "Bad user name or password", SETTINGS)
    anonymous = BrokerSettings(BrokerAddress("b", 1), "a", cert_file=Path("c"))
    assert "none is set, and the client certificate" in broker_reasons.refused(0x87, "Not authorized", anonymous)
    assert "client id 'shop-1'" in broker_reasons.refused(0x85, "Client identifier not valid", SETTINGS)
    assert "lower max_message_bytes" in broker_reasons.hung_up(0x95, "Packet too large", SETTINGS)
    assert "does it want TLS" in broker_reasons.unanswered(anonymous)
