"""From the outbox to the outgoing server: several lanes, each with one mail at a time.

Each try is bracketed by two commits: the row is claimed and marked before transmission begins, and its
outcome is written before the lane does anything else (the claim of the next mail shares that commit, and
lanes that come to it at the same time share it, too). So a kill leaves at most one mail in each lane in
doubt; it goes again with the same Message-ID. What is due is asked anew for every mail, the most urgent
first, and a mail that has to wait holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from twinpost.app import trouble
from twinpost.app.ports import Postman, Reader
from twinpost.app.trouble import Trouble
from twinpost.core.deciding.delivery import GiveUp, NextStep, Sent, TryAgain, next_step
from twinpost.core.model.notice import AdminNote
from twinpost.core.model.outgoing import Deferred, Outcome, Scope
from twinpost.core.writing.compose import compose
from twinpost.errors import LedgerError
from twinpost.ledger import outbox
from twinpost.ledger.parcels import Parcel
from twinpost.ledger.transaction import Desk

log = logging.getLogger(__name__)

LONGEST_REST = 10.0  # seconds: a command beside the daemon may have put something into the outbox
SHORTEST_REST = 0.05
LEDGER_REST = 2.0  # after a transaction that failed
TIME_TO_STOP = 4.0  # the service promises to be gone within five seconds
HOPELESS = 3  # failures in a row after which `drain` leaves the rest for another time

_ADDRESS = re.compile(r"\S+@\S+")

Found = tuple[Parcel | None, datetime | None]
"""A claimed mail, or None and when one will be due."""

OnGiveUp = Callable[[sa.Connection, Parcel, GiveUp], None]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the tries so far."""

    sent: int = 0
    later: int = 0
    given_up: int = 0

    def with_(self, step: NextStep) -> Tally:
        match step:
            case Sent():
                return replace(self, sent=self.sent + 1)
            case TryAgain():
                return replace(self, later=self.later + 1)
            case GiveUp():
                return replace(self, given_up=self.given_up + 1)


@dataclass(frozen=True, slots=True)
class Tried:
    """A try whose end is not yet written down."""

    parcel: Parcel
    step: NextStep
    tell: bool = True  # the admin, when it is given up


@dataclass(frozen=True, slots=True)
class Turn:
    """What a lane wants of the ledger between two mails."""

    tried: Tried | None
    wanted: bool  # the next mail, too
    end: asyncio.Future[Found]


class Dispatch:
    """Sends what is due, as long as it runs.

    `sender` is the envelope's, `worker` says under which name mails are claimed. `on_give_up` is called
    within the transaction that gives a mail up, `heartbeat` at every turn of a lane.
    """

    def __init__(
        self,
        desk: Desk,
        postman: Postman,
        reader: Reader,
        *,
        sender: str,
        worker: Callable[[], str],
        clock: Callable[[], datetime],
        on_give_up: OnGiveUp,
        lanes: int = 2,
        heartbeat: Callable[[], None] = lambda: None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.tally = Tally()
        self._desk = desk
        self._postman = postman
        self._reader = reader
        self._sender = sender
        self._worker = worker
        self._clock = clock
        self._on_give_up = on_give_up
        self._lanes = lanes
        self._heartbeat = heartbeat
        self._chance = chance
        self._tasks: list[asyncio.Task[None]] = []
        self._bell = asyncio.Event()
        self._turns: list[Turn] = []
        self._clerk: asyncio.Task[None] | None = None
        self._stopping = False
        self._trouble: Trouble | None = None
        self._pause_ends = 0.0  # on the loop's clock
        self._in_vain = 0  # tries in this life since one got through
        self._written: str | None = None  # what the ledger says of the trouble
        self._in_hand: dict[int, int] = {}  # lane to mail
        self._unsure = False  # a commit failed, or its answer was lost

    # -- what others call ------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until `stop`."""
        await self._recover_in_the_end()
        await self._work(until_empty=False)

    async def drain(self) -> Tally:
        """Send what is due now, and return what became of it. Raises LedgerError."""
        before = self.tally
        await self._recover()
        await self._work(until_empty=True)
        after = self.tally
        return Tally(after.sent - before.sent, after.later - before.later, after.given_up - before.given_up)

    def wake(self) -> None:
        """Something new may be due. To be called in the loop's own thread."""
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    async def stop(self) -> None:
        """Let every lane finish its mail, for a few seconds; what is cut off then is in doubt."""
        self._stopping = True
        self.wake()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=TIME_TO_STOP)
        for task in self._tasks:
            task.cancel()

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing gets through at present."""
        return self._trouble

    # -- lanes -----------------------------------------------------------------------------------

    async def _work(self, *, until_empty: bool) -> None:
        self._tasks = [asyncio.create_task(self._lane(number, until_empty)) for number in range(self._lanes)]
        try:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in self._tasks:
                task.cancel()
            ends = await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._clerk:
                await asyncio.shield(self._clerk)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _recover_in_the_end(self) -> None:
        while not self._stopping:
            try:
                await self._recover()
                return
            except LedgerError as error:
                log.error("the outbox cannot be read: %s", error)
                await self._rest(self._bell, LEDGER_REST)

    async def _recover(self) -> None:
        """Put back what a former life left in doubt."""

        def look(connection: sa.Connection) -> tuple[list[int], Trouble | None]:
            doubtful = outbox.in_doubt(connection, self._clock())
            return doubtful, trouble.standing(connection)

        doubtful, standing = await self._desk.do(look)
        self._in_vain = 0
        self._trouble = standing  # one lane knocks first; its first success ends the trouble
        self._written = standing.written() if standing else None
        if doubtful:
            log.warning("mails %s were on their way when the program ended: they go again", doubtful)

    async def _lane(self, number: int, until_empty: bool) -> None:
        tried: Tried | None = None
        failures = 0
        while True:
            self._heartbeat()
            bell = self._bell
            hopeless = until_empty and self._hopeless(number)
            wanted = self._may_claim(number) and not hopeless
            parcel, due = None, None
            if tried or wanted:
                try:
                    parcel, due = await self._turn(tried, wanted)
                    tried, failures = None, 0
                    self._holds(number, parcel)
                except Exception as error:
                    failures += 1
                    if until_empty and failures >= HOPELESS:
                        raise
                    tried = self._after_failed_turn(tried, error)
                    await self._rest(bell, LEDGER_REST)
                    continue
            if parcel:
                tried = await self._try(parcel)
            elif self._stopping or hopeless or (until_empty and wanted):
                return
            else:
                await self._rest(bell, self._rest_until(number, due))

    def _holds(self, number: int, parcel: Parcel | None) -> None:
        self._in_hand.pop(number, None)
        if parcel:
            self._in_hand[number] = parcel.id

    def _may_claim(self, number: int) -> bool:
        """In trouble one lane alone knocks, and not before its pause is over."""
        if self._stopping or self._postman.ready_in() > 0:
            return False
        return self._trouble is None or (number == 0 and self._pause_left() <= 0)

    def _hopeless(self, number: int) -> bool:
        """Whether a drain had better leave the rest for another time."""
        if self._trouble is None:
            return False
        return number > 0 or self._in_vain >= (1 if self._trouble.scope is Scope.US else HOPELESS)

    def _pause_left(self) -> float:
        return self._pause_ends - asyncio.get_running_loop().time()

    def _rest_until(self, number: int, due: datetime | None) -> float:
        if self._trouble is not None:
            return self._pause_left() if number == 0 else LONGEST_REST
        if (brake := self._postman.ready_in()) > 0:
            return brake
        return (due - self._clock()).total_seconds() if due else LONGEST_REST

    async def _rest(self, bell: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(max(seconds, SHORTEST_REST), LONGEST_REST)):
                await bell.wait()
        except TimeoutError:
            pass

    # -- one turn --------------------------------------------------------------------------------

    async def _turn(self, tried: Tried | None, wanted: bool) -> Found:
        """Write down how the last try ended, and claim the next mail."""
        turn = Turn(tried, wanted, asyncio.get_running_loop().create_future())
        self._turns.append(turn)
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._do_turns())
        # The clerk is a task of its own: an outcome is written even if the lane is cut off meanwhile.
        return await turn.end

    async def _do_turns(self) -> None:
        """Whatever the lanes have asked for while the last commit ran goes into the next one."""
        while self._turns:
            turns, self._turns = self._turns, []
            if not await self._together(turns):
                for turn in turns:
                    await self._together([turn])

    async def _together(self, turns: Sequence[Turn]) -> bool:
        """One transaction for all; False when something in it went wrong that is one mail's alone."""
        try:
            found = await self._commit(turns)
        except LedgerError as error:
            self._unsure = True
            for turn in turns:
                _answer(turn, error)
        except Exception as error:
            if len(turns) > 1:
                return False
            _answer(turns[0], error)
        else:
            for turn, one in zip(turns, found, strict=True):
                _answer(turn, one)
        return True

    async def _commit(self, turns: Sequence[Turn]) -> list[Found]:
        news = self._trouble.written() if self._trouble and self._trouble.worth_telling else None

        def work(connection: sa.Connection) -> list[Found]:
            now = self._clock()
            if news != self._written:
                trouble.write(connection, news)
            if unsure:
                outbox.never_begun(connection, in_hand)
            return [self._do_turn(connection, turn, now) for turn in turns]

        unsure, in_hand = self._unsure, list(self._in_hand.values())
        found = await self._desk.do(work)
        self._written, self._unsure = news, False
        return found

    def _do_turn(self, connection: sa.Connection, turn: Turn, now: datetime) -> Found:
        if turn.tried:
            self._write_down(connection, turn.tried, now)
        if not turn.wanted:
            return None, None
        for parcel in outbox.claim(connection, now, 1, self._worker()):
            return parcel, None
        return None, outbox.next_due(connection)

    def _write_down(self, connection: sa.Connection, tried: Tried, now: datetime) -> None:
        parcel, step = tried.parcel, tried.step
        outbox.record(connection, parcel.id, step, now)
        # A note to the admin that cannot be delivered leads to no further one.
        if isinstance(step, GiveUp) and tried.tell and parcel.notice != AdminNote.name:
            self._on_give_up(connection, parcel, step)

    def _after_failed_turn(self, tried: Tried | None, error: Exception) -> Tried | None:
        """The outcome is kept and written later: nothing else is sent before."""
        # The database's own words, and not SQLAlchemy's: those would put the mail into the log.
        log.error("the outbox cannot be written: %s", _hidden(str(getattr(error, "orig", error))))
        if tried and not isinstance(error, LedgerError):
            return replace(tried, tell=False)
        return tried

    async def _try(self, parcel: Parcel) -> Tried:
        outcome = await self._outcome(parcel)
        step = next_step(outcome, parcel.tries, parcel.made_at, self._clock(), self._chance())
        self.tally = self.tally.with_(step)
        log.info("mail %d: %s", parcel.id, _shown(step))
        return Tried(parcel, step)

    async def _outcome(self, parcel: Parcel) -> Outcome:
        """Compose and hand over. Whatever goes wrong is temporary, and must not stop the others."""
        try:
            octets = await self._octets(parcel)
        except Exception as error:
            log.error("mail %d cannot be composed: %s", parcel.id, _hidden(repr(error)))
            return Deferred(f"not composed: {type(error).__name__}: {error}", Scope.MAIL)
        try:
            outcome = await self._postman.send(self._sender, parcel.recipients, octets)
        except Exception as error:
            log.error("mail %d could not be handed over: %s", parcel.id, _hidden(repr(error)))
            outcome = Deferred(f"{type(error).__name__}: {error}", Scope.LINE)
        return self._learned(outcome)

    async def _octets(self, parcel: Parcel) -> bytes:
        if not parcel.attach:
            return compose(parcel.mail)
        return await asyncio.to_thread(self._with_enclosures, parcel)

    def _with_enclosures(self, parcel: Parcel) -> bytes:
        files = [file for sha256, parts in parcel.attach for file in self._reader.enclosures(sha256, parts)]
        return compose(parcel.mail, files)

    # -- trouble ---------------------------------------------------------------------------------

    def _learned(self, outcome: Outcome) -> Outcome:
        """Notice trouble and its end. Returns the outcome in fairness to the mail.

        While nothing gets through, no mail is blamed for it; one that fails so while others do get through
        is tried for five days like any other.
        """
        if isinstance(outcome, Deferred) and outcome.scope in (Scope.US, Scope.LINE):
            blamed = Scope.US if self._trouble else Scope.LINE
            self._in_vain += 1
            self._in_trouble(outcome)
            return replace(outcome, scope=blamed)
        if self._trouble is not None:
            log.warning("mail can be sent again")
            self._trouble, self._in_vain = None, 0
            self.wake()
        return outcome

    def _in_trouble(self, outcome: Deferred) -> None:
        before = self._trouble
        now = before.again(outcome) if before else Trouble(self._clock(), outcome.scope, outcome.reply)
        if now.worth_telling and not (before and before.worth_telling):
            log.error("no mail can be sent: %s", _hidden(outcome.reply))
        self._trouble = now
        self._pause_ends = asyncio.get_running_loop().time() + now.pause(self._chance())


def _answer(turn: Turn, answer: Found | Exception) -> None:
    if turn.end.done():
        return  # its lane was cut off
    if isinstance(answer, Exception):
        turn.end.set_exception(answer)
    else:
        turn.end.set_result(answer)


def _shown(step: NextStep) -> str:
    match step:
        case Sent():
            return "sent"
        case TryAgain():
            return f"again at {step.at:%Y-%m-%dT%H:%M:%SZ}: {_hidden(step.why)}"
        case GiveUp():
            return f"given up, {step.why}: {_hidden(step.reply)}"


def _hidden(reply: str) -> str:
    """A server's words without the addresses in them: logs name nobody."""
    return _ADDRESS.sub("<…>", reply)
