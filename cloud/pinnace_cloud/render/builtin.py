"""The types that come with Pinnace."""

from pinnace_cloud.render.daemon import Daemon
from pinnace_cloud.render.env import Env
from pinnace_cloud.render.k8s_objects import K8sObjects
from pinnace_cloud.render.override import Override
from pinnace_cloud.render.parts import Registry, registry
from pinnace_cloud.render.task import Task
from pinnace_cloud.render.traits import AnnotationsTrait, Expose, LabelsTrait, Scaler
from pinnace_cloud.render.workloads import Webservice, Worker

REGISTRY: Registry = registry(
    components=(Webservice(), Worker(), Daemon(), Task(), K8sObjects()),
    traits=(Scaler(), Expose(), LabelsTrait(), AnnotationsTrait(), Env()),
    policies=(Override(),),
)
