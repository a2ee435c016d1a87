"""What no cluster takes of a pod's spec, although each part of it is well-formed: names that stand twice, things that
come from two places at once, probes with two actions.

Server-side apply refuses entries with one key; the validation of Kubernetes the rest.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.traits import repetitions, scheduling_doubts
from pinnace_schemas.bundle import KubeObject

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_LIFECYCLE = ("postStart", "preStop")
_PRIVILEGED = ("securityContext", "privileged")
_ESCALATION = ("securityContext", "allowPrivilegeEscalation")
_ACTIONS = frozenset({"exec", "grpc", "httpGet", "sleep", "tcpSocket"})


def messages(pod: Any) -> Iterator[str]:
    """In the words of a person; none for what is no pod."""
    every = [*paths.maps(pod, ("containers",)), *paths.maps(pod, ("initContainers",))]
    yield from repetitions.messages("container", [item.get("name") for item in every])
    for item in every:
        yield from (f"container '{item.get('name')}': {message}" for message in _of_container(item))
    yield from _of_volumes(paths.maps(pod, ("volumes",)))
    yield from _of_aliases([str(item.get("ip")) for item in paths.maps(pod, ("hostAliases",))])
    yield from scheduling_doubts.messages(pod)


def _of_volumes(volumes: Sequence[KubeObject]) -> Iterator[str]:
    yield from repetitions.messages("volume", [item.get("name") for item in volumes])
    for item in volumes:
        sources = sorted(item.keys() - {"name"})
        if len(sources) > 1:
            yield f"volume '{item.get('name')}' has several sources: {', '.join(sources)}"


def _of_aliases(addresses: Sequence[str]) -> Iterator[str]:
    yield from repetitions.messages("host alias", addresses)
    yield from (f"'{address}' is no IP address" for address in addresses if not _is_address(address))


def _of_container(item: KubeObject) -> Iterator[str]:
    variables = paths.maps(item, ("env",))
    yield from repetitions.messages("variable", [one.get("name") for one in variables])
    for one in variables:
        if "value" in one and "valueFrom" in one:
            yield f"variable '{one.get('name')}' has a value and a source"
    for name, hook in _hooks(item):
        if len(_ACTIONS & hook.keys()) != 1:
            yield f"{name} needs one action, and has {', '.join(sorted(_ACTIONS & hook.keys())) or 'none'}"
    if paths.get(item, _PRIVILEGED) is True and paths.get(item, _ESCALATION) is False:
        yield "'privileged: true' needs 'allowPrivilegeEscalation: true'"
    yield from repetitions.messages("mount path", [one.get("mountPath") for one in paths.maps(item, ("volumeMounts",))])
    yield from repetitions.messages("port", [_port(one) for one in paths.maps(item, ("ports",))])


def _hooks(item: KubeObject) -> Iterator[tuple[str, KubeObject]]:
    """Probes, and what is done at the beginning and the end of a container."""
    places = [(name, paths.get(item, (name,))) for name in _PROBES]
    places += [(name, paths.get(item, ("lifecycle", name))) for name in _LIFECYCLE]
    yield from ((name, hook) for name, hook in places if isinstance(hook, dict))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _port(item: KubeObject) -> str:
    return f"{item.get('containerPort')}/{item.get('protocol', 'TCP')}"
