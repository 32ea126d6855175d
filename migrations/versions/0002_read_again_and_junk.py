"""messages that are read again, and mail seen in junk folders"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rereadings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("taken_up_at", INSTANT, nullable=False),
        sa.Column("kind_before", sa.String(length=16), nullable=False),
        sa.Column("kind_after", sa.String(length=16), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_rereadings_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rereadings")),
    )
    op.create_index(op.f("ix_rereadings_message_id"), "rereadings", ["message_id"])
    op.create_table(
        "junk_folders",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_junk_folders")),
    )
    op.create_table(
        "junk",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("folder", sa.String(length=255), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(length=998), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.Column("exchange_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("gone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name=op.f("fk_junk_exchange_id_exchanges")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_junk_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_junk")),
        sa.UniqueConstraint("folder", "uidvalidity", "uid", name=op.f("uq_junk_folder")),
    )
    op.create_index(op.f("ix_junk_message_id"), "junk", ["message_id"])
    op.create_index(op.f("ix_questions_message_id"), "questions", ["message_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_questions_message_id"), table_name="questions")
    op.drop_table("junk")
    op.drop_table("junk_folders")
    op.drop_table("rereadings")
