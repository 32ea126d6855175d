"""The header that a mail server adds on delivery, and the one that it must not let in."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from twinpost.edges.mailserver.imap_words import header_block

FIELD = re.compile(rb"[^\r\n \t][^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
VERDICT = re.compile(
    rb"authentication-results[ \t]*:[ \t\r\n]*(?:\([^)]*\)[ \t\r\n]*)?([^ \t\r\n;]+)", re.IGNORECASE
)


def stamped(
    octets: bytes, *, sender: str, recipient: str, signed_in: str, authserv_id: str, now: datetime
) -> bytes:
    """A mail as it is put into a mailbox.

    On top comes the envelope sender and, for mail of somebody who signed in, our own verdict; a verdict
    in our name that came with the mail is a forgery and goes (RFC 8601, 5).
    """
    top = [f"Return-Path: <{sender}>"]
    if signed_in:
        top.append(f"Authentication-Results: {authserv_id}; auth=pass smtp.auth={signed_in}")
    top.append(
        f"Received: by {authserv_id} with {'ESMTPA' if signed_in else 'ESMTP'} for <{recipient}>;\r\n"
        f" {format_datetime(now)}"
    )
    return "\r\n".join([*top, ""]).encode() + without_verdicts(octets, authserv_id)


def without_verdicts(octets: bytes, authserv_id: str) -> bytes:
    """The mail without Authentication-Results headers in our own name."""
    header = header_block(octets)
    ours = authserv_id.lower().encode()

    def keep(field: re.Match[bytes]) -> bytes:
        found = VERDICT.match(field[0])
        return b"" if found and found[1].strip(b'"').lower() == ours else field[0]

    return FIELD.sub(keep, header) + octets[len(header) :]
