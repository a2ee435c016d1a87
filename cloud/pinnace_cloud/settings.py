"""Settings of the controller, each with the reason for its default. Read by `settings_file`."""

from pathlib import Path
from typing import Final, Self

from pydantic import Field, PositiveFloat, model_validator

from pinnace_schemas import api
from pinnace_schemas.common_settings import BrokerText, CommonSettings

DEFAULT_FILE: Final = Path("/etc/pinnace/controller.toml")
DATABASE_FILE: Final = "controller.db"
KEYS_FOLDER: Final = "keys"
# Two reports may be lost before a node counts as offline, and one may be late by its jitter.
_MISSED_REPORTS: Final = 2
_LATE_S: Final = 60.0


class Settings(CommonSettings):
    """Frozen. Times in seconds."""

    # The place that the Filesystem Hierarchy Standard gives to the state of a service.
    data_dir: Path = Path("/var/lib/pinnace")
    # None: KEYS_FOLDER in the data folder. Elsewhere, a backup of the data folder holds no private key.
    keys_dir: Path | None = None
    # How sites reach the broker, as it goes into join tokens; '': as the controller does.
    public_broker_url: BrokerText = ""
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
    # None: `helm` on PATH, version 3 or 4. Only components that are charts need it.
    helm_program: Path | None = None
    # None: `kustomize` on PATH, else `kubectl`. Only components of that type need it.
    kustomize_program: Path | None = None
    # None: `cue` in the cache folder of Pinnace, else on PATH. Only types that are written in CUE need it.
    cue_program: Path | None = None
    # Charts and archives of one's own come from servers that no public authority knows.
    sources_ca: Path | None = None
    # What everybody may fetch needs none.
    sources_credentials: Path | None = None

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
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
