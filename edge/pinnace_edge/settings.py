"""Settings of the daemon, each with the reason for its default. Where they are read from is the affair of `sources`."""

from enum import StrEnum
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    SecretStr,
    field_validator,
    model_validator,
)

from pinnace_edge.log import LogFormat
from pinnace_schemas import broker_url
from pinnace_schemas.broker_settings import MqttVersion
from pinnace_schemas.codec import Wire
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.names import Name
from pinnace_schemas.reasons import Reason

K3S_KUBECONFIG: Final = Path("/etc/rancher/k3s/k3s.yaml")
JOINED_FILE: Final = "joined.json"


class LogLevel(StrEnum):
    """The names of the standard library."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Joined(Wire):
    """What `pinnace-edge join` writes to JOINED_FILE in the data folder."""

    tenant: Name
    node: Name
    broker: str = Field(max_length=512)


class Settings(BaseModel):
    """Frozen. Times in seconds; `node` and `broker` are '' until the node has joined or they are set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: Name | Literal[""] = ""
    # One tenant is what most have; its name stands in every topic and every signature.
    tenant: Name = "default"
    # The place that the Filesystem Hierarchy Standard gives to the state of a service.
    data_dir: Path = Path("/var/lib/pinnace-edge")
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
    # 1 saves a wait for the next retained copy; 0 for NATS, which refuses more than about 1,000 such subscriptions.
    subscribe_qos: Literal[0, 1] = 1
    # None: the service account inside a pod, else what k3s writes on its server.
    kubeconfig: Path | None = None
    # A watch finds most drift at once; the timer finds the rest at a cost of one LIST per kind.
    heal_interval_s: PositiveFloat = 60.0
    # A full report of ten applications is about 1 KiB: 300 KiB a day on a metered link.
    report_interval_s: PositiveFloat = 300.0
    # A satellite link needs 2 s for TCP and TLS; a dead one should not hold the daemon longer than this.
    connect_timeout_s: PositiveFloat = 15.0
    # Shorter than the 2 to 5 minutes after which mobile networks forget an idle connection.
    keepalive_s: int = Field(default=60, ge=5, le=3600)
    log_format: LogFormat = LogFormat.TEXT
    log_level: LogLevel = LogLevel.INFO
    limits: Limits = Limits()

    @field_validator("mqtt_version", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @field_validator("broker")
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
        return self

    def read_password(self) -> str:
        """The broker password, '' for none. Raises Rejected when its file cannot be read."""
        if self.broker_password_file is None:
            return self.broker_password.get_secret_value()
        try:
            return self.broker_password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as exc:
            message = f"broker_password_file cannot be read: {exc}"
            raise Rejected(Reason.INVALID, message, str(self.broker_password_file)) from exc


def require_joined(settings: Settings) -> None:
    """Raises Rejected(NOT_JOINED) when the node has no name or no broker."""
    missing = [name for name in ("node", "broker") if not getattr(settings, name)]
    if missing:
        message = f"{' and '.join(missing)} not known; run 'pinnace-edge join TOKEN', or set them"
        raise Rejected(Reason.NOT_JOINED, message, str(settings.data_dir))
