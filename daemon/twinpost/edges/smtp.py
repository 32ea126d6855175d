"""Handing mails to the outgoing server over a few kept connections, at the rate that it allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Protocol

from twinpost.core.model.outgoing import Deferred, Outcome, Scope
from twinpost.edges.smtp_replies import Stage
from twinpost.edges.smtp_session import Door, Ended, Session
from twinpost.errors import SignInRefused, WireError

MINUTE = 60.0


class SignInRecord(Protocol):
    """Remembers refused sign-ins across restarts, so that a wrong password does not lock the account."""

    async def wait_until(self) -> datetime | None:
        """None when a sign-in may be tried now, else the moment from which it may."""

    async def refused(self) -> None:
        """The server said no."""


class Brake:
    """At most so many mails in any minute; 0 is no brake."""

    def __init__(self, per_minute: int) -> None:
        self._went: deque[float] = deque(maxlen=per_minute or 1)
        self._on = per_minute > 0

    def ready_in(self) -> float:
        """Seconds until another mail may go."""
        full = self._on and len(self._went) == self._went.maxlen
        return max(0.0, self._went[0] + MINUTE - monotonic()) if full else 0.0

    def take(self) -> float:
        """Take the next free place. Returns the seconds until it comes."""
        seconds = self.ready_in()
        self._went.append(monotonic() + seconds)
        return seconds


class SmtpPostman:
    """The outgoing server behind `app.ports.Postman`. Belongs to one event loop."""

    def __init__(
        self, door: Door, record: SignInRecord, *, connections: int = 2, per_minute: int = 0
    ) -> None:
        self._door = door
        self._record = record
        self._brake = Brake(per_minute)
        self._places = asyncio.Semaphore(connections)
        self._kept: list[Session] = []
        self._signing_in = asyncio.Lock()

    def ready_in(self) -> float:
        """Seconds until the provider's rate allows another mail; who asks first can still choose which."""
        return self._brake.ready_in()

    async def send(self, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
        """One SMTP transaction for all recipients or none. Never raises for what a server says or does."""
        async with self._places:
            await asyncio.sleep(self._brake.take())
            try:
                return await self._send(sender, recipients, octets)
            except Ended as end:
                return end.outcome
            except Exception as error:  # whatever we did not foresee is temporary
                return Deferred(f"{type(error).__name__}: {error}", Scope.LINE)

    async def check_sign_in(self, sender: str = "") -> None:
        """Connect, encrypt, sign in, and ask whether we may send as `sender`.

        Raises SignInRefused or WireError with a sentence and its remedy.
        """
        try:
            session = await self._opened()
        except Ended as end:
            raise _explained(end, self._door) from end
        try:
            if sender:
                await session.try_sender(sender)
        except Ended as end:
            raise _explained(end, self._door) from end
        finally:
            await session.close()

    async def close(self) -> None:
        """End the kept connections."""
        kept, self._kept = self._kept, []
        await asyncio.gather(*(session.close() for session in kept))

    async def _send(self, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
        kept = self._take()
        if kept is not None:
            try:
                return await self._use(kept, sender, recipients, octets)
            except Ended as end:
                if not end.line_was_dead:
                    raise
        return await self._use(await self._opened(), sender, recipients, octets)

    def _take(self) -> Session | None:
        while self._kept:
            session = self._kept.pop()
            if session.usable:
                return session
            session.drop()
        return None

    async def _use(self, session: Session, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
        keep = False
        try:
            outcome = await session.hand_over(sender, recipients, octets)
            keep = True
        except Ended as end:
            keep = not end.broken and await session.clear()
            raise
        finally:
            if keep:
                self._kept.append(session)
            else:
                session.drop()
        return outcome

    async def _opened(self) -> Session:
        session = Session(self._door)
        try:
            if not self._door.user:
                await session.open()
                return session
            async with self._signing_in:  # one wrong password at a time
                await self._ask_record()
                await session.open()
                await self._sign_in(session)
        except BaseException:
            session.drop()
            raise
        return session

    async def _ask_record(self) -> None:
        until = await self._record.wait_until()
        if until is not None:
            reply = f"{self._door.host} refused the sign-in; it is tried again at {until:%H:%M} UTC"
            raise Ended(Deferred(reply, Scope.US), Stage.SIGN_IN)

    async def _sign_in(self, session: Session) -> None:
        try:
            await session.sign_in()
        except Ended as end:
            if end.sign_in_refused:
                await self._record.refused()
            raise


def _explained(end: Ended, door: Door) -> WireError:
    """The sentence for the admin, with what he can do."""
    if isinstance(end.__cause__, WireError):
        return end.__cause__
    said = end.outcome.reply
    if end.stage is Stage.SIGN_IN:
        remedy = (
            ""
            if door.tokens is not None
            else " Check `user` in [smtp] and the password file; some providers want an app password, and "
            'Microsoft 365 no password at all: then set sign_in = "microsoft".'
        )
        return SignInRefused(f"{door.host} does not let {door.user} sign in: {said.rstrip('.')}.{remedy}")
    if end.stage is Stage.SENDER:
        return WireError(
            f"{door.host} does not let us send: {said}. Check that the account of `user` in [smtp] may "
            "send as `address`, and that sending needs no sign-in where `user` is left out."
        )
    if said.startswith("-"):  # aiosmtplib's code for an answer that is none
        return WireError(
            f"{door.host}:{door.port} answers in another language than SMTP. Check `port` in [smtp]: "
            "587 is usual with starttls, 465 with tls."
        )
    return WireError(said)
