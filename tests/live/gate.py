"""Standing still at a chosen instant: servers of ours report where they are, a test may hold them there."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Background:
    """An event loop in a thread of its own, for servers in tests that block."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Background:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.do(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    def listen(self, serve: Serve, port: int = 0) -> int:
        """Serve on a port of loopback until the end; 0 takes a free one. Returns its number."""

        async def start() -> int:
            server = await asyncio.start_server(serve, "127.0.0.1", port)
            self._servers.append(server)
            found: int = server.sockets[0].getsockname()[1]
            return found

        return self.do(start())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class Gate:
    """Servers `pass_` it at every stage of their work; it can be closed for one stage at a time."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._stage, self._countdown = "", 0
        self._reached = threading.Event()
        self._open = asyncio.Event()
        self.passed: Counter[str] = Counter()

    def close(self, stage: str, nth: int = 1) -> None:
        """Whoever comes to `stage` as the nth from now on has to stay there until `open`."""

        async def work() -> None:
            self._stage, self._countdown = stage, nth
            self._reached.clear()
            self._open.clear()

        self._background.do(work())

    def reached(self, seconds: float) -> bool:
        """Wait until somebody stands at the closed gate. False when nobody came in time."""
        return self._reached.wait(seconds)

    def open(self) -> None:
        """Everybody may go on."""

        async def work() -> None:
            self._stage = ""
            self._open.set()

        self._background.do(work())

    async def pass_(self, stage: str) -> None:
        """To be awaited by a server that has come to `stage`."""
        self.passed[stage] += 1
        if stage != self._stage:
            return
        self._countdown -= 1
        if self._countdown == 0:
            self._reached.set()
            await self._open.wait()
