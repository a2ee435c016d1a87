"""What the broker's wills say about who is connected: a hint for people, in memory, never an input to a decision."""

from pinnace_schemas import codec
from pinnace_schemas.errors import Rejected
from pinnace_schemas.messages import Presence

# Anyone at the broker may write these topics; more names than this are not a fleet.
_MAX_NODES = 200_000
_MAX_BYTES = 256


class Presences:
    """Empty until the broker has told; forgotten with the link."""

    def __init__(self) -> None:
        self._online: dict[str, bool] = {}

    def note(self, node: str, payload: bytes) -> None:
        """An empty or unreadable message takes the hint away."""
        try:
            said = codec.parse(Presence, payload, max_bytes=_MAX_BYTES, max_depth=2, where="presence")
        except Rejected:
            self._online.pop(node, None)
            return
        if node in self._online or len(self._online) < _MAX_NODES:
            self._online[node] = said.online

    def forget(self) -> None:
        self._online.clear()

    def of(self, node: str) -> bool | None:
        return self._online.get(node)
