"""Which address a delivery report speaks of, and why it was not reached.

By the fields of RFC 3464 where there are any; else by the addresses in the text of servers that have
a form of their own (qmail, Exim, Sympa, Exchange of old) and the words behind each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from twinpost.core.model.bounce import Cause, Failure
from twinpost.core.model.mail import Reading
from twinpost.core.sorting.phrases import AutomaticWords, local_part_is, opens_with, prepared
from twinpost.core.sorting.report_fields import ADDRESS, About, about_recipients, addresses_in

SEARCHED = 6000
"""Characters of a server's own text in which addresses and reasons are looked for."""

FIELDS_SEARCHED = 60_000
"""Characters of the whole text in which the fields of a report are looked for."""

BEHIND = 400
"""Characters behind an address in which its reason stands."""

MOST_NAMED = 30
"""Addresses of a text that are looked at."""

SHOWN = 200
"""Characters of the server's words that are kept."""

_RETURNED = re.compile(
    r"^[>\s]{0,20}(?:-{2,40}.{0,80}\b(?:copy of|original|returned|unsent|message header|mail header)"
    r"|(?:original (?:message|mail) (?:headers?|follows))|received: (?:from|by)\b|return-path:|x-twinpost:"
    r"|message-id:)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the text of the mail that came back begins."""

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -](?:[245]\.\d|\D))")

_VAGUE = re.compile(r"|[245]\.0\.0|5\.3\.0|5\.5\.0|5\.1\.0|5\.2\.0")
"""Codes that say no more than that it failed."""

CODES = (
    (re.compile(r"[45]\.7\.\d+|[45]\.6\.\d+|[45]\.3\.4|[45]\.2\.3|5\.1\.[78]|5\.1\.9\d"), Cause.OURS),
    (re.compile(r"[45]\.2\.2"), Cause.FULL),
    (re.compile(r"4\..*|5\.4\.7"), Cause.TEMPORARY),  # Exchange gives up after days with 5.4.7
    (re.compile(r"5\.1\.(?:[136]|10)"), Cause.UNKNOWN),
)
"""Of codes that say something (RFC 3463, 3; Exchange's own behind 5.1.6): the first that fits."""

ACTIONS = {
    "delayed": Cause.DELAYED,
    "delivered": Cause.DELIVERED,
    "relayed": Cause.DELIVERED,
    "expanded": Cause.DELIVERED,
}

NOBODY = ("postmaster*", "hostmaster*", "abuse*", "support*", "helpdesk*", "mailer-daemon*", "admin*")
"""Whom a report names for questions."""


def failures(reading: Reading, words: AutomaticWords, ours: str = "") -> tuple[Failure, ...]:
    """What a report says of each address that it names; of "" where it names none.

    `ours` is the shared address, to which the report came.
    """
    said = _own_text(reading.text)
    about = about_recipients(reading.text[:FIELDS_SEARCHED])
    by_fields = [failure for one in about for failure in _of_fields(one, said, words)]
    if by_fields:
        return tuple(by_fields)
    action = _action(reading, words)
    found = tuple(_in_text(reading, said, words, ours, action))
    return found or (Failure("", _cause(action, _status(said), said, words), *_shown(said)),)


def _action(reading: Reading, words: AutomaticWords) -> str:
    """What the whole report says, where it does not say it of anybody: failed comes before delayed."""
    if "failed" in reading.actions:
        return "failed"
    late = "delayed" if opens_with(reading.subject, words.delayed) else ""
    return next(iter(reading.actions), late)


def _of_fields(about: About, said: str, words: AutomaticWords) -> Iterator[Failure]:
    """One failure for each address: the one that was written to, and the one that it led to."""
    status = about.status
    if _VAGUE.fullmatch(status) and (better := _ENHANCED.search(about.diagnostic)):
        status = better[1]
    vague = bool(_VAGUE.fullmatch(status)) and not about.diagnostic
    reason = said if vague else about.diagnostic
    cause = _cause(about.action, status, reason, words, exact=not vague)
    for address in about.addresses:
        yield Failure(address, cause, status, " ".join(reason.split())[:SHOWN])


def _own_text(text: str) -> str:
    """The server's words, without the mail that came back."""
    start = text[:SEARCHED]
    returned = _RETURNED.search(start)
    return start[: returned.start()] if returned else start


def _in_text(reading: Reading, said: str, words: AutomaticWords, ours: str, action: str) -> Iterator[Failure]:
    """Addresses that a header names (Exim, Gmail), else those of the text, with what is said behind each."""
    named = addresses_in(",".join(reading.header("x-failed-recipients"))[:2000])
    for address in named:
        place = said.casefold().find(address)
        reason = _behind(said, place + len(address)) if place >= 0 else said
        yield _failure(address, action, reason or said, said, words)
    if named:
        return
    not_hers = {ours.casefold(), *(sender.address for sender in reading.from_)}
    seen: set[str] = set()
    for match in ADDRESS.finditer(said):
        for address in addresses_in(match[0]):
            if address in seen or address in not_hers or local_part_is(address, (*NOBODY, *words.daemons)):
                continue
            if len(seen) >= MOST_NAMED:
                return
            seen.add(address)
            yield _failure(address, action, _behind(said, match.end()), said, words)


def _behind(said: str, start: int) -> str:
    """What stands behind an address, up to the next paragraph that begins with another one."""
    return said[start : start + BEHIND].lstrip(">:;, \t")


def _failure(address: str, action: str, reason: str, said: str, words: AutomaticWords) -> Failure:
    """By the words behind the address; where these say nothing, by the whole text."""
    cause = _known_cause(action, _status(reason), reason, words)
    if cause is None:
        reason = said
        cause = _cause(action, _status(said), said, words)
    return Failure(address, cause, *_shown(reason))


def _status(text: str) -> str:
    found = _ENHANCED.search(text)
    return found[1] if found else ""


def _shown(text: str) -> tuple[str, str]:
    return _status(text), " ".join(text.split())[:SHOWN]


def _cause(action: str, status: str, reason: str, words: AutomaticWords, *, exact: bool = False) -> Cause:
    """Why; a failure without any reason counts as a refusal."""
    return _known_cause(action, status, reason, words, exact=exact) or Cause.REFUSED


def _known_cause(
    action: str, status: str, reason: str, words: AutomaticWords, *, exact: bool = False
) -> Cause | None:
    """By words and code; words come first where the code says little or blames the wrong one.

    `exact`: the reason is the server's reply and nothing else. In a whole text "spam" may stand in the
    footer of a scanner.
    """
    if action in ACTIONS:
        return ACTIONS[action]
    by_code = _by_code(status)
    if by_code is Cause.UNKNOWN and not exact:
        return by_code
    said = prepared(reason)
    if any(phrase in said for phrase in words.our_fault):
        return Cause.OURS
    if by_code is not None:
        return by_code
    for phrases, cause in ((words.full, Cause.FULL), (words.unknown, Cause.UNKNOWN)):
        if any(phrase in said for phrase in phrases):
            return cause
    return _of_reply(status, reason, said, words)


def _by_code(status: str) -> Cause | None:
    return next((cause for codes, cause in CODES if codes.fullmatch(status)), None)


def _of_reply(status: str, reason: str, said: str, words: AutomaticWords) -> Cause | None:
    """By the class of the code alone, the SMTP reply, or words that speak of waiting."""
    if status.startswith("5.5.") and status != "5.5.0":  # the two servers did not understand each other
        return Cause.OURS
    reply = status[:1] or next((code[1][0] for code in _REPLY.finditer(reason)), "")
    if reply == "4" or any(phrase in said for phrase in words.passing):
        return Cause.TEMPORARY
    return Cause.REFUSED if reply == "5" else None
