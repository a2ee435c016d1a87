"""Completes bundles: subscribes to missing chunks, checks and stores each, and unpacks once all are there.

A cut in the middle loses at most one chunk. What the broker does not hold after a jittered wait is asked for.
"""

import importlib.util
import random
from dataclasses import dataclass, field

from pinnace_edge.model import AppKey, Deployment, WantedBundle
from pinnace_edge.ports import Broker, Clock, Store
from pinnace_edge.rules import variants
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.services import desired
from pinnace_edge.services.asking import Asking
from pinnace_edge.services.heads import Heads
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.progress import Progress
from pinnace_schemas import backoff, bundle, codec, compression, topics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Variant
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

# A retained chunk arrives within a round trip; a slow link needs its transmission time on top.
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 300.0


@dataclass(slots=True)
class _Fetch:
    """A bundle under way: how often chunks were asked for in vain and when next (monotonic seconds)."""

    digest: str
    variant: Variant
    asked: int = 0
    ask_at: float = 0.0
    topics: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Line:
    """How to reach the cloud about chunks."""

    broker: Broker
    asking: Asking
    tenant: str


class Fetcher:
    """Owns the chunk subscriptions. One bundle is fetched per application at a time."""

    def __init__(
        self,
        store: Store,
        heads: Heads,
        progress: Progress,
        journal: Journal,
        clock: Clock,
        line: Line,
        limits: Limits,
        rng: random.Random,
    ) -> None:
        self._store = store
        self._heads = heads
        self._progress = progress
        self._journal = journal
        self._clock = clock
        self._line = line
        self._limits = limits
        self._rng = rng
        self._under_way: dict[AppKey, _Fetch] = {}
        self._spoilt: set[tuple[str, Variant]] = set()  # with the digest of the bundle that it should have given
        self._rotten: set[str] = set()  # chunks that the store holds but not intact
        self._has_zstd = importlib.util.find_spec("zstandard") is not None

    def step(self) -> float | None:
        """Goes on with every incomplete bundle. Returns the monotonic time of the next thing to do, if any.

        Raises Unavailable when the disk is full: nothing is lost, the caller tries again later.
        """
        wanted = {item.key: item for item in self._store.deployments() if self._is_incomplete(item)}
        for key, fetch in tuple(self._under_way.items()):
            if key not in wanted or wanted[key].wanted_bundle != fetch.digest:
                self._end(key)
        for deployment in wanted.values():
            self._go_on(deployment)
        return min((fetch.ask_at for fetch in self._under_way.values()), default=None)

    def receive(self, digest: str, data: bytes) -> bool:
        """Stores a chunk if it is wanted; True when it was. Raises Rejected when it is not what its name says."""
        waiting = [fetch for fetch in self._under_way.values() if digest in fetch.variant.chunks]
        if not waiting:
            return False
        if not data:
            return False  # cleared by the cloud: as good as absent
        if codec.sha256(data) != digest:
            raise Rejected(
                Reason.DIGEST_MISMATCH, "the content does not have the digest in its name", f"chunk {digest}"
            )
        self._store.save_chunk(digest, data)
        self._rotten.discard(digest)
        for fetch in waiting:  # the broker has them: a slow link is no reason to have all of them sent again
            fetch.asked, fetch.ask_at = 0, self._clock.monotonic() + FIRST_WAIT_S
        return True

    def _is_incomplete(self, deployment: Deployment) -> bool:
        return deployment.phase in (Phase.PENDING, Phase.FETCHING) and not deployment.is_leaving

    def _go_on(self, deployment: Deployment) -> None:
        item = self._heads.wanted(deployment)
        if item is None or item.digest != deployment.wanted_bundle:
            return
        if desired.cached(self._store, item.digest) is not None:
            self._staged(deployment)
            return
        fetch = self._under_way.get(deployment.key) or self._begin(deployment, item)
        if fetch is None:
            return
        lacking = tuple(variants.missing(fetch.variant, self._store.chunk_digests() - self._rotten))
        if not lacking:
            lacking = self._find_rotten(fetch)
        if lacking:
            self._obtain(fetch, deployment, lacking)
        else:
            self._unpack(deployment, item, fetch)

    def _begin(self, deployment: Deployment, item: WantedBundle) -> _Fetch | None:
        spoilt = frozenset(variant for digest, variant in self._spoilt if digest == item.digest)
        chosen = variants.choose(
            item.variants,
            lambda digest: desired.cached(self._store, digest) is not None,
            has_zstd=self._has_zstd,
            spoilt=spoilt,
        )
        if chosen is None and spoilt:
            return None  # the reason is told already
        if chosen is None:
            message = "no way to fetch this bundle works here: install zstandard, or wait for a new revision"
            self._progress.advance(deployment, Trigger.FETCH, Reason.UNSUPPORTED, message)
            return None
        self._progress.advance(deployment, Trigger.FETCH, Reason.FETCHING, f"{chosen.length} bytes to fetch")
        fetch = _Fetch(item.digest, chosen, ask_at=self._clock.monotonic() + FIRST_WAIT_S)
        self._under_way[deployment.key] = fetch
        return fetch

    def _obtain(self, fetch: _Fetch, deployment: Deployment, lacking: tuple[str, ...]) -> None:
        self._subscribe(fetch, {self._topic(digest) for digest in lacking[: variants.CHUNKS_AT_ONCE]})
        if self._clock.monotonic() < fetch.ask_at:
            return
        fetch.ask_at = self._clock.monotonic() + FIRST_WAIT_S
        if not self._line.asking.chunks(deployment.group, self._heads.versions().get(deployment.group, 0), lacking):
            return  # without a link nothing was asked, so that no longer wait follows from it
        fetch.asked += 1
        fetch.ask_at += backoff.full_jitter(self._rng, fetch.asked, base_s=FIRST_WAIT_S, cap_s=LONGEST_WAIT_S)
        message = f"{len(lacking)} chunks are not at the broker; asked for them {fetch.asked} times"
        self._progress.advance(deployment, Trigger.FETCH, Reason.CHUNK_MISSING, message)

    def _find_rotten(self, fetch: _Fetch) -> tuple[str, ...]:
        """Chunks that a bad disk has changed since they were stored: they are fetched again."""
        found = [each for each in fetch.variant.chunks if codec.sha256(self._store.chunk(each) or b"") != each]
        self._rotten.update(found)
        return tuple(dict.fromkeys(found))

    def _subscribe(self, fetch: _Fetch, wanted: set[str]) -> None:
        others = {topic for other in self._under_way.values() if other is not fetch for topic in other.topics}
        for topic in fetch.topics - wanted - others:
            self._line.broker.unsubscribe(topic)
        for topic in wanted - fetch.topics:
            self._line.broker.subscribe(topic)
        fetch.topics = wanted

    def _unpack(self, deployment: Deployment, item: WantedBundle, fetch: _Fetch) -> None:
        self._subscribe(fetch, set())
        try:
            plain = self._plain(item, fetch.variant)
        except Rejected as exc:
            self._spoil(deployment, fetch.variant, exc)
            return
        with self._store.transaction():
            self._store.save_bundle(item.digest, plain)
            self._staged(deployment)
        self._end(deployment.key)

    def _plain(self, item: WantedBundle, variant: Variant) -> bytes:
        where = f"bundle {item.digest[:12]} of {item.key}"
        encoded = b"".join(self._store.chunk(digest) or b"" for digest in variant.chunks)
        codec.check_size(encoded, min(variant.length, self._limits.max_encoded_bytes), where)
        base = (desired.cached(self._store, variant.base) or b"") if variant.base else b""
        plain = compression.decompress(encoded, variant.encoding, item.length, where, base)
        if codec.sha256(plain) != item.digest:
            raise Rejected(Reason.DIGEST_MISMATCH, "unpacks to something else than was signed", where)
        bundle.decode(plain, self._limits, where)
        return plain

    def _spoil(self, deployment: Deployment, variant: Variant, exc: Rejected) -> None:
        """Takes another way next time. What was signed and still cannot be read would stay so: it is reported."""
        self._spoilt.add((deployment.wanted_bundle, variant))
        self._end(deployment.key)
        self._journal.note(Event.MESSAGE_REFUSED, deployment, reason=exc.reason, message=str(exc))
        self._progress.advance(deployment, Trigger.FETCH, exc.reason, exc.message)

    def _staged(self, deployment: Deployment) -> None:
        now = self._progress.advance(deployment, Trigger.STAGED)
        self._journal.note(Event.BUNDLE_STAGED, now)

    def _end(self, key: AppKey) -> None:
        fetch = self._under_way.pop(key, None)
        if fetch:
            self._subscribe(fetch, set())

    def _topic(self, digest: str) -> str:
        return topics.build(self._line.tenant, topics.Kind.CHUNK, digest)
