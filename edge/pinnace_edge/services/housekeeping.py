"""Gives disk space back: drops cached bundles and chunks that nothing on this node needs."""

from pinnace_edge.ports import Store
from pinnace_edge.services.heads import Heads
from pinnace_schemas.phases import Phase


class Housekeeping:
    """Keeps what runs (also as the base of the next delta), what is wanted, and the chunks of what is under way."""

    def __init__(self, store: Store, heads: Heads) -> None:
        self._store = store
        self._heads = heads

    def clean(self) -> None:
        """Safe at any time: everything dropped can be fetched again."""
        deployments = self._store.deployments()
        bundles = {digest for item in deployments for digest in (item.bundle, item.wanted_bundle) if digest}
        chunks: set[str] = set()
        for item in deployments:
            wanted = self._heads.wanted(item)
            if wanted and item.phase in (Phase.PENDING, Phase.FETCHING):
                chunks.update(digest for variant in wanted.variants for digest in variant.chunks)
        self._store.keep_only(bundles, chunks)
