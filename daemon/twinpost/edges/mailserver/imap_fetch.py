"""What FETCH tells of one message (RFC 3501, 6.4.5)."""

from __future__ import annotations

import re

from twinpost.edges.mailserver.imap_view import flag_list
from twinpost.edges.mailserver.imap_words import BadCommand, Token, header_block, text
from twinpost.edges.mailserver.store import Message

BODY = re.compile(
    r"BODY(?P<peek>\.PEEK)?\[(?P<section>HEADER\.FIELDS \((?P<names>[^)]*)\)|HEADER|TEXT|)\]"
    r"(?:<(?P<start>\d+)\.(?P<length>\d+)>)?",
    re.IGNORECASE,
)
FIELD = re.compile(rb"[^\r\n \t][^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
FAST = ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]


def items(asked: Token, *, by_uid: bool) -> list[str]:
    """The items that a FETCH asks for, with UID among them when it came as UID FETCH."""
    if isinstance(asked, list):
        names = [text(item) for item in asked]
    else:
        names = FAST if text(asked).upper() == "FAST" else [text(asked)]
    return ["UID", *names] if by_uid and "UID" not in map(str.upper, names) else names


def marks_seen(item: str) -> bool:
    """BODY[…] says that somebody has read the message, BODY.PEEK[…] does not."""
    found = BODY.fullmatch(item)
    return found is not None and not found["peek"]


def is_body(item: str) -> bool:
    return BODY.fullmatch(item) is not None


def answer(item: str, message: Message) -> bytes:
    """One item of a FETCH answer. Raises BadCommand."""
    match item.upper():
        case "UID":
            return f"UID {message.uid}".encode()
        case "FLAGS":
            return f"FLAGS {flag_list(message)}".encode()
        case "INTERNALDATE":
            return f'INTERNALDATE "{message.arrived_at:%d-%b-%Y %H:%M:%S %z}"'.encode()
        case "RFC822.SIZE":
            return f"RFC822.SIZE {len(message.octets)}".encode()
    found = BODY.fullmatch(item)
    if not found:
        raise BadCommand(f"unknown item {item}")
    return _body(found, message.octets)


def _body(found: re.Match[str], message: bytes) -> bytes:
    octets = _section(message, found["section"].upper(), (found["names"] or "").split())
    label = f"BODY[{found['section'].upper()}]"
    if found["start"] is not None:
        start = int(found["start"])
        octets = octets[start : start + int(found["length"])]
        label += f"<{start}>"
    return f"{label} {{{len(octets)}}}\r\n".encode() + octets


def _section(message: bytes, section: str, names: list[str]) -> bytes:
    header = header_block(message)
    match section:
        case "":
            return message
        case "HEADER":
            return header
        case "TEXT":
            return message[len(header) :]
    wanted = {name.lower().encode() for name in names}
    fields = [field for field in FIELD.findall(header) if field.partition(b":")[0].strip().lower() in wanted]
    return b"".join(fields) + b"\r\n"
