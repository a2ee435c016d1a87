"""The HTTP API as methods: one call each, answers as the models of `pinnace_schemas.api`.

Refusals of the controller come as Rejected (with all diagnostics as InvalidSources); silence, overload and answers
that are not a controller's as Unavailable. Nothing is retried: every call is safe to repeat by who waits.
"""

import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from pinnace_cloud.cli import addresses
from pinnace_cloud.cli.settings import Place
from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import api, definition, errors, fields
from pinnace_schemas.errors import Misconfigured, Rejected, Unavailable
from pinnace_schemas.names import is_dns_label
from pinnace_schemas.reasons import Reason

Answer = TypeVar("Answer")
Query = Mapping[str, str] | None

# A controller that is there accepts at once; rendering and signing a large apply takes seconds.
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
# One that has charts fetches them first, each for up to three minutes.
_FETCHING = httpx.Timeout(600.0, connect=5.0)
# Whoever asks for types can do without: a controller that is there reads them in milliseconds.
_AT_ONCE = httpx.Timeout(5.0, connect=2.0)
_TIMEOUTS = {"/apply": _FETCHING, "/diff": _FETCHING, "/types": _AT_ONCE}
_PREFIX = "/api/v1"
_OTHER_VERSION = "use the version of the controller"
# A controller tells its time in whole seconds, and an answer is under way for a while.
_SAME_TIME = timedelta(seconds=5)


class Client:
    """One connection for one command. Every call with a name raises Misconfigured for what can be none."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._ahead = timedelta()

    @property
    def ahead(self) -> timedelta:
        """How far the controller's clock is ahead of this machine's, by its last answer; nothing for a few seconds."""
        return self._ahead

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def apply(self, request: api.ApplyRequest) -> api.ApplyResponse:
        return self._ask(api.ApplyResponse, "POST", "/apply", request)

    def diff(self, request: api.ApplyRequest) -> api.DiffResponse:
        return self._ask(api.DiffResponse, "POST", "/diff", request)

    def applications(self, namespace: str | None) -> tuple[api.ApplicationSummary, ...]:
        query = {} if namespace is None else {"namespace": _label(namespace)}
        return self._ask(tuple[api.ApplicationSummary, ...], "GET", "/applications", query=query)

    def application(self, namespace: str, name: str) -> api.ApplicationStatus:
        return self._ask(api.ApplicationStatus, "GET", _path("applications", namespace, name))

    def history(self, namespace: str, name: str) -> tuple[api.RevisionInfo, ...]:
        return self._ask(tuple[api.RevisionInfo, ...], "GET", _path("applications", namespace, name) + "/history")

    def rollback(self, namespace: str, name: str, to: int | None) -> api.ApplyItem:
        path = _path("applications", namespace, name) + "/rollback"
        return self._ask(api.ApplyItem, "POST", path, api.RollbackRequest(to=to))

    def delete_application(self, namespace: str, name: str, *, force: bool) -> api.ApplicationStatus:
        path = _path("applications", namespace, name)
        return self._ask(api.ApplicationStatus, "DELETE", path, query={"force": str(force).lower()})

    def groups(self) -> tuple[api.GroupSummary, ...]:
        return self._ask(tuple[api.GroupSummary, ...], "GET", "/groups")

    def group(self, name: str) -> api.GroupSummary:
        return self._ask(api.GroupSummary, "GET", _path("groups", name))

    def delete_group(self, name: str) -> None:
        self._send("DELETE", _path("groups", name))

    def definitions(self) -> tuple[api.DefinitionSummary, ...]:
        return self._ask(tuple[api.DefinitionSummary, ...], "GET", "/definitions")

    def definition(self, kind: str, name: str) -> api.DefinitionStatus:
        return self._ask(api.DefinitionStatus, "GET", _definition(kind, name))

    def types(self) -> tuple[api.DefinedType, ...]:
        """Waits for some seconds only."""
        return self._ask(tuple[api.DefinedType, ...], "GET", "/types")

    def delete_definition(self, kind: str, name: str) -> None:
        self._send("DELETE", _definition(kind, name))

    def nodes(self) -> tuple[api.NodeSummary, ...]:
        return self._ask(tuple[api.NodeSummary, ...], "GET", "/nodes")

    def node(self, name: str) -> api.NodeStatus:
        return self._ask(api.NodeStatus, "GET", _path("nodes", name))

    def delete_node(self, name: str) -> None:
        self._send("DELETE", _path("nodes", name))

    def journal(self, node: str, cursor: int) -> api.JournalPage:
        return self._ask(api.JournalPage, "GET", _path("nodes", node) + "/journal", query={"cursor": str(cursor)})

    def fleet_journal(self, cursor: int | None) -> api.JournalPage:
        query = {} if cursor is None else {"cursor": str(cursor)}
        return self._ask(api.JournalPage, "GET", "/journal", query=query)

    def broker(self) -> api.BrokerBody:
        return self._ask(api.BrokerBody, "GET", "/broker")

    def verdicts(self) -> tuple[api.NodeVerdict, ...]:
        return self._ask(tuple[api.NodeVerdict, ...], "GET", "/verdicts")

    def create_join_token(self, node: str, ttl_s: int, *, replace: bool = False) -> api.TokenResponse:
        return self._ask(api.TokenResponse, "POST", "/tokens", _token_request(node, ttl_s, replace=replace))

    def _ask(
        self, form: type[Answer], method: str, path: str, body: BaseModel | None = None, query: Query = None
    ) -> Answer:
        content = self._send(method, path, body, query)
        try:
            return TypeAdapter(form).validate_json(content)
        except ValidationError as exc:
            message = f"{self._http.base_url} gave an answer that this version of pinnace cannot read"
            raise Rejected(Reason.UNSUPPORTED, f"{message}; {_OTHER_VERSION}", path) from exc

    def _send(self, method: str, path: str, body: BaseModel | None = None, query: Query = None) -> bytes:
        content = None if body is None else body.model_dump_json().encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        timeout = _TIMEOUTS.get(path, _TIMEOUT)
        try:
            answer = self._http.request(
                method, _PREFIX + path, content=content, params=query, headers=headers, timeout=timeout
            )
        except httpx.TransportError as exc:
            raise addresses.silence(self._http.base_url, exc) from exc
        self._ahead = _ahead(answer.headers.get("Date", ""), datetime.now(UTC))
        if not answer.is_success:
            raise _refusal(answer)
        return answer.content


def connect(place: Place) -> Client:
    """Does not talk yet. Raises Misconfigured for an address or a CA file that cannot be used."""
    url = addresses.parse(place.server)
    headers = {"Authorization": f"Bearer {_header_safe(place.token)}"}
    http = httpx.Client(
        base_url=url,
        headers=headers,
        timeout=_TIMEOUT,
        verify=_tls(place) if url.scheme == "https" else False,
        # A proxy of the environment cannot reach our own loopback.
        trust_env=not addresses.is_loopback(url.host),
    )
    return Client(http)


def _tls(place: Place) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if place.ca_file is None else str(place.ca_file))
    except (OSError, ssl.SSLError) as exc:
        message = f"cannot be used as a CA file: {errors.plain(exc)}; check --ca-file"
        raise Misconfigured(Reason.INVALID, message, str(place.ca_file)) from exc


def _header_safe(token: str) -> str:
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise Rejected(Reason.UNAUTHENTICATED, "the API token holds blanks or signs that no token has")
    return token


def _token_request(node: str, ttl_s: int, *, replace: bool) -> api.TokenRequest:
    """Checked here already, so that a wrong value is named as the command line names it."""
    try:
        return api.TokenRequest(node=_label(node), ttl_s=ttl_s, replace=replace)
    except ValidationError as exc:
        raise Misconfigured(Reason.INVALID, "a join token may be used for 1 minute to 30 days", "--ttl") from exc


def _path(collection: str, *names: str) -> str:
    """`/applications/default/shop`. Raises Misconfigured for what none of them can be called."""
    return "/".join(("", collection, *map(_label, names)))


def _label(name: str) -> str:
    if not is_dns_label(name):
        raise Misconfigured(Reason.INVALID, fields.NO_DNS_LABEL.format(text=name))
    return name


def _definition(kind: str, name: str) -> str:
    if not re.fullmatch(definition.NAME, name):
        raise Misconfigured(Reason.INVALID, f"'{name}' is no name of a definition: a-z, 0-9, '-' and '.'")
    return f"/definitions/{kind}/{name}"


def _ahead(date: str, now: datetime) -> timedelta:
    try:
        ahead = parsedate_to_datetime(date).astimezone(UTC) - now
    except ValueError:
        return timedelta()
    return ahead if abs(ahead) > _SAME_TIME else timedelta()


def _refusal(answer: httpx.Response) -> Rejected | Unavailable:
    try:
        body = api.ErrorBody.model_validate_json(answer.content)
    except ValidationError:
        where = f"{answer.request.url.copy_with(query=None)}"
        return Unavailable(f"{where} answered {answer.status_code}, and not as a controller of Pinnace does")
    if body.reason is Reason.UNAVAILABLE:
        return Unavailable(body.message)
    if body.where == f"{answer.request.method} {answer.request.url.path}":  # of the path, not of what it names
        message = f"{body.message}; check --server, and {_OTHER_VERSION}"
        return Rejected(Reason.UNSUPPORTED, message, str(answer.request.url.copy_with(query=None)))
    if any(item.severity == "error" for item in body.diagnostics):
        return InvalidSources(body.diagnostics)
    return Rejected(body.reason, body.message, body.where)
