"""Raw octets become a Reading. Whatever the octets are, nothing is raised, and what is wrong is a defect."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from twinpost.core.model.mail import Address, Defect, Reading
from twinpost.core.model.outgoing import Enclosure
from twinpost.core.reading.addresses import addresses
from twinpost.core.reading.body import REPORT_TEXT, text_of
from twinpost.core.reading.charset import codec, is_nearly_utf8, one_line
from twinpost.core.reading.files import enclosures_of, files_of
from twinpost.core.reading.guard import LIMITS, Limits, header_block
from twinpost.core.reading.guess import likeliest
from twinpost.core.reading.headers import date_of, decode_words, message_id, message_ids, raw_text
from twinpost.core.reading.links import links_of
from twinpost.core.reading.lists import writer_behind_list
from twinpost.core.reading.parts import Tree, content, tree_of, trunk_of
from twinpost.core.reading.quotes import written

# Only fields in which people write hold encoded words. Decoding a server's own fields (Received,
# Authentication-Results) would turn what it quotes from the sender into its own words.
_WORDED = frozenset(
    {
        *("subject", "from", "sender", "reply-to", "to", "cc", "bcc", "comments", "keywords"),
        *("thread-topic", "organization", "x-mailer", "user-agent", "list-id", "content-description"),
    }
)
_HEADERS_OF_ORIGINAL = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
)
_REPORT_FIELDS = REPORT_TEXT | {"message/disposition-notification", "message/global-disposition-notification"}
_DELIVERY_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_METHOD = re.compile(r"^METHOD:[ \t]{0,20}([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^action[ \t]{0,20}:[ \t]{0,20}([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_REPORTED = re.compile(
    r"^[> \t]*(?:(?:x-)?(?:original-)?message-id|x-twinpost)[ \t]*:\s{0,5}(<[^<>\s]{1,900}+>)",
    re.IGNORECASE | re.MULTILINE,
)
_OUR_MARKS = ("message-id", "x-twinpost")
"""By either a mail of ours is known in a report: some servers give it a Message-ID of their own."""
_MOST_REPORTED = 20
_REPORT_OCTETS = 64 * 1024
_LIST_TAGS = re.compile(r"(?:\s*\[[^\[\]]{1,60}+\])+")


@dataclass(slots=True)
class _Header:
    """The header's fields as text, and the defects found on the way."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    defects: set[Defect] = field(default_factory=set)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def first(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")


def read(octets: bytes, limits: Limits = LIMITS) -> Reading:
    """What a message's octets say. Never raises: at worst the header alone is read, or nothing."""
    try:
        return read_whole(octets, limits)
    except MemoryError:
        return _with(read_head(octets, limits), Defect.TOO_LARGE)
    except Exception:
        # A fault of ours must not stop the mails behind this one.
        return _with(read_head(octets, limits), Defect.UNREADABLE)


def read_head(octets: bytes, limits: Limits = LIMITS) -> Reading:
    """The header alone, for a message whose body cannot be read. Never raises."""
    try:
        tree = trunk_of(octets, limits)
        return _envelope(tree, _header(tree))
    except Exception:
        return Reading(defects=frozenset({Defect.UNREADABLE, Defect.NO_FROM}))


def _with(reading: Reading, defect: Defect) -> Reading:
    return replace(reading, defects=reading.defects | {defect})


def read_whole(octets: bytes, limits: Limits = LIMITS) -> Reading:
    """As `read`, but a fault of ours is raised: for tests."""
    tree = tree_of(octets, limits)
    reading = _envelope(tree, _header(tree))
    text = text_of(tree)
    own = written(text, reading.subject)
    files = files_of(tree)
    links = links_of(tree, reading.subject, text, own)
    reading = replace(
        reading,
        text=text,
        written=own,
        files=files,
        links=links,
        reported_ids=_reported_ids(tree, text),
        actions=_actions(tree),
        methods=_methods(tree),
        defects=reading.defects | tree.defects,
    )
    return replace(reading, fingerprint=_fingerprint(reading))


def read_enclosures(
    octets: bytes, parts: Sequence[int] = (), limits: Limits = LIMITS
) -> tuple[Enclosure, ...]:
    """Attached files by part number, decoded, bit for bit; no numbers: the whole original, untouched."""
    if not parts:
        return (Enclosure("original.eml", "message/rfc822", octets),)
    return enclosures_of(tree_of(octets, limits), parts)


def _header(tree: Tree) -> _Header:
    """The fields decoded: 8-bit ones are UTF-8, else in the charset that the body declares, else a guess."""
    header = _Header()
    charset = _declared(tree) or likeliest(b" ".join(_foreign(value) for _, value in tree.head.fields))
    for name, raw in tree.head.fields:
        text, fine = raw_text(raw, charset)
        if not fine:
            header.defects.add(Defect.BAD_CHARSET)
        header.fields.append((name, text))
    return header


def _declared(tree: Tree) -> str:
    """The first charset of a part that can say something of 8-bit octets."""
    found = (part.parameters["charset"] for part in tree.root.walk() if "charset" in part.parameters)
    return next((charset for charset in found if codec(charset) not in ("", "utf-8")), "")


def _foreign(value: bytes) -> bytes:
    """A raw value that is not UTF-8, else nothing."""
    return b"" if is_nearly_utf8(value) else value


def _envelope(tree: Tree, header: _Header) -> Reading:
    """The header's part of a reading."""
    limits, defects = tree.limits, header.defects | tree.defects
    if not header.fields:
        defects.add(Defect.UNREADABLE)
    date = _date(header, defects)
    senders = _from(header, limits, defects)
    writer = writer_behind_list(senders[0], header.all) if len(senders) == 1 else None
    return Reading(
        subject=_worded(header, header.first("subject")),
        from_=(writer,) if writer else senders,
        via=senders[0].address if writer else "",
        sender=_recipients(header, "sender", limits, defects),
        reply_to=_recipients(header, "reply-to", limits, defects),
        to=_recipients(header, "to", limits, defects),
        cc=_recipients(header, "cc", limits, defects),
        date=date,
        message_id=message_id(one_line(header.first("message-id"))),
        in_reply_to=message_ids(header.first("in-reply-to")),
        references=message_ids(header.first("references")),
        headers=tuple(
            (name, _shown(header, name, value)[: limits.kept_value]) for name, value in header.fields
        ),
        media_type=tree.root.media_type,
        report_type=tree.root.parameters.get("report-type", "").lower() if tree.root.is_multipart else "",
        defects=frozenset(defects | header.defects),
    )


def _worded(header: _Header, value: str) -> str:
    text, fine = decode_words(value[:_LONGEST_WORDED])
    if not fine:
        header.defects.add(Defect.BAD_CHARSET)
    return text


_LONGEST_WORDED = 16 * 1024


def _shown(header: _Header, name: str, value: str) -> str:
    return _worded(header, value) if name in _WORDED else one_line(value)


def _date(header: _Header, defects: set[Defect]) -> datetime | None:
    moment = date_of(header.first("date"))
    if moment is None:
        defects.add(Defect.BAD_DATE)
    return moment


def _from(header: _Header, limits: Limits, defects: set[Defect]) -> tuple[Address, ...]:
    """Everybody whom any reader could take for the sender."""
    values = header.all("from")
    lists = [addresses(value, limits.addresses, every=True) for value in values]
    found = tuple(entry for each in lists for entry in each.addresses)[: limits.addresses]
    if not found:
        defects.add(Defect.NO_FROM)
    if len(values) > 1 or len(found) > 1:
        defects.add(Defect.MANY_FROM)
    if any(each.odd or each.cut for each in lists):
        defects.add(Defect.ODD_FROM)
    return found


def _recipients(header: _Header, name: str, limits: Limits, defects: set[Defect]) -> tuple[Address, ...]:
    """The addresses of all fields of one name, each once."""
    found: dict[str, Address] = {}
    for value in header.all(name):
        each = addresses(value, limits.addresses - len(found))
        if each.cut:
            defects.add(Defect.BAD_ADDRESS)
        for entry in each.addresses:
            found.setdefault(entry.address, entry)
        if len(found) >= limits.addresses:
            break
    return tuple(found.values())


def _reported_ids(tree: Tree, text: str) -> tuple[str, ...]:
    """Message-IDs and marks that an attached original, a report's fields or a plain bounce's text name."""
    found: dict[str, None] = {}
    for part in tree.root.walk():
        if part.media_type in _HEADERS_OF_ORIGINAL:
            found.update(dict.fromkeys(_original_ids(content(tree, part, _REPORT_OCTETS)[0], tree.limits)))
        elif part.media_type in _REPORT_FIELDS:
            fields = content(tree, part, _REPORT_OCTETS)[0].decode("latin-1").replace("\r", "")
            found.update(dict.fromkeys(_REPORTED.findall(fields)))
    found.update(dict.fromkeys(_REPORTED.findall(text)))
    return tuple(found)[:_MOST_REPORTED]


def _actions(tree: Tree) -> tuple[str, ...]:
    """What a delivery report says of its recipients (RFC 3464, 2.3.3), each once, in lower case."""
    found: dict[str, None] = {}
    for part in tree.root.walk():
        if part.media_type in _DELIVERY_STATUS:
            fields = content(tree, part, _REPORT_OCTETS)[0].decode("latin-1")
            found.update(dict.fromkeys(action.lower() for action in _ACTION.findall(fields)))
    return tuple(found)


def _methods(tree: Tree) -> tuple[str, ...]:
    """What calendars in the mail ask or answer; an attached one is a file, no message (RFC 6047, 2.4)."""
    found: dict[str, None] = {}
    for part in tree.root.walk():
        if part.media_type == "text/calendar" and part.disposition != "attachment":
            fields = content(tree, part, _REPORT_OCTETS)[0].decode("latin-1")
            said = (part.parameters.get("method", ""), *_METHOD.findall(fields))
            found.update(dict.fromkeys(method.strip().lower()[:20] for method in said if method))
    return tuple(found)


def _original_ids(octets: bytes, limits: Limits) -> list[str]:
    fields = header_block(octets, 0, len(octets), limits).fields
    found = {name: message_id(raw_text(value)[0]) for name, value in reversed(fields) if name in _OUR_MARKS}
    return [found[name] for name in _OUR_MARKS if found.get(name)]


def _fingerprint(reading: Reading) -> str:
    """Equal for copies of one mail that came by two ways: other Received, a list's tag or footer.

    Over From, Date, Message-ID, subject without list tags, the writer's words and the files.
    """
    subject = _LIST_TAGS.sub(" ", reading.subject)
    lines = (
        ",".join(sorted(entry.address for entry in reading.from_)),
        reading.date.isoformat() if reading.date else one_line("".join(reading.header("date"))),
        reading.message_id,
        " ".join(subject.split()),
        " ".join(reading.written.split()),
        ",".join(file.sha256 for file in reading.files if not file.inline),
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
