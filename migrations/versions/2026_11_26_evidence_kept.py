"""evidence: its own day, its removal with a reason; what a virus scanner said of a file"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("stored_files") as batch_op:
        batch_op.add_column(sa.Column("scanned", sa.String(length=16), nullable=False, server_default=""))
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.add_column(sa.Column("own_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("removed_by_id", BIG, nullable=True))
        batch_op.add_column(
            sa.Column("removal_reason", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_removed_by_id"), "people", ["removed_by_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_removed_by_id"), type_="foreignkey")
        batch_op.drop_column("removal_reason")
        batch_op.drop_column("removed_by_id")
        batch_op.drop_column("removed_at")
        batch_op.drop_column("own_day")
    with op.batch_alter_table("stored_files") as batch_op:
        batch_op.drop_column("scanned")
