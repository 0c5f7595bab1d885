"""who made an account: nobody grants what he made himself"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(sa.Column("made_by_id", BIG, nullable=True))
        batch_op.create_foreign_key(op.f("fk_accounts_made_by_id"), "people", ["made_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_constraint(op.f("fk_accounts_made_by_id"), type_="foreignkey")
        batch_op.drop_column("made_by_id")
