"""spent forms"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_forms",
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_spent_forms")),
    )
    with op.batch_alter_table("spent_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_forms_spent_at"), ["spent_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("spent_forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_forms_spent_at"))

    op.drop_table("spent_forms")
