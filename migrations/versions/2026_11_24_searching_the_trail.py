"""searching the trail: by time, name, act, subject, outcome and address, newest first"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIRST = ("name", "action", "subject", "outcome", "address")


def upgrade() -> None:
    for column in ("at", "account_id"):
        op.drop_index(f"ix_audit_rows_{column}", "audit_rows")
    op.create_index("ix_audit_rows_at", "audit_rows", ["at", "id"])
    op.create_index("ix_audit_rows_account_id", "audit_rows", ["account_id", "at"])
    for column in FIRST:
        op.create_index(f"ix_audit_rows_{column}", "audit_rows", [column, "at", "id"])


def downgrade() -> None:
    for column in (*FIRST, "at", "account_id"):
        op.drop_index(f"ix_audit_rows_{column}", "audit_rows")
    for column in ("at", "account_id"):
        op.create_index(f"ix_audit_rows_{column}", "audit_rows", [column])
