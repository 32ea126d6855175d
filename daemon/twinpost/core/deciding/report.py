"""The receipts of a letter: one mail for each teacher of the classes concerned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from twinpost.core.deciding.case import distinct, letter_names, names, places
from twinpost.core.inspecting.sequence import next_date, sequence
from twinpost.core.model.effect import Attach, Tell
from twinpost.core.model.finding import Finding
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Letter
from twinpost.core.model.live_photo import films
from twinpost.core.model.mail import File
from twinpost.core.model.notice import (
    Completeness,
    FileLine,
    LetterArrived,
    LetterNames,
    NextDate,
    Receipt,
)
from twinpost.core.model.people import Exchange, Person, SchoolClass

SENDERS_ONLY = frozenset({"copy-missing"})
"""Findings that only the sending side can do something about."""


@dataclass(frozen=True, slots=True)
class LetterState:
    """All that the receipts of one letter tell."""

    letter: Letter
    exchange: Exchange
    sender: Person
    address: str  # of the sender, for the loop budget
    first_at: datetime
    now: datetime
    files: tuple[File, ...]
    links: tuple[str, ...]
    mails: int
    arrived: tuple[Arrived, ...]
    findings: tuple[Finding, ...] = ()
    version: int = 1
    closed: bool = False
    complete: Completeness | None = None
    said: str = ""
    read_as: str = ""
    learned: tuple[str, str] | None = None
    missing: tuple[Person, ...] = ()  # not in copy, to be reached by us
    proven: bool = True
    too_large: bool = False
    gathered: bool = False  # quiet brings it, at most once an hour: no machine can provoke more of it
    attach: tuple[Attach, ...] = ()
    parent: str = ""
    references: tuple[str, ...] = ()
    key: str = "receipt/{delivery}/{version}"
    delivery: int = 0

    @property
    def from_class(self) -> SchoolClass:
        return self.exchange.class_by_id(self.letter.from_class)

    @property
    def to_classes(self) -> tuple[SchoolClass, ...]:
        return tuple(self.exchange.class_by_id(class_id) for class_id in self.letter.to_classes)

    @property
    def readers(self) -> tuple[Person, ...]:
        """Everybody who gets a receipt."""
        return concerned(self.letter, self.exchange)


def concerned(letter: Letter, exchange: Exchange) -> tuple[Person, ...]:
    """The teachers of the class that wrote a letter, then those of the classes that it is for."""
    class_ids = (letter.from_class, *letter.to_classes)
    return distinct(teacher for id_ in class_ids for teacher in exchange.class_by_id(id_).teachers)


def receipts(state: LetterState) -> tuple[Tell, ...]:
    """One receipt for each teacher of the sending class, one for each of the receiving classes."""
    sending = {teacher.id for teacher in state.from_class.teachers}
    return tuple(
        _receipt(state, reader) if reader.id in sending else arrival_for(state, reader)
        for reader in state.readers
    )


def arrival_for(state: LetterState, reader: Person) -> Tell:
    """What a receiving teacher gets; the letter itself where she was not in copy."""
    own = next(c for c in state.to_classes if any(t.id == reader.id for t in c.teachers))
    left_out = any(person.id == reader.id for person in state.missing)
    pass_on = left_out and state.proven and not state.too_large
    notice = LetterArrived(
        **_common(state, reader, own),
        findings=tuple(finding for finding in state.findings if finding.code not in SENDERS_ONLY),
        waiting_for_yes=(reader.name,) if left_out and not state.proven else (),
        said=state.said if pass_on or state.too_large else "",
        attached=pass_on,
        too_large=left_out and state.too_large,
    )
    return _tell(state, reader, notice, attach=state.attach if pass_on else (), counts=not pass_on)


def _receipt(state: LetterState, reader: Person) -> Tell:
    own = reader.id == state.sender.id
    reached = names(state.missing) if state.proven and not state.too_large else ()
    waiting = () if state.proven else names(state.missing)
    notice = Receipt(
        **_common(state, reader, state.from_class),
        findings=state.findings,
        passed_on_to=reached,
        waiting_for_yes=waiting,
        own=own,
        ask_yes=own and bool(waiting),
    )
    return _tell(state, reader, notice, asks=notice.ask_yes or (own and state.learned is not None))


def _common(state: LetterState, reader: Person, own: SchoolClass) -> dict[str, Any]:
    classes = (state.from_class, *state.to_classes)
    return {
        "letter": letter_names(state.letter, state.exchange),
        "exchange": state.exchange.title,
        "sender": state.sender.name,
        "first_at": state.first_at,
        "where": places(own, classes),
        "files": file_lines(state.files),
        "links": state.links,
        "mails": state.mails,
        "version": state.version,
        "closed": state.closed,
        "told": names(person for person in state.readers if person.id != reader.id),
        "planned": state.exchange.letters if state.letter.product == "letter" else None,
        "unseen": sequence(state.letter, state.exchange, state.arrived).unseen,
        "next_date": _next_date(state, own),
        "complete": state.complete,
        "read_as": state.read_as,
        "learned": state.learned,
        "forwarded": all(state.sender.id != teacher.id for teacher in state.from_class.teachers),
    }


def file_lines(files: Iterable[File]) -> tuple[FileLine, ...]:
    """Each file once, decoration left out, a Live Photo with its film as one."""
    once: dict[str, File] = {}
    for file in files:
        if not file.inline:
            once.setdefault(file.sha256 if file.size else file.name, file)
    real = tuple(once.values())
    pairs = films(real)
    belonging = set(pairs.values())
    return tuple(
        FileLine(
            file.name,
            file.size + (real[pairs[at]].size if at in pairs else 0),
            file.kind,
            file.holds,
            film=at in pairs,
        )
        for at, file in enumerate(real)
        if at not in belonging
    )


def _next_date(state: LetterState, own: SchoolClass) -> NextDate | None:
    """The next agreed date of the exchange, as of the reader's own day."""
    today = state.now.astimezone(ZoneInfo(own.timezone)).date()
    exchange, letter = state.exchange, state.letter
    classes = (letter.from_class, *letter.to_classes)
    found = next_date(exchange, classes, today, (*state.arrived, *_as_arrived(state)))
    if found is None:
        return None
    from_, to = exchange.class_by_id(found.from_class), exchange.class_by_id(found.to_class)
    return NextDate(LetterNames(found.product, (found.number,), from_.name, (to.name,)), found.due)


def _as_arrived(state: LetterState) -> Iterator[Arrived]:
    """The letter itself, as it will stand in the log."""
    letter = state.letter
    for number in letter.numbers:
        for to in letter.to_classes:
            yield Arrived(
                letter.exchange_id, letter.product, number, letter.from_class, to, 0, state.first_at, False
            )


def _tell(
    state: LetterState,
    reader: Person,
    notice: Receipt | LetterArrived,
    *,
    attach: tuple[Attach, ...] = (),
    counts: bool = True,
    asks: bool = False,
) -> Tell:
    return Tell(
        key=f"{state.key.replace('{version}', str(state.version))}/{reader.id}",
        notice=notice,
        to=reader,
        exchange_id=state.exchange.id,
        reply_to=_reply_to(state, reader),
        parent=state.parent,
        references=state.references,
        attach=attach,
        provoked_by=state.address,
        counts=counts and not state.gathered,
        asks=asks,
        delivery=state.delivery,
    )


def _reply_to(state: LetterState, reader: Person) -> tuple[Person, ...]:
    """The other teachers concerned, the sender of the letter first."""
    return tuple(person for person in distinct((state.sender, *state.readers)) if person.id != reader.id)
