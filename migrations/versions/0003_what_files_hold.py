"""what files hold, and until when links work"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("delivery_mails", sa.Column("links_until", sa.Date(), nullable=True))
    op.add_column("files", sa.Column("holds", sa.Integer(), nullable=True))
    op.add_column("files", sa.Column("inside", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("files", "inside")
    op.drop_column("files", "holds")
    op.drop_column("delivery_mails", "links_until")
