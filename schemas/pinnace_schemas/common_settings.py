"""Settings that the daemon and the controller share, each with the reason for its default, and what follows from them.

Values only: what stands in a file is read by the function that a program passes in.
"""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, PositiveFloat, SecretStr, field_validator, model_validator

from pinnace_schemas import broker_url, errors
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.names import Name
from pinnace_schemas.reasons import Reason
from pinnace_schemas.settings_text import ReadText


class LogFormat(StrEnum):
    """TEXT for people, JSON for programs."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The names of the standard library."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _check_broker(value: str) -> str:
    try:
        if value:
            broker_url.parse(value)
    except Rejected as exc:
        raise ValueError(exc.message) from exc
    return value


BrokerText = Annotated[str, AfterValidator(_check_broker)]  # '' where none is set


class CommonSettings(BaseModel):
    """Base of the settings of both programs. Frozen; times in seconds."""

    # An endless interval is a mistake of writing: what should never happen has no timer.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    # One tenant is what most have; its name stands in every topic and every signature.
    tenant: Name = "default"
    # mqtt://host[:1883] or mqtts://host[:8883]; no default, since a wrong broker is worse than none.
    broker: BrokerText = ""
    broker_user: str = ""
    broker_password: SecretStr = SecretStr("")
    # A file keeps the password out of `ps`, of the unit file and of backups of /etc.
    broker_password_file: Path | None = None
    # None: the certificate authorities of the system.
    broker_ca: Path | None = None
    broker_cert: Path | None = None
    broker_key: Path | None = None
    # A broker that restarts is back within seconds; the wait is drawn evenly from below the bound, and doubles.
    broker_first_retry_s: PositiveFloat = 1.0
    # Thousands of nodes that return after an outage are spread over a minute, and none stays away for longer.
    broker_last_retry_s: PositiveFloat = 60.0
    mqtt_version: MqttVersion = MqttVersion.AUTO
    # 1 saves a wait for the repetition of what was lost; 0 for NATS, which refuses more than about 1,000 of them.
    subscribe_qos: Literal[0, 1] = 1
    log_format: LogFormat = LogFormat.TEXT
    log_level: LogLevel = LogLevel.INFO
    limits: Limits = Limits()

    @field_validator("mqtt_version", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _check_broker_settings(self) -> Self:
        if self.broker_password.get_secret_value() and self.broker_password_file:
            raise ValueError("set broker_password or broker_password_file, not both")
        if bool(self.broker_cert) != bool(self.broker_key):
            raise ValueError("broker_cert and broker_key belong together; set both or none")
        if self.broker_last_retry_s < self.broker_first_retry_s:
            raise ValueError("broker_last_retry_s is the upper bound; set it to broker_first_retry_s or more")
        return self

    def read_password(self, read_text: ReadText) -> str:
        """The broker password, '' for none. Raises Misconfigured when its file cannot be read."""
        if self.broker_password_file is None:
            return self.broker_password.get_secret_value()
        try:
            return read_text(self.broker_password_file).strip()
        except (OSError, UnicodeDecodeError) as exc:
            message = f"broker_password_file cannot be read: {errors.plain(exc)}"
            raise Misconfigured(Reason.INVALID, message, str(self.broker_password_file)) from exc

    def broker_settings(self, client_id: str, read_text: ReadText) -> BrokerSettings:
        """How a client of this id behaves. Raises Rejected where no broker is set, and as `read_password` does."""
        address = broker_url.parse(self.broker)
        return BrokerSettings(
            address=replace(address, user=self.broker_user or address.user),
            client_id=client_id,
            password=self.read_password(read_text),
            ca_file=self.broker_ca,
            cert_file=self.broker_cert,
            key_file=self.broker_key,
            mqtt_version=self.mqtt_version,
            subscribe_qos=self.subscribe_qos,
            max_message_bytes=self.limits.max_message_bytes,
            first_retry_s=self.broker_first_retry_s,
            last_retry_s=self.broker_last_retry_s,
        )
