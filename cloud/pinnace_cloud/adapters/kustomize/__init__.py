"""The program `kustomize`, or the same within `kubectl`: builds overlays."""

from pinnace_cloud.adapters.kustomize.program import Kustomize

__all__ = ["Kustomize"]
