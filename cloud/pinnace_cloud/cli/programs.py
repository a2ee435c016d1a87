"""Who renders and compiles on this machine: the programs that `pinnace render` starts."""

import os
from collections.abc import Mapping
from pathlib import Path

from pinnace_cloud import workshop
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.workshop import Programs

_VARIABLES = ("PINNACE_HELM", "PINNACE_KUSTOMIZE", "PINNACE_CUE", "PINNACE_SOURCES_CA", "PINNACE_SOURCES_CREDENTIALS")


def making() -> Workshop:
    """With the programs that the environment names, else those on PATH. Starts nothing yet."""
    return workshop.make(_named(os.environ), os.environ)


def _named(environment: Mapping[str, str]) -> Programs:
    """The last two are no programs: authorities that may sign the certificates of repositories, and passwords there."""
    return Programs(*(_path(environment.get(name)) for name in _VARIABLES))


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None
