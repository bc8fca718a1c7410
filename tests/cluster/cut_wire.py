"""A wire between workers and the database that can be cut: a TCP relay in a thread of the test."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Wire:
    """Relays connections to ``target``; while it is cut, nothing passes and nobody is told."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._whole = threading.Event()
        self._whole.set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    def cut(self, *, loudly: bool) -> None:
        """Let nothing through; ``loudly`` also breaks what is connected, else it only falls silent."""
        self._whole.clear()
        if loudly:
            self._loop.call_soon_threadsafe(self._break)

    def mend(self) -> None:
        """Let everything through again."""
        self._whole.set()

    def _break(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                while not self._whole.is_set():
                    await asyncio.sleep(0.05)
                sink.write(data)
                await sink.drain()
        sink.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole.is_set():
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._stop = asyncio.Event()
        self._ready.set()
        async with server:
            await self._stop.wait()
            self._break()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    @contextlib.contextmanager
    def laid(self) -> Iterator[Wire]:
        """Have it there."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        assert self._ready.wait(10)
        try:
            yield self
        finally:
            self._whole.set()
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(10)
