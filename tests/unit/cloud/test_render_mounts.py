"""A container that mounts a volume which its pod does not have is warned of, once all traits have worked."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, deployment, trait, warnings

MOUNT = {"name": "data", "mountPath": "/data"}
WEB = {"name": "web", "image": "nginx"}
LOST = [("properties.objects[0]", "container 'web' mounts volume 'data', which its pod does not have")]


def stateful(**spec: Any) -> Json:
    base = deployment({**WEB, "volumeMounts": [MOUNT]})
    return {**base, "kind": "StatefulSet", "spec": {**base["spec"], **spec}}


@pytest.mark.parametrize("field", ["volumeMounts", "volumeDevices"])
def test_a_volume_that_is_not_there_is_warned_of(field: str) -> None:
    assert warnings(base=deployment({**WEB, field: [MOUNT]})) == LOST
    assert warnings(base=deployment({**WEB, field: [MOUNT]}, volumes=[{"name": "data", "emptyDir": {}}])) == []


def test_a_volume_may_come_from_a_later_trait() -> None:
    sidecar = trait("sidecar", name="side", image="envoy", volumes=[{"name": "emptydir-data", "path": "/data"}])
    storage = trait("storage", emptyDir=[{"name": "data", "mountPath": "/data"}])
    assert warnings(sidecar, storage) == []
    ((_, said),) = warnings(sidecar)
    assert said == "container 'side' mounts volume 'emptydir-data', which its pod does not have"


def test_a_volume_may_come_from_a_claim_of_a_stateful_set() -> None:
    assert warnings(base=stateful()) == LOST
    assert warnings(base=stateful(volumeClaimTemplates=[{"metadata": {"name": "data"}}])) == []


def test_the_pods_of_a_cron_job_are_looked_at() -> None:
    template = deployment({**WEB, "volumeMounts": [MOUNT]})["spec"]
    job = {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": template}}}
    assert warnings(base=job) == LOST


def test_other_kinds_may_know_better() -> None:
    base = deployment({**WEB, "volumeMounts": [MOUNT]})
    assert warnings(base={**base, "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}) == []
    assert warnings(base={"apiVersion": "v1", "kind": "ConfigMap", "spec": []}) == []
