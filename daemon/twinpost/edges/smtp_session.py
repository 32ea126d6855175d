"""One connection to the outgoing server: opened, signed in, kept, and used for one mail after the other."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import aiosmtplib
from aiosmtplib import SMTPResponseException

from twinpost.core.model.outgoing import Accepted, Deferred, Outcome, Refused, Scope
from twinpost.edges.oauth.tokens import Tokens
from twinpost.edges.own_thread import OwnThread
from twinpost.edges.refusals import remedy, remedy_in
from twinpost.edges.remedies import unreachable
from twinpost.edges.settings import is_loopback
from twinpost.edges.smtp_replies import Stage, judge, reply_of
from twinpost.edges.smtp_xoauth2 import show_token
from twinpost.errors import SignInRefused, TwinpostError

SLOWEST = 20_000  # octets a second: a large mail may take as long as this needs

READY, DONE, FORWARDED = 354, 250, 251  # RFC 5321, 4.2.3: send the mail; it is accepted; and goes further

_LINE_END = re.compile(rb"\r\n|\r|\n")
_FINAL = re.compile(r"5\d\d ")
_ADDRESS = re.compile(r"[!#$%&'*+/=?^_`{|}~.A-Za-z0-9-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. RFC 5321, 4.5.3.2 asks for ten minutes after the dot: giving up sooner sends mails twice."""

    opening: float = 60.0  # connection, greeting, encryption and sign-in together
    command: float = 120.0
    content: float = 600.0  # and more for a large mail
    idle: float = 30.0  # a connection that rested longer may be dead without our knowing: not used again
    farewell: float = 2.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where and how we hand mails in. `password` may block; `tokens` take its place, those of `provider`."""

    host: str
    port: int
    security: str  # tls | starttls | none
    user: str = ""
    password: Callable[[], str] = field(default=str, repr=False)
    tokens: Tokens | None = None
    provider: str = ""  # microsoft | google
    context: ssl.SSLContext | None = None
    timeouts: Timeouts = Timeouts()
    may_send: Callable[[], bool] = lambda: True  # asked before each step: our turn may be over in its middle

    def __post_init__(self) -> None:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError(f"mails would go unencrypted to {self.host}")


class Ended(Exception):
    """A try came to this end at this stage. A connection that is not `broken` can be used again."""

    def __init__(self, outcome: Outcome, stage: Stage, *, broken: bool = True) -> None:
        self.outcome = outcome
        self.stage = stage
        self.broken = broken
        super().__init__(outcome.reply)

    @property
    def sign_in_refused(self) -> bool:
        """The server, or who should give a token, heard who we are and said no: that counts."""
        by_provider = isinstance(self.__cause__, SignInRefused)
        return by_provider or (self.stage is Stage.SIGN_IN and _FINAL.match(self.outcome.reply) is not None)

    @property
    def line_was_dead(self) -> bool:
        """A kept connection had ended before this mail was even announced."""
        lost = isinstance(self.outcome, Deferred) and self.outcome.scope is Scope.LINE
        return lost and self.broken and self.stage is Stage.SENDER


class Session:
    """A connection. Every method raises `Ended` when the server does not do as asked."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._client = aiosmtplib.SMTP(
            hostname=door.host,
            port=door.port,
            timeout=None,  # `_limited` below is the clock
            use_tls=door.security == "tls",
            start_tls=False,  # asked for below, where a refusal can be told from other trouble
            tls_context=door.context,
        )
        self._rests_since = monotonic()

    @property
    def usable(self) -> bool:
        """Whether another mail may be handed over on it."""
        return self._client.is_connected and monotonic() - self._rests_since < self._door.timeouts.idle

    async def open(self) -> None:
        """Connect, greet and encrypt."""
        async with self._limited(Stage.OPENING, self._door.timeouts.opening):
            await self._client.connect()
            await self._client.ehlo()
            if self._door.security == "starttls":
                await self._encrypt()

    async def _encrypt(self) -> None:
        if not self._client.supports_extension("starttls"):
            raise self._trouble(
                "offers no STARTTLS, and nothing is sent unencrypted. If this port expects TLS from the "
                'first octet, set security = "tls" in [smtp].'
            )
        await self._client.starttls()
        await self._client.ehlo()

    async def sign_in(self) -> None:
        """One try with one method: a second one after a refusal would count as a second wrong password."""
        tokens = self._door.tokens
        if tokens is None:
            await self._show(self._method(), await self._secret(self._door.password))
            return
        shown = partial(show_token, self._client)
        token = await self._secret(tokens.current)
        try:
            await self._show(shown, token)
        except Ended as end:
            another = await self._secret(lambda: tokens.renewed(token)) if end.sign_in_refused else ""
            if not another:
                raise
            await self._show(shown, another)

    async def _show(self, method: Callable[[str, str], Awaitable[object]], secret: str) -> None:
        try:
            async with self._limited(Stage.SIGN_IN, self._door.timeouts.opening):
                await method(self._door.user, secret)
        except Ended as end:
            if not end.sign_in_refused:
                raise
            said = end.outcome.reply
            what_to_do = remedy_in("servers", said) or remedy("tokens", [self._door.provider])
            raise Ended(Deferred(f"{said} {what_to_do}".rstrip(), Scope.US), Stage.SIGN_IN) from end

    async def _secret(self, asked: Callable[[], str]) -> str:
        """Asked for in a thread that nobody waits for at the end: a provider may be silent for long."""
        thread = OwnThread("sign-in")
        try:
            return await thread.do(asked)
        except TwinpostError as error:
            stage = Stage.SIGN_IN if isinstance(error, SignInRefused) else Stage.OPENING
            raise Ended(Deferred(str(error), Scope.US), stage) from error
        finally:
            thread.close()

    def _method(self) -> Callable[[str, str], Awaitable[object]]:
        client = self._client
        ways = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
        for name, way in ways.items():
            if name in client.server_auth_methods:
                return way
        raise self._trouble(
            "offers no sign-in with a password. Check `port`, `security` and `sign_in` in [smtp]; "
            "leave `user` out if the server wants no sign-in."
        )

    async def try_sender(self, sender: str) -> None:
        """Ask whether we may send as `sender`, without sending."""
        async with self._limited(Stage.SENDER, self._door.timeouts.command):
            await self._command(b"MAIL", _path(b"FROM", sender))
            await self._client.rset()

    async def hand_over(self, sender: str, recipients: Sequence[str], octets: bytes) -> Accepted:
        """One transaction, for all recipients or for none: a pupil's line never goes without her teacher's
        copy, and a repeat reaches nobody twice.
        """
        timeouts = self._door.timeouts
        self._check_size(octets)
        async with self._limited(Stage.SENDER, timeouts.command):
            await self._command(b"MAIL", _path(b"FROM", sender), *self._options(octets))
        await self._name(recipients)
        async with self._limited(Stage.CONTENT, timeouts.content + len(octets) / SLOWEST):
            reply = await self._deliver(octets)
        self._rests_since = monotonic()
        return Accepted(reply)

    async def _command(self, *words: bytes) -> None:
        """One command; the library's own methods take every address apart once more, for every mail."""
        self._require_turn()
        answer = await self._client.execute_command(*words)
        if answer.code not in (DONE, FORWARDED):
            raise SMTPResponseException(answer.code, answer.message)

    async def _deliver(self, octets: bytes) -> str:
        """DATA by hand: the library takes half a second of the loop's time for 25 MB."""
        protocol = self._client.protocol
        self._require_turn()
        ready = await self._client.execute_command(b"DATA")
        if protocol is None or ready.code != READY:
            raise SMTPResponseException(ready.code, ready.message)
        self._require_turn()
        protocol.write(dotted(octets))
        end = await protocol.read_response()
        if end.code != DONE:
            raise SMTPResponseException(end.code, end.message)
        return reply_of(end.code, end.message)

    def _require_turn(self) -> None:
        if not self._door.may_send():
            raise Ended(Deferred("another daemon may be sending this by now", Scope.LINE), Stage.CONTENT)

    async def _name(self, recipients: Sequence[str]) -> None:
        refusals = []
        for recipient in recipients:
            try:
                async with self._limited(Stage.RECIPIENT, self._door.timeouts.command):
                    await self._command(b"RCPT", _path(b"TO", recipient))
            except Ended as end:
                if end.broken:
                    raise
                refusals.append(end)
        if refusals:
            raise max(refusals, key=lambda end: _weight(end.outcome))

    def _check_size(self, octets: bytes) -> None:
        """The server's own word about what it takes (RFC 1870) spares sending 25 MB for a refusal."""
        limit = self._client.esmtp_extensions.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < len(octets):
            reply = f"552 5.3.4 {len(octets)} octets, and the server takes at most {limit}"
            raise Ended(Refused(reply, Scope.MAIL), Stage.SENDER, broken=False)

    def _options(self, octets: bytes) -> Iterator[bytes]:
        if self._client.supports_extension("size"):
            yield b"SIZE=%d" % len(octets)
        if self._client.supports_extension("8bitmime") and not octets.isascii():
            yield b"BODY=8BITMIME"

    async def clear(self) -> bool:
        """Forget the envelope after a refusal. False when the connection is of no more use."""
        try:
            async with self._limited(Stage.SENDER, self._door.timeouts.command):
                await self._client.rset()
        except Ended:
            return False
        self._rests_since = monotonic()
        return True

    async def close(self) -> None:
        """Say QUIT if that can still be said; never raises."""
        with suppress(Ended):
            async with self._limited(Stage.OPENING, self._door.timeouts.farewell):
                await self._client.quit()
        self.drop()

    def drop(self) -> None:
        """Cut the connection."""
        self._client.close()

    @asynccontextmanager
    async def _limited(self, stage: Stage, seconds: float) -> AsyncIterator[None]:
        """What goes wrong in this block, the time running out among it, becomes `Ended`."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except SMTPResponseException as error:
            outcome = judge(stage, error.code, error.message)
            raise Ended(outcome, stage, broken=self._broken_by(outcome)) from error
        except (aiosmtplib.SMTPException, OSError) as error:  # before ValueError: a bad certificate is both
            raise Ended(self._lost(stage, error), stage) from error
        except ValueError as error:  # an address that cannot stand in a command
            raise Ended(Deferred(str(error), Scope.ADDRESS), stage, broken=False) from error

    def _broken_by(self, outcome: Outcome) -> bool:
        """After an answer that is none the dialogue cannot be trusted; 421 has ended it."""
        return outcome.reply.startswith(("-", "421")) or not self._client.is_connected

    def _lost(self, stage: Stage, error: Exception) -> Deferred:
        host, port = self._door.host, self._door.port
        cause = _cause(error)
        if stage is Stage.OPENING and cause is not None:
            scope = Scope.US if isinstance(cause, ssl.SSLError) else Scope.LINE
            return Deferred(str(unreachable(cause, host, port, "smtp")), scope)
        return Deferred(f"{host}:{port}: {str(error) or 'no answer in time'}", Scope.LINE)

    def _trouble(self, sentence: str) -> Ended:
        return Ended(Deferred(f"{self._door.host}:{self._door.port} {sentence}", Scope.US), Stage.OPENING)


def dotted(octets: bytes) -> bytes:
    """A mail as it goes after DATA (RFC 5321, 4.5.2): CRLF alone ends a line, so that no server can be
    made to see the end of the mail in its middle; leading dots doubled; the end.
    """
    if not octets.count(b"\r") == octets.count(b"\n") == octets.count(b"\r\n"):
        octets = _LINE_END.sub(b"\r\n", octets)
    if not octets.endswith(b"\r\n"):
        octets += b"\r\n"
    first = b"." if octets.startswith(b".") else b""
    return first + octets.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _path(word: bytes, address: str) -> bytes:
    """`FROM:<…>` or `TO:<…>`, for an address that may stand in a command as it is."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is not an address that mail can be handed over for")
    return b"%s:<%s>" % (word, address.encode("ascii"))


def _cause(error: BaseException) -> OSError | None:
    """The system's own error under the library's; a time limit of ours is one too."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and not isinstance(cause, aiosmtplib.SMTPException):
            return cause
        cause = cause.__cause__
    return None


def _weight(outcome: Outcome) -> int:
    """Of several recipients' refusals the one that decides: our own trouble, then what is final."""
    match outcome:
        case Deferred(scope=Scope.US | Scope.LINE):
            return 2
        case Refused():
            return 1
        case _:
            return 0
