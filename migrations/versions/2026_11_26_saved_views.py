"""views of the ledger that people keep, and acts on many tasks at once"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "joint_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_joint_acts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_acts")),
        sa.UniqueConstraint("key", name=op.f("uq_joint_acts_key")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_saved_views_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_views_key")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_views_person_id_name")),
    )
    with op.batch_alter_table("joint_acts") as batch_op:
        batch_op.create_index(batch_op.f("ix_joint_acts_person_id"), ["person_id"], unique=False)
    with op.batch_alter_table("saved_views") as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_unit_id"), ["unit_id"], unique=False)
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.create_index("ix_tasks_deadline", ["deadline", "id"], unique=False)
        batch_op.create_index("ix_tasks_unit_state", ["unit_id", "state", "deadline", "id"], unique=False)
        batch_op.create_index("ix_tasks_verifier_post", ["verifier_post_id", "state", "id"], unique=False)
        batch_op.create_index("ix_tasks_number", ["period", "number", "id"], unique=False)
        batch_op.create_index("ix_tasks_changed", ["changed_at", "id"], unique=False)
    marked = sa.text("secrecy != 'open'")
    op.create_index("ix_tasks_marked", "tasks", ["id"], sqlite_where=marked, postgresql_where=marked)


def downgrade() -> None:
    op.drop_index("ix_tasks_marked", "tasks")
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_index("ix_tasks_changed")
        batch_op.drop_index("ix_tasks_number")
        batch_op.drop_index("ix_tasks_verifier_post")
        batch_op.drop_index("ix_tasks_unit_state")
        batch_op.drop_index("ix_tasks_deadline")
    op.drop_table("saved_views")
    op.drop_table("joint_acts")
