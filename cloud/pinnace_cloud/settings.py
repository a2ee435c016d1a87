"""Settings of the controller, each with the reason for its default; read from a file and the environment.

The only reader of the environment besides the command line. An unknown name is refused with the nearest known one: a
misspelt limit that was ignored is found in a bad night.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, SecretStr, field_validator, model_validator

from pinnace_schemas import api, broker_url
from pinnace_schemas.broker_settings import MqttVersion
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.names import Name
from pinnace_schemas.reasons import Reason

DEFAULT_FILE: Final = Path("/etc/pinnace/controller.toml")
DATABASE_FILE: Final = "controller.db"
KEYS_FOLDER: Final = "keys"
# Two reports may be lost before a node counts as offline, and one may be late by its jitter.
_MISSED_REPORTS: Final = 2
_LATE_S: Final = 60.0


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


class Settings(BaseModel):
    """Frozen. Times in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # One tenant is what most have; its name stands in every topic and every signature.
    tenant: Name = "default"
    # The place that the Filesystem Hierarchy Standard gives to the state of a service.
    data_dir: Path = Path("/var/lib/pinnace")
    # None: KEYS_FOLDER in the data folder. Elsewhere, a backup of the data folder holds no private key.
    keys_dir: Path | None = None
    # mqtt://host[:1883] or mqtts://host[:8883]; no default, since a wrong broker is worse than none.
    broker: str = ""
    broker_user: str = ""
    broker_password: SecretStr = SecretStr("")
    # A file keeps the password out of `ps`, of the unit file and of backups of /etc.
    broker_password_file: Path | None = None
    # None: the certificate authorities of the system.
    broker_ca: Path | None = None
    broker_cert: Path | None = None
    broker_key: Path | None = None
    mqtt_version: MqttVersion = MqttVersion.AUTO
    # 1 saves a repetition of what the broker lost; 0 where it refuses QoS 1 subscriptions.
    subscribe_qos: Literal[0, 1] = 1
    # How sites reach the broker, as it goes into join tokens; '': as the controller does.
    public_broker_url: str = ""
    # Others are let in by a decision, not by default.
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=api.DEFAULT_PORT, ge=0, le=65535)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    # Listen on another address than the loopback without TLS: for a proxy that has TLS.
    insecure: bool = False
    # What the nodes are set to: a full report of ten applications is about 1 KiB.
    report_interval_s: PositiveFloat = 300.0
    # None: two missed reports and a minute.
    offline_after_s: PositiveFloat | None = None
    log_format: LogFormat = LogFormat.TEXT
    log_level: LogLevel = LogLevel.INFO
    limits: Limits = Limits()

    @field_validator("mqtt_version", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @field_validator("broker", "public_broker_url")
    @classmethod
    def _check_broker(cls, value: str) -> str:
        try:
            if value:
                broker_url.parse(value)
        except Rejected as exc:
            raise ValueError(exc.message) from exc
        return value

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        if self.broker_password.get_secret_value() and self.broker_password_file:
            raise ValueError("set broker_password or broker_password_file, not both")
        if bool(self.broker_cert) != bool(self.broker_key):
            raise ValueError("broker_cert and broker_key belong together; set both or none")
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("tls_cert and tls_key belong together; set both or none")
        return self

    @property
    def database(self) -> Path:
        return self.data_dir / DATABASE_FILE

    @property
    def keys(self) -> Path:
        return self.keys_dir or self.data_dir / KEYS_FOLDER

    @property
    def token_broker(self) -> str:
        """The broker's address in join tokens."""
        return self.public_broker_url or self.broker

    @property
    def offline_limit_s(self) -> float:
        return self.offline_after_s or _MISSED_REPORTS * self.report_interval_s + _LATE_S

    def read_password(self) -> str:
        """The broker password, '' for none. Raises Rejected when its file cannot be read."""
        if self.broker_password_file is None:
            return self.broker_password.get_secret_value()
        try:
            return self.broker_password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as exc:
            message = f"broker_password_file cannot be read: {exc}"
            raise Rejected(Reason.INVALID, message, str(self.broker_password_file)) from exc
