"""Counters of what happens inside the controller, on a registry of their own. The API adds its own and prints all."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """No label takes a value from outside: reasons are a closed set, nodes are never labels."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._counter("messages_received", "Messages from the broker, by kind.", "kind")
        self.dropped = self._counter("messages_dropped", "Messages dropped because the receive queue was full.")
        self.refused = self._counter("messages_refused", "Messages set aside, by reason.", "reason")
        self.reports = self._counter("reports_stored", "Reports whose content was stored.")
        self.entries = self._counter("journal_entries_stored", "Journal entries that were stored.")
        self.gaps = self._counter("journal_gaps", "Ranges of journal entries that were lost before they arrived.")
        self.published = self._counter("messages_published", "Messages that the broker has acknowledged.")
        self.unpublishable = self._counter("messages_unpublishable", "Messages that the broker can never take.")
        self.chunks_again = self._counter("chunks_published_again", "Chunks that a node has asked for.")
        self.asserted = self._counter("messages_asserted", "Heads and assignments that the broker had lost.")
        self.outbox = Gauge("pinnace_outbox_messages", "Messages that wait for the broker.", registry=self.registry)
        self.queue = Gauge("pinnace_receive_queue_messages", "Messages that wait for intake.", registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"pinnace_{name}", text, labels, registry=self.registry)
