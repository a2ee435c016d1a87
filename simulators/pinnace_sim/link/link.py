"""A TCP link on the loopback address that forwards to a target, and does on demand what bad networks do.

An event loop in a thread of its own does the work; every method may be called from any thread and has taken effect
when it returns.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self

from pinnace_sim.link.pipe import Pipe, Target
from pinnace_sim.link.shape import Counts, Mode, Shape
from pinnace_sim.provision import ports
from pinnace_sim.provision.started import Started

DEADLINE_S = 10.0


class Link(Started):
    """A context manager: leaving it resets what still goes through and frees the port."""

    def __init__(self, target_host: str, target_port: int, port: int, shape: Shape, tls: ssl.SSLContext | None) -> None:
        self.port = port
        self.counts = Counts()
        self._target = Target(target_host, target_port, tls)
        self._shape = shape
        self._mode = Mode.UP
        self._pipes: set[Pipe] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._gate = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"link-{port}", daemon=True)

    @classmethod
    def start(
        cls,
        target_host: str,
        target_port: int,
        *,
        port: int | None = None,
        shape: Shape | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Self:
        """Listens on this port, or a free one, when it returns. The target need not listen yet.

        With `tls` the way to the target is TLS, verified for the target's host. A client of the near end could not do
        that: it sees the loopback address.
        """
        own_port = ports.free_port() if port is None else port
        link = cls(target_host, target_port, own_port, shape or Shape(), tls)
        link._thread.start()
        try:
            link.restore()
        except BaseException:
            link.stop()
            raise
        return link

    @property
    def host(self) -> str:
        return ports.LOOPBACK

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def shape(self) -> Shape:
        return self._shape

    @property
    def connections(self) -> int:
        """How many go through it now."""
        return len(self._pipes)

    def cut(self) -> None:
        """Resets every connection and refuses new ones."""
        self._do(self._cut())

    def black_hole(self) -> None:
        """Keeps connections and accepts new ones, and forwards nothing in either direction.

        Accepting is as near as a program gets to packets that vanish; a client that gives up meanwhile was never there.
        """
        self._do(self._enter(Mode.BLACK_HOLE))

    def restore(self) -> None:
        """Forwards again, also what waited in a black hole."""
        self._do(self._enter(Mode.UP))

    def half_close(self) -> None:
        """Ends the direction to the client of every connection."""
        self._do(self._for_each(Pipe.half_close))

    def reset(self) -> None:
        """Breaks every connection; new ones are accepted at once."""
        self._do(self._for_each(Pipe.reset))

    def reshape(self, shape: Shape) -> None:
        """Changes latency and rate of what is sent from now on."""
        self._shape = shape

    def stop(self) -> None:
        """Safe to repeat."""
        if self._loop.is_closed():
            return
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()

    # --- on the loop

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)

    async def _enter(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.UP:
            self._gate.set()
        else:
            self._gate.clear()
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, self.host, self.port)

    async def _cut(self) -> None:
        self._mode = Mode.CUT
        self._gate.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._for_each(Pipe.reset)

    async def _for_each(self, act: Callable[[Pipe], None]) -> None:
        for pipe in tuple(self._pipes):
            act(pipe)

    async def _end(self) -> None:
        await self._cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pipe = Pipe(lambda: self._shape, self._gate, writer)
        self.counts.accepted += 1
        self._pipes.add(pipe)
        try:
            await pipe.run(reader, self._target, self._count_to_target, self._count_to_client)
        finally:
            self._pipes.discard(pipe)
            pipe.reset()

    def _count_to_target(self, size: int) -> None:
        self.counts.bytes_to_target += size

    def _count_to_client(self, size: int) -> None:
        self.counts.bytes_to_client += size
