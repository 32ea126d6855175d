"""What follows from one try at handing a mail over: sent, again later, or given up.

Permanent has to be proved by the server's own 5xx about this address or this mail. Whatever concerns
our account or the line is nobody's fault, so such a mail is never given up: it waits until that is mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from twinpost.core.model.outgoing import Accepted, Deferred, Outcome, Refused, Scope

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""How long a mail rests after its first, second … try that came to nothing."""

LONG_WAIT = timedelta(hours=2)
"""The shortest of all later waits; the longest is twice that."""

WAIT_FOR_US = timedelta(minutes=15)
"""The longest wait for trouble of ours or of the line: once mended, mails should go soon."""

GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321, 4.5.4.1: at least 4 to 5 days
LEAST_TRIES = 6
"""A mail that waited five days for the program to be started again has not had its chances yet."""

TOO_LARGE = "too large"
FIVE_DAYS = "not delivered within five days"
ADDRESS_REFUSED = "the address is refused"
MAIL_REFUSED = "the mail is refused"


@dataclass(frozen=True, slots=True)
class Sent:
    reply: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    at: datetime
    why: str  # the server's words


@dataclass(frozen=True, slots=True)
class GiveUp:
    """`why` is one of the sentences above, `reply` the server's words."""

    why: str
    reply: str


NextStep = Sent | TryAgain | GiveUp

_TOO_LARGE = re.compile(r"552\b(?! ?5\.2\.2)|\d{3}[ -]5\.(?:3\.4|2\.3)\b")


def too_large(reply: str) -> bool:
    """Whether the words of a refusal ("552 5.3.4 …") speak of the mail's size (RFC 5321, 4.2.2; RFC 3463)."""
    return _TOO_LARGE.match(reply) is not None


def next_step(outcome: Outcome, tries: int, made_at: datetime, now: datetime, chance: float) -> NextStep:
    """What to do with a mail after a try.

    `tries` counts the tries before this one, `made_at` is when the mail was decided, `chance` (0 to 1)
    spreads the waits so that mails deferred together do not come back together.
    """
    match outcome:
        case Accepted():
            return Sent(outcome.reply)
        case Refused(scope=Scope.MAIL):
            return GiveUp(TOO_LARGE if too_large(outcome.reply) else MAIL_REFUSED, outcome.reply)
        case Refused():
            return GiveUp(ADDRESS_REFUSED, outcome.reply)
        case Deferred():
            return _later(outcome, tries, made_at, now, chance)


def _later(outcome: Deferred, tries: int, made_at: datetime, now: datetime, chance: float) -> NextStep:
    wait = _wait(tries, chance)
    if outcome.scope is Scope.US:
        return TryAgain(now + min(wait, WAIT_FOR_US), outcome.reply)
    if now - made_at >= GIVE_UP_AFTER and tries + 1 >= LEAST_TRIES:
        return GiveUp(FIVE_DAYS, outcome.reply)
    return TryAgain(now + wait, outcome.reply)


def _wait(tries: int, chance: float) -> timedelta:
    if tries < len(WAITS):
        return WAITS[tries] * (0.8 + 0.4 * chance)
    return LONG_WAIT * (1 + chance)
