"""kept in order: ended units, domains and kinds, the rank of posts, acts recorded by mistake"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table in ("units", "duty_domains"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
    with op.batch_alter_table("posts") as batch_op:
        batch_op.add_column(sa.Column("rank", BIG, nullable=False, server_default="0"))
    with op.batch_alter_table("posts") as batch_op:
        batch_op.alter_column("rank", server_default=None)
    with op.batch_alter_table("act_kinds") as batch_op:
        batch_op.add_column(sa.Column("unit_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_act_kinds_unit_id_units"), "units", ["unit_id"], ["id"])
    with op.batch_alter_table("acts") as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("withdrawal_reason", sa.String(length=200), nullable=False, server_default="")
        )
    with op.batch_alter_table("acts") as batch_op:
        batch_op.alter_column("withdrawal_reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("acts") as batch_op:
        batch_op.drop_column("withdrawal_reason")
        batch_op.drop_column("withdrawn_at")
    with op.batch_alter_table("act_kinds") as batch_op:
        batch_op.drop_constraint(op.f("fk_act_kinds_unit_id_units"), type_="foreignkey")
        batch_op.drop_column("ended_on")
        batch_op.drop_column("unit_id")
    with op.batch_alter_table("posts") as batch_op:
        batch_op.drop_column("rank")
    for table in ("duty_domains", "units"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("ended_on")
