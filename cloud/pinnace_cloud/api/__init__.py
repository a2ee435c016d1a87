"""The HTTP API: every operation of the controller as strict JSON under /api/v1, for holders of a bearer token."""

from pinnace_cloud.api.factory import create
from pinnace_cloud.api.listening import check_listen
from pinnace_cloud.api.settings import ApiSettings

__all__ = ["ApiSettings", "check_listen", "create"]
