"""Owns one connection through a link: a socket to the client, one to the target, and what travels between them.

Keeps true: bytes arrive complete and in order, however slow the link; while the gate is shut they wait, as TCP does
when packets vanish on the way.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass

from pinnace_sim.link.shape import Shape

CHUNK_BYTES = 16 * 1024
# A slow link hands over pieces of this share of a second, so that a message trickles instead of jumping.
SLICES_PER_SECOND = 20
# Chunks on the way in one direction; what exceeds them waits with the sender.
ON_THE_WAY = 64
LINGER_OFF = struct.pack("ii", 1, 0)  # closing resets the connection instead of finishing it

Chunk = tuple[float, bytes]
END = b""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link goes; with `tls` it is a client of that server."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Raises OSError, also for a certificate that is not good."""
        return await asyncio.open_connection(self.host, self.port, ssl=self.tls)


class Pipe:
    """`shape` is asked for at each chunk; `gate` is open while the link forwards."""

    def __init__(self, shape: Callable[[], Shape], gate: asyncio.Event, client: asyncio.StreamWriter) -> None:
        self._shape = shape
        self._gate = gate
        self._client = client
        self._target: asyncio.StreamWriter | None = None

    async def run(
        self,
        from_client: asyncio.StreamReader,
        target: Target,
        to_target: Callable[[int], None],
        to_client: Callable[[int], None],
    ) -> None:
        """Connects to the target once the gate is open, and forwards until both sides have finished."""
        held = await self._admitted(from_client)
        if held is None:
            return
        try:
            from_target, self._target = await target.connect()
        except OSError:
            self.reset()  # nobody listens there: the client sees the connection break
            return
        async with asyncio.TaskGroup() as group:
            for reader, writer, count in (
                (from_client, self._target, to_target),
                (from_target, self._client, to_client),
            ):
                way: asyncio.Queue[Chunk] = asyncio.Queue(ON_THE_WAY)
                if reader is from_client and held:
                    way.put_nowait((asyncio.get_running_loop().time() + self._shape().latency_s, held))
                group.create_task(self._take(reader, way))
                group.create_task(self._give(way, writer, count))
        self.reset()

    def reset(self) -> None:
        """Breaks the connection on both sides at once (RST)."""
        for writer in (self._client, self._target):
            if writer is None or writer.transport.is_closing():
                continue
            end = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
            writer.transport.abort()

    def half_close(self) -> None:
        """The target seems to have finished sending; what the client sends still arrives there."""
        with contextlib.suppress(OSError):
            self._client.write_eof()

    async def _admitted(self, from_client: asyncio.StreamReader) -> bytes | None:
        """What the client has sent while the gate was shut; None if it gave up before the gate opened."""
        if self._gate.is_set():
            return b""
        held = b""
        opening = asyncio.create_task(self._gate.wait())
        reading = asyncio.create_task(_some(from_client))
        try:
            while len(held) < CHUNK_BYTES:  # who has sent more than that has to wait
                await asyncio.wait((opening, reading), return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    break
                if reading.result() == END:
                    return None
                held += reading.result()
                reading = asyncio.create_task(_some(from_client, CHUNK_BYTES - len(held)))
            await opening
        finally:
            opening.cancel()
            reading.cancel()  # takes nothing out of the reader
            await asyncio.wait((opening, reading))
        return held

    async def _take(self, reader: asyncio.StreamReader, way: asyncio.Queue[Chunk]) -> None:
        loop = asyncio.get_running_loop()
        free_at = loop.time()
        data = b"-"
        while data != END:
            shape = self._shape()
            data = await _some(reader, max(1, shape.rate // SLICES_PER_SECOND) if shape.rate else CHUNK_BYTES)
            free_at = shape.sent_by(max(free_at, loop.time()), len(data))
            await way.put((free_at + shape.latency_s, data))

    async def _give(
        self, way: asyncio.Queue[Chunk], writer: asyncio.StreamWriter, count: Callable[[int], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: written after `half_close`
            while True:
                due, data = await way.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                await self._gate.wait()
                if data == END:
                    _finish(writer)
                    return
                writer.write(data)
                await writer.drain()
                count(len(data))
        while data != END:  # the receiver is gone: let the sender finish
            _, data = await way.get()


async def _some(reader: asyncio.StreamReader, size: int = CHUNK_BYTES) -> bytes:
    """END also where the connection broke."""
    try:
        return await reader.read(size)
    except OSError:
        return END


def _finish(writer: asyncio.StreamWriter) -> None:
    """TLS knows no half-closed connections."""
    if writer.can_write_eof():
        writer.write_eof()
    else:
        writer.close()
