"""A message at its stations: octets, then what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies on the IMAP server (RFC 3501, 2.3.1.1)."""

    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header. `address` is case-folded; `name` is decoded and one line."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that lies in the mailbox and has not been fetched. `size` is what the server claims."""

    uid: int
    size: int
    arrived_at: datetime  # INTERNALDATE, aware, UTC


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A folder as the server lists it. `flags` are its attributes, such as \\Junk or \\Noselect."""

    name: str
    separator: str = "/"  # "" where there are no levels
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A message of which only the lines From, Subject, Date and Message-ID were fetched."""

    uid: int
    arrived_at: datetime  # INTERNALDATE, aware, UTC
    header: bytes


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a folder beside the inbox has been looked through."""

    uidvalidity: int = 0
    uid: int = 0
    lying: tuple[int, ...] = ()  # UIDs of what was found worth telling and lay there the last time


@dataclass(frozen=True, slots=True)
class Glance:
    """One look into a folder beside the inbox."""

    uidvalidity: int
    seen: tuple[Glimpse, ...]  # lowest UID first
    up_to: int  # every UID up to this one has been looked at
    more: bool  # there is more behind it
    there: frozenset[int]  # of the bookmark's `lying`; of another UIDVALIDITY nothing is known


class Defect(StrEnum):
    """What is broken in a message's form; the reading went on nevertheless."""

    NO_FROM = "no-from"  # no From, or one in which no address can be found
    MANY_FROM = "many-from"  # more than one From header, or more than one address in it
    ODD_FROM = "odd-from"  # a From whose form lets two readers see two senders
    BARE_CR = "bare-cr"  # lone CR, lone LF or NUL in the header block
    BAD_ADDRESS = "bad-address"  # To or Cc that could be read in part only
    BAD_DATE = "bad-date"
    BAD_CHARSET = "bad-charset"
    BAD_MIME = "bad-mime"
    TOO_MANY_HEADERS = "too-many-headers"
    TOO_LONG_HEADERS = "too-long-headers"
    TOO_MANY_PARTS = "too-many-parts"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"
    CUT_SHORT = "cut-short"  # a multipart without its closing boundary
    UNREADABLE = "unreadable"  # not even the header could be read


@dataclass(frozen=True, slots=True)
class File:
    """One attached file, as it lies in the message.

    `part` is its number in the message's walk (depth first, the root is 0). `kind` is a short word
    found from the content, not from the label: pdf, jpeg, png, gif, heic, docx, odt, xlsx, pages, zip,
    winmail, exe, mp4, text, html, calendar, message, empty, unknown …
    """

    part: int
    name: str
    size: int  # decoded octets
    sha256: str
    kind: str
    inline: bool = False  # decoration: a signature logo, a picture inside the text
    trouble: str = ""  # "", empty, truncated, encrypted: what is wrong with the content itself
    media_type: str = "application/octet-stream"
    holds: int = 0  # pages of a PDF, files inside an archive or a winmail.dat; 0 where it cannot be told
    inside: tuple[str, ...] = ()  # names of the files inside, the first hundred


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message's octets say. Nothing here is believed yet."""

    subject: str = ""
    from_: tuple[Address, ...] = ()
    sender: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None  # aware, UTC; shown, never decided upon
    message_id: str = ""  # with its angle brackets
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # in order, names lower-case, values unfolded and decoded
    media_type: str = "text/plain"  # of the root part
    report_type: str = ""  # of multipart/report
    reported_ids: tuple[str, ...] = ()  # Message-IDs named inside an attached report or original
    text: str = ""  # the whole text, newlines only
    written: str = ""  # what the writer wrote: no quotes, no quote heads, no signature
    files: tuple[File, ...] = ()
    links: tuple[str, ...] = ()  # links to cloud drives in what the writer wrote
    defects: frozenset[Defect] = frozenset()
    fingerprint: str = ""  # sha256 over From, Date, Message-ID, subject, text and files: see reading.mime
    actions: tuple[str, ...] = ()  # of a delivery report, lower-case (RFC 3464, 2.3.3): failed, delayed …
    via: str = ""  # the list's address that stood in the From, when `from_` is the writer whom it names
    methods: tuple[str, ...] = ()  # of calendars in the mail, lower-case (RFC 5546, 1.4): request, reply …

    def header(self, name: str) -> tuple[str, ...]:
        """Every value of a header, top first. `name` is lower-case."""
        return tuple(value for key, value in self.headers if key == name)


class TakenUp(StrEnum):
    """Why a message is processed once more."""

    APPLY = "apply"  # an exchange file changed who takes part, or what a class is called
    ADDRESS = "address"  # a teacher said that the address is hers
    INBOX = "inbox"  # somebody dragged it back into the inbox
    ADMIN = "admin"  # `twinpost aside retry`


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that lies in the journal: nothing of it can be lost any more."""

    id: int
    sha256: str
    size: int
    arrived_at: datetime  # the server's INTERNALDATE, aware, UTC
    tries: int = 0
    again: bool = False  # it was processed before
