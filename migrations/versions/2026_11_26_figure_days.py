"""the figures of each day, kept once it has ended"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "figure_days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("domain_id", BIG, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["duty_domains.id"], name=op.f("fk_figure_days_domain_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_figure_days_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_days")),
        sa.UniqueConstraint("day", "unit_id", "domain_id", name=op.f("uq_figure_days_day_unit_id_domain_id")),
    )
    with op.batch_alter_table("figure_days") as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_days_unit_id"), ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("figure_days")
