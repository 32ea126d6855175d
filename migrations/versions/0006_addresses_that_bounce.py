"""what delivery reports tell of the addresses that are written to; what went in a mail, and to whom lately"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "failing_addresses",
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_points", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("last_at", INSTANT, nullable=True),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("bouncing", sa.Boolean(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("recovered_at", INSTANT, nullable=True),
        sa.Column("recovered_by", sa.String(16), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        _of("person_id", "people"),
        _of("message_id", "messages"),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_failing_addresses")),
    )
    op.create_index(op.f("ix_failing_addresses_person_id"), "failing_addresses", ["person_id"])
    op.create_index("ix_agenda_week", "agenda", ["person_id", "gone_at"])
    op.create_index("ix_agenda_mail_key", "agenda", ["mail_key"])


def _of(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_failing_addresses_{column}_{other}")
    )


def downgrade() -> None:
    op.drop_index("ix_agenda_mail_key", "agenda")
    op.drop_index("ix_agenda_week", "agenda")
    op.drop_table("failing_addresses")
