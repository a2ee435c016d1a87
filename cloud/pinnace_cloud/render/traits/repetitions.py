"""Names that no two entries of a list may share: server-side apply tells the entries apart by them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any


def messages(sort: str, names: Sequence[Any]) -> Iterator[str]:
    """One for each name that stands more than once. `sort` is what a person calls an entry."""
    if len(names) > 1:
        counts = Counter(str(name) for name in names)
        yield from (f"{sort} '{name}' stands twice" for name, count in counts.items() if count > 1)
