"""The desk at which all work on the ledger is done: one thread, one transaction after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from twinpost.ledger.engine import transaction

T = TypeVar("T")


class Desk:
    """Runs functions of a connection, each in a transaction of its own, on the ledger's own thread.

    A function that raises leaves no trace; its exception reaches the caller (LedgerError when the
    database itself failed). What was begun is finished even if its caller has gone. `first` is done before
    each of them, in its transaction.
    """

    def __init__(
        self, engine: sa.Engine, first: Callable[[sa.Connection], None] = lambda connection: None
    ) -> None:
        self.engine = engine
        self._first = first
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")

    async def do(self, work: Callable[[sa.Connection], T]) -> T:
        """Do `work` without holding up the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def do_now(self, work: Callable[[sa.Connection], T]) -> T:
        """Do `work` and wait for it: for threads other than the ledger's and the loop's."""
        return self._thread.submit(self._run, work).result()

    def close(self) -> None:
        """Finish what has been handed in, then let go of the database."""
        self._thread.shutdown(wait=True)
        self.engine.dispose()

    def _run(self, work: Callable[[sa.Connection], T]) -> T:
        with transaction(self.engine) as connection:
            self._first(connection)
            return work(connection)
