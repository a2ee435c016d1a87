"""What a chart is rendered with, as a question: everything that its objects depend on, nothing of a machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.materials import sources
from pinnace_cloud.materials.needs import Need
from pinnace_cloud.materials.sources import Source

MAKER = "helm"
# What a chart that asks for the version of Kubernetes is told: a site should have at least this one.
KUBE_VERSION = "1.33.0"

# A text is a values file as someone wrote it; later ones win, null takes a default away. Helm merges them.
Values = str | Mapping[str, Any]


# Helm's own rule, since objects are named after the release: a DNS subdomain that leaves room for more.
_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_MAX_RELEASE = 53


def release_problem(name: str) -> str:
    """What is wrong with the name of a release; '' if nothing is."""
    if _RELEASE.match(name) and len(name) <= _MAX_RELEASE:
        return ""
    return f"'{name}' is no name of a release: at most {_MAX_RELEASE} of a-z, 0-9, '-' and '.', like a DNS name"


@dataclass(frozen=True, slots=True)
class Chart:
    """`api_versions` are known beside those that Kubernetes brings, such as `monitoring.coreos.com/v1`.

    `values_files` are paths within the chart. Where there are any, they stand in the place of its `values.yaml`, as in
    Flux; later ones win.
    """

    source: Source
    release: str
    namespace: str
    values: tuple[Values, ...] = ()
    with_crds: bool = True
    kube_version: str = KUBE_VERSION
    api_versions: tuple[str, ...] = ()
    values_files: tuple[str, ...] = ()

    @property
    def need(self) -> Need:
        """The question to ask for its objects. A field that came later is left out where it is empty: answers that
        are kept by the question of before stay those of the same question."""
        files = {"valuesFiles": list(self.values_files)} if self.values_files else {}
        return Need(
            MAKER,
            {
                **files,
                "source": self.source.to_dict(),
                "release": self.release,
                "namespace": self.namespace,
                "values": list(self.values),
                "withCrds": self.with_crds,
                "kubeVersion": self.kube_version,
                "apiVersions": list(self.api_versions),
            },
        )


def chart(question: Mapping[str, Any]) -> Chart:
    """The inverse of `Chart.need`."""
    return Chart(
        source=sources.from_dict(question["source"]),
        release=question["release"],
        namespace=question["namespace"],
        values=tuple(question["values"]),
        with_crds=question["withCrds"],
        kube_version=question["kubeVersion"],
        api_versions=tuple(question["apiVersions"]),
        values_files=tuple(question.get("valuesFiles", ())),
    )
