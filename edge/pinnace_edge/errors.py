"""Errors of the edge's own ports, beside those of the schemas."""

from pinnace_schemas.errors import Unavailable


class StoreUnavailable(Unavailable):
    """The store could not be read or written; nothing of the transaction was."""


class DiskFull(StoreUnavailable):
    """The file system of the store has no space left. What runs goes on."""
