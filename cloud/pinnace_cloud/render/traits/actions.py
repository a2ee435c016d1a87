"""What is asked of a container, or done with it, in traits that declare it as closed: `lifecycle`, `startup-probe`."""

from pinnace_cloud.render.components.pod_parameters import Closed, ExecAction, Header
from pinnace_schemas.fields import Given, Many


class HttpGet(Closed):
    """A request to the container, or to another host."""

    path: Given[str] = None
    """Path of the request."""
    host: Given[str] = None
    """Host that is asked; the pod without it."""
    http_headers: Given[Many[Header]] = None
    """Headers of the request."""


class TcpSocket(Closed):
    """A connection to the container, or to another host."""

    host: Given[str] = None
    """Host that is asked; the pod without it."""


class Actions(Closed):
    """What is done: one of these."""

    exec: Given[ExecAction] = None
    """A command in the container."""
