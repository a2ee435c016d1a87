"""Says which objects two applications would bring to one group, of which its sites would take one only.

An error where the change brings the contest and an application of the request is part of it; else a warning: what is so
already keeps nobody from applying something else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pinnace_cloud.render import Rendering, kinds
from pinnace_cloud.render.kinds import Identity
from pinnace_cloud.rules import claims, desired, findings
from pinnace_cloud.rules.claims import Claims, Contest
from pinnace_cloud.rules.findings import Subject
from pinnace_cloud.rules.world import Edit
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import AppKey, Placement
from pinnace_schemas.bundle import Bundle
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason

# Bundles whose claims stay in memory: some 200 bytes each, since most of them claim the same as others.
_KEPT = 65_536
_HINT = "rename it, leave it out of one of them, or let both share it with the policy shared-resource"


class Ledger:
    """Claims of bundles, from one plan to the next: to read one takes a tenth of a millisecond. Equal ones are one."""

    def __init__(self) -> None:
        self._by_bundle: dict[str, Claims] = {}
        self._equal: dict[Claims, Claims] = {}

    def of(self, digest: str, read: Callable[[str], Claims]) -> Claims:
        found = self._by_bundle.get(digest)
        if found is None:
            if len(self._by_bundle) >= _KEPT:
                self._by_bundle.clear()
                self._equal.clear()
            made = read(digest)
            found = self._by_bundle[digest] = self._equal.setdefault(made, made)
        return found


@dataclass(frozen=True, slots=True)
class Contesting:
    """`renderings`, by the digest of their bundle, need not be stored."""

    tx: Transaction
    edit: Edit
    renderings: Mapping[str, Rendering]
    ledger: Ledger

    def problems(
        self, changed: Sequence[Placement], everything: Sequence[Placement], before: Sequence[Placement]
    ) -> Iterator[tuple[Subject, Diagnostic]]:
        """One for each two applications, at the document that brings it. The placements as `claims.contests` takes
        them.
        """
        told: dict[tuple[AppKey, AppKey, bool], _Told] = {}
        for item in claims.contests(changed, everything, before, lambda digest: self.ledger.of(digest, self._read)):
            pair = self._turned(item)
            told.setdefault((pair.one.key, pair.other.key, pair.is_new), _Told(pair)).add(pair)
        for one in told.values():
            yield self._subject(one.first), self._diagnostic(one)

    def _read(self, digest: str) -> Claims:
        rendering = self.renderings.get(digest)
        if rendering is not None:
            return claims.of((item.identity for item in rendering.rendered), rendering.policy.by_object)
        plain = self.tx.deliveries.bundle(digest)
        assert plain is not None, "the bundle of a placement is stored"
        found = Bundle.model_validate_json(plain)
        return claims.of(map(kinds.identity, found.objects), found.policy.by_object)

    def _turned(self, item: Contest) -> Contest:
        """An application of the request first."""
        if item.one.key in self.edit.applications or item.other.key not in self.edit.applications:
            return item
        return Contest(item.other, item.one, item.objects, item.is_new)

    def _subject(self, item: Contest) -> Subject:
        key = item.one.key
        return findings.of_application(key) if key in self.edit.applications else desired.cause(self.edit)

    def _diagnostic(self, told: "_Told") -> Diagnostic:
        item = told.first
        is_asked = item.one.key in self.edit.applications
        severity = Severity.ERROR if item.is_new and is_asked else Severity.WARNING
        who = "" if is_asked else f"application '{item.one.key}': "
        path = self._path(item.one.bundle, min(item.objects)) if is_asked else ""
        return Diagnostic(severity, Reason.TWO_APPLICATIONS, who + told.message, path=path, hint=_HINT)

    def _path(self, digest: str, identity: Identity) -> str:
        rendering = self.renderings.get(digest)
        rendered = rendering.rendered if rendering else ()
        return next((item.path for item in rendered if item.identity == identity), "")


@dataclass(slots=True)
class _Told:
    """A contest of two applications in all its groups."""

    first: Contest
    objects: set[Identity] = field(default_factory=set)
    groups: list[str] = field(default_factory=list)

    def add(self, item: Contest) -> None:
        self.objects |= item.objects
        self.groups.append(item.one.group)

    @property
    def message(self) -> str:
        what = _and_more(f"{min(self.first.objects)}", len(self.objects), "object")
        where = _and_more(f"group '{self.first.one.group}'", len(self.groups), "group")
        other = self.first.other.key
        return f"{what}: application '{other}' brings it to {where} too, and a site takes it from one only"


def _and_more(first: str, count: int, what: str) -> str:
    more = count - 1
    return f"{first} and {more} more {what}{'s' if more > 1 else ''}" if more else first
