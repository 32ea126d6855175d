"""Words and addresses by which machines are known: rules/automatic.yaml as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twinpost.core.model.folding import fold

_TAGS = re.compile(r"(?:\[[^\[\]]{1,40}\] ?|\*{1,5}[^*]{1,20}\*{1,5} ?){1,5}")
"""What gateways and lists put before a subject: "[EXTERNAL]", "***SPAM***"; folded text."""

_LAST_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]$")

LONGEST_SUBJECT = 500
"""Characters of a subject that are looked at: tags and the longest phrase are far shorter."""


@dataclass(frozen=True, slots=True)
class AutomaticWords:
    """Phrases of automatic mail in every language; all folded (`prepared`).

    Phrases are beginnings of subjects, except `was_read`, `texts` and `failures`, which are looked for in
    the first lines of a mail. In the two address lists "*" at the end or the beginning of a local part
    stands for anything.
    """

    away: tuple[str, ...] = ()  # out-of-office notes and other automatic answers
    calendar: tuple[str, ...] = ()  # answers of calendars: accepted, declined
    read: tuple[str, ...] = ()  # receipts of reading
    was_read: tuple[str, ...] = ()  # "was read on"
    notices: tuple[str, ...] = ()  # held by a moderator, mailbox full; of strangers only
    undelivered: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # "this is an automatic reply"
    failures: tuple[str, ...] = ()  # "could not be delivered"
    unknown: tuple[str, ...] = ()  # "no such user": these four are looked for in reports alone
    full: tuple[str, ...] = ()  # "mailbox full"
    our_fault: tuple[str, ...] = ()  # "message too large", "blocked as spam"
    passing: tuple[str, ...] = ()  # "timed out"
    daemons: tuple[str, ...] = ()  # local parts that send delivery reports
    robots: tuple[str, ...] = ()  # local parts behind which nobody reads


def prepared(phrase: str) -> str:
    """A phrase or a subject as it is compared: folded, no blank before a colon."""
    return fold(phrase).replace(" :", ":")


def opens_with(subject: str, phrases: tuple[str, ...]) -> bool:
    """Whether a subject begins with one of the phrases, as whole words.

    Tags of gateways are passed over; reply prefixes are not: "Re: Automatic reply" is a person's.
    """
    whole = prepared(subject[:LONGEST_SUBJECT])
    tags = _TAGS.match(whole)
    beginnings = (whole, whole[tags.end() :]) if tags else (whole,)
    return any(_begins(text, phrases) for text in beginnings)


def _begins(text: str, phrases: tuple[str, ...]) -> bool:
    if not text.startswith(phrases):
        return False
    return any(text.startswith(phrase) and _whole_words(text, len(phrase)) for phrase in phrases)


def _whole_words(text: str, end: int) -> bool:
    return not (text[end - 1 : end].isalnum() and text[end : end + 1].isalnum())


def ends_in_brackets(subject: str, phrases: tuple[str, ...]) -> bool:
    """Whether a subject ends in one of the phrases within brackets: "Re: Letter 1 (Automatic reply)"."""
    last = _LAST_BRACKETS.search(prepared(subject[-LONGEST_SUBJECT:]))
    return last is not None and last[1].strip() in {phrase.rstrip(":") for phrase in phrases}


def first_lines_say(text: str, phrases: Iterable[str], length: int = 600) -> bool:
    """Whether one of the phrases stands in the first `length` characters of a text."""
    start = prepared(text[:length])
    return any(phrase in start for phrase in phrases)


def local_part_is(address: str, patterns: Iterable[str]) -> bool:
    """Whether the local part of an address fits a pattern: "owner-*", "*-request", "mailer-daemon"."""
    local = address.rpartition("@")[0] or address
    return any(_fits(local, pattern) for pattern in patterns)


def _fits(local: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return local.startswith(pattern[:-1])
    if pattern.startswith("*"):
        return local.endswith(pattern[1:])
    return local == pattern
