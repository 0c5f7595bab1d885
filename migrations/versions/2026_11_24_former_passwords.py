"""former passwords, and on what somebody is signed in"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "former_passwords",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_former_passwords_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_passwords")),
    )
    with op.batch_alter_table("former_passwords") as batch_op:
        batch_op.create_index("ix_former_passwords_account_id", ["account_id"], unique=False)
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.add_column(sa.Column("device", sa.String(length=32), nullable=False, server_default=""))
    with op.batch_alter_table("sign_ins") as batch_op:  # apart: SQLite copies the rows once for each
        batch_op.alter_column("device", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.drop_column("device")
    op.drop_table("former_passwords")
