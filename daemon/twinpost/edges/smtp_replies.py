"""What a mail server's reply means for a mail of ours: code, enhanced code (RFC 3463) and, last, words.

The question behind every row is whom the refusal concerns: this address, this mail, us, or the line. A
permanent refusal is believed only about an address or a mail; whatever says that *we* are unwelcome is
trouble for the admin, and no address is to blame for it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from twinpost.core.deciding.delivery import too_large
from twinpost.core.model.outgoing import Accepted, Deferred, Outcome, Refused, Scope


class Stage(StrEnum):
    """How far the dialogue had come when the reply was given."""

    OPENING = "opening"  # greeting, EHLO, STARTTLS
    SIGN_IN = "sign-in"
    SENDER = "sender"  # MAIL
    RECIPIENT = "recipient"  # RCPT
    CONTENT = "content"  # DATA and the dot


LONGEST_REPLY = 500

_ENHANCED = re.compile(r"[45]\.\d{1,3}\.\d{1,3}(?!\d)")

# Sign-in needed, refused or switched off (RFC 4954, 6); Microsoft 365's and others' words for senders
# that may not send: SendAsDenied, banned, disabled, over their threshold, from an unwanted network.
_OUR_CODES = frozenset({530, 534, 535, 538})
_OUR_ENHANCED = re.compile(
    r"5\.(?:1\.[78]|7\.(?:[389]|1[0-5]|2[0-7]|30|57|60|64|139|232|233|50[1-3]|51[13]|60[6-9]|70[58]|750))"
)
_OUR_WORDS = re.compile(
    r"sendas ?denied|not owned by user|sender (?:address )?(?:is )?(?:rejected|not allowed|denied|blocked)"
    r"|relay(?:ing)? (?:access )?denied|unable to relay|authenticat|client host|blacklist|blocklist"
    r"|block ?list|spamhaus|your ip|not logged in",
    re.IGNORECASE,
)

# A list that takes mail from its own house only says so in words of authentication; that is its address.
_NOT_OURS = re.compile(r"5\.7\.(?:12[0-9]|13[0-8])")

_FULL_ENHANCED = re.compile(r"[45]\.2\.2")
_FULL_WORDS = re.compile(
    r"mailbox (?:is )?full|over ?quota|quota (?:is )?exceeded|exceeded.{0,20} quota", re.IGNORECASE
)

_DIALOGUE_CODES = frozenset({500, 502, 503})
"""The dialogue went wrong: that says nothing about the mail."""

_ADDRESS_ENHANCED = re.compile(r"5\.(?:1\.(?:[0-46]|10)|2\.[01])")
"""Some servers accept every recipient and name the unknown one after the dot."""


def reply_of(code: int, text: str) -> str:
    """A reply as one short printable line."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join((str(code), *printable.split()))[:LONGEST_REPLY]


def judge(stage: Stage, code: int, text: str) -> Outcome:
    """The outcome of a transaction that ended with this reply at this stage."""
    reply = reply_of(code, text)
    if 200 <= code < 300:
        return Accepted(reply)
    if 400 <= code < 500:
        return Deferred(reply, _scope_of_later(stage, code, text))
    if 500 <= code < 600:
        return _refusal(stage, code, text, reply)
    return Deferred(reply, Scope.LINE)


def _scope_of_later(stage: Stage, code: int, text: str) -> Scope:
    """421 ends the session; 4.3.x is the server's own state, e.g. too many connections or a full disk."""
    if code == 421 or _enhanced(text).startswith("4.3."):
        return Scope.LINE
    return {Stage.RECIPIENT: Scope.ADDRESS, Stage.CONTENT: Scope.MAIL}.get(stage, Scope.LINE)


def _refusal(stage: Stage, code: int, text: str, reply: str) -> Outcome:
    enhanced = _enhanced(text)
    if stage in (Stage.OPENING, Stage.SIGN_IN):
        return Deferred(reply, Scope.US)
    if code in _DIALOGUE_CODES:
        return Deferred(reply, Scope.LINE)
    if _full(stage, code, enhanced, text):
        return Deferred(reply, Scope.ADDRESS)
    if too_large(reply):
        return Refused(reply, Scope.MAIL)
    if stage is Stage.SENDER or _ours(code, enhanced, text):
        return Deferred(reply, Scope.US)
    if stage is Stage.RECIPIENT or _ADDRESS_ENHANCED.fullmatch(enhanced):
        return Refused(reply, Scope.ADDRESS)
    return Refused(reply, Scope.MAIL)


def _full(stage: Stage, code: int, enhanced: str, text: str) -> bool:
    """The recipient's mailbox is full: she may well make room within days."""
    if _FULL_ENHANCED.fullmatch(enhanced) or _FULL_WORDS.search(text):
        return True
    return stage is Stage.RECIPIENT and code == 552 and not enhanced


def _ours(code: int, enhanced: str, text: str) -> bool:
    if _NOT_OURS.fullmatch(enhanced):
        return False
    return code in _OUR_CODES or bool(_OUR_ENHANCED.fullmatch(enhanced) or _OUR_WORDS.search(text))


def _enhanced(text: str) -> str:
    found = _ENHANCED.match(text)
    return found[0] if found else ""
