"""The types that come with Pinnace, as entry points give them: pyproject.toml names these four."""

from pinnace_cloud.render.components.cron_task import CronTask
from pinnace_cloud.render.components.daemon import Daemon
from pinnace_cloud.render.components.helm import Helm
from pinnace_cloud.render.components.helmchart import Helmchart
from pinnace_cloud.render.components.k8s_objects import K8sObjects
from pinnace_cloud.render.components.kustomize import Kustomize
from pinnace_cloud.render.components.raw import Raw
from pinnace_cloud.render.components.ref_objects import RefObjects
from pinnace_cloud.render.components.task import Task
from pinnace_cloud.render.components.terraform import Terraform
from pinnace_cloud.render.components.workloads import Statefulset, Webservice, Worker
from pinnace_cloud.render.environments import EnvironmentsType
from pinnace_cloud.render.parts import ComponentType, PolicyType, StepType, TraitType
from pinnace_cloud.render.policies.apply_once import ApplyOnce
from pinnace_cloud.render.policies.env_binding import EnvBinding
from pinnace_cloud.render.policies.garbage_collect import GarbageCollect
from pinnace_cloud.render.policies.override import Override
from pinnace_cloud.render.policies.replication import Replication
from pinnace_cloud.render.policies.resource_update import ResourceUpdate
from pinnace_cloud.render.policies.resources import ReadOnly, SharedResource, TakeOver
from pinnace_cloud.render.policies.topology import TopologyPolicy
from pinnace_cloud.render.traits.affinity import Affinity
from pinnace_cloud.render.traits.autoscalers import Cpuscaler, Hpa
from pinnace_cloud.render.traits.command import Command
from pinnace_cloud.render.traits.container_image import ContainerImage
from pinnace_cloud.render.traits.container_ports import ContainerPorts
from pinnace_cloud.render.traits.env import Env
from pinnace_cloud.render.traits.expose import Expose
from pinnace_cloud.render.traits.gateway import Gateway
from pinnace_cloud.render.traits.hostalias import HostAliases
from pinnace_cloud.render.traits.init_container import InitContainer
from pinnace_cloud.render.traits.json_patches import JsonMergePatch, JsonPatch
from pinnace_cloud.render.traits.lifecycle import Lifecycle
from pinnace_cloud.render.traits.nocalhost import Nocalhost
from pinnace_cloud.render.traits.node_affinity import NodeAffinity
from pinnace_cloud.render.traits.old_claim import Pvc
from pinnace_cloud.render.traits.old_ingresses import Ingress, Ingress120
from pinnace_cloud.render.traits.old_volumes import ConfigMap, Volumes
from pinnace_cloud.render.traits.pairs import AnnotationsTrait, LabelsTrait
from pinnace_cloud.render.traits.resource import Resource
from pinnace_cloud.render.traits.scaler import Scaler
from pinnace_cloud.render.traits.security import PodSecurityContext, SecurityContext
from pinnace_cloud.render.traits.service_account import ServiceAccount
from pinnace_cloud.render.traits.service_binding import ServiceBinding
from pinnace_cloud.render.traits.sidecar import Sidecar
from pinnace_cloud.render.traits.startup_probe import StartupProbe
from pinnace_cloud.render.traits.storage import Storage
from pinnace_cloud.render.traits.topology_spread import TopologySpreadConstraints
from pinnace_cloud.render.traits.update_strategy import K8sUpdateStrategy
from pinnace_cloud.render.treatment import SitePolicyType
from pinnace_cloud.render.workflow_steps.deploy import ApplyApplication, Deploy
from pinnace_cloud.render.workflow_steps.deploy_to_environment import DeployToEnvironment

COMPONENTS: tuple[ComponentType, ...] = (
    Webservice(),
    Worker(),
    Daemon(),
    Statefulset(),
    Task(),
    CronTask(),
    K8sObjects(),
    RefObjects(),
    Helmchart(),
    Helm(),
    Kustomize(),
    Raw(),
    Terraform(),
)
TRAITS: tuple[TraitType, ...] = (
    Scaler(),
    Expose(),
    LabelsTrait(),
    AnnotationsTrait(),
    Env(),
    Affinity(),
    Command(),
    ContainerImage(),
    ContainerPorts(),
    HostAliases(),
    InitContainer(),
    K8sUpdateStrategy(),
    Lifecycle(),
    Nocalhost(),
    PodSecurityContext(),
    Resource(),
    SecurityContext(),
    ServiceAccount(),
    ServiceBinding(),
    Sidecar(),
    StartupProbe(),
    Storage(),
    TopologySpreadConstraints(),
    Gateway(),
    Hpa(),
    Cpuscaler(),
    JsonPatch(),
    JsonMergePatch(),
    Ingress(),
    Ingress120(),
    Volumes(),
    ConfigMap(),
    Pvc(),
    NodeAffinity(),
)
POLICIES: tuple[PolicyType | SitePolicyType | EnvironmentsType, ...] = (
    TopologyPolicy(),
    Override(),
    Replication(),
    GarbageCollect(),
    ApplyOnce(),
    TakeOver(),
    ReadOnly(),
    SharedResource(),
    ResourceUpdate(),
    EnvBinding(),
)
STEPS: tuple[StepType, ...] = (Deploy(), ApplyApplication(), DeployToEnvironment())
