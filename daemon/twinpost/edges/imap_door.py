"""How to get into an IMAP server: connection, encryption, sign-in, each failure with its remedy."""

from __future__ import annotations

import imaplib
import ipaddress
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from imapclient import IMAPClient

from twinpost.edges.oauth.tokens import Tokens
from twinpost.edges.refusals import remedy, remedy_in, status_of
from twinpost.edges.remedies import unreachable
from twinpost.edges.wire import Wire
from twinpost.errors import SignInRefused, WireError

# Codes with which a server says that the trouble is its own, not ours (RFC 5530, 3)
OWN_TROUBLE = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")


WHATEVER_IT_IS = (
    "Check `user` in [imap] and the password or token; the provider may have switched password sign-in off, "
    "or locked the account."
)

NOT_ALLOWED = "authenticated but not connected"
"""Exchange's words, long after it has said OK to the token, for a mailbox that is not ours to read."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server is and how it is entered. `password` is asked for at each sign-in.

    `tokens` take its place (XOAUTH2): those of `provider`. `tls` replaces the machine's own list of
    authorities.
    """

    host: str
    port: int
    user: str
    password: Callable[[], str] = str
    security: Literal["tls", "starttls", "none"] = "tls"
    tokens: Tokens | None = None
    provider: str = ""  # microsoft | google
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError(f'security = "none" is for this machine only, not for {self.host}')


class Client(IMAPClient):  # type: ignore[misc]  # it publishes no types
    """imapclient's commands over a wire of ours."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        super().__init__(wire.host, wire.port, ssl=False)
        self.normalise_times = False  # else moments come without zone, in the machine's own
        logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it repeats what was said
        wire.debug = 0  # imapclient sets 5, and every letter is formatted for a log that is off

    def _create_IMAP4(self) -> Wire:  # noqa: N802
        return self.wire


def connect(door: Door) -> Client:
    """Connect and encrypt. Raises WireError with the remedy, or imaplib's errors."""
    context = None if door.security == "none" else door.tls or ssl.create_default_context()
    try:
        wire = Wire(door.host, door.port, context if door.security == "tls" else None)
        if door.security == "starttls":
            _encrypt(wire, context)
    except OSError as error:
        raise unreachable(error, door.host, door.port, "imap") from error
    return Client(wire)


def _encrypt(wire: Wire, context: ssl.SSLContext | None) -> None:
    try:
        if "STARTTLS" not in wire.capabilities:
            raise WireError(
                f"{wire.host}:{wire.port} offers no STARTTLS, so nothing was sent to it. Set "
                'security = "tls" and port = 993 in [imap], or have the server offer it.'
            )
        wire.starttls(context)
    except BaseException:
        wire.shutdown()
        raise


def enter(client: Client, door: Door) -> None:
    """Sign in. Raises SignInRefused, WireError when the server cannot decide now, or imaplib's errors."""
    if door.tokens is None:
        _show_password(client, door, door.password())
        return
    token = door.tokens.current()
    try:
        _show_token(client, door, token)
    except SignInRefused:
        another = door.tokens.renewed(token)
        if not another:
            raise
        _show_token(client, door, another)


def _show_password(client: Client, door: Door, password: str) -> None:
    try:
        if client.has_capability("AUTH=PLAIN"):  # carries every character, LOGIN only ASCII
            client.plain_login(door.user, password)
        elif client.has_capability("LOGINDISABLED"):
            raise WireError(f'{door.host} wants encryption first: set security = "starttls" in [imap].')
        elif password.isascii() and password.isprintable():
            client.login(door.user, password)
        else:
            raise SignInRefused(f"{door.host} takes only plain ASCII passwords: choose one without accents.")
    except imaplib.IMAP4.abort:
        raise  # the connection broke; nobody said no
    except imaplib.IMAP4.error as error:
        raise refusal(door, str(error)) from error


def _show_token(client: Client, door: Door, token: str) -> None:
    """The token at the first question; at the second, which carries the reason of a refusal, nothing."""
    questions: list[bytes] = []

    def answer(question: bytes) -> str:
        questions.append(question)
        return f"user={door.user}\1auth=Bearer {token}\1\1" if len(questions) == 1 else ""

    try:
        client.sasl_login("XOAUTH2", answer)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        status = status_of(questions[-1]) if len(questions) > 1 else ""
        raise refusal(door, str(error).replace(token, "…"), status) from error


def refusal(door: Door, said: str, status: str = "") -> WireError:
    """The sentence for a sign-in that the server did not want, with the remedy."""
    said = said.removeprefix("b'").removesuffix("'")
    if any(code in said for code in OWN_TROUBLE):
        return WireError(
            f"{door.host} cannot sign anybody in at the moment ({said}). It will be tried again."
        )
    said += f"; status {status}" if status else ""
    what_to_do = remedy_in("servers", said) or remedy("tokens", [door.provider]) or WHATEVER_IT_IS
    return SignInRefused(f"{door.host} refused to sign in {door.user} ({said}). {what_to_do}")


def is_loopback(host: str) -> bool:
    """True for this machine's own name and numbers; other names are not looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
