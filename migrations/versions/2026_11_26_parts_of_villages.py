"""whether what a report asks is to be done by every village"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("proposals") as batch_op:
        batch_op.add_column(
            sa.Column("for_villages", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("proposals") as batch_op:
        batch_op.alter_column("for_villages", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("proposals") as batch_op:
        batch_op.drop_column("for_villages")
