"""Policy types."""

from pinnace_cloud.extension import Diagnostic, Draft, Parameters, Parts, PolicyType


class MirrorParameters(Parameters):
    registry: str
    """Address of the registry from which the sites fetch all images."""


class Mirror:
    """Fetches images from a mirror, at the sites of the topologies that it is deployed with."""

    name = "mirror"
    parameters = MirrorParameters

    def change(
        self, parameters: MirrorParameters, path: Parts, components: tuple[Draft, ...]
    ) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
        place = (*path, "properties", "registry")
        return tuple(_mirrored(draft, parameters.registry, place) for draft in components), ()


def _mirrored(draft: Draft, registry: str, place: Parts) -> Draft:
    image = draft.component.properties.get("image")
    if not isinstance(image, str):
        return draft
    return draft.merged({"image": f"{registry}/{image}"}, place)


MIRROR: PolicyType = Mirror()
