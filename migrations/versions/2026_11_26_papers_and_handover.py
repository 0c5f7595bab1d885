"""papers of tasks, and handovers of posts"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "task_papers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("letters", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("on_behalf_of_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("file_id", BIG, nullable=False),
        _foreign("task_papers", "task_id", "tasks"),
        _foreign("task_papers", "unit_id", "units"),
        _foreign("task_papers", "person_id", "people"),
        _foreign("task_papers", "post_id", "posts"),
        _foreign("task_papers", "on_behalf_of_id", "people"),
        _foreign("task_papers", "file_id", "stored_files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_papers")),
        sa.UniqueConstraint(
            "unit_id", "kind", "year", "number", name=op.f("uq_task_papers_unit_id_kind_year_number")
        ),
    )
    with op.batch_alter_table("task_papers") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_papers_task_id"), ["task_id"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("giver_id", BIG, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_by_id", BIG, nullable=True),
        sa.Column("receiver_id", BIG, nullable=True),
        sa.Column("for_vacant", sa.Boolean(), nullable=False),
        sa.Column("witness_id", BIG, nullable=True),
        sa.Column("giver_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receiver_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witness_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_list", sa.JSON(), nullable=False),
        sa.Column("final_list", sa.JSON(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("file_id", BIG, nullable=True),
        _foreign("handovers", "post_id", "posts"),
        _foreign("handovers", "giver_id", "people"),
        _foreign("handovers", "begun_by_id", "people"),
        _foreign("handovers", "receiver_id", "people"),
        _foreign("handovers", "witness_id", "people"),
        _foreign("handovers", "file_id", "stored_files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers") as batch_op:
        for column in ("post_id", "giver_id", "receiver_id", "witness_id"):
            batch_op.create_index(batch_op.f(f"ix_handovers_{column}"), [column], unique=False)
        batch_op.create_index("ix_handovers_open", ["completed_at", "withdrawn_on", "due_on"], unique=False)


def downgrade() -> None:
    op.drop_table("handovers")
    op.drop_table("task_papers")
