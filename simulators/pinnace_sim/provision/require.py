"""Decides what a test does without the real part it needs: skip with the reason, or fail where that is not allowed."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Mapping
from typing import NoReturn

from pinnace_sim.provision import controlplane, faketime, installed, mosquitto, nats
from pinnace_sim.provision.errors import PartMissing


class Part(enum.StrEnum):
    """The real parts that a test can ask for."""

    CONTROLPLANE = "controlplane"
    MOSQUITTO = "mosquitto"
    NATS = "nats"
    FAKETIME = "faketime"
    CUE = "cue"
    HELM = "helm"
    KUSTOMIZE = "kustomize"
    REGISTRY = "registry"


_LOCATE: Mapping[Part, Callable[[], object]] = {
    Part.CONTROLPLANE: controlplane.locate,
    Part.MOSQUITTO: mosquitto.locate,
    Part.NATS: nats.locate,
    Part.FAKETIME: faketime.locate,
    Part.CUE: lambda: installed.locate("cue"),
    Part.HELM: lambda: installed.locate("helm"),
    Part.KUSTOMIZE: lambda: installed.locate("kustomize"),
    Part.REGISTRY: lambda: installed.locate("registry"),
}


def missing(*parts: Part) -> str | None:
    """Why the first of these parts that is not on this machine is missing, or None if all are here."""
    for part in parts:
        try:
            _LOCATE[part]()
        except PartMissing as absent:
            return str(absent)
    return None


def is_ci(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a missing part is a failure rather than a skip: `CI=true`."""
    return environment.get("CI", "").lower() in {"1", "true"}


def require(*parts: Part) -> None:
    """End the running pytest test (or fixture) unless all these parts are here: failed with `CI=true`, else skipped."""
    reason = missing(*parts)
    if reason is not None:
        give_up(reason)


def give_up(reason: str) -> NoReturn:
    """End the running pytest test (or fixture) for want of something that CI must have: failed there, else skipped."""
    import pytest

    if is_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
