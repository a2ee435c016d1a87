"""How a simulated site behaves: how long its controllers take, and what does not work there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds; each case draws its own between the two."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Defaults are those of a small idle machine with its images at hand, so that a person can follow what happens."""

    # From the creation of a pod to its readiness.
    pod_start: Span = Span(0.3, 0.8)
    # From a pod's begin to its end, in a Job.
    job_run: Span = Span(0.5, 1.0)
    # From the deletion of a pod to its disappearance. Real ones have 30 s to end, and mostly need little of it.
    pod_end: Span = Span(0.1, 0.3)
    # From a claim to its volume.
    volume_bind: Span = Span(0.1, 0.3)
    # Until a CRD is Established, and until its kind is served after that.
    kind_accept: Span = Span(0.05, 0.1)
    kind_serve: Span = Span(0.05, 0.1)
    # Pods with an image whose name contains one of these wait for it for ever (ImagePullBackOff).
    unready_images: frozenset[str] = field(default_factory=frozenset)
    # The one node.
    node: str = "node-1"
    # Writes that a watch can be resumed over; kube-apiserver keeps minutes of them.
    history: int = 1_000
    # kube-apiserver sends a bookmark about once a minute.
    bookmark_s: float = 60.0
