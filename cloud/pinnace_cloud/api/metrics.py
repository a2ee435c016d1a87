"""Numbers for Prometheus: requests as they are answered, and the fleet as the controller sees it at each scrape.

No label takes a value from a request, and none names a node: ten thousand sites must not make ten thousand series.
"""

import time
from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinnace_cloud.api.settings import ApiSettings
from pinnace_cloud.ports import Controller
from pinnace_schemas import api

_METHODS = frozenset({"GET", "POST", "DELETE"})


class Fleet(Collector):
    """Asks the controller at each scrape; nothing is kept in between."""

    def __init__(self, controller: Controller, settings: ApiSettings) -> None:
        self._controller = controller
        self._settings = settings

    def describe(self) -> list[Metric]:
        """Empty: registering must not ask a controller that has not started."""
        return []

    def collect(self) -> Iterator[Metric]:
        labels = ["version", "tenant"]
        info = GaugeMetricFamily("pinnace_build_info", "Always 1; the labels say what answers.", labels=labels)
        info.add_metric([self._settings.version, self._settings.tenant], 1)
        yield info
        yield _conditions(self._controller.ready())
        nodes = self._controller.nodes()
        yield _nodes(nodes)
        yield _problems(nodes)
        yield _placements(self._controller.verdicts())


def _conditions(conditions: dict[str, bool]) -> Metric:
    metric = GaugeMetricFamily("pinnace_ready", "1 when the condition of /readyz holds.", labels=["condition"])
    for name, holds in conditions.items():
        metric.add_metric([name], int(holds))
    return metric


def _nodes(nodes: tuple[api.NodeSummary, ...]) -> Metric:
    metric = GaugeMetricFamily("pinnace_nodes", "Nodes by their worst verdict.", labels=["verdict"])
    counts = Counter(node.verdict for node in nodes)
    for verdict in api.Verdict:
        metric.add_metric([verdict], counts[verdict])
    return metric


def _problems(nodes: tuple[api.NodeSummary, ...]) -> Metric:
    metric = GaugeMetricFamily("pinnace_node_problems", "Nodes that report a problem.", labels=["reason"])
    counts = Counter(reason for node in nodes for reason in {problem.reason for problem in node.problems})
    for reason, count in sorted(counts.items()):
        metric.add_metric([reason], count)
    return metric


def _placements(verdicts: tuple[api.NodeVerdict, ...]) -> Metric:
    labels = ["namespace", "application", "verdict"]
    metric = GaugeMetricFamily("pinnace_application_nodes", "Nodes of an application by verdict.", labels=labels)
    counts = Counter((item.namespace, item.application, item.verdict) for item in verdicts)
    for key, count in sorted(counts.items()):
        metric.add_metric(key, count)
    return metric


class Count:
    """Measures every HTTP answer by method and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        text = "Time to answer HTTP requests."
        self._seconds = Histogram("pinnace_http_request_seconds", text, ["method", "status"], registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.monotonic()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._seconds.labels(method, str(status)).observe(time.monotonic() - started)
