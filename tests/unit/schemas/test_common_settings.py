"""Settings that both programs share, and the broker client that follows from them."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pinnace_schemas.broker_settings import BrokerSettings
from pinnace_schemas.broker_url import BrokerAddress
from pinnace_schemas.common_settings import CommonSettings
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits


def nothing_to_read(path: Path) -> str:
    raise AssertionError(f"{path} is read")


def test_every_setting_of_the_broker_reaches_the_client() -> None:
    settings = CommonSettings(
        broker="mqtts://broker.example",
        broker_user="shop-1",
        broker_password_file=Path("/secret"),
        broker_ca=Path("/ca"),
        broker_cert=Path("/cert"),
        broker_key=Path("/key"),
        broker_first_retry_s=2.0,
        broker_last_retry_s=8.0,
        subscribe_qos=0,
        limits=Limits(max_message_bytes=4096),
    )

    assert settings.broker_settings("c", {Path("/secret"): "hunter2\n"}.__getitem__) == BrokerSettings(
        BrokerAddress("broker.example", 8883, use_tls=True, user="shop-1"),
        "c",
        password="hunter2",
        ca_file=Path("/ca"),
        cert_file=Path("/cert"),
        key_file=Path("/key"),
        subscribe_qos=0,
        max_message_bytes=4096,
        first_retry_s=2.0,
        last_retry_s=8.0,
    )


def test_the_defaults_are_those_of_the_client() -> None:
    settings = CommonSettings(broker="mqtt://b")

    assert settings.broker_settings("c", nothing_to_read) == BrokerSettings(BrokerAddress("b", 1883), "c")


def test_the_user_may_stand_in_the_address_and_the_setting_goes_before_it() -> None:
    in_address = CommonSettings(broker="mqtt://me@b")
    both = in_address.model_copy(update={"broker_user": "you", "broker_password": SecretStr("p")})

    assert in_address.broker_settings("c", nothing_to_read).address.user == "me"
    assert both.broker_settings("c", nothing_to_read).address.user == "you"


def test_a_client_without_a_broker_is_refused() -> None:
    with pytest.raises(Rejected, match="mqtt://"):
        CommonSettings().broker_settings("c", nothing_to_read)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"broker_first_retry_s": 9, "broker_last_retry_s": 8}, "broker_last_retry_s is the upper bound"),
        ({"broker_first_retry_s": 0}, "greater than 0"),
        ({"broker_last_retry_s": float("inf")}, "finite number"),
    ],
)
def test_waits_between_connections_are_finite_and_in_order(values: dict[str, float], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        CommonSettings.model_validate(values)
