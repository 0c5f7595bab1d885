"""tables of the ledger that came back, until they are decided"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ledger_imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("untouched", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ledger_imports_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_imports")),
    )
    with op.batch_alter_table("ledger_imports") as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_imports_made_at"), ["made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_imports_person_id"), ["person_id"], unique=False)
    op.create_table(
        "ledger_import_rows",
        sa.Column("id", BIG, nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("version", BIG, nullable=True),
        sa.Column("case_no", sa.String(length=64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["ledger_imports.id"],
            name=op.f("fk_ledger_import_rows_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_ledger_import_rows_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_import_rows")),
    )
    with op.batch_alter_table("ledger_import_rows") as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_import_rows_task_id"), ["task_id"], unique=False)
        batch_op.create_index(
            "ix_ledger_import_rows_import_state", ["import_id", "state", "id"], unique=False
        )


def downgrade() -> None:
    """What was handed in and not decided is forgotten; the people still have their files."""
    op.drop_table("ledger_import_rows")
    op.drop_table("ledger_imports")
