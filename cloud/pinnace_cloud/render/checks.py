"""What must hold for the objects of one rendering together: each once, no plain Secret, names that a cluster takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pinnace_cloud.render import kinds, mounts
from pinnace_cloud.render.kinds import Identity, Kind
from pinnace_cloud.render.parts import Origin
from pinnace_schemas import labels
from pinnace_schemas.application import Application
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason

# As a person may misspell it: the cluster would refuse it, but only after it has travelled.
_SECRET = Kind("", "secret")
_CORE = ("", "core")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_MAX_NAME = 253
# Their names are path segments and may hold ':' and capitals.
_FREE_NAMES = ("rbac.authorization.k8s.io",)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One object and where it comes from: `made_by` is a component or trait type, `path` a place in the Application.

    `replica` tells components of one name apart; `trait` is the place of the trait among those of the component, None
    for objects of the component itself; `key` the object's name among their outputs.
    """

    object: KubeObject
    component: str
    origin: Origin
    made_by: str
    path: str
    identity: Identity
    trait: int | None = None
    key: str = ""
    replica: str = ""

    @property
    def comment(self) -> str:
        """`component: web (trait expose)`."""
        source = f"trait {self.made_by}" if self.origin is Origin.TRAIT else str(self.origin)
        return f"component: {self.component} ({source})"


def once(rendered: tuple[Rendered, ...], doubts: Severity) -> tuple[tuple[Rendered, ...], tuple[Diagnostic, ...]]:
    """Each object once, the last one: a trait may replace its component's Service. KubeVela shows both, and its
    clusters get the last one too. Any other repetition is doubtful."""
    found: list[Diagnostic] = []
    kept: dict[Identity, Rendered] = {}
    for item in rendered:
        earlier = kept.pop(item.identity, None)
        kept[item.identity] = item
        if earlier is not None:
            found.append(_repeated(earlier, item, doubts))
    return tuple(kept.values()), tuple(found)


def problems(item: Rendered, application: Application, doubts: Severity) -> Iterator[Diagnostic]:
    """What is wrong with one object. `doubts`: severity of what only a cluster or an operator would refuse."""
    yield from _name_problems(item, doubts)
    yield from _list_problems(item, doubts)
    for container, volume in mounts.missing(item.object):
        message = f"container '{container}' mounts volume '{volume}', which its pod does not have"
        yield Diagnostic(Severity.WARNING, Reason.INVALID, message, path=item.path)
    if application.metadata.annotations.get(labels.ALLOW_PLAIN_SECRET) != "true":
        yield from _secret_problems(item, doubts)


def _repeated(earlier: Rendered, item: Rendered, doubts: Severity) -> Diagnostic:
    is_replaced = (
        earlier.component == item.component and earlier.origin is Origin.AUXILIARY and item.origin is Origin.TRAIT
    )
    if is_replaced:
        message = f"{item.identity} is made twice; the one of trait '{item.made_by}' is used"
        return Diagnostic(Severity.WARNING, Reason.INVALID, message, path=earlier.path)
    message = f"{item.identity} stands twice, also at {earlier.path}"
    return Diagnostic(doubts, Reason.INVALID, message, path=item.path)


def _name_problems(item: Rendered, severity: Severity) -> Iterator[Diagnostic]:
    kind, _, name = item.identity
    if kind.group not in _FREE_NAMES and not (_SUBDOMAIN.match(name) and len(name) <= _MAX_NAME):
        message = f"{kind.kind} '{name}': a name holds only a-z, 0-9, '-' and '.', a letter or digit at both ends"
        yield Diagnostic(severity, Reason.INVALID, message, path=item.path)


def _list_problems(item: Rendered, severity: Severity) -> Iterator[Diagnostic]:
    """No cluster applies a list, and what is in it would be seen by no rule."""
    kind = kinds.kind_of(item.object).kind
    if kind.strip().lower().endswith("list") and isinstance(item.object.get("items"), list):
        message = f"a {kind} is no object of its own; write its items one by one"
        yield Diagnostic(severity, Reason.INVALID, message, path=item.path)


def _secret_problems(item: Rendered, severity: Severity) -> Iterator[Diagnostic]:
    group, kind = kinds.kind_of(item.object)
    if Kind("" if group in _CORE else group, kind.strip().lower()) == _SECRET:
        name = item.object["metadata"]["name"]
        message = f"the Secret '{name}' would travel in the clear"
        hint = f'leave it out, or allow it with the annotation {labels.ALLOW_PLAIN_SECRET}: "true"'
        yield Diagnostic(severity, Reason.PLAIN_SECRET, message, path=item.path, hint=hint)
