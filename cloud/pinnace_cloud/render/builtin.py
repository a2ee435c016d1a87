"""The types that come with Pinnace."""

from pinnace_cloud.render.k8s_objects import K8sObjects
from pinnace_cloud.render.override import Override
from pinnace_cloud.render.parts import Registry, registry
from pinnace_cloud.render.traits import AnnotationsTrait, Expose, LabelsTrait, Scaler
from pinnace_cloud.render.workloads import Webservice, Worker

REGISTRY: Registry = registry(
    components=(Webservice(), Worker(), K8sObjects()),
    traits=(Scaler(), Expose(), LabelsTrait(), AnnotationsTrait()),
    policies=(Override(),),
)
