"""Pods of a template, the hash by which templates are told apart, and what a pod's status says. Pure."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from pinnace_sim.cluster.controllers import conditions
from pinnace_sim.cluster.item import Object

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def template_hash(template: Object) -> str:
    """Short, and the same for equal templates."""
    digest = str(crc32(json.dumps(template, sort_keys=True).encode()))
    return "".join(_LETTERS[ord(digit) % len(_LETTERS)] for digit in digest)


def pod(owner: Object, references: list[Object], template: Object, node: str, labels: dict[str, str]) -> Object:
    """A pod without a name, already placed on the node."""
    metadata = template.get("metadata") or {}
    made: dict[str, Any] = {
        "generateName": f"{owner['metadata']['name']}-",
        "namespace": owner["metadata"]["namespace"],
        "labels": {**(metadata.get("labels") or {}), **labels},
        "ownerReferences": references,
    }
    if metadata.get("annotations"):
        made["annotations"] = dict(metadata["annotations"])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": made, "spec": {**template["spec"], "nodeName": node}}


def is_ready(found: Object) -> bool:
    return bool(conditions.find((found.get("status") or {}).get("conditions") or [], "Ready").get("status") == "True")


def is_over(found: Object) -> bool:
    return (found.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def is_leaving(found: Object) -> bool:
    return "deletionTimestamp" in found["metadata"]


def is_active(found: Object) -> bool:
    return not is_over(found) and not is_leaving(found)
