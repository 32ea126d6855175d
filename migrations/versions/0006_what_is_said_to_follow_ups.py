"""what is said to follow-ups: found by the mail that they went in"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_agenda_mail_key", "agenda", ["mail_key"])


def downgrade() -> None:
    op.drop_index("ix_agenda_mail_key", "agenda")
