"""plans prepared in advance, what was started of them, and the review of a plan as a kind of act"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REVIEW = ("plan_review", "预案评估", "次")


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("risk", sa.String(length=50), nullable=False),
        sa.Column("domain_id", BIG, nullable=False),
        sa.Column("first_post_id", BIG, nullable=False),
        sa.Column("direct_post_id", BIG, nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.ForeignKeyConstraint(["direct_post_id"], ["posts.id"], name=op.f("fk_plans_direct_post_id")),
        sa.ForeignKeyConstraint(["domain_id"], ["duty_domains.id"], name=op.f("fk_plans_domain_id")),
        sa.ForeignKeyConstraint(["first_post_id"], ["posts.id"], name=op.f("fk_plans_first_post_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_plans_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_unit_id"), "plans", ["unit_id"])
    op.create_table(
        "plan_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("hours", BIG, nullable=False),
        sa.Column("minutes", BIG, nullable=False),
        sa.CheckConstraint("hours > 0 AND minutes > 0", name=op.f("ck_plan_steps_takes_time")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_steps_plan_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_plan_steps_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_steps")),
    )
    op.create_index(op.f("ix_plan_steps_plan_id"), "plan_steps", ["plan_id"])
    op.create_table(
        "plan_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("act_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_plan_acts_act_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_acts_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_acts")),
        sa.UniqueConstraint("act_id", name=op.f("uq_plan_acts_act_id")),
    )
    op.create_index(op.f("ix_plan_acts_plan_id"), "plan_acts", ["plan_id"])
    _create_runs()
    _add_kind()


def _create_runs() -> None:
    op.create_table(
        "plan_runs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("occasion", sa.String(length=500), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by_id", BIG, nullable=False),
        sa.Column("started_for_id", BIG, nullable=True),
        sa.Column("started_post_id", BIG, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", BIG, nullable=True),
        sa.Column("ended_for_id", BIG, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("report_id", BIG, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_plan_runs_ended_by_id")),
        sa.ForeignKeyConstraint(["ended_for_id"], ["people.id"], name=op.f("fk_plan_runs_ended_for_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_runs_plan_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_plan_runs_report_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["people.id"], name=op.f("fk_plan_runs_started_by_id")),
        sa.ForeignKeyConstraint(["started_for_id"], ["people.id"], name=op.f("fk_plan_runs_started_for_id")),
        sa.ForeignKeyConstraint(["started_post_id"], ["posts.id"], name=op.f("fk_plan_runs_started_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_runs")),
    )
    op.create_index(op.f("ix_plan_runs_plan_id"), "plan_runs", ["plan_id"])
    running, unsettled = sa.text("ended_at IS NULL"), sa.text("settled_at IS NULL")
    op.create_index(
        "uq_plan_runs_running", "plan_runs", ["plan_id"], unique=True,
        sqlite_where=running, postgresql_where=running,
    )  # fmt: skip
    op.create_index(
        "ix_plan_runs_unsettled", "plan_runs", ["id"], sqlite_where=unsettled, postgresql_where=unsettled
    )
    op.create_table(
        "run_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("acknowledge_by", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=120), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", sa.String(length=120), nullable=False),
        sa.Column("result", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_run_steps_post_id")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_runs.id"], name=op.f("fk_run_steps_run_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_run_steps_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_steps")),
        sa.UniqueConstraint("task_id", name=op.f("uq_run_steps_task_id")),
    )
    op.create_index(op.f("ix_run_steps_run_id"), "run_steps", ["run_id"])


def _add_kind() -> None:
    """Add the review of a plan to the kinds of act that every office knows, where it is missing."""
    table = sa.table("act_kinds", sa.column("code"), sa.column("name"), sa.column("counted_in"))
    known = op.get_bind().execute(sa.select(table.c.code).where(table.c.code == REVIEW[0])).scalar()
    if known is None:
        op.bulk_insert(table, [dict(zip(("code", "name", "counted_in"), REVIEW, strict=True))])


def downgrade() -> None:
    # the kind of act stays: acts may name it, and it asks for nothing by itself
    for table in ("run_steps", "plan_runs", "plan_acts", "plan_steps", "plans"):
        op.drop_table(table)
