"""a report takes the strictest mark of the tasks read from it"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.add_column(sa.Column("secrecy", sa.String(length=32), nullable=False, server_default="open"))
    with op.batch_alter_table("reports") as batch_op:
        batch_op.alter_column("secrecy", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_column("secrecy")
