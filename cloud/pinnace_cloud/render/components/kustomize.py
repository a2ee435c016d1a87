"""The component type `kustomize`: a Kustomize overlay, built in the cloud from a folder or an https archive.

Takes the properties of the type of the same name in KubeVela's FluxCD addon where they mean something without Flux; a
git repository or bucket is refused by name.
"""

import posixpath
from collections.abc import Iterator
from typing import Any, Literal

from pinnace_cloud.materials import packages, sources
from pinnace_cloud.materials.overlays import Overlay
from pinnace_cloud.render import objects
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.fields import Given, Strictly
from pinnace_schemas.reasons import Reason

_FETCHED = "write https://...tar.gz, or the path of a folder beside the file such as ./deploy"


class KustomizeParameters(Strictly):
    url: str
    """A folder beside the file such as `./deploy`, or the https address of a `.tar.gz`."""
    path: str = "."
    """The folder of the kustomization within it."""
    digest: Given[str] = None
    """The sha256 that the archive has to have; anything else is refused. Not in KubeVela."""
    repo_type: Given[Literal["git", "oss", "oci"]] = None
    """Not supported: give a folder or an archive."""
    git: Given[dict[str, Any]] = None
    """Not supported."""
    oss: Given[dict[str, Any]] = None
    """Not supported."""
    oci: Given[dict[str, Any]] = None
    """Not supported."""
    source_name: Given[str] = None
    """Not supported."""
    secret_ref: Given[str] = None
    """No effect: the controller has a file of passwords."""
    decryption: Given[dict[str, Any]] = None
    """Not supported."""
    image_repository: Given[dict[str, Any]] = None
    """Not supported."""
    target_namespace: Given[str] = None
    """Not supported: write `namespace` into the kustomization."""
    suspend: bool = False
    """Not supported."""
    pull_interval: Given[str] = None
    """No effect: what was fetched stays until the next apply."""
    timeout: Given[str] = None
    """No effect."""
    prune: bool = True
    """No effect: what is left out is removed."""
    force: bool = False
    """No effect."""


_REFUSED = {
    "repo_type": f"only https and folders are taken; {_FETCHED}",
    "git": f"git repositories are not read; {_FETCHED}",
    "oss": f"buckets are not read; {_FETCHED}",
    "oci": f"registries are not read for overlays; {_FETCHED}",
    "source_name": f"there are no Flux sources here; {_FETCHED}",
    "decryption": "nothing is decrypted here",
    "image_repository": "images are not watched; change the tag and apply again",
    "target_namespace": "is not supported; write 'namespace' into the kustomization",
    "suspend": "is not supported; leave it out",
}
_IDLE = ("pull_interval", "timeout", "force")


class Kustomize:
    """The objects of an overlay, in Kustomize's order."""

    name = "kustomize"
    parameters = KustomizeParameters

    def render(self, context: Context, parameters: KustomizeParameters) -> Output:
        problems = tuple(_problems(parameters))
        overlay = _overlay(parameters)
        if problems or isinstance(overlay, Diagnostic):
            refused = (overlay,) if isinstance(overlay, Diagnostic) and not parameters.repo_type else ()
            return Output(diagnostics=(*problems, *refused))
        answer = context.materials.get(overlay.need.key)
        if answer is None:
            return Output(needs=(overlay.need,))
        if answer.value is None:
            return Output(diagnostics=answer.problems)
        if invalid := objects.of_program(answer.value, "the overlay"):
            return Output(diagnostics=invalid)
        nothing = () if answer.value else (objects.nothing("the overlay"),)
        found = (*answer.problems, *_without_effect(parameters), *nothing)
        return Output(tuple(self._part(index, item) for index, item in enumerate(answer.value)), found)

    def _part(self, index: int, item: KubeObject) -> Part:
        return Part(item, Origin.AUXILIARY if index else Origin.WORKLOAD, self.name)


def _overlay(parameters: KustomizeParameters) -> Overlay | Diagnostic:
    try:
        source = sources.of_overlay(parameters.url, parameters.digest or "")
        path = posixpath.normpath(parameters.path)
        return Overlay(source, path if path == "." else packages.check_path(path, "path"))
    except Rejected as exc:
        field = "url" if exc.where == "source" else exc.where
        return diagnostics.error(exc.reason, exc.message, "properties", field)


def _problems(parameters: KustomizeParameters) -> Iterator[Diagnostic]:
    for name, message in _REFUSED.items():
        if getattr(parameters, name):
            yield diagnostics.error(Reason.UNSUPPORTED, message, "properties", _alias(name))


def _without_effect(parameters: KustomizeParameters) -> Iterator[Diagnostic]:
    for name in _IDLE:
        if getattr(parameters, name):
            message = "has no effect: there is no Flux here"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", _alias(name))
    if parameters.secret_ref:
        yield diagnostics.warning(Reason.UNSUPPORTED, sources.NO_SECRET, "properties", _alias("secret_ref"))


def _alias(name: str) -> str:
    return KustomizeParameters.model_fields[name].alias or name
