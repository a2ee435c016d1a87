"""An object that is replaced is as one that is made anew, whatever others have done to it, on both KubeAPIs."""

from __future__ import annotations

import copy
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.sites import Site
from tests.unit.sim.cluster import intents
from tests.unit.sim.cluster.intents import Kind as Sample
from tests.unit.sim.cluster.intents import Object

from pinnace_edge.model import Applied, ApplyRequest, Change, Kind, Ref
from pinnace_edge.ports import Cluster
from pinnace_edge.rules import replacement

STORIES = range(12)
SAMPLES = tuple(kind for kind in intents.KINDS if kind.is_built_in)
# What each Service is given for itself, and what a controller writes.
OWN = ("clusterIP", "clusterIPs")
COUNTED = "deployment.kubernetes.io/revision"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_what_is_replaced_is_as_what_is_made_anew(site: Site, cluster: Cluster, namespace: str, sample: Sample) -> None:
    """Others add, change and take away fields at random; objects that no cluster would take are passed over."""
    compared = 0
    for seed in STORIES:
        name, random = f"story-{seed}", Random(seed)
        ref = Ref(Kind(sample.api_version, sample.kind), namespace, name)
        if apply(cluster, ref, intent(sample, random, ref)).live is None:
            continue
        meddle(site, ref, intent(sample, random, ref))
        wanted = intent(sample, Random(f"{seed}"), ref)
        replaced = apply(cluster, ref, wanted, replacing=True)
        fresh = Ref(ref.kind, namespace, f"fresh-{seed}")
        made = apply(cluster, fresh, {**wanted, "metadata": {**wanted["metadata"], "name": fresh.name}})
        assert (replaced.live is None) == (made.live is None), f"story {seed}: {replaced.message} {made.message}"
        if made.live is not None:
            assert said(cluster, ref) == said(cluster, fresh), f"story {seed}"
            compared += 1
    assert compared >= len(STORIES) // 3


def intent(sample: Sample, random: Random, ref: Ref) -> Object:
    """Without finalizers, which a replacement keeps and which would keep objects for ever."""
    made = sample.intent(random, ref.name, ref.namespace, is_whole=True)
    made["metadata"].pop("finalizers", None)
    return made


def apply(cluster: Cluster, ref: Ref, body: Object, *, replacing: bool = False) -> Applied:
    whole = partial(replacement.whole, body, ()) if replacing else None
    return cluster.apply([ApplyRequest(ref, body, force=True, replacing=whole)])[0]


def meddle(site: Site, ref: Ref, other: Object) -> None:
    """As an edit by hand; what the KubeAPI does not take changes nothing."""
    labels = {"metadata": {"labels": {"theirs": "1"}, "annotations": {"theirs.example/a": "b"}}}
    site.people.edit("kubectl", ref, labels)
    content = {name: value for name, value in other.items() if name not in ("apiVersion", "kind", "metadata")}
    with suppress(AssertionError):
        site.people.edit("curl", ref, content)


def said(cluster: Cluster, ref: Ref) -> Any:
    """What a person would compare."""
    item = cluster.read(ref)
    assert item is not None
    found = {name: copy.deepcopy(value) for name, value in item.items() if name not in ("metadata", "status")}
    if ref.kind.kind == "Service":
        ports = [{name: value for name, value in port.items() if name != "nodePort"} for port in found["spec"]["ports"]]
        found["spec"] = {name: value for name, value in found["spec"].items() if name not in OWN} | {"ports": ports}
    metadata = item["metadata"]
    annotations = {name: value for name, value in (metadata.get("annotations") or {}).items() if name != COUNTED}
    return {**found, "labels": metadata.get("labels"), "annotations": annotations}


def test_what_goes_with_its_last_finalizer_is_made_anew(site: Site, cluster: Cluster, namespace: str) -> None:
    held = builders.config_map(namespace, value="1")
    held["metadata"]["finalizers"] = ["pinnace.example/held"]
    ref = builders.ref(held)
    apply(cluster, ref, held, replacing=True)
    site.people.edit("kubectl", ref, {"data": {"theirs": "1"}})
    site.people.delete(ref)
    assert apply(cluster, ref, held, replacing=True).live is not None, "it is still held"
    free = builders.config_map(namespace, value="2")
    assert apply(cluster, ref, free, replacing=True).change is Change.CREATED
    assert builders.read(cluster, free)["data"] == {"value": "2"}
