"""a mark chosen for a proposal, with its reason"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ADDED = (("secrecy", sa.String(length=32), "open"), ("mark_reason", sa.Text(), ""))


def upgrade() -> None:
    with op.batch_alter_table("proposals") as batch_op:
        for name, kind, unmarked in ADDED:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=unmarked))
    with op.batch_alter_table("proposals") as batch_op:
        for name, _kind, _unmarked in ADDED:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """A mark that was chosen and not yet made is forgotten; marks of tasks stay."""
    with op.batch_alter_table("proposals") as batch_op:
        for name, _kind, _unmarked in reversed(ADDED):
            batch_op.drop_column(name)
