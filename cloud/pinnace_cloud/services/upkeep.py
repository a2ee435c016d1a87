"""What time asks for: heads and assignments are signed anew, chunks that nobody names are taken from the broker.

All of it may be late or happen twice; nothing is wrong then.
"""

from datetime import timedelta

from pinnace_cloud.clock import Clock
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.signing.signer import METADATA_LIFETIME, RENEW_AFTER
from pinnace_cloud.storage.ports import Store
from pinnace_schemas.times import format_time

# A node that was away this long and still has the old head asks for the chunk, and gets it.
CLEAR_AFTER = timedelta(days=7)
# After that no node may activate a head that names the bundle.
FORGET_AFTER = METADATA_LIFETIME + timedelta(days=1)


class Upkeep:
    """Called in a worker thread."""

    def __init__(self, store: Store, post: Post, releases: Releases, clock: Clock) -> None:
        self._store = store
        self._post = post
        self._releases = releases
        self._clock = clock

    def renew(self) -> None:
        """Signs what has used up half of its life."""
        before = format_time(self._clock.now() - RENEW_AFTER)
        with self._store.reading() as tx:
            groups = {row.group for row in tx.deliveries.heads() if row.message and row.signed_at < before}
            nodes = {row.node for row in tx.deliveries.assignments() if row.message and row.signed_at < before}
        self._releases.sign_again(frozenset(groups), frozenset(nodes))

    def clean(self) -> None:
        """Clears chunks that no head has named for a week; forgets what nobody can ask for any more."""
        now = self._clock.now()
        with self._store.writing() as tx:
            tx.deliveries.mark_named(format_time(now))
            unnamed = tx.deliveries.unnamed_chunks(format_time(now - CLEAR_AFTER))
            tx.outbox.put(self._post.cleared_chunks(unnamed))
            tx.deliveries.mark_cleared(unnamed, cleared=True)
            tx.deliveries.drop_unnamed(format_time(now - FORGET_AFTER))
            tx.materials.drop_unnamed()
            tx.access.drop_join_tokens(format_time(now - FORGET_AFTER))
