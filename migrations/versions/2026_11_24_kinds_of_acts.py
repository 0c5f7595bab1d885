"""kinds of acts that every office knows; where the problems of a report come from"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    ("study", "专题学习", "次"),
    ("discussion", "研讨交流", "次"),
    ("meeting", "例会", "次"),
    ("analysis", "分析研判会", "次"),
    ("inspection", "专项检查", "次"),
    ("training", "培训", "期"),
    ("drill", "演练", "次"),
    ("culture", "宣传文化活动", "场"),
    ("report_up", "向上级报告", "次"),
)


def upgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.add_column(
            sa.Column("source", sa.String(length=32), nullable=False, server_default="report")
        )
    with op.batch_alter_table("reports") as batch_op:
        batch_op.alter_column("source", server_default=None)
    table = sa.table("act_kinds", sa.column("code"), sa.column("name"), sa.column("counted_in"))
    known = set(op.get_bind().execute(sa.select(table.c.code)).scalars())
    rows = [dict(zip(("code", "name", "counted_in"), row, strict=True)) for row in KINDS]
    missing = [row for row in rows if row["code"] not in known]
    if missing:
        op.bulk_insert(table, missing)
    renamed = table.update().where(table.c.code == "culture", table.c.name == "文化活动")
    op.execute(renamed.values(name="宣传文化活动"))


def downgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_column("source")
