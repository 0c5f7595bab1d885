"""tries per network: an account no longer counts its own failures"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_column("waits_until")
        batch_op.drop_column("failures")


def downgrade() -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(sa.Column("failures", BIG, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True))
