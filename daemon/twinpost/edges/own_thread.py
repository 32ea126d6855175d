"""A thread of its own for work that blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class OwnThread:
    """Runs functions one after the other, always in the same thread.

    The end of the program does not wait for it, as it would for an executor's threads: a server that has
    fallen silent in the middle of a command must not keep us from stopping.
    """

    def __init__(self, name: str) -> None:
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        Thread(target=self._run, name=name, daemon=True).start()

    async def do(self, work: Callable[[], T]) -> T:
        """Do `work` there; what it raises is raised here. Once begun it is finished, cancelled or not."""
        future: Future[T] = Future()
        self._work.put((future, work))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the thread when it has done what was given to it so far."""
        self._work.put(None)

    def _run(self) -> None:
        while (job := self._work.get()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # whoever waits for it shall have it, whatever it is
                future.set_exception(error)
            else:
                future.set_result(result)
