"""Words and addresses by which machines are known: rules/automatic.yaml as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twinpost.core.model.folding import fold

_TAGS = re.compile(r"(?:\[[^\[\]]{1,40}\] ?|\*{1,5}[^*]{1,20}\*{1,5} ?){1,5}")
"""What gateways and lists put before a subject: "[EXTERNAL]", "***SPAM***"; folded text."""


LONGEST_SUBJECT = 500
"""Characters of a subject that are looked at: tags and the longest phrase are far shorter."""


@dataclass(frozen=True, slots=True)
class AutomaticWords:
    """Phrases of automatic mail in every language; all folded (`prepared`).

    Phrases are beginnings of subjects, except `texts` and `failures`, which are looked for in the first
    lines of a mail. In the two address lists "*" at the end or the beginning of a local part stands for
    anything.
    """

    away: tuple[str, ...] = ()  # out-of-office notes and other automatic answers
    calendar: tuple[str, ...] = ()  # answers of calendars: accepted, declined
    undelivered: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # "this is an automatic reply"
    failures: tuple[str, ...] = ()  # "could not be delivered"
    daemons: tuple[str, ...] = ()  # local parts that send delivery reports
    robots: tuple[str, ...] = ()  # local parts behind which nobody reads


def prepared(phrase: str) -> str:
    """A phrase or a subject as it is compared: folded, no blank before a colon."""
    return fold(phrase).replace(" :", ":")


def opens_with(subject: str, phrases: Iterable[str]) -> bool:
    """Whether a subject begins with one of the phrases, as whole words.

    Tags of gateways are passed over; reply prefixes are not: "Re: Automatic reply" is a person's.
    """
    whole = prepared(subject[:LONGEST_SUBJECT])
    tags = _TAGS.match(whole)
    beginnings = (whole, whole[tags.end() :]) if tags else (whole,)
    return any(_begins(text, phrase) for text in beginnings for phrase in phrases)


def _begins(text: str, phrase: str) -> bool:
    if not text.startswith(phrase):
        return False
    return not (phrase[-1:].isalnum() and text[len(phrase) : len(phrase) + 1].isalnum())


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
