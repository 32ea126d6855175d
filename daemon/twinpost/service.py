"""The running process: mail loop, processing, dispatch, ticks, signals, watchdog.

The mailbox has a thread of its own, the ledger another; everything else shares one asyncio loop. New mail
wakes the processing, a commit wakes the dispatch: nothing waits for a tick on its way to the receipt.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from twinpost.app import planning
from twinpost.app.clock_watch import ClockWatch
from twinpost.app.enact import is_live
from twinpost.app.standing import mailbox_read, mailbox_trouble
from twinpost.app.tick import tick
from twinpost.core.deciding.backoff import Backoff
from twinpost.core.deciding.pulse import Pulse
from twinpost.edges import systemd
from twinpost.edges.logs import log
from twinpost.edges.own_thread import OwnThread
from twinpost.errors import ConfigError, LedgerError, SessionEnded, SignInRefused, WireError
from twinpost.wiring import Parts, compare_exchanges, go_live_if_told, refresh_calendars

TICK_SECONDS = 1.0
LEDGER_PAUSE = 5.0
"""Seconds between tries while the ledger is locked, full or away; nothing is moved meanwhile."""

MAIL_FIRST = 600.0
"""Seconds after the start for which follow-ups wait until the mailbox has been read: after two weeks of
standstill the letters that they ask for lie in it. A mailbox that cannot be reached holds them no longer."""

STOP_SECONDS = 4.0
PULSES = ("mail", "ledger")
"""The loops whose signs of life the watchdog is fed for."""

READING = "Reading mail."


@dataclass(slots=True)
class Service:
    """One run of the office with one configuration, from its start to the next reload or the end."""

    parts: Parts
    tick_seconds: float = TICK_SECONDS
    ready: Callable[[], None] = lambda: None
    _end: asyncio.Event = field(default_factory=asyncio.Event)
    _kept: asyncio.Event = field(default_factory=asyncio.Event)
    _pulse: Pulse = field(default_factory=Pulse)
    _mail_thread: OwnThread = field(default_factory=lambda: OwnThread("mail"))
    _clock_watch: ClockWatch = field(default_factory=ClockWatch)
    _status: str = "starting"
    _started: float = 0.0  # by the steady clock
    _has_read: bool = False

    async def serve(self) -> None:
        """Run until `stop` is called."""
        self._kept.set()  # what an earlier run kept and did not finish
        self._started = self.parts.clock.steady()
        await self._begin()
        tasks = [
            asyncio.create_task(work)
            for work in (self._mail_loop(), self._process_loop(), self.parts.dispatch.run())
        ]
        ticks = self._ticks()
        self.ready()
        try:
            waiting = asyncio.create_task(self._end.wait())
            done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {waiting}:
                task.result()  # a loop never ends by itself: what ended it is a mistake of ours
        finally:
            ticks.shutdown(wait=False)
            await self._finish(tasks)

    def stop(self) -> None:
        """End `serve`; what is in the middle is finished within seconds, the rest waits in the ledger."""
        self._end.set()
        self.parts.collector.mailbox.wake()

    async def _begin(self) -> None:
        settings, now = self.parts.settings, self.parts.clock.now()
        for loop in PULSES:
            self._beat(loop)

        def work(connection: Any) -> None:
            go_live_if_told(settings, connection, now)
            planning.take_rules(connection, self.parts.house.rules, now)
            refresh_calendars(connection, now.date())
            for file, sentence in compare_exchanges(settings, connection).items():
                log().warning("exchange file", file=file, trouble=sentence)

        await self.parts.desk.do(work)

    async def _finish(self, tasks: list[asyncio.Task[None]]) -> None:
        self._end.set()
        self.parts.collector.mailbox.wake()
        self._kept.set()
        stopping = asyncio.create_task(self.parts.dispatch.stop())
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
        if not late:  # else its thread may be in the middle of something
            await self._mail_thread.do(self.parts.collector.mailbox.close)
        self._mail_thread.close()

    # -- mail ------------------------------------------------------------------------------------

    async def _mail_loop(self) -> None:
        """Keep reading the mailbox, through every trouble, with growing pauses."""
        backoff = Backoff()
        while not self._end.is_set():
            self._beat("mail")
            try:
                backoff = await self._mail_session(backoff)
            except LedgerError as error:
                await self._ledger_trouble(error)
            pause = backoff.pause(random.random())  # noqa: S311  (spreads, hides nothing)
            self._beat("mail", pause)
            await rest(self._end, pause)

    async def _mail_session(self, backoff: Backoff) -> Backoff:
        """One connection, from its sign-in to its end. Returns how long to wait for the next."""
        try:
            await self._may_sign_in()
            if not self._end.is_set():
                await self._open_mailbox()
                await self._trouble("")
                backoff = Backoff()
                await self._read_mail()
        except SignInRefused as error:
            await self._trouble(str(error))
        except SessionEnded:
            log().info("signing in anew")
            return backoff.failed()  # a second at most, as it begins anew with each session
        except (WireError, ConfigError) as error:  # ConfigError: the password has gone meanwhile
            await self._trouble(str(error))
            return backoff.failed()
        return backoff

    async def _open_mailbox(self) -> None:
        """Sign in. What had no answer when we were told to end counts as refused: servers let those with
        a wrong password wait, and a supervisor that restarts us meanwhile would hammer for us.
        """
        try:
            await self._mail_thread.do(self.parts.collector.open)
        except (SignInRefused, asyncio.CancelledError):
            await self.parts.imap_sign_ins.refused()
            raise

    async def _may_sign_in(self) -> None:
        while (until := await self.parts.imap_sign_ins.wait_until()) and not self._end.is_set():
            await rest(self._end, min(30.0, (until - self.parts.clock.now()).total_seconds()))
            self._beat("mail")

    async def _read_mail(self) -> None:
        collector = self.parts.collector
        folders = self.parts.settings.imap.folders
        names = {key: name for key, name in asdict(folders).items() if name} if folders else {}
        poll_seconds = self.parts.settings.imap.poll_seconds
        loop = asyncio.get_running_loop()

        def kept() -> None:
            """Called in the mailbox's thread: what is safe is processed while the rest is still fetched."""
            self._beat("mail")
            loop.call_soon_threadsafe(self._kept.set)

        while not self._end.is_set():
            count = await self._mail_thread.do(lambda: collector.collect(kept))
            self._has_read = True
            self._beat("mail")
            await self.parts.desk.do(lambda connection: mailbox_read(connection, self.parts.clock.now()))
            self._say(READING)  # whatever had to be said of the ledger is over
            if count:
                log().info("kept", messages=count)
                self._kept.set()
            live = await self.parts.desk.do(is_live)
            if names and live:  # nothing is moved before go-live
                await self._mail_thread.do(lambda: collector.tidy(names))
            if live and self.parts.settings.privacy.purge_mailbox:
                await self._purge_mailbox()
            await self._look_for_junk()
            self._beat("mail", poll_seconds)
            await self._mail_thread.do(lambda: collector.mailbox.wait(poll_seconds))

    async def _look_for_junk(self) -> None:
        """After the inbox, so that no junk can keep us from it."""
        self._beat("mail")
        if count := await self._mail_thread.do(self.parts.junk.look):
            log().warning("seen in junk", messages=count)

    async def _purge_mailbox(self) -> None:
        """What is kept no more leaves the mailbox as well, where the server can remove single mails."""
        done = await self._mail_thread.do(self.parts.collector.purge)
        if done.removed:
            log().info("removed from the mailbox", messages=done.removed)
        if done.stay:
            log().warning("stay in the mailbox", messages=done.stay)

    # -- processing ------------------------------------------------------------------------------

    async def _process_loop(self) -> None:
        while not self._end.is_set():
            await self._kept.wait()
            self._kept.clear()
            if self._end.is_set():
                return
            try:
                count = await self.parts.processing.run(self.parts.dispatch.wake)
                if count and self.parts.settings.imap.folders:
                    self.parts.collector.mailbox.wake()
                self._beat("ledger")
            except LedgerError as error:
                await self._ledger_trouble(error)
                self._kept.set()

    async def _ledger_trouble(self, error: LedgerError) -> None:
        log().error("ledger", trouble=str(error))
        self._say(f"The ledger cannot be used: {error}")
        await rest(self._end, LEDGER_PAUSE)

    # -- ticks -----------------------------------------------------------------------------------

    def _ticks(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        scheduler.add_job(self._tick, "interval", seconds=self.tick_seconds)
        if seconds := systemd.watchdog_seconds():
            scheduler.add_job(self._feed_watchdog, "interval", seconds=seconds)
        scheduler.start()
        return scheduler

    async def _tick(self) -> None:
        """Whatever the ledger says is due, and what a command beside us has changed."""
        try:
            await self._do_what_is_due()
        except asyncio.CancelledError:
            return  # the end of the scheduler, to which a cancelled job is a failure; the ledger goes on

    async def _do_what_is_due(self) -> None:
        now, steady = self.parts.clock.now(), self.parts.clock.steady()
        mail_is_read = self._has_read or steady - self._started > MAIL_FIRST

        def work(connection: Any) -> tuple[bool, bool]:
            directory = self.parts.processing.directory(connection)
            watch, house = self._clock_watch, self.parts.house
            return tick(connection, house, directory, watch, now, steady, mail_is_read=mail_is_read)

        try:
            mails, messages = await self.parts.desk.do(work)
        except LedgerError as error:
            log().error("ledger", trouble=str(error))
            self._beat("ledger")  # it answers, and a restart would not make it answer better
            return
        self._beat("ledger")
        if mails:
            self.parts.dispatch.wake()
        if messages:
            self._kept.set()
        await self._keep_house()

    async def _keep_house(self) -> None:
        try:
            await self.parts.housekeeping.turn()
        except LedgerError as error:
            log().error("housekeeping", trouble=str(error))

    def _feed_watchdog(self) -> None:
        if silent := self._pulse.silent(self.parts.clock.now()):
            log().critical("no sign of life", loops=",".join(silent))
            return
        systemd.notify(systemd.ALIVE)

    # -- signs of life ---------------------------------------------------------------------------

    def _beat(self, loop: str, rest: float = 0.0) -> None:
        """This loop lives, and is about to do nothing for `rest` seconds."""
        self._pulse.beat(loop, self.parts.clock.now(), rest)

    async def _trouble(self, text: str) -> None:
        """Tell the supervisor, the log and `twinpost status` how the mailbox does."""
        if text:
            log().warning("mailbox", trouble=text)
        self._say(text or READING)
        await self.parts.desk.do(lambda connection: mailbox_trouble(connection, text, self.parts.clock.now()))

    def _say(self, text: str) -> None:
        if text != self._status:
            self._status = text
            systemd.notify(f"STATUS={text.splitlines()[0]}")


async def rest(end: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until the end."""
    try:
        async with asyncio.timeout(max(seconds, 0.0)):
            await end.wait()
    except TimeoutError:
        return
