"""Every table of the ledger. Instants are UTC, ids never change their meaning, keys hold ids only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC. SQLite would drop the zone: so it is put back here."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself


def _id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _to(column: str, **options: Any) -> sa.ForeignKey:
    return sa.ForeignKey(column, **options)


# -- the ledger itself ---------------------------------------------------------------------------

facts = sa.Table(  # small things that outlive a restart: live_since, secret, revision, last_mail_at …
    "facts",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

tenure = sa.Table(  # one row: whose turn it is to work with this ledger
    "tenure",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("session", sa.String(63), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("signed_at", Instant),  # null: it has left
)

sign_ins = sa.Table(  # refused sign-ins: at most six an hour, across restarts
    "sign_ins",
    metadata,
    _id(),
    sa.Column("server", sa.String(255), nullable=False),
    sa.Column("refused_at", Instant, nullable=False, index=True),
)

# -- exchanges and their people ------------------------------------------------------------------

exchanges = sa.Table(
    "exchanges",
    metadata,
    _id(),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("mode", sa.String(32), nullable=False),
    sa.Column("letters", sa.Integer),
    sa.Column("guard", sa.String(16), nullable=False),
    sa.Column("copies", sa.String(8), nullable=False),
    sa.Column("meeting", sa.JSON),
    sa.Column("applied_at", Instant, nullable=False),
)

plans = sa.Table(  # one row for each exchange: what its follow-ups are derived from, and whether they are
    "plans",
    metadata,
    sa.Column("exchange_id", Id, _to("exchanges.id"), primary_key=True, autoincrement=False),
    sa.Column("since", Instant, nullable=False),  # when it was applied first
    sa.Column("stale", sa.Boolean, nullable=False),  # something has changed since it was derived
)

classes = sa.Table(
    "classes",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("slug", sa.String(128), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("aliases", sa.JSON, nullable=False),
    sa.Column("school", sa.Text, nullable=False),
    sa.Column("country", sa.String(8), nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("timezone", sa.String(64), nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("opens", sa.JSON, nullable=False),
    sa.Column("school_days", sa.JSON, nullable=False),
    sa.Column("school_hours", sa.String(16), nullable=False),  # "08:15-14:00" or ""
    sa.Column("calendar", sa.JSON, nullable=False),  # the file's entries in order
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.UniqueConstraint("exchange_id", "slug"),
)

people = sa.Table(
    "people",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("gender", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("interests", sa.Text, nullable=False),
)

addresses = sa.Table(  # one address belongs to one person; position 0 is written to
    "addresses",
    metadata,
    sa.Column("address", sa.String(320), primary_key=True),  # case-folded
    sa.Column("person_id", Id, _to("people.id"), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("source", sa.String(16), nullable=False),  # file | mail
)

memberships = sa.Table(
    "memberships",
    metadata,
    _id(),
    sa.Column("class_id", Id, _to("classes.id"), nullable=False, index=True),
    sa.Column("person_id", Id, _to("people.id"), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("addresses", sa.JSON, nullable=False, default=list),  # those that this file gives her
    sa.UniqueConstraint("class_id", "person_id", "role"),
)

due_dates = sa.Table(
    "due_dates",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("product", sa.String(32), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("from_class", Id, _to("classes.id"), nullable=False),
    sa.Column("to_class", Id, _to("classes.id"), nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.UniqueConstraint("exchange_id", "product", "number", "from_class", "to_class"),
)

pairs = sa.Table(
    "pairs",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("one", Id, _to("people.id"), nullable=False),
    sa.Column("other", Id, _to("people.id"), nullable=False),
    sa.UniqueConstraint("exchange_id", "one", "other"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("start", sa.String(32), nullable=False),  # wall clock, ISO 8601 without a zone
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
)

amendments = sa.Table(  # what people changed by mail: above the file, never removed by it
    "amendments",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(32), nullable=False),  # nickname | address
    sa.Column("person_id", Id, _to("people.id")),
    sa.Column("name", sa.Text, nullable=False),  # nickname: the folded words; address: the address
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("dropped_at", Instant),
)

# -- the journal ---------------------------------------------------------------------------------

mailboxes = sa.Table(  # how far a mailbox has been read
    "mailboxes",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("last_uid", sa.BigInteger, nullable=False),
)

withheld = sa.Table(  # messages that the server lists and does not give
    "withheld",
    metadata,
    sa.Column("mailbox", sa.String(255), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("since", Instant, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    _id(),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("arrived_at", Instant, nullable=False, index=True),
    sa.Column("kept_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),  # kept | processed | aside | purged
    sa.Column("reason", sa.Text, nullable=False),  # why it was set aside
    sa.Column("message_id", sa.String(998), nullable=False, index=True),
    sa.Column("fingerprint", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("because", sa.JSON, nullable=False),
    sa.Column("exchange_id", Id, _to("exchanges.id"), index=True),
    sa.Column("person_id", Id, _to("people.id"), index=True),
    sa.Column("sender", sa.String(320), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("processed_at", Instant),
    sa.Column("same_as", Id, _to("messages.id")),
)

places = sa.Table(  # UID + UIDVALIDITY alone are no identity: the octets are (messages.sha256)
    "places",
    metadata,
    _id(),
    sa.Column("mailbox", sa.String(255), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    sa.Column("message_id", Id, _to("messages.id"), nullable=False, index=True),
    sa.Column("moved_to", sa.String(255), nullable=False),  # "" while it lies where it came
    sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
)

rereadings = sa.Table(  # messages that were taken up once more, and what they turned out to be
    "rereadings",
    metadata,
    _id(),
    sa.Column("message_id", Id, _to("messages.id"), nullable=False, index=True),
    sa.Column("why", sa.String(16), nullable=False),  # apply | address | inbox | admin
    sa.Column("taken_up_at", Instant, nullable=False),
    sa.Column("kind_before", sa.String(16), nullable=False),
    sa.Column("kind_after", sa.String(16), nullable=False),  # "" until it has been read
    sa.Column("read_at", Instant),
)

junk_folders = sa.Table(  # how far a junk folder has been looked into
    "junk_folders",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("last_uid", sa.BigInteger, nullable=False),
)

junk = sa.Table(  # mail of people whom we know that the mail server took for junk; never read, only seen
    "junk",
    metadata,
    _id(),
    sa.Column("folder", sa.String(255), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    sa.Column("message_id", sa.String(998), nullable=False, index=True),
    sa.Column("sender", sa.String(320), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False),
    sa.Column("person_id", Id, _to("people.id"), nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("told_at", Instant),  # when the admin was written to about it
    sa.Column("gone_at", Instant),  # when it lay there no more
    sa.UniqueConstraint("folder", "uidvalidity", "uid"),
)

# -- letters -------------------------------------------------------------------------------------

deliveries = sa.Table(
    "deliveries",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("product", sa.String(32), nullable=False),
    sa.Column("from_class", Id, _to("classes.id"), nullable=False),
    sa.Column("certainty", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False, index=True),
    sa.Column("gathering_since", Instant),
    sa.Column("update_due", Instant, index=True),
    sa.Column("close_due", Instant, index=True),
    sa.Column("closed_at", Instant),
    sa.Column("told", sa.JSON, nullable=False),
)

letters = sa.Table(  # one row for each number and receiving class: logged once, ever
    "letters",
    metadata,
    _id(),
    sa.Column("delivery_id", Id, _to("deliveries.id"), nullable=False, index=True),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False),
    sa.Column("product", sa.String(32), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("from_class", Id, _to("classes.id"), nullable=False),
    sa.Column("to_class", Id, _to("classes.id"), nullable=False),
    sa.UniqueConstraint("exchange_id", "product", "number", "from_class", "to_class"),
)

delivery_mails = sa.Table(
    "delivery_mails",
    metadata,
    _id(),
    sa.Column("delivery_id", Id, _to("deliveries.id"), nullable=False, index=True),
    sa.Column("message_id", Id, _to("messages.id"), nullable=False, index=True),
    sa.Column("person_id", Id, _to("people.id")),
    sa.Column("links", sa.JSON, nullable=False),
    sa.Column("links_until", sa.Date),  # the day from which a link may lead nowhere, where the mail says it
    sa.Column("part", sa.JSON),
    sa.UniqueConstraint("delivery_id", "message_id"),
)

files = sa.Table(
    "files",
    metadata,
    _id(),
    sa.Column("message_id", Id, _to("messages.id"), nullable=False, index=True),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("media_type", sa.String(255), nullable=False),
    sa.Column("inline", sa.Boolean, nullable=False),
    sa.Column("trouble", sa.String(32), nullable=False),
    sa.Column("holds", sa.Integer),  # pages, or files inside; null: noted before anybody looked
    sa.Column("inside", sa.JSON),  # names of the files inside
)

# -- questions -----------------------------------------------------------------------------------

questions = sa.Table(
    "questions",
    metadata,
    _id(),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("message_id", Id, _to("messages.id"), nullable=False, index=True),
    sa.Column("asked", sa.JSON, nullable=False),  # person ids
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("again_at", Instant, index=True),
    # open | answered | expired (given up, or never put) | settled (by what we learned meanwhile)
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("answered_by", Id, _to("people.id")),
    sa.Column("answered_at", Instant),
)

# -- follow-ups ----------------------------------------------------------------------------------

statements = sa.Table(  # what teachers said of a letter or an exchange: facts, until they are taken back
    "statements",
    metadata,
    _id(),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("said", sa.String(16), nullable=False),  # arrived | later | pause | resume
    sa.Column("person_id", Id, _to("people.id"), nullable=False),
    sa.Column("said_at", Instant, nullable=False),
    sa.Column("product", sa.String(32), nullable=False),  # "" for what is said of the exchange
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("from_class", Id, _to("classes.id")),
    sa.Column("to_class", Id, _to("classes.id")),
    sa.Column("until", sa.Date),
    sa.Column("message_id", Id, _to("messages.id"), index=True),  # the mail that says it
)

rules_in_force = sa.Table(
    "rules_in_force",
    metadata,
    sa.Column("rule", sa.String(128), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),  # of what it says: SHA-256
    sa.Column("since", Instant, nullable=False),
)

agenda = sa.Table(  # the follow-ups to come, as last derived, and those that have gone
    "agenda",
    metadata,
    _id(),
    sa.Column("key", sa.String(255), nullable=False, unique=True),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False, index=True),
    sa.Column("person_id", Id, _to("people.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("rule", sa.String(128), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("notice", sa.String(128), nullable=False),
    sa.Column("digest", sa.Boolean, nullable=False),
    sa.Column("about", sa.JSON, nullable=False),  # what it is about, to show it
    sa.Column("because", sa.JSON, nullable=False),  # core.calendars.counted.Counted
    sa.Column("gone_at", Instant),  # into the outbox or the digest; null: still to come
    sa.Column("mail_key", sa.String(255), nullable=False),  # outbox.key of the mail it went in, or ""
    sa.Index("ix_agenda_due", "gone_at", "at"),
    sa.Index("ix_agenda_mail_key", "mail_key"),
    sa.Index("ix_agenda_week", "person_id", "gone_at"),
)

digest_lines = sa.Table(  # what waits for the next digest of a person
    "digest_lines",
    metadata,
    _id(),
    sa.Column("key", sa.String(255), nullable=False, unique=True),
    sa.Column("person_id", Id, _to("people.id"), nullable=False, index=True),
    sa.Column("exchange_id", Id, _to("exchanges.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("notice", sa.String(128), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),  # core.model.notice.FollowUp
)

# -- mails on their way --------------------------------------------------------------------------

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("key", sa.String(255), nullable=False, unique=True),
    sa.Column("message_id", sa.String(255), nullable=False, unique=True),  # the Message-ID header
    sa.Column("notice", sa.String(32), nullable=False),
    sa.Column("exchange_id", Id, _to("exchanges.id"), index=True),
    sa.Column("person_id", Id, _to("people.id"), index=True),  # null: the admin
    sa.Column("recipient", sa.String(320), nullable=False),
    sa.Column("copies", sa.JSON, nullable=False),
    sa.Column("delivery_id", Id, _to("deliveries.id"), index=True),
    sa.Column("question_id", Id, _to("questions.id"), index=True),
    sa.Column("cause", Id, _to("messages.id")),  # the message that led to it
    sa.Column("provoked_by", sa.String(320), nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("mail", sa.JSON, nullable=False),  # model.outgoing.OutgoingMail, rendered
    sa.Column("attach", sa.JSON, nullable=False),  # [[messages.sha256, [parts]], …]
    # held (not live) | withheld (loop budget) | waiting | sending | sent | given-up | cancelled | joined
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("claimed_by", sa.String(64), nullable=False),
    sa.Column("began_at", Instant),  # transmission began: without an outcome the mail is in doubt
    sa.Column("sent_at", Instant),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),  # why it is held, withheld or cancelled
    sa.Index("ix_outbox_due", "state", "priority", "next_at"),
    sa.Index("ix_outbox_budget", "recipient", "provoked_by", "made_at"),
)

failing_addresses = sa.Table(  # what delivery reports have told of an address that we write to
    "failing_addresses",
    metadata,
    sa.Column("address", sa.String(320), primary_key=True),  # as in outbox.recipient
    sa.Column("person_id", Id, _to("people.id"), index=True),  # null: the admin
    sa.Column("points", sa.Integer, nullable=False),  # core.deciding.bounces
    sa.Column("day", sa.Date),  # the last on which a failure counted
    sa.Column("day_points", sa.Integer, nullable=False),
    sa.Column("since", Instant),  # the first failure of those that count
    sa.Column("last_at", Instant),
    sa.Column("cause", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),  # RFC 3463
    sa.Column("words", sa.Text, nullable=False),  # of the server
    sa.Column("bouncing", sa.Boolean, nullable=False),
    sa.Column("told_at", Instant),
    sa.Column("recovered_at", Instant),
    sa.Column("recovered_by", sa.String(16), nullable=False),  # mail | silence | ""
    sa.Column("message_id", Id, _to("messages.id")),  # the last report
)
