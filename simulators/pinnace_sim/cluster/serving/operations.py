"""Carries out what a request asks of one resource: the verb by the method and the path, then the core's part."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping

from pinnace_sim.cluster import decoding, errors, item, listing, requests, scaling, selectors, views
from pinnace_sim.cluster.access import tokens
from pinnace_sim.cluster.access.rbac import Rbac, Wish
from pinnace_sim.cluster.access.users import Access, User
from pinnace_sim.cluster.core import Cluster
from pinnace_sim.cluster.deleting import Deleted
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.listing import Page
from pinnace_sim.cluster.patching import edits
from pinnace_sim.cluster.requests import Options, Written
from pinnace_sim.cluster.serving.messages import Answer, Request, Stream
from pinnace_sim.cluster.serving.paths import Target
from pinnace_sim.cluster.watching import Scope

OK, CREATED = 200, 201
# What kube-apiserver takes when nobody says (it draws from 30 to 60 minutes).
WATCH_TIMEOUT_S = 1_800.0
_ONE = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions"}
_MANY = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}

Act = Callable[["Asked"], "Answer | Stream"]


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A request with what its path means."""

    resource: Resource
    target: Target
    request: Request

    @property
    def options(self) -> Options:
        kind = _OPTIONS.get(self.request.method, "PatchOptions")
        return requests.options(kind, self.request.query, self.request.agent, self.target.subresource)

    @property
    def is_watch(self) -> bool:
        return self.request.query.get("watch", "") in ("true", "1")

    def scope(self) -> Scope:
        """Raises Refused (400)."""
        query = self.request.query
        fields = query.get("fieldSelector", "")
        selection = selectors.selection(self.resource, query.get("labelSelector", ""), fields)
        return Scope(self.resource, self.target.namespace, selection, views.of(self.request.headers.get("accept", "")))


class Operations:
    def __init__(self, cluster: Cluster, access: Access) -> None:
        self._cluster = cluster
        self._access = access
        self._rbac = Rbac(cluster.store, cluster.catalog)
        self._acts: dict[str, Act] = {
            "get": self._get,
            "list": self._list,
            "watch": self._watch,
            "create": self._create,
            "update": self._update,
            "patch": self._patch,
            "delete": self._delete,
            "deletecollection": self._delete_all,
        }

    def carry_out(self, target: Target, request: Request, user: User) -> Answer | Stream:
        """Raises Refused."""
        resource = self._cluster.catalog.find(target.group, target.version, target.plural)
        asked = Asked(resource, target, request)
        verb = _verb(asked)
        self._rbac.check(user, Wish(verb, resource, target.namespace, target.name, target.subresource))
        _check_path(asked, verb)
        if verb == "patch" and not self._is_there(asked):
            # An apply may create the object, for which one needs to be allowed as well.
            self._rbac.check(user, Wish("create", resource, target.namespace, target.name, target.subresource))
        return self._acts[verb](asked)

    def _is_there(self, asked: Asked) -> bool:
        key = Key(asked.resource.key, asked.target.namespace, asked.target.name)
        return self._cluster.store.get(key) is not None

    def _get(self, asked: Asked) -> Answer:
        target = asked.target
        return _shown(asked, OK, self._cluster.objects.get(asked.resource, target.namespace, target.name))

    def _list(self, asked: Asked) -> Answer:
        query = asked.request.query
        _check_version(asked, self._cluster.store.revision)
        page = Page(_number(query, "limit"), query.get("continue", ""))
        return Answer(OK, listing.page(self._cluster.store, asked.scope(), page))

    def _watch(self, asked: Asked) -> Answer | Stream:
        query = asked.request.query
        version = _version(query)
        begins_now = not version or query.get("sendInitialEvents") == "true"
        timeout = _number(query, "timeoutSeconds") or WATCH_TIMEOUT_S
        has_bookmarks = query.get("allowWatchBookmarks") in ("true", "1")
        try:
            watch = self._cluster.watch(asked.scope(), None if begins_now else version, has_bookmarks=has_bookmarks)
        except Refused as refused:
            if refused.code != errors.GONE:
                raise
            # As from kube-apiserver's cache: the watch begins and says so.
            return Answer(OK, watching_error(refused))
        return Stream(watch, float(timeout))

    def _create(self, asked: Asked) -> Answer:
        if asked.target.subresource == "token":
            return self._token(asked)
        written = self._cluster.objects.create(
            asked.resource, asked.target.namespace, asked.request.json(), asked.options
        )
        return _written(asked, written)

    def _token(self, asked: Asked) -> Answer:
        account = self._cluster.objects.get(asked.resource, asked.target.namespace, asked.target.name)
        made = tokens.issue(self._access, account, asked.request.json(), self._cluster.now)
        return Answer(CREATED, item.dump(made))

    def _update(self, asked: Asked) -> Answer:
        sent, target = asked.request.json(), asked.target
        decoding.check_place(asked.resource, target.namespace, target.name, sent)
        return self._change(asked, lambda _: sent)

    def _patch(self, asked: Asked) -> Answer:
        if asked.request.content_type == edits.APPLY and asked.target.subresource != "scale":
            return self._apply(asked)
        edit = edits.edit(asked.resource, asked.request.content_type, asked.request.json())
        return self._change(asked, edit)

    def _apply(self, asked: Asked) -> Answer:
        if not asked.request.query.get("fieldManager"):
            cause = errors.cause("FieldValueRequired", "fieldManager", "Required value: is required for apply patch")
            raise errors.invalid("PatchOptions", "meta.k8s.io", "", [cause])
        target, sent = asked.target, asked.request.json()
        written = self._cluster.objects.apply(asked.resource, target.namespace, target.name, sent, asked.options)
        return _written(asked, written)

    def _change(self, asked: Asked, edit: Callable[[Object], Object]) -> Answer:
        target = asked.target
        if target.subresource == "scale":
            edit = scaling.edit(asked.resource, edit)
        written = self._cluster.objects.change(asked.resource, target.namespace, target.name, edit, asked.options)
        return _written(asked, written)

    def _delete(self, asked: Asked) -> Answer:
        target = asked.target
        wanted = requests.deletion(asked.request.query, asked.request.json() if asked.request.body else {})
        deleted = self._cluster.deleter.delete(asked.resource, target.namespace, target.name, wanted)
        return _deleted(asked, deleted)

    def _delete_all(self, asked: Asked) -> Answer:
        scope = asked.scope()
        wanted = requests.deletion(asked.request.query, asked.request.json() if asked.request.body else {})
        found = [each for each in self._cluster.store.all(asked.resource.key, scope.namespace) if scope.has(each)]
        for each in found:
            self._cluster.deleter.delete(asked.resource, each.key.namespace, each.key.name, wanted)
        metadata = {"resourceVersion": str(self._cluster.store.revision)}
        return Answer(OK, views.listed(scope.view, asked.resource, found, metadata))


def watching_error(refused: Refused) -> bytes:
    """The last line of a watch that cannot go on."""
    return b'{"type":"ERROR","object":' + item.dump(refused.status()) + b"}\n"


def _verb(asked: Asked) -> str:
    verbs = _ONE if asked.target.name else _MANY
    verb = verbs.get(asked.request.method, "")
    if not verb or (verb == "create" and asked.target.name and not asked.target.subresource):
        raise errors.method_not_allowed()
    return "watch" if verb in ("list", "get") and asked.is_watch else verb


def _check_path(asked: Asked, verb: str) -> None:
    """Raises Refused (404, 405) for paths that the resource does not have."""
    resource, target = asked.resource, asked.target
    if target.namespace and not resource.is_namespaced:
        raise errors.no_such_path()
    if target.subresource and target.subresource not in resource.subresources:
        raise errors.no_such_path()
    if resource.is_namespaced and not target.namespace and (target.name or verb == "create"):
        raise errors.no_such_path() if target.name else errors.method_not_allowed()


def _check_version(asked: Asked, current: int) -> None:
    version = _version(asked.request.query)
    if version > current:
        raise errors.too_large_version(version, current)


def _version(query: Mapping[str, str]) -> int:
    text = query.get("resourceVersion", "")
    if text and not text.isdigit():
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise errors.bad_request(f'invalid resource version: resourceVersion: Invalid value: "{text}": {why}')
    return int(text or 0)


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if text and not text.isdigit():
        raise errors.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text or 0)


def _written(asked: Asked, written: Written) -> Answer:
    told = tuple(("Warning", f"299 - {json.dumps(warning)}") for warning in written.warnings)
    answer = _shown(asked, CREATED if written.is_new else OK, written.item)
    return dataclasses.replace(answer, headers=told)


def _shown(asked: Asked, status: int, found: item.Item) -> Answer:
    if asked.target.subresource == "scale":
        return Answer(status, item.dump(scaling.shown(asked.resource, found.read(asked.resource))))
    view = views.of(asked.request.headers.get("accept", ""))
    return Answer(status, views.shown(view, asked.resource, found))


def _deleted(asked: Asked, deleted: Deleted) -> Answer:
    if not deleted.is_gone:
        return _shown(asked, OK, deleted.item)
    resource = asked.resource
    details = {"name": deleted.item.key.name} | ({"group": resource.group} if resource.group else {})
    details |= {"kind": resource.plural, "uid": deleted.item.uid}
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return Answer(OK, item.dump(status))
