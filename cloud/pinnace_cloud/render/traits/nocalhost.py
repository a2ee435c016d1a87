"""The trait `nocalhost`: notes for the development tool Nocalhost on the workload, and a Service in front of it.

The notes are one JSON text in an annotation; its order of fields is KubeVela's.
"""

import json
from typing import Any

from pydantic import Field

from pinnace_cloud.render import patching
from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.services import service
from pinnace_cloud.render.dress import COMPONENT
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly


class DevCommand(Strictly):
    """Commands of the development container."""

    run: Many[str] = ("sh", "run.sh")
    """Runs the program."""
    debug: Many[str] = ("sh", "debug.sh")
    """Runs the program with a debugger."""
    build: Given[Many[str]] = None
    """Builds the program."""
    hot_reload_debug: Given[Many[str]] = None
    """Runs the program with a debugger after each change."""
    hot_reload_run: Given[Many[str]] = None
    """Runs the program after each change."""


class Debug(Strictly):
    """How a debugger gets in."""

    remote_debug_port: Given[int] = None
    """Port of the debugger."""


class Sync(Strictly):
    """Which files are sent to the container."""

    type: str = "send"
    """In which direction."""
    file_pattern: Many[str] = ("./",)
    """Files that are sent."""
    ignore_file_pattern: Many[str] = (".git", ".vscode", ".idea", ".gradle", "build")
    """Files that are not."""


class Variable(Strictly):
    """An environment variable."""

    name: str
    """Name of the variable."""
    value: str
    """Its text."""


class PersistentDir(Strictly):
    """A folder that outlives the container."""

    path: str
    """Path of the folder."""
    capacity: str
    """Its size: `10Gi`."""


class Limits(Strictly):
    """What the container never gets more of."""

    memory: str = "2Gi"
    """Memory in bytes."""
    cpu: str = "2"
    """Processors."""


class Requests(Strictly):
    """What the container is promised."""

    memory: str = "512Mi"
    """Memory in bytes."""
    cpu: str = "0.5"
    """Processors."""


class DevResources(Strictly):
    """Processor time and memory."""

    limits: Limits = Field(default_factory=Limits)
    """What the container never gets more of."""
    requests: Requests = Field(default_factory=Requests)
    """What the container is promised."""


class NocalhostParameters(Strictly):
    """How the component is developed in the cluster."""

    port: int
    """Port of the program, and of the Service."""
    service_type: str = "deployment"
    """Kind of the workload, in Nocalhost's words."""
    git_url: Given[str] = None
    """Where the source is."""
    image: str
    """Image to develop in: `go`, `java`, `python`, `node`, `ruby`, or any other by its full name."""
    shell: str = "bash"
    """Shell in the image."""
    work_dir: str = "/home/nocalhost-dev"
    """Folder of the source in the container."""
    storage_class: Given[str] = None
    """Class of the storage of persistent folders."""
    command: DevCommand = Field(default_factory=DevCommand)
    """Commands of the development container."""
    debug: Given[Debug] = None
    """How a debugger gets in."""
    hot_reload: bool = True
    """Starts the program again after each change."""
    sync: Sync = Field(default_factory=Sync)
    """Which files are sent to the container."""
    env: Given[Many[Variable]] = None
    """Environment variables."""
    port_forward: Given[Many[str]] = None
    """Ports of the developer's machine and of the container: `8080:80`; `port` on both without it."""
    persistent_volume_dirs: Given[Many[PersistentDir]] = None
    """Folders that outlive the container."""
    resources: DevResources = Field(default_factory=DevResources)
    """Processor time and memory."""


class Nocalhost:
    """Tells the development tool Nocalhost how to develop the component in the cluster."""

    name = "nocalhost"
    parameters = NocalhostParameters

    def apply(self, context: Context, parameters: NocalhostParameters, output: Output) -> Output:
        annotations = {
            "dev.nocalhost/application-name": context.application,
            "dev.nocalhost/application-namespace": context.namespace,
            "dev.nocalhost": _text(_notes(context.component, parameters)),
        }
        after = patching.workload(output, {"metadata": {"annotations": annotations}})
        ports = [{"port": parameters.port, "targetPort": parameters.port}]
        extra = service(context.component, {COMPONENT: context.component}, ports, "ClusterIP")
        return after.with_parts(Part(extra, Origin.TRAIT, self.name, key="nocalhostService"))


_IMAGES = "nocalhost-docker.pkg.coding.net/nocalhost/dev-images"
_LANGUAGES = {"go": "golang", "java": "java", "python": "python", "node": "node", "ruby": "ruby"}
_ORDER = (
    *("gitUrl", "image", "storageClass", "persistentVolumeDirs", "command", "debug", "shell", "workDir"),
    *("resources", "hotReload", "sync", "env", "portForward"),
)


def _notes(component: str, parameters: NocalhostParameters) -> KubeObject:
    found = pods.plain(parameters)
    language = _LANGUAGES.get(parameters.image)
    if language is not None:
        found["image"] = f"{_IMAGES}/{language}:latest"
    found.setdefault("portForward", [f"{parameters.port}:{parameters.port}"])
    container = {"name": component, "dev": {name: found[name] for name in _ORDER if name in found}}
    return {"name": component, "serviceType": parameters.service_type, "containers": [container]}


def _text(notes: Any) -> str:
    """As Go writes JSON: no blanks, and the two line ends that JavaScript does not take in a text as escapes."""
    text = json.dumps(notes, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
