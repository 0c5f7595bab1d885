"""rounds, requests, parts and look-backs of tasks; several tasks of one problem"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_constraint("uq_tasks_problem_id", type_="unique")
        batch_op.create_index(batch_op.f("ix_tasks_problem_id"), ["problem_id"], unique=False)
        batch_op.add_column(sa.Column("look_back_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("listed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", BIG, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_merged_into_id"), "tasks", ["merged_into_id"], ["id"]
        )
    with op.batch_alter_table("cooperations") as batch_op:
        batch_op.add_column(sa.Column("part", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("percent", BIG, nullable=True))
        batch_op.add_column(sa.Column("done_on", sa.Date(), nullable=True))
    op.create_table(
        "task_rounds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("round_no", BIG, nullable=False),
        sa.Column("first_deadline", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["task_events.id"], name=op.f("fk_task_rounds_event_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_rounds_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_rounds")),
        sa.UniqueConstraint("task_id", "round_no", name=op.f("uq_task_rounds_task_id_round_no")),
    )
    with op.batch_alter_table("task_rounds") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_rounds_task_id"), ["task_id"], unique=False)
    op.create_table(
        "task_requests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("round_no", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("asked_id", BIG, nullable=False),
        sa.Column("answered_id", BIG, nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("old_deadline", sa.Date(), nullable=True),
        sa.Column("wanted", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_id"], ["task_events.id"], name=op.f("fk_task_requests_answered_id")
        ),
        sa.ForeignKeyConstraint(["asked_id"], ["task_events.id"], name=op.f("fk_task_requests_asked_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_requests_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_task_requests_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_requests")),
    )
    with op.batch_alter_table("task_requests") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_requests_task_id"), ["task_id"], unique=False)
        batch_op.create_index("ix_task_requests_open", ["kind", "outcome", "due_on"], unique=False)
    _keep_rounds_that_ended()


def _keep_rounds_that_ended() -> None:
    """Write a round for every task that is closed already, by its last act of closing."""
    op.execute(
        """
        INSERT INTO task_rounds (task_id, round_no, first_deadline, deadline, closed_on, verdict, event_id)
        SELECT t.id, t.round_no, t.first_deadline, t.deadline, t.closed_on, t.verdict,
               (SELECT max(e.id) FROM task_events e
                WHERE e.task_id = t.id AND e.round_no = t.round_no AND e.new_state = 'closed')
        FROM tasks t
        WHERE t.state = 'closed' AND t.closed_on IS NOT NULL
          AND EXISTS (SELECT 1 FROM task_events e
                      WHERE e.task_id = t.id AND e.round_no = t.round_no AND e.new_state = 'closed')
        """
    )


def downgrade() -> None:
    op.drop_table("task_requests")
    op.drop_table("task_rounds")
    with op.batch_alter_table("cooperations") as batch_op:
        batch_op.drop_column("done_on")
        batch_op.drop_column("percent")
        batch_op.drop_column("part")
    # of several tasks of one problem only the first can keep it
    op.execute(
        """
        UPDATE tasks SET problem_id = NULL WHERE problem_id IS NOT NULL AND id NOT IN
        (SELECT first FROM
            (SELECT min(id) AS first FROM tasks WHERE problem_id IS NOT NULL GROUP BY problem_id) AS kept)
        """
    )
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tasks_merged_into_id"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("listed_on")
        batch_op.drop_column("look_back_on")
        batch_op.drop_index(batch_op.f("ix_tasks_problem_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_tasks_problem_id"), ["problem_id"])
