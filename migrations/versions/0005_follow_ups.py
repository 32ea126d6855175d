"""what teachers say, the rules in force, and the follow-ups to come"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _plans()
    _statements()
    op.create_table(
        "rules_in_force",
        sa.Column("rule", sa.String(128), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_rules_in_force")),
    )
    _agenda()
    _digest_lines()


def _plans() -> None:
    """The exchanges of old were applied when their files were applied last: more is not known."""
    op.create_table(
        "plans",
        sa.Column("exchange_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        _of("plans", "exchange_id", "exchanges"),
        sa.PrimaryKeyConstraint("exchange_id", name=op.f("pk_plans")),
    )
    op.execute("INSERT INTO plans (exchange_id, since, stale) SELECT id, applied_at, true FROM exchanges")


def _statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("exchange_id", ID, nullable=False),
        sa.Column("said", sa.String(16), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_class", ID, nullable=True),
        sa.Column("to_class", ID, nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("message_id", ID, nullable=True),
        _of("statements", "exchange_id", "exchanges"),
        _of("statements", "person_id", "people"),
        _of("statements", "from_class", "classes"),
        _of("statements", "to_class", "classes"),
        _of("statements", "message_id", "messages"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_exchange_id"), "statements", ["exchange_id"])
    op.create_index(op.f("ix_statements_message_id"), "statements", ["message_id"])


def _agenda() -> None:
    op.create_table(
        "agenda",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("exchange_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("rule", sa.String(128), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(128), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("gone_at", INSTANT, nullable=True),
        sa.Column("mail_key", sa.String(255), nullable=False),
        _of("agenda", "exchange_id", "exchanges"),
        _of("agenda", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda")),
        sa.UniqueConstraint("key", name=op.f("uq_agenda_key")),
    )
    op.create_index(op.f("ix_agenda_exchange_id"), "agenda", ["exchange_id"])
    op.create_index("ix_agenda_due", "agenda", ["gone_at", "at"])


def _digest_lines() -> None:
    op.create_table(
        "digest_lines",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("exchange_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("notice", sa.String(128), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _of("digest_lines", "person_id", "people"),
        _of("digest_lines", "exchange_id", "exchanges"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_lines")),
        sa.UniqueConstraint("key", name=op.f("uq_digest_lines_key")),
    )
    op.create_index(op.f("ix_digest_lines_person_id"), "digest_lines", ["person_id"])


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:
    for table in ("digest_lines", "agenda", "rules_in_force", "statements", "plans"):
        op.drop_table(table)
