"""the second factor: derived secrets, recovery codes, sessions that await a code"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    with op.batch_alter_table("recovery_codes") as batch_op:
        batch_op.create_index("ix_recovery_codes_account_id", ["account_id"], unique=False)
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("sign_ins") as batch_op:  # apart: SQLite copies the rows once for each
        batch_op.alter_column("awaits_code", server_default=None)
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column("totp_secret", new_column_name="totp_salt", existing_type=sa.String(length=64))


def downgrade() -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column("totp_salt", new_column_name="totp_secret", existing_type=sa.String(length=64))
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.drop_column("awaits_code")
    op.drop_table("recovery_codes")
