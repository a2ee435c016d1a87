"""Serves one cluster on a port of the loopback address, on a running event loop.

asyncio rather than threads: a site is watched by a dozen connections that mostly wait, the core takes one caller at a
time anyway, and many sites share a process.
"""

from __future__ import annotations

import asyncio
import contextlib

from pinnace_sim.cluster.core import Cluster
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.serving import operations, wire
from pinnace_sim.cluster.serving.api import Api
from pinnace_sim.cluster.serving.messages import Answer, Request, Stream

HOST = "127.0.0.1"
# Controllers yield to requests after so many steps.
STEPS_AT_ONCE = 20
LAST_BOOKMARK_S = 2.0


class Server:
    """All methods are for the loop's own thread."""

    def __init__(self, cluster: Cluster, api: Api, port: int) -> None:
        self._cluster = cluster
        self._api = api
        self._port = port
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Event()
        self._gate.set()
        self._changed = asyncio.Event()
        self._due = asyncio.Event()
        self._controllers: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Listens when it returns; the cluster lives on from here."""
        self._listener = await asyncio.start_server(self._accept, HOST, self._port, limit=wire.HEADS_MOST)
        if self._controllers is None:
            self._controllers = asyncio.create_task(self._control())

    async def close(self) -> None:
        """Refuses connections and ends those that are there; the cluster lives on."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def end(self) -> None:
        """Closes, and stops the controllers."""
        await self.close()
        if self._controllers is not None:
            self._controllers.cancel()
            await asyncio.gather(self._controllers, return_exceptions=True)

    def freeze(self) -> None:
        """Takes connections and requests, and answers none."""
        self._gate.clear()

    def thaw(self) -> None:
        self._gate.set()

    def wake(self) -> None:
        """Something may have been written: controllers and watches look."""
        self._due.set()
        self._changed.set()
        self._changed = asyncio.Event()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await wire.read(reader):
                await self._gate.wait()
                if not await self._answer(request, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, wire.Malformed):
            return  # whoever asked is gone, or spoke something else
        finally:
            writer.transport.abort() if self._listener is None else writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may be used again."""
        before = self._cluster.store.revision
        answer = self._api.answer(request)
        if self._cluster.store.revision != before:
            self.wake()
        if isinstance(answer, Answer):
            writer.write(wire.whole(answer, self._cluster.now()))
            await writer.drain()
            return request.headers.get("connection", "").lower() != "close"
        await self._send(answer, writer)
        return True

    async def _send(self, stream: Stream, writer: asyncio.StreamWriter) -> None:
        """Lines of a watch until its time is over, its kind is gone, or it has fallen behind."""
        writer.write(wire.chunked(self._cluster.now()))
        loop = asyncio.get_running_loop()
        end = loop.time() + stream.timeout_s
        bookmark_at = self._bookmark_at(end)
        while loop.time() < end and self._cluster.catalog.has(stream.watch.resource):
            changed = self._changed
            lines, is_over = _lines(stream)
            if loop.time() >= bookmark_at:
                lines += stream.watch.bookmark()
                bookmark_at = self._bookmark_at(end)
            if lines:
                writer.write(wire.chunk(lines))
            await writer.drain()
            if is_over:
                break
            await _wait(changed, min(end, bookmark_at) - loop.time())
            await self._gate.wait()
        writer.write(wire.LAST_CHUNK)
        await writer.drain()

    def _bookmark_at(self, end: float) -> float:
        """Now and then, and shortly before the end (apiserver, pkg/storage/cacher, nextBookmarkTime)."""
        now = asyncio.get_running_loop().time()
        regular, last = now + self._cluster.settings.bookmark_s, end - LAST_BOOKMARK_S
        return last if now < last < regular else regular

    async def _control(self) -> None:
        """Lets the controllers work when something is due."""
        while True:
            self._due.clear()
            before = self._cluster.store.revision
            self._cluster.run(STEPS_AT_ONCE)
            if self._cluster.store.revision != before:
                self.wake()
            await asyncio.sleep(0)
            await _wait(self._due, self._wait_s())

    def _wait_s(self) -> float | None:
        moment = self._cluster.next_at
        return None if moment is None else max(0.0, (moment - self._cluster.now()).total_seconds())


async def _wait(event: asyncio.Event, longest_s: float | None) -> None:
    """Not by asyncio.wait_for, which loses a cancellation that comes together with the event (Python 3.11)."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await event.wait()


def _lines(stream: Stream) -> tuple[bytes, bool]:
    """What there is to send now, and whether the watch ends with it."""
    lines = b""
    try:
        for line in stream.watch.take():
            lines += line
    except Refused as refused:
        return lines + operations.watching_error(refused), True
    return lines, False
