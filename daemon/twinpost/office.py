"""One service after the other, for as long as the process lives: it waits for its turn at the ledger, serves,
takes a changed configuration into service, and ends.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from twinpost.edges import systemd
from twinpost.edges.logs import log
from twinpost.errors import LedgerError
from twinpost.ledger.lease import Lease
from twinpost.service import LEDGER_PAUSE, Service, rest
from twinpost.wiring import Parts, build, require_version

LOOKS_EVERY = 0.5
"""Seconds between two looks at whose turn it is."""


async def run(parts: Parts, lease: Lease, rebuild: Callable[[], Parts | None]) -> None:
    """Serve until SIGTERM or SIGINT, whenever it is our turn.

    SIGHUP serves on with the parts that `rebuild` makes; where it returns None the new configuration is
    wrong, has been complained of, and the old one stays in force.
    """
    office = Office(parts, lease, rebuild)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, office.stop)
    loop.add_signal_handler(signal.SIGHUP, office.hang_up)
    await office.serve()


@dataclass(slots=True)
class Office:
    """The process. `parts` serve once; after that others like them are built."""

    parts: Parts
    lease: Lease
    rebuild: Callable[[], Parts | None]
    _relieved: bool = False
    _end: asyncio.Event = field(default_factory=asyncio.Event)
    _used: bool = False
    _service: Service | None = None
    _reloading: asyncio.Task[None] | None = None
    _said: str = ""

    async def serve(self) -> None:
        """Until `stop`."""
        while not self._end.is_set():
            try:
                if await self._is_our_turn():
                    async with self.lease.kept(self._turn_is_over):
                        await self._serve_on()
            except LedgerError as error:
                self._tell(f"The ledger cannot be used: {error}")
            systemd.notify(systemd.ALIVE)
            await rest(self._end, LOOKS_EVERY)
        self.parts.desk.close()
        self.lease.close()
        systemd.notify("STOPPING=1")

    def stop(self) -> None:
        """End everything within five seconds."""
        self._end.set()
        self._stop_service()

    def _stop_service(self) -> None:
        if self._service:
            self._service.stop()

    # -- waiting ---------------------------------------------------------------------------------

    async def _is_our_turn(self) -> bool:
        await self._renew()
        if not await self.lease.take():
            holder = self.lease.in_the_way or "it has just begun"
            self._tell(f"waiting: another daemon works with this ledger ({holder})")
            return False
        try:
            await asyncio.to_thread(require_version, self.parts)
        except LedgerError:  # the ledger was upgraded while we waited, and our program was not
            await self.lease.leave()
            raise
        return True

    def _turn_is_over(self) -> None:
        log().error("turn", trouble="another daemon has taken over: this one stops its work")
        self._relieved = True
        self._stop_service()

    def _tell(self, text: str) -> None:
        """The supervisor hears that all is well with us: whoever waits does what he should."""
        if text != self._said:
            self._said = text
            log().warning("turn", trouble=text)
            systemd.notify("READY=1", f"STATUS={text.splitlines()[0]}")

    # -- serving ---------------------------------------------------------------------------------

    async def _serve_on(self) -> None:
        """With one configuration after the other, as long as it is our turn."""
        self._relieved = False
        while not (self._end.is_set() or self._relieved):
            try:
                await self._renew()
                await self._serve_once()
            except LedgerError as error:
                self._tell(f"The ledger cannot be used: {error}")
                await rest(self._end, LEDGER_PAUSE)

    async def _serve_once(self) -> None:
        parts, self._used = self.parts, True
        self._service = Service(parts, ready=self._ready)
        try:
            await self._service.serve()
        finally:
            self._service = None
            await parts.postman.close()
            parts.desk.close()

    def _ready(self) -> None:
        self._said = ""
        systemd.notify("READY=1", "STATUS=Serving.")
        log().info("serving")

    async def _renew(self) -> None:
        if not self._used:
            return
        parts = await asyncio.to_thread(build, self.parts.settings, self.lease)
        if self._used:
            self.parts, self._used = parts, False
        else:  # a changed configuration was quicker
            parts.desk.close()

    # -- a changed configuration -----------------------------------------------------------------

    def hang_up(self) -> None:
        """SIGHUP: read the configuration anew."""
        self._reloading = asyncio.get_running_loop().create_task(self._reload())

    async def _reload(self) -> None:
        systemd.reloading()
        parts = await asyncio.to_thread(self.rebuild)
        if parts is None:
            systemd.notify("READY=1", "STATUS=Serving with the old configuration: the new one is wrong.")
            return
        if not self._used:  # never to be used: we wait, or were asked twice in a row
            self.parts.desk.close()
        self.parts, self._used, self._said = parts, False, ""
        self._stop_service()
