"""The program `helm`: fetches charts from repositories and registries, and renders them."""

from pinnace_cloud.adapters.helm.program import Helm

__all__ = ["Helm"]
