"""The types that come with Pinnace, as entry points give them: pyproject.toml names these four."""

from pinnace_cloud.render.components.daemon import Daemon
from pinnace_cloud.render.components.k8s_objects import K8sObjects
from pinnace_cloud.render.components.task import Task
from pinnace_cloud.render.components.workloads import Webservice, Worker
from pinnace_cloud.render.parts import ComponentType, PolicyType, StepType, TraitType
from pinnace_cloud.render.policies.override import Override
from pinnace_cloud.render.traits.env import Env
from pinnace_cloud.render.traits.expose import Expose
from pinnace_cloud.render.traits.pairs import AnnotationsTrait, LabelsTrait
from pinnace_cloud.render.traits.scaler import Scaler

COMPONENTS: tuple[ComponentType, ...] = (
    Webservice(),
    Worker(),
    Daemon(),
    Task(),
    K8sObjects(),
)
TRAITS: tuple[TraitType, ...] = (
    Scaler(),
    Expose(),
    LabelsTrait(),
    AnnotationsTrait(),
    Env(),
)
POLICIES: tuple[PolicyType, ...] = (Override(),)
STEPS: tuple[StepType, ...] = ()
