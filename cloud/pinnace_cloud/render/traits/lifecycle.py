"""The trait `lifecycle`: what is done in every container when it has started and before it stops.

As in KubeVela it also reaches containers that later traits add.
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import actions, pod_template
from pinnace_cloud.render.traits.actions import Actions
from pinnace_schemas.fields import Given, Strictly

Port = Annotated[int, Field(ge=1, le=65535)]


class HttpGet(actions.HttpGet):
    """A request."""

    port: Port
    """Port of the host."""
    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    """Protocol of the request."""


class TcpSocket(actions.TcpSocket):
    """A connection."""

    port: Port
    """Port of the host."""


class Handler(Actions):
    """What is done; one of the three."""

    http_get: Given[HttpGet] = None
    """A request."""
    tcp_socket: Given[TcpSocket] = None
    """A connection."""


class LifecycleParameters(Strictly):
    """What is done at the two ends of a container's life."""

    post_start: Given[Handler] = None
    """Right after the start."""
    pre_stop: Given[Handler] = None
    """Before the container is asked to end."""


class Lifecycle:
    """Hooks at the start and the end of every container."""

    name = "lifecycle"
    parameters = LifecycleParameters

    def apply(self, context: Context, parameters: LifecycleParameters, output: Output) -> Output:
        hooks = pods.plain(parameters)
        count = len(pod_template.containers(output))
        after = pod_template.patched(context, output, {"containers": [{"lifecycle": hooks}] * count})
        every = {**output.every_container.get("lifecycle", {}), **hooks}
        return replace(after, every_container={**output.every_container, "lifecycle": every})
