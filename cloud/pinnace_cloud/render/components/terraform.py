"""The component type `terraform`: a `Configuration` for the Terraform controller (terraform.core.oam.dev/v1beta2).

For a group of hubs where that controller runs, which KubeVela brings as an addon. KubeVela makes a type of each module;
here the module stands among the properties. Refuses what the controller refuses later: no module, or two.
"""

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render.health import provisioning
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Strictly

_API_VERSION = "terraform.core.oam.dev/v1beta2"


class GitRef(Strictly):
    """A state of the repository; the newest of its main branch without one."""

    branch: Given[str] = None
    """A branch."""
    tag: Given[str] = None
    """A tag."""
    commit: Given[str] = None
    """A commit."""


class ProviderReference(Strictly):
    """A `Provider` of the cluster: which cloud, and with which credentials."""

    name: str
    """Its name."""
    namespace: str = "default"
    """Its namespace."""


class SecretReference(Strictly):
    """A Secret of the cluster."""

    name: str
    """Its name."""
    namespace: Given[str] = None
    """Its namespace; the one of the component's objects without it."""


class KubernetesBackend(Strictly):
    """Terraform's state in Secrets of the cluster."""

    secret_suffix: str = Field(alias="secret_suffix")
    """End of the names of the Secrets."""
    namespace: Given[str] = None
    """Where the Secrets are."""


class S3Backend(Strictly):
    """Terraform's state in a bucket."""

    bucket: str
    """Name of the bucket."""
    key: str
    """Path of the state in the bucket."""
    region: Given[str] = None
    """Region of the bucket; that of the provider without one."""


class Backend(Strictly):
    """Where Terraform keeps its state; in Secrets of the cluster without it."""

    backend_type: Given[Literal["kubernetes", "s3"]] = None
    """Which of the two below."""
    kubernetes: Given[KubernetesBackend] = None
    """For `backendType: kubernetes`."""
    s3: Given[S3Backend] = None
    """For `backendType: s3`."""
    inline: Given[str] = None
    """A backend block in HCL."""
    secret_suffix: Given[str] = None
    """End of the names of the Secrets with the state."""
    in_cluster_config: Given[bool] = None
    """Whether Terraform uses the account of its pod."""


class TerraformParameters(Strictly):
    """A Terraform module and its variables. The Terraform controller of the cluster applies it."""

    hcl: Given[str] = None
    """The module itself, in HCL. Either this or `remote`."""
    remote: Given[str] = None
    """URL of the Git repository with the module."""
    path: Given[str] = None
    """Folder of the module in the repository."""
    git_ref: Given[GitRef] = None
    """Which state of the repository."""
    variable: dict[str, Any] = Field(default_factory=dict)
    """Variables of the module, by name. They travel in the clear: leave secrets to the provider."""
    provider_ref: Given[ProviderReference] = None
    """Which cloud; the `Provider` called `default` without it."""
    region: Given[str] = None
    """Region of the cloud, where it differs from that of the provider."""
    write_connection_secret_to_ref: Given[SecretReference] = None
    """A Secret that gets the module's outputs, by their names."""
    delete_resource: Given[bool] = None
    """Whether what Terraform made is destroyed together with this object; true unless given."""
    force_delete: Given[bool] = None
    """Whether the object can be deleted in whatever state it is; what Terraform made may be left over."""
    inline_credentials: Given[bool] = None
    """Whether the module needs no `Provider`: it has its own credentials, or needs none."""
    git_credentials_secret_reference: Given[SecretReference] = None
    """A Secret with the SSH key for the repository."""
    terraform_credentials_secret_reference: Given[SecretReference] = None
    """A Secret with credentials for registries of Terraform modules."""
    job_env: Given[dict[str, Any]] = None
    """Environment of the pod that runs Terraform."""
    backend: Given[Backend] = None
    """Where Terraform keeps its state."""

    @model_validator(mode="after")
    def _one_module(self) -> Self:
        if (self.hcl is None) == (self.remote is None):
            raise PydanticCustomError("terraform", "needs a module: either 'hcl' or 'remote'")
        if self.hcl is not None and (self.path is not None or self.git_ref is not None):
            raise PydanticCustomError("terraform", "'path' and 'gitRef' are for a module in a 'remote' repository")
        return self


# What the object calls otherwise than KubeVela's users do.
_OTHER_NAMES = {"region": "customRegion", "jobEnv": "JobEnv"}


class Terraform:
    """A `Configuration`: what Terraform makes for the application, such as a database in a cloud."""

    name = "terraform"
    parameters = TerraformParameters
    health = staticmethod(provisioning.provisioned)

    def render(self, context: Context, parameters: TerraformParameters) -> Output:
        return Output((Part(_configuration(context, parameters), Origin.WORKLOAD, self.name),))


def _configuration(context: Context, parameters: TerraformParameters) -> KubeObject:
    plain = parameters.model_dump(mode="json", by_alias=True, exclude_none=True)
    spec = {_OTHER_NAMES.get(name, name): value for name, value in plain.items()}
    secret = parameters.write_connection_secret_to_ref
    if secret is not None:
        spec["writeConnectionSecretToRef"] = {"name": secret.name, "namespace": secret.namespace or context.namespace}
    return {"apiVersion": _API_VERSION, "kind": "Configuration", "spec": spec}
