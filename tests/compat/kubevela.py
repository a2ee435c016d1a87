"""Finds the KubeVela example set and says what belongs to the types that are built in so far."""

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinnace_sim.provision import give_up

_REPOSITORY = Path(__file__).parents[2]
ROOT = Path(os.environ.get("KUBEVELA_COMPAT", _REPOSITORY.parent / "shared" / "compat" / "kubevela"))

COMPONENTS = frozenset({"webservice", "worker", "daemon", "task", "k8s-objects", "statefulset", "cron-task", "raw"})
TRAITS = frozenset(
    {
        "scaler",
        "expose",
        "labels",
        "annotations",
        "env",
        "affinity",
        "command",
        "container-image",
        "container-ports",
        "hostalias",
        "init-container",
        "k8s-update-strategy",
        "lifecycle",
        "nocalhost",
        "podsecuritycontext",
        "resource",
        "securitycontext",
        "service-account",
        "service-binding",
        "sidecar",
        "startup-probe",
        "storage",
        "topologyspreadconstraints",
        "gateway",
        "hpa",
        "cpuscaler",
        "json-patch",
        "json-merge-patch",
        "ingress",
        "ingress-1-20",
        "volumes",
        "configmap",
        "pvc",
        "node-affinity",
    }
)
POLICIES = frozenset(
    {
        *("topology", "override", "replication", "garbage-collect", "apply-once", "take-over", "read-only"),
        *("shared-resource", "resource-update", "env-binding"),
    }
)


@dataclass(frozen=True, slots=True)
class Example:
    """One line of INDEX.tsv."""

    name: str
    part: str
    components: frozenset[str]
    traits: frozenset[str]
    policies: frozenset[str]

    def text(self) -> str:
        folder = "parse_only" if self.part == "parse_only" else "apps"
        return (ROOT / folder / f"{self.name}.yaml").read_text(encoding="utf-8")

    def expected(self) -> dict[str | None, str]:
        """Texts by topology; None where there is one rendering."""
        texts: dict[str | None, str] = {}
        for path in sorted((ROOT / "expected").iterdir()):
            name, _, topology = path.stem.partition("@")
            if name == self.name:
                texts[topology or None] = path.read_text(encoding="utf-8")
        return texts


def is_there() -> bool:
    return (ROOT / "INDEX.tsv").is_file()


def require() -> None:
    """Ends the running test unless the set is here: failed with `CI=true`, else named as not run."""
    if not is_there():
        give_up(f"no KubeVela example set at {ROOT}; set KUBEVELA_COMPAT")


def examples() -> list[Example]:
    """All of the set; none where it is absent."""
    if not is_there():
        return []
    with (ROOT / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        return [_example(row) for row in csv.DictReader(lines, delimiter="\t")]


def cases(table: str) -> list[dict[str, Any]]:
    """The cases of one file of `tables/`; none where the set is absent."""
    path = ROOT / "tables" / f"{table}.json"
    return list(json.loads(path.read_text(encoding="utf-8"))) if is_there() else []


def case_name(case: dict[str, Any]) -> str:
    return str(case["name"])


def renderable() -> list[Example]:
    """Those that use nothing but types that are built in."""
    return [
        item
        for item in examples()
        if item.part == "rendered"
        and item.components <= COMPONENTS
        and item.traits <= TRAITS
        and item.policies <= POLICIES
    ]


def _example(row: dict[str, str]) -> Example:
    types = [frozenset(row[column].split()) for column in ("components", "traits", "policies")]
    return Example(row["file"].removesuffix(".yaml"), row["set"], *types)
