"""Somebody is forgotten: what the ledger says of her goes, within the caller's transaction.

Ids never change their meaning, so rows stay where others point at them, without anything in them that tells
of a person: the log keeps that letter 2 came with 25 files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from twinpost.core.inspecting.mentions import REMOVED, Mentions
from twinpost.ledger import engine as engine_
from twinpost.ledger import facts, plans, questions
from twinpost.ledger.addressees import GONE
from twinpost.ledger.engine import transaction
from twinpost.ledger.journal import PURGED
from twinpost.ledger.outbox import UNFINISHED, State
from twinpost.ledger.people import bump_nicknames, bump_revision
from twinpost.ledger.rows import in_pieces
from twinpost.ledger.tables import (
    addresses,
    agenda,
    amendments,
    delivery_mails,
    digest_lines,
    failing_addresses,
    files,
    junk,
    memberships,
    messages,
    metadata,
    outbox,
    pairs,
    people,
)
from twinpost.ledger.tables import questions as questions_
from twinpost.ledger.whom import Whom

NOT_SWEPT = frozenset(
    {
        *("people", "addresses", "memberships", "pairs"),  # done by id: a namesake stays
        *("exchanges", "classes", "plans", "due_dates"),  # what the exchange file says of classes
        *("mailboxes", "places", "junk_folders", "withheld", "rules_in_force", "tenure", "sign_ins"),
        *("outbox", "alembic_version"),  # done by itself
    }
)
"""Tables in whose texts no name is looked for."""

TO_WIPE = "to_wipe"
"""Set while the database's files may still hold what was deleted."""

FORGOTTEN = "what it was about has been forgotten"


@dataclass(frozen=True, slots=True)
class Concerned:
    """A message that concerns them; `wrote`: it is theirs."""

    id: int
    sha256: str
    wrote: bool
    delivery: int = 0


def forget(
    connection: sa.Connection,
    whom: Whom,
    concerned: Iterable[Concerned],
    naming: Collection[int],
    mentions: Mentions,
) -> None:
    """Remove everything about them. `naming`: mails of the outbox that name them."""
    mails = {one.id: one for one in concerned}
    _forget_messages(connection, mails)
    _forget_questions(connection, whom, mails)
    _forget_outbox(connection, whom, mails, naming, mentions)
    _forget_people(connection, whom)
    _sweep(connection, whom.exchanges, mentions)
    for exchange_id in whom.exchanges:
        plans.changed(connection, exchange_id)
    bump_revision(connection)
    bump_nicknames(connection)
    facts.note(connection, TO_WIPE, "yes")


def wipe(engine: sa.Engine) -> bool:
    """Where somebody was forgotten: leave no trace of it in the database's files, as often as it takes.

    Returns whether there was something to do. Raises LedgerError.
    """
    with transaction(engine) as connection:
        if facts.fact(connection, TO_WIPE) is None:
            return False
    engine_.wipe(engine)
    with transaction(engine) as connection:
        facts.drop(connection, TO_WIPE)
    return True


def _forget_people(connection: sa.Connection, whom: Whom) -> None:
    gone = whom.people
    connection.execute(sa.delete(addresses).where(addresses.c.person_id.in_(gone)))
    connection.execute(sa.delete(memberships).where(memberships.c.person_id.in_(gone)))
    if whom.class_id:
        connection.execute(sa.delete(memberships).where(memberships.c.class_id == whom.class_id))
    connection.execute(sa.delete(pairs).where(sa.or_(pairs.c.one.in_(gone), pairs.c.other.in_(gone))))
    theirs = (amendments.c.person_id.in_(gone), amendments.c.kind.in_(("nickname", "address")))
    connection.execute(sa.delete(amendments).where(*theirs))
    connection.execute(sa.delete(amendments).where(amendments.c.name.in_(whom.addresses)))
    connection.execute(
        sa.delete(junk).where(sa.or_(junk.c.person_id.in_(gone), junk.c.sender.in_(whom.addresses)))
    )
    failing = (failing_addresses.c.person_id.in_(gone), failing_addresses.c.address.in_(whom.addresses))
    connection.execute(sa.delete(failing_addresses).where(sa.or_(*failing)))
    connection.execute(sa.delete(digest_lines).where(digest_lines.c.person_id.in_(gone)))
    connection.execute(sa.delete(agenda).where(agenda.c.person_id.in_(gone), agenda.c.gone_at.is_(None)))
    blank = dict.fromkeys(("name", "language", "gender", "level", "interests"), "")
    connection.execute(sa.update(people).where(people.c.id.in_(gone)).values(**blank))


def _forget_messages(connection: sa.Connection, mails: Mapping[int, Concerned]) -> None:
    """Each becomes its line of the log: date, kind, letter, classes and counts."""
    theirs = [one.id for one in mails.values() if one.wrote]
    for piece in in_pieces(mails):
        blank = {"subject": "", "because": [], "reason": "", "state": PURGED}
        connection.execute(sa.update(messages).where(messages.c.id.in_(piece)).values(**blank))
    for piece in in_pieces(theirs):
        nobodys = {"sender": "", "message_id": "", "person_id": None}
        connection.execute(sa.update(messages).where(messages.c.id.in_(piece)).values(**nobodys))
        own = sa.update(delivery_mails).where(delivery_mails.c.message_id.in_(piece))
        connection.execute(own.values(person_id=None))
    for id_ in mails:
        _forget_files(connection, id_)
        _forget_links(connection, id_)


def _forget_files(connection: sa.Connection, message: int) -> None:
    """Names become numbers; a picture and its film keep one in common, so that they still count as one."""
    numbers: dict[str, int] = {}
    rows = connection.execute(sa.select(files).where(files.c.message_id == message).order_by(files.c.id))
    for row in rows.all():
        stem, _, ending = row.name.rpartition(".")
        number = numbers.setdefault((stem or ending).casefold(), len(numbers) + 1)
        values = {"name": f"file {number}.{row.kind}", "inside": []}
        connection.execute(sa.update(files).where(files.c.id == row.id).values(**values))


def _forget_links(connection: sa.Connection, message: int) -> None:
    own = delivery_mails.c.message_id == message
    for row in connection.execute(sa.select(delivery_mails.c.id, delivery_mails.c.links).where(own)).all():
        if row.links:
            change = sa.update(delivery_mails).where(delivery_mails.c.id == row.id)
            connection.execute(change.values(links=[REMOVED] * len(row.links)))


def _forget_questions(connection: sa.Connection, whom: Whom, mails: Mapping[int, Concerned]) -> None:
    """Nobody is asked about what is gone; they are asked nothing any more, and their answers are nobody's."""
    gone = set(whom.people)
    for row in connection.execute(sa.select(questions_)).all():
        about, asked = row.message_id in mails, [id_ for id_ in row.asked if id_ not in gone]
        if not about and len(asked) == len(row.asked) and row.answered_by not in gone:
            continue
        values: dict[str, Any] = {"asked": asked}
        if about or row.answered_by in gone:
            values["answer"] = ""
        if about:
            values["choices"] = []
        connection.execute(sa.update(questions_).where(questions_.c.id == row.id).values(**values))
        if about or not asked:
            questions.withdraw(connection, [row.id])


# -- mails of ours -------------------------------------------------------------------------------


def _forget_outbox(
    connection: sa.Connection,
    whom: Whom,
    mails: Mapping[int, Concerned],
    naming: Collection[int],
    mentions: Mentions,
) -> None:
    hashes = {one.sha256 for one in mails.values()}
    letters = {one.delivery for one in mails.values() if one.delivery}
    columns = ("id", "state", "person_id", "recipient", "copies", "provoked_by", "cause", "delivery_id")
    wanted = sa.select(*(outbox.c[name] for name in columns), outbox.c.attach).order_by(outbox.c.id)
    for row in connection.execute(wanted).all():
        to_them = row.person_id in whom.people or row.recipient in whom.addresses
        carries = any(sha256 in hashes for sha256, _ in row.attach)
        about = row.cause in mails or row.delivery_id in letters
        if row.provoked_by in whom.addresses:
            _change(connection, row.id, provoked_by="")
        # A line to a pupil does not go without the teacher in copy.
        in_copy = not set(whom.addresses).isdisjoint(row.copies)
        if to_them or in_copy or carries or (about and row.state not in UNFINISHED):
            _blank(connection, row, GONE if to_them else FORGOTTEN, to_them=to_them)
        elif row.id in naming:
            _clean(connection, row, mentions)


def _blank(connection: sa.Connection, row: Any, why: str, *, to_them: bool) -> None:
    """Only that there was a mail stays: its Message-ID is known when it comes back."""
    mail = connection.execute(sa.select(outbox.c.mail).where(outbox.c.id == row.id)).scalar_one()
    empty = {"subject": "", "text": "", "html": "", "reply_to": [], "cc": []}
    values: dict[str, Any] = {"mail": {**mail, **empty}, "reply": "", "copies": []}
    if to_them:
        values |= {"mail": {**mail, **empty, "to": [["", ""]]}, "recipient": ""}
    if row.state in UNFINISHED:
        values |= {"state": State.CANCELLED.value, "why": why, "claimed_by": ""}
    _change(connection, row.id, **values)


def _clean(connection: sa.Connection, row: Any, mentions: Mentions) -> None:
    """A mail to somebody else: what has left needs no text any more, what waits goes without the name."""
    if row.state not in UNFINISHED:
        _blank(connection, row, "", to_them=False)
        return
    columns = sa.select(outbox.c.mail, outbox.c.reply, outbox.c.why, outbox.c.copies)
    stored = connection.execute(columns.where(outbox.c.id == row.id)).one()
    _change(connection, row.id, **{name: mentions.cleaned(own) for name, own in stored._mapping.items()})


def _change(connection: sa.Connection, id_: int, **values: Any) -> None:
    connection.execute(sa.update(outbox).where(outbox.c.id == id_).values(**values))


# -- wherever else a name may stand --------------------------------------------------------------


def _sweep(connection: sa.Connection, within: Collection[int], mentions: Mentions) -> None:
    """Take the names out of every text of every other table, whatever it is for."""
    for table in metadata.sorted_tables:
        if table.name not in NOT_SWEPT:
            _sweep_table(connection, table, within, mentions)


def _sweep_table(
    connection: sa.Connection, table: sa.Table, within: Collection[int], mentions: Mentions
) -> None:
    texts = [column for column in table.c if _is_text(column)]
    keys = list(table.primary_key)
    query = sa.select(*keys, *texts)
    if within and "exchange_id" in table.c:
        query = query.where(sa.or_(table.c.exchange_id.in_(within), table.c.exchange_id.is_(None)))
    for row in connection.execute(query).all():
        old = {column.name: row._mapping[column] for column in texts}
        new = {name: mentions.cleaned(value) for name, value in old.items()}
        if new != old:
            this = [key == row._mapping[key] for key in keys]
            connection.execute(sa.update(table).where(*this).values(**new))


def _is_text(column: sa.Column[Any]) -> bool:
    free = not (column.primary_key or column.unique or column.foreign_keys)
    return free and isinstance(column.type, sa.String | sa.JSON)
