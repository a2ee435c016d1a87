"""Settings of the daemon, each with the reason for its default. Where they are read from is the affair of `sources`."""

from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, PositiveFloat

from pinnace_schemas.broker_settings import BrokerSettings
from pinnace_schemas.codec import Wire
from pinnace_schemas.common_settings import CommonSettings
from pinnace_schemas.errors import Rejected
from pinnace_schemas.names import Name
from pinnace_schemas.reasons import Reason
from pinnace_schemas.settings_text import ReadText

K3S_KUBECONFIG: Final = Path("/etc/rancher/k3s/k3s.yaml")
JOINED_FILE: Final = "joined.json"


class Joined(Wire):
    """What `pinnace-edge join` writes to JOINED_FILE in the data folder."""

    tenant: Name
    node: Name
    broker: str = Field(max_length=512)


class Settings(CommonSettings):
    """Frozen. Times in seconds; `node` and `broker` are '' until the node has joined or they are set."""

    node: Name | Literal[""] = ""
    # The place that the Filesystem Hierarchy Standard gives to the state of a service.
    data_dir: Path = Path("/var/lib/pinnace-edge")
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

    def broker_settings(self, client_id: str, read_text: ReadText) -> BrokerSettings:
        shared = super().broker_settings(client_id, read_text)
        return replace(shared, keepalive_s=self.keepalive_s, connect_timeout_s=self.connect_timeout_s)


def require_joined(settings: Settings) -> None:
    """Raises Rejected(NOT_JOINED) when the node has no name or no broker."""
    missing = [name for name in ("node", "broker") if not getattr(settings, name)]
    if missing:
        message = f"{' and '.join(missing)} not known; run 'pinnace-edge join TOKEN', or set them"
        raise Rejected(Reason.NOT_JOINED, message, str(settings.data_dir))
