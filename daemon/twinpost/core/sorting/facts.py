"""What a message is sorted by, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from twinpost.core.model.absence import SaidAway
from twinpost.core.model.kind import Proof
from twinpost.core.model.known import Known
from twinpost.core.model.mail import Defect, File, Reading
from twinpost.core.model.people import Membership, Role
from twinpost.core.model.saying import NOTHING, Saying
from twinpost.core.model.spellings import NO_NICKNAMES, Nicknames
from twinpost.core.model.subject import SubjectReading

UNCERTAIN_FROM = frozenset({Defect.NO_FROM, Defect.MANY_FROM, Defect.ODD_FROM})
"""A From in which two readers may see two senders names nobody."""


NOT_ASKED = Proof()


@dataclass(frozen=True, slots=True)
class Facts:
    """A message as it was read, with what is known around it.

    `subject` is the subject read with the names of the sender's classes and her nicknames, `order` the
    order word that was recognised ("" for none), `arrived_at` the server's INTERNALDATE (aware, UTC).
    """

    reading: Reading
    known: Known
    subject: SubjectReading
    arrived_at: datetime
    order: str = ""
    away: SaidAway | None = None  # somebody is said to be away
    said: Saying = NOTHING  # a word in answer to a mail of ours, or an order that is one
    proof: Proof = NOT_ASKED
    nicknames: Nicknames = field(default_factory=lambda: NO_NICKNAMES)  # of people

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """Every place of the sender; empty for a stranger and for a From that is not certain."""
        if len(self.reading.from_) != 1 or self.reading.defects & UNCERTAIN_FROM:
            return ()
        return self.known.directory.who(self.reading.from_[0].address)

    def places(self, role: Role) -> tuple[Membership, ...]:
        """The sender's places with this role; those in the thread's exchange, when it has any, first."""
        places = [m for m in self.memberships if m.role is role]
        thread = self.known.thread
        here = thread.exchange_id if thread else 0
        return tuple(sorted(places, key=lambda m: m.exchange.id != here))

    @property
    def files(self) -> tuple[File, ...]:
        """The attached files without decoration."""
        return tuple(file for file in self.reading.files if not file.inline)

    @property
    def new_files(self) -> tuple[File, ...]:
        """Those that came with no earlier letter."""
        return tuple(file for file in self.files if file.sha256 not in self.known.files_before)

    @property
    def new_links(self) -> tuple[str, ...]:
        """Links to cloud drives that stand in no open letter."""
        before = {link for d in self.known.deliveries for mail in d.mails for link in mail.links}
        return tuple(link for link in self.reading.links if link not in before)

    @property
    def brings_something(self) -> bool:
        """Whether there is a file or a link that has not come before."""
        return bool(self.new_files or self.new_links)
