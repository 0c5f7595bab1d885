"""several clerks review a report step by step; what problems have to do with earlier ones; hints"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 500  # rows

PROPOSALS = sa.table(
    "proposals",
    sa.column("id", BIG),
    sa.column("answers_id", BIG),
    sa.column("answers", sa.JSON()),
    sa.column("suggested", sa.JSON()),
    sa.column("decision"),
)


def _rewrite(columns: list[Any], change: Callable[..., dict[str, Any]]) -> None:
    """Go through the proposals in the order of their ids and write what `change` makes of each."""
    bind, last = op.get_bind(), 0
    while True:
        query = sa.select(PROPOSALS.c.id, *columns).where(PROPOSALS.c.id > last)
        rows = bind.execute(query.order_by(PROPOSALS.c.id).limit(AT_ONCE)).all()
        if not rows:
            return
        for row in rows:
            changed = change(*row[1:])
            if changed:
                bind.execute(PROPOSALS.update().where(PROPOSALS.c.id == row.id).values(**changed))
        last = rows[-1].id


def _several(answers_id: int | None, suggested: Any) -> dict[str, Any]:
    """A measure may answer several problems; of earlier problems up to three are shown."""
    changed: dict[str, Any] = {} if answers_id is None else {"answers": [answers_id]}
    if isinstance(suggested, dict) and "kin" in suggested:
        one = suggested["kin"]
        kin = [{"problem": one["problem"], "likeness": one["likeness"]}] if isinstance(one, dict) else []
        changed["suggested"] = {**suggested, "kin": kin}
    return changed


def _one(answers: Any, suggested: Any) -> dict[str, Any]:
    """The first problem that a measure answers; earlier problems are found anew by the next report."""
    changed: dict[str, Any] = {"answers_id": answers[0]} if isinstance(answers, list) and answers else {}
    if isinstance(suggested, dict) and "kin" in suggested:
        changed["suggested"] = {**suggested, "kin": None}
    return changed


def upgrade() -> None:
    with op.batch_alter_table("problems") as batch_op:
        batch_op.add_column(sa.Column("kinship", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("kin_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("case_no", sa.String(length=40), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_problems_kin_id"), ["kin_id"], unique=False)
        batch_op.create_foreign_key(op.f("fk_problems_kin_id"), "problems", ["kin_id"], ["id"])
    with op.batch_alter_table("problems") as batch_op:
        batch_op.alter_column("case_no", server_default=None)
    _number_problems()
    op.create_table(
        "problem_passages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("problem_id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("start", BIG, nullable=True),
        sa.Column("end", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_problem_passages_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_passages")),
    )
    op.create_index("ix_problem_passages_problem_id", "problem_passages", ["problem_id"], unique=False)
    _widen_proposals()
    op.create_table(
        "review_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("undoes_id", BIG, nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_steps_person_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_review_steps_report_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["review_steps.id"], name=op.f("fk_review_steps_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_steps")),
    )
    op.create_index("ix_review_steps_report_id", "review_steps", ["report_id"], unique=False)
    op.create_table(
        "assignment_hints",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("duty_id", BIG, nullable=True),
        sa.Column("instead_of_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_assignment_hints_duty_id")),
        sa.ForeignKeyConstraint(
            ["instead_of_id"], ["posts.id"], name=op.f("fk_assignment_hints_instead_of_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignment_hints_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_assignment_hints_post_id")),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["people.id"], name=op.f("fk_assignment_hints_revoked_by_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assignment_hints_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_hints")),
    )
    op.create_index("ix_assignment_hints_unit_id_id", "assignment_hints", ["unit_id", "id"], unique=False)


def downgrade() -> None:
    """Hints, steps of open reviews and further passages go; a measure answers one problem again."""
    op.drop_table("assignment_hints")
    op.drop_table("review_steps")
    _narrow_proposals()
    op.drop_table("problem_passages")
    with op.batch_alter_table("problems") as batch_op:
        batch_op.drop_constraint(op.f("fk_problems_kin_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_problems_kin_id"))
        for name in ("case_no", "kin_id", "kinship"):
            batch_op.drop_column(name)


def _number_problems() -> None:
    """Give every problem with a task the number of its first task, as its unit shows it."""
    number = "CAST(tasks.number AS VARCHAR(12))"
    padded = (
        f"CASE WHEN tasks.number < 10 THEN '00' || {number}"
        f" WHEN tasks.number < 100 THEN '0' || {number} ELSE {number} END"
    )
    op.execute(
        f"UPDATE problems SET case_no = (SELECT 'ZG-' || tasks.period || '-' || {padded} FROM tasks"
        " WHERE tasks.problem_id = problems.id ORDER BY tasks.id LIMIT 1)"
        " WHERE EXISTS (SELECT 1 FROM tasks WHERE tasks.problem_id = problems.id)"
    )


def _widen_proposals() -> None:
    with op.batch_alter_table("proposals") as batch_op:
        batch_op.add_column(sa.Column("answers", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("more_places", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("kinship", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("kin_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("version", BIG, nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("changed_by_id", BIG, nullable=True))
        batch_op.create_foreign_key(op.f("fk_proposals_kin_id"), "problems", ["kin_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_proposals_changed_by_id"), "people", ["changed_by_id"], ["id"])
    _rewrite([PROPOSALS.c.answers_id, PROPOSALS.c.suggested], _several)
    with op.batch_alter_table("proposals") as batch_op:
        for name in ("answers", "more_places", "version"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_constraint(op.f("fk_proposals_answers_id"), type_="foreignkey")
        batch_op.drop_column("answers_id")


def _narrow_proposals() -> None:
    with op.batch_alter_table("proposals") as batch_op:
        batch_op.add_column(sa.Column("answers_id", BIG, nullable=True))
        batch_op.create_foreign_key(op.f("fk_proposals_answers_id"), "proposals", ["answers_id"], ["id"])
    _rewrite([PROPOSALS.c.answers, PROPOSALS.c.suggested], _one)
    absorbed = PROPOSALS.update().where(PROPOSALS.c.decision == "absorbed")
    op.execute(absorbed.values(decision="dropped"))
    with op.batch_alter_table("proposals") as batch_op:
        batch_op.drop_constraint(op.f("fk_proposals_kin_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_proposals_changed_by_id"), type_="foreignkey")
        for name in ("changed_by_id", "changed_at", "version", "kin_id", "kinship", "more_places", "answers"):
            batch_op.drop_column(name)
