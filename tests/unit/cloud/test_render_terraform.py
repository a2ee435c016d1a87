"""A terraform component is the Configuration of its module; its outputs reach other components as keys of a Secret."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, deploy, refused, rendered, topology

from pinnace_cloud import render
from pinnace_schemas.bundle import KubeObject

Json = dict[str, Any]

HCL = """\
variable "size" { default = 1 }
output "HOST" { value = "db" }
output PORT {
  value = 5432
}
"""
SECRET: Json = {"name": "db-conn"}


def module(*traits: Json, name: str = "db", **properties: Any) -> Json:
    return {"name": name, "type": "terraform", "properties": properties, "traits": list(traits)}


def configuration(**properties: Any) -> KubeObject:
    (found,) = rendered(module(**properties))
    return found


def test_a_module_in_hcl_becomes_a_configuration() -> None:
    found = configuration(hcl=HCL, variable={"size": 3, "zones": ["a", "b"], "on": True, "name": "x"})
    assert (found["apiVersion"], found["kind"]) == ("terraform.core.oam.dev/v1beta2", "Configuration")
    assert (found["metadata"]["name"], found["metadata"]["namespace"]) == ("db", "default")
    assert found["spec"] == {"hcl": HCL, "variable": {"size": 3, "zones": ["a", "b"], "on": True, "name": "x"}}


def test_a_module_in_a_repository_has_all_its_fields_by_the_names_of_the_controller() -> None:
    spec = configuration(
        remote="https://git.example/modules.git",
        path="rds",
        gitRef={"tag": "v1"},
        providerRef={"name": "cloud"},
        region="north-1",
        writeConnectionSecretToRef=SECRET,
        deleteResource=False,
        forceDelete=True,
        jobEnv={"TF_LOG": "DEBUG"},
        gitCredentialsSecretReference={"name": "git-key", "namespace": "hub"},
        backend={"backendType": "kubernetes", "kubernetes": {"secret_suffix": "db"}},
    )["spec"]
    assert spec == {
        "remote": "https://git.example/modules.git",
        "path": "rds",
        "gitRef": {"tag": "v1"},
        "variable": {},
        "providerRef": {"name": "cloud", "namespace": "default"},
        "customRegion": "north-1",
        "writeConnectionSecretToRef": {"name": "db-conn", "namespace": "default"},
        "deleteResource": False,
        "forceDelete": True,
        "JobEnv": {"TF_LOG": "DEBUG"},
        "gitCredentialsSecretReference": {"name": "git-key", "namespace": "hub"},
        "backend": {"backendType": "kubernetes", "kubernetes": {"secret_suffix": "db"}},
    }


def test_the_secret_of_a_module_is_where_its_topology_is() -> None:
    app = application(
        module(hcl=HCL, writeConnectionSecretToRef=SECRET), policies=[topology(clusters=["hub"], namespace="cloud")]
    )
    (found,) = render.render(app).objects
    assert found["spec"]["writeConnectionSecretToRef"] == {"name": "db-conn", "namespace": "cloud"}


@pytest.mark.parametrize(
    ("properties", "path", "message"),
    [
        ({}, "properties", "needs a module: either 'hcl' or 'remote'"),
        ({"hcl": HCL, "remote": "r"}, "properties", "needs a module: either 'hcl' or 'remote'"),
        ({"hcl": HCL, "path": "p"}, "properties", "'path' and 'gitRef' are for a module in a 'remote' repository"),
        ({"hcl": HCL, "providerRef": {}}, "properties.providerRef.name", "is required"),
        ({"hcl": HCL, "writeConnectionSecretToRef": {}}, "properties.writeConnectionSecretToRef.name", "is required"),
        ({"hcl": HCL, "variable": ["size"]}, "properties.variable", "must be a map, got a list"),
    ],
)
def test_what_a_module_lacks_is_named(properties: Json, path: str, message: str) -> None:
    (found,) = refused(module(**properties))
    assert (found.path, found.message) == (f"spec.components[0].{path}", message)


@pytest.mark.parametrize("ignored", [None, False, True])
def test_a_deploy_step_delivers_a_module_whatever_kubevela_would_ignore(ignored: bool | None) -> None:
    said = {} if ignored is None else {"ignoreTerraformComponent": ignored}
    steps = {"steps": [deploy("hubs", **said)]}
    found = render.render(application(module(hcl=HCL), policies=[topology("hubs")], workflow=steps))
    assert [item["kind"] for item in found.objects] == ["Configuration"]
    warned = ["spec.workflow.steps[0].properties.ignoreTerraformComponent"] if ignored else []
    assert [item.path for item in found.diagnostics] == warned


def giving(value_from: str = "output.status.apply.outputs.HOST.value", **properties: Any) -> Json:
    return {**module(**properties), "outputs": [{"name": "host", "valueFrom": value_from}]}


def taking(key: str = "env[0].value", **properties: Any) -> Json:
    return {**component(**properties), "inputs": [{"from": "host", "parameterKey": key}]}


HOST: Json = {"name": "HOST"}


def test_a_terraform_output_becomes_a_variable_from_the_secret() -> None:
    taker = taking(env=[{**HOST, "value": "none yet"}, {"name": "MODE", "value": "live"}])
    web = rendered(giving(hcl=HCL, writeConnectionSecretToRef=SECRET), taker)[1]
    assert web["spec"]["template"]["spec"]["containers"][0]["env"] == [
        {**HOST, "valueFrom": {"secretKeyRef": {"name": "db-conn", "key": "HOST"}}},
        {"name": "MODE", "value": "live"},
    ]


def test_a_terraform_output_reaches_plain_objects_too() -> None:
    pod = {"containers": [{"name": "c", "image": "i", "env": [HOST]}]}
    objects = [{"apiVersion": "v1", "kind": "Pod", "spec": pod}]
    taker = {**component("p", "k8s-objects", objects=objects), "inputs": [_INTO_POD]}
    found = rendered(giving(hcl=HCL, writeConnectionSecretToRef=SECRET), taker)[1]
    assert found["spec"]["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]["key"] == "HOST"


_INTO_POD = {"from": "host", "parameterKey": "objects[0].spec.containers[0].env[0].value"}


def test_a_repository_is_believed_to_have_the_output() -> None:
    given = giving("output.status.apply.outputs.ANY.value", remote="r", writeConnectionSecretToRef=SECRET)
    web = rendered(given, taking(env=[HOST]))[1]
    assert web["spec"]["template"]["spec"]["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]["key"] == "ANY"


WRITTEN: Json = {"writeConnectionSecretToRef": SECRET}
ELSEWHERE: Json = {"writeConnectionSecretToRef": {**SECRET, "namespace": "cloud"}}
OUTPUT, VALUE = "output.status.apply.outputs", "env[0].value"


@pytest.mark.parametrize(
    ("value_from", "properties", "key", "said", "hint"),
    [
        (f"{OUTPUT}.HOST.value", {}, VALUE, "is written nowhere", "name a Secret for it"),
        (f"{OUTPUT}.NAME.value", WRITTEN, VALUE, "the HCL has no output 'NAME'", "outputs: HOST, PORT"),
        (f"{OUTPUT}.HOST.value", WRITTEN, "cmd[0]", "exists only at a site", ""),
        (f'{OUTPUT}.HOST.value + ":80"', WRITTEN, VALUE, "cannot be joined", ""),
        (f"{OUTPUT}.HOST.value", ELSEWHERE, VALUE, "in the namespace 'cloud'", ""),
        ("output.status.apply.state", {}, VALUE, "exists only in a cluster", ""),
    ],
)
def test_a_terraform_output_that_cannot_be_referred_to_is_refused(
    value_from: str, properties: Json, key: str, said: str, hint: str
) -> None:
    (found,) = refused(giving(value_from, hcl=HCL, **properties), taking(key, env=[HOST]))
    assert found.path == "spec.components[1].inputs[0]"
    assert said in found.message
    assert hint in found.hint
