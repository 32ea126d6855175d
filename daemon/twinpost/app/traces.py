"""Looking for somebody in everything that is kept: the journal, the originals, our own mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

import sqlalchemy as sa

from twinpost.app.house import House
from twinpost.core.inspecting.completeness import borne_by
from twinpost.core.inspecting.mentions import Mentions, mentions
from twinpost.core.model.people import Directory, Person, Role
from twinpost.ledger import people, traces
from twinpost.ledger.engine import transaction
from twinpost.ledger.traces import Line
from twinpost.ledger.whom import Whom

AT_ONCE = 200
"""Rows that are looked at in one transaction: the running daemon never waits long."""


class Why(StrEnum):
    """Why a mail concerns somebody."""

    WROTE = "wrote"  # it is theirs
    LETTER = "letter"  # a file in it bears their name
    NAMED = "named"  # it names them
    MAYBE = "maybe"  # a file in a letter of their class bears nobody's name
    ITSELF = "itself"  # the mail itself is meant


@dataclass(frozen=True, slots=True)
class Trace:
    """A mail of the journal that concerns somebody. `shared`: others' letters are in it, too."""

    line: Line
    why: Why
    shared: bool = False
    files: tuple[str, ...] = ()  # names of files that bear theirs


@dataclass(slots=True)
class Search:
    """Looks through everything, a piece at a time; `look` again finds what has come since."""

    house: House
    whom: Whom
    found: dict[int, Trace] = field(default_factory=dict)
    naming: set[int] = field(default_factory=set)  # mails of the outbox that name them
    missing: list[int] = field(default_factory=list)  # messages whose original is not where it should be
    _mails_up_to: int = 0
    _ours_up_to: int = 0

    @property
    def mentions(self) -> Mentions:
        """What is looked for: names, addresses, and the names of files that bear theirs."""
        files = tuple(name for trace in self.found.values() for name in trace.files)
        return mentions(self.whom.names, self.whom.addresses, files)

    def total(self, engine: sa.Engine) -> int:
        """How many mails of the journal there are to look at."""
        with transaction(engine) as connection:
            return traces.last_message(connection)

    def through(self, engine: sa.Engine, beat: Callable[[int], None] = lambda up_to: None) -> Search:
        """Look through everything, letting the daemon work in between; `beat` hears how far it is."""
        with transaction(engine) as connection:
            directory = people.load_directory(connection, self.house.language)
        while lines := self._lines(engine):
            self._look_at(lines, directory)
            beat(self._mails_up_to)
        while self._look_at_ours(engine):
            continue
        return self

    def the_rest(self, connection: sa.Connection) -> None:
        """What has come meanwhile, within the transaction that forgets."""
        directory = people.load_directory(connection, self.house.language)
        while lines := traces.lines(connection, self.whom, self._mails_up_to, AT_ONCE):
            self._look_at(lines, directory)
        while self._next_of_ours(connection):
            continue

    def _lines(self, engine: sa.Engine) -> list[Line]:
        with transaction(engine) as connection:
            return traces.lines(connection, self.whom, self._mails_up_to, AT_ONCE)

    def _look_at_ours(self, engine: sa.Engine) -> bool:
        with transaction(engine) as connection:
            return self._next_of_ours(connection)

    def _next_of_ours(self, connection: sa.Connection) -> bool:
        ids, up_to = traces.outbox_naming(
            connection, self.mentions, self.whom.exchanges, self._ours_up_to, AT_ONCE
        )
        self.naming.update(ids)
        self._ours_up_to = max(up_to, self._ours_up_to)
        return up_to > 0

    def _look_at(self, lines: list[Line], directory: Directory) -> None:
        plain = mentions(self.whom.names, self.whom.addresses)
        for line in lines:
            if trace := self._trace(line, plain, _pupils(directory, line.from_class)):
                self.found[line.id] = trace
            self._mails_up_to = line.id

    def _trace(self, line: Line, plain: Mentions, pupils: tuple[Person, ...]) -> Trace | None:
        if self.whom.messages:
            return Trace(line, Why.ITSELF, bool(line.delivery))
        theirs, nobodys, others = self._files(line, plain, pupils)
        trace = Trace(line, Why.NAMED, bool(line.delivery and (others or nobodys)), theirs)
        if line.person_id in self.whom.people or line.sender in self.whom.addresses:
            return replace(trace, why=Why.WROTE)
        if theirs:
            return replace(trace, why=Why.LETTER)
        if self._is_named(line, plain):
            return trace
        writes = {one.class_id for one in self.whom.places if one.role in ("", Role.PUPIL.value)}
        if line.kept and line.from_class in writes and (nobodys or self.whom.class_id == line.from_class):
            return replace(trace, why=Why.MAYBE)
        return None

    def _files(
        self, line: Line, plain: Mentions, pupils: tuple[Person, ...]
    ) -> tuple[tuple[str, ...], bool, bool]:
        """Names of files that bear theirs; whether some bear nobody's, and whether some bear others'."""
        names = [name for file in line.files for name in file.names]
        wanted, theirs = set(self.whom.people), []
        nobodys = others = False
        for name, who in zip(names, borne_by(names, pupils, self.house.words.nicknames), strict=True):
            if who & wanted or plain.named_here(name):
                theirs.append(name)
            nobodys |= not who and name not in theirs
            others |= bool(who - wanted)
        return tuple(theirs), nobodys, others

    def _is_named(self, line: Line, plain: Mentions) -> bool:
        if any(map(plain.named_here, (line.subject, *line.because))):
            return True
        if not line.kept:
            return False
        try:
            return plain.in_reading(self.house.reader.read(line.sha256))
        except FileNotFoundError:
            self.missing.append(line.id)
            return False

    def in_order(self) -> Iterator[Trace]:
        """What was found, oldest first."""
        return (self.found[id_] for id_ in sorted(self.found))


def _pupils(directory: Directory, class_id: int) -> tuple[Person, ...]:
    for exchange in directory.exchanges:
        for school_class in exchange.classes:
            if school_class.id == class_id:
                return school_class.pupils
    return ()
