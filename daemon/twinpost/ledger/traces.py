"""What the ledger holds of somebody: rows as they are shown, and those in which a name may stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.inspecting.mentions import Mentions
from twinpost.ledger.journal import PURGED
from twinpost.ledger.rows import in_pieces
from twinpost.ledger.tables import (
    addresses,
    agenda,
    amendments,
    classes,
    deliveries,
    delivery_mails,
    digest_lines,
    exchanges,
    failing_addresses,
    files,
    junk,
    letters,
    messages,
    outbox,
    pairs,
    people,
    places,
    questions,
    statements,
)
from twinpost.ledger.whom import Whom


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a letter as the ledger knows it."""

    name: str
    kind: str
    size: int
    inside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.inside)


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the journal, with what belongs to it."""

    id: int
    sha256: str
    arrived_at: datetime
    state: str
    kind: str
    exchange_id: int | None
    exchange: str
    person_id: int | None
    sender: str
    subject: str
    because: tuple[str, ...]
    files: tuple[StoredFile, ...] = ()
    delivery: int = 0  # the logged letter that it belongs to
    from_class: int = 0  # and the class that sent it
    letter: str = ""  # "letter 2 from 7B Oslo to CM2 Lyon"

    @property
    def kept(self) -> bool:
        """Whether its original is still kept."""
        return self.state != PURGED


def lines(connection: sa.Connection, whom: Whom, after: int, limit: int) -> list[Line]:
    """Messages with a journal id above `after` in which somebody may be named, in order."""
    query = (
        sa.select(messages, exchanges.c.code)
        .outerjoin(exchanges, exchanges.c.id == messages.c.exchange_id)
        .where(messages.c.id > after)
        .order_by(messages.c.id)
        .limit(limit)
    )
    if whom.messages:
        query = query.where(messages.c.id.in_(whom.messages))
    elif whom.exchanges:
        anywhere = sa.or_(
            messages.c.exchange_id.in_(whom.exchanges),
            messages.c.exchange_id.is_(None),
            messages.c.person_id.in_(whom.people),
            messages.c.sender.in_(whom.addresses),
        )
        query = query.where(anywhere)
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    of_letters, of_files = _letters(connection, ids), _files(connection, ids)
    return [
        Line(
            row.id,
            row.sha256,
            row.arrived_at,
            row.state,
            row.kind,
            row.exchange_id,
            row.code or "",
            row.person_id,
            row.sender,
            row.subject,
            tuple(row.because),
            tuple(of_files.get(row.id, ())),
            *of_letters.get(row.id, (0, 0, "")),
        )
        for row in rows
    ]


def last_message(connection: sa.Connection) -> int:
    """The journal id of the message that was kept last."""
    return connection.execute(sa.select(sa.func.max(messages.c.id))).scalar() or 0


def _files(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[StoredFile]]:
    found: dict[int, list[StoredFile]] = defaultdict(list)
    for piece in in_pieces(ids):
        query = sa.select(files).where(files.c.message_id.in_(piece), files.c.inline.is_(False))
        for row in connection.execute(query.order_by(files.c.id)):
            found[row.message_id].append(StoredFile(row.name, row.kind, row.size, tuple(row.inside or ())))
    return found


def _letters(connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[int, int, str]]:
    found: dict[int, tuple[int, int, str]] = {}
    to_class = classes.alias("to_class")
    for piece in in_pieces(ids):
        query = (
            sa.select(
                delivery_mails.c.message_id,
                delivery_mails.c.delivery_id,
                deliveries.c.from_class,
                letters.c.product,
                letters.c.number,
                classes.c.name.label("from_name"),
                to_class.c.name.label("to_name"),
            )
            .join(deliveries, deliveries.c.id == delivery_mails.c.delivery_id)
            .join(classes, classes.c.id == deliveries.c.from_class)
            .join(letters, letters.c.delivery_id == deliveries.c.id)
            .join(to_class, to_class.c.id == letters.c.to_class)
            .where(delivery_mails.c.message_id.in_(piece))
            .order_by(letters.c.number, letters.c.id)
        )
        for row in connection.execute(query):
            words = f"{row.product} {row.number} from {row.from_name} to {row.to_name}"
            found.setdefault(row.message_id, (row.delivery_id, row.from_class, words))
    return found


def outbox_naming(
    connection: sa.Connection, mentions: Mentions, within: Collection[int], after: int, limit: int
) -> tuple[list[int], int]:
    """Which of the next mails of the outbox name somebody, and the last id that was looked at (0: none)."""
    query = (
        sa.select(outbox.c.id, outbox.c.mail, outbox.c.reply, outbox.c.why)
        .where(outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    if within:
        query = query.where(sa.or_(outbox.c.exchange_id.in_(within), outbox.c.exchange_id.is_(None)))
    rows = connection.execute(query).all()
    naming = [row.id for row in rows if _names(mentions, [row.mail, row.reply, row.why])]
    return naming, max((row.id for row in rows), default=0)


def _names(mentions: Mentions, value: Any) -> bool:
    if isinstance(value, str):
        return mentions.named_here(value)
    own = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_names(mentions, one) for one in own)


# -- everything about somebody, shown ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rows:
    """What is stored of people beside the mails of the journal, as plain data."""

    people: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    amendments: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    digest_lines: list[dict[str, Any]] = field(default_factory=list)
    agenda: list[dict[str, Any]] = field(default_factory=list)
    junk: list[dict[str, Any]] = field(default_factory=list)
    failing: list[dict[str, Any]] = field(default_factory=list)


def rows_of(connection: sa.Connection, whom: Whom, mails: Collection[int], naming: Collection[int]) -> Rows:
    """`mails`: messages of the journal that concern them; `naming`: mails of ours that name them."""
    own = list(whom.people)
    return Rows(
        [_person(connection, id_) for id_ in own],
        _questions(connection, set(own), set(mails)),
        _shown(connection, statements, statements.c.person_id.in_(own), "said said_at product number until"),
        _shown(connection, amendments, amendments.c.person_id.in_(own), "kind name made_at dropped_at"),
        _outbox(connection, whom, naming),
        _shown(connection, digest_lines, digest_lines.c.person_id.in_(own), "at notice facts"),
        _shown(connection, agenda, agenda.c.person_id.in_(own), "at rule step notice digest gone_at"),
        _shown(
            connection,
            junk,
            sa.or_(junk.c.person_id.in_(own), junk.c.sender.in_(whom.addresses)),
            "folder sender subject arrived_at",
        ),
        _failing(connection, whom),
    )


def _failing(connection: sa.Connection, whom: Whom) -> list[dict[str, Any]]:
    """Which of their addresses delivery reports have told of."""
    columns = [failing_addresses.c[name] for name in ("address", "since", "last_at", "bouncing", "words")]
    theirs = (failing_addresses.c.person_id.in_(whom.people), failing_addresses.c.address.in_(whom.addresses))
    rows = connection.execute(
        sa.select(*columns).where(sa.or_(*theirs)).order_by(failing_addresses.c.address)
    )
    return [dict(row._mapping) for row in rows]


def _shown(
    connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool], columns: str
) -> list[dict[str, Any]]:
    wanted = [table.c.id, *(table.c[name] for name in columns.split())]
    query = (
        sa.select(exchanges.c.code.label("exchange"), *wanted)
        .select_from(table)
        .join(exchanges, exchanges.c.id == table.c.exchange_id)
        .where(which)
        .order_by(table.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _person(connection: sa.Connection, id_: int) -> dict[str, Any]:
    row = connection.execute(sa.select(people).where(people.c.id == id_)).one()
    mailboxes = sa.select(addresses.c.address, addresses.c.source).where(addresses.c.person_id == id_)
    sides = (pairs.c.one, pairs.c.other), (pairs.c.other, pairs.c.one)
    partners = [
        name
        for own, theirs in sides
        for name in connection.execute(
            sa.select(people.c.name).join(pairs, theirs == people.c.id).where(own == id_)
        ).scalars()
    ]
    return {
        **row._mapping,
        "addresses": [
            dict(one._mapping) for one in connection.execute(mailboxes.order_by(addresses.c.position))
        ],
        "pairs": partners,
    }


def _questions(connection: sa.Connection, own: set[int], mails: set[int]) -> list[dict[str, Any]]:
    query = sa.select(questions, exchanges.c.code).join(exchanges, exchanges.c.id == questions.c.exchange_id)
    return [
        {
            "exchange": row.code,
            "id": row.id,
            "kind": row.kind,
            "about_message": row.message_id,
            "asked_at": row.asked_at,
            "state": row.state,
            "answer": row.answer,
        }
        for row in connection.execute(query.order_by(questions.c.id))
        if own & {*row.asked, row.answered_by} or row.message_id in mails
    ]


def _outbox(connection: sa.Connection, whom: Whom, naming: Collection[int]) -> list[dict[str, Any]]:
    """Mails to them, and mails to others that name them; or those about the mail that is meant."""
    found: dict[int, dict[str, Any]] = {}
    columns = ("id", "notice", "recipient", "state", "made_at", "sent_at")
    subject = outbox.c.mail["subject"].as_string().label("subject")
    query = sa.select(*(outbox.c[name] for name in columns), outbox.c.person_id, subject)
    to_them = sa.or_(outbox.c.person_id.in_(whom.people), outbox.c.recipient.in_(whom.addresses))
    its_letter = sa.select(delivery_mails.c.delivery_id).where(delivery_mails.c.message_id.in_(whom.messages))
    about = sa.or_(outbox.c.cause.in_(whom.messages), outbox.c.delivery_id.in_(its_letter))
    wanted = [to_them, about, *(outbox.c.id.in_(piece) for piece in in_pieces(naming))]
    for which in wanted:
        for row in connection.execute(query.where(which)):
            theirs = row.person_id in whom.people or row.recipient in whom.addresses
            line = {name: getattr(row, name) for name in (*columns, "subject")}
            found[row.id] = {**line, "to_them": theirs}
    return [found[id_] for id_ in sorted(found)]


def where_it_lies(connection: sa.Connection, message_ids: Collection[int]) -> dict[str, int]:
    """In which folders of the mailbox these messages were seen last, and how many in each."""
    found: dict[str, set[int]] = defaultdict(set)
    for piece in in_pieces(message_ids):
        query = sa.select(places.c.message_id, places.c.mailbox, places.c.moved_to)
        for row in connection.execute(query.where(places.c.message_id.in_(piece))):
            found[row.moved_to or row.mailbox].add(row.message_id)
    return {folder: len(ids) for folder, ids in sorted(found.items())}
