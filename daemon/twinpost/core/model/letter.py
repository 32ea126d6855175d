"""Letters and their arrival."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from twinpost.core.model.mail import File


class Certainty(StrEnum):
    EXACT = "exact"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Letter:
    """Which letter a message is: product, numbers, from, to. Class ids are the ledger's."""

    exchange_id: int
    product: str
    numbers: tuple[int, ...]
    from_class: int
    to_classes: tuple[int, ...]
    part: tuple[int, int | None] | None = None
    certainty: Certainty = Certainty.EXACT


@dataclass(frozen=True, slots=True)
class DeliveredMail:
    """One of the mails in which a letter came."""

    message: int  # journal id
    message_id: str  # Message-ID, for the thread
    person: int  # who sent it; 0 when a forward came from elsewhere
    arrived_at: datetime
    files: tuple[File, ...] = ()
    links: tuple[str, ...] = ()
    links_until: date | None = None  # the day from which a link may lead nowhere, where the mail says it
    part: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A letter's arrival: open while more of it may come, then closed by quiet."""

    id: int
    letter: Letter
    mails: tuple[DeliveredMail, ...]
    version: int = 1  # counts the receipts: 1 is the first
    closed_at: datetime | None = None
    update_due: datetime | None = None
    close_due: datetime | None = None
    gathering_since: datetime | None = None  # when the first mail came that no receipt has told of
    told: frozenset[str] = frozenset()  # codes of findings already told in a receipt

    @property
    def first_at(self) -> datetime:
        return self.mails[0].arrived_at

    @property
    def files(self) -> tuple[File, ...]:
        """Every file of the letter that counts, decoration left out, in order of arrival."""
        return counting(file for mail in self.mails for file in mail.files if not file.inline)


class NamedFile(Protocol):
    """What `counting` looks at; a row of the ledger has it too."""

    @property
    def name(self) -> str: ...
    @property
    def trouble(self) -> str: ...


F = TypeVar("F", bound=NamedFile)


def counting(files: Iterable[F]) -> tuple[F, ...]:
    """The files that count: what came empty or broken is replaced by what came whole under its name."""
    all_ = tuple(files)
    whole = {file.name for file in all_ if not file.trouble}
    return tuple(file for file in all_ if not file.trouble or file.name not in whole)
