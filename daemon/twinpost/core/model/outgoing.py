"""A mail of ours on its way: rendered, composed, handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A notice in words: one line of subject, a text part and an HTML part of equal worth."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that a mail of ours carries. `content` are its decoded octets."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """Everything that its octets are made of: composing twice gives the same octets."""

    message_id: str
    date: datetime
    from_: tuple[str, str]  # (name, address)
    to: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str
    cc: tuple[tuple[str, str], ...] = ()
    reply_to: tuple[tuple[str, str], ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = "auto-replied"  # auto-generated for what nobody's mail provoked (RFC 3834, 5)
    headers: tuple[tuple[str, str], ...] = ()


class Scope(StrEnum):
    """Whom a server's refusal concerns."""

    ADDRESS = "address"  # this recipient
    MAIL = "mail"  # this mail: its size or its contents
    US = "us"  # our account, our address, our sign-in: nobody's address is to blame
    LINE = "line"  # the connection


@dataclass(frozen=True, slots=True)
class Accepted:
    reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. Whatever we do not understand is this."""

    reply: str
    scope: Scope = Scope.LINE


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the server's own 5xx said so."""

    reply: str
    scope: Scope = Scope.ADDRESS


Outcome = Accepted | Deferred | Refused
