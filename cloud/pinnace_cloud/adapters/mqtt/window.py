"""How many publishes may be without an acknowledgement at once, and who waits for which. Pure bookkeeping of futures.

A place stays taken until the broker acknowledges, even when the publisher has given up: the broker counts so too.
"""

import asyncio
from collections import deque

from pinnace_schemas.errors import Unavailable


class Window:
    """Closed until `open`; after `close` everyone who waits or comes gets Unavailable with the reason."""

    def __init__(self) -> None:
        self._free = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._unacknowledged: dict[int, asyncio.Future[None]] = {}
        self._reason = ""

    def open(self, size: int) -> None:
        self._free = size

    async def enter(self) -> None:
        """Waits, in order of arrival, for a place."""
        if self._reason:
            raise Unavailable(self._reason)
        if self._free > 0 and not self._queue:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()  # the place came together with the cancellation: hand it on
            raise

    def leave(self) -> None:
        """Gives the place to the next in the queue."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def expect(self, number: int) -> asyncio.Future[None]:
        """The acknowledgement of the packet with this identifier."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unacknowledged[number] = answer
        return answer

    def acknowledged(self, number: int, refusal: str = "") -> None:
        """`refusal`: why the broker did not take the message."""
        answer = self._unacknowledged.pop(number, None)
        if answer is None:
            return
        self.leave()
        if answer.done():
            return
        if refusal:
            answer.set_exception(Unavailable(refusal))
        else:
            answer.set_result(None)

    def close(self, reason: str) -> None:
        """The connection is over."""
        self._reason = reason
        for waiting in (*self._queue, *self._unacknowledged.values()):
            if not waiting.done():
                waiting.set_exception(Unavailable(reason))
        self._queue.clear()
        self._unacknowledged.clear()
