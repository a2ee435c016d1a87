"""The trait `container-image`: another image for containers that are there."""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import addressing
from pinnace_cloud.render.traits.addressing import Addressed, OneOrSeveral
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given


class ImagePatch(Addressed):
    """The image of one container."""

    image: Given[str] = None
    """Image of the container."""
    image_pull_policy: Literal["", "IfNotPresent", "Always", "Never"] = ""
    """When the image is pulled; as it is in the container without it."""

    @model_validator(mode="after")
    def _has_image(self) -> Self:
        if self.image is None and getattr(self, "containers", None) is None:
            raise PydanticCustomError("image", "'image' is required")
        return self


class ImageOfContainer(ImagePatch):
    """The image of the named container."""

    container_name: str = Field(min_length=1)
    """Name of the container."""


class ImageParameters(ImagePatch, OneOrSeveral[ImageOfContainer]):
    """The image of one container, by default the component's own; or of several."""


class ContainerImage:
    """Sets the image of containers."""

    name = "container-image"
    parameters = ImageParameters

    def apply(self, context: Context, parameters: ImageParameters, output: Output) -> Output:
        return addressing.patched(context, output, parameters.patches, _patched)


def _patched(container: KubeObject, patch: ImagePatch) -> KubeObject:
    policy = {"imagePullPolicy": patch.image_pull_policy} if patch.image_pull_policy else {}
    return {**container, "image": patch.image, **policy}
