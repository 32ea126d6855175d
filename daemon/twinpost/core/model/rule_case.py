"""A case that rules are tested with: what has happened by a moment, and the mails that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import History


@dataclass(frozen=True, slots=True)
class ExpectedMail:
    """A mail, or a line of the digest, that a case expects; `at` is the reader's wall clock."""

    at: datetime | date  # a day, where the hour does not matter
    notice: str
    to: str  # address
    digest: bool = False
    because: str = ""  # part of the reason, where it matters


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One test of the rules."""

    name: str
    file: str
    line: int
    exchange: Exchange
    history: History
    now: datetime
    until: date | None  # the last day that is looked at; None: all of the plan
    rules: tuple[str, ...]  # only these; all where it is empty
    mails: tuple[ExpectedMail, ...]
