"""the policy of the installation, and offices that leave the audit role with the county"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "policy_choices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["accounts.id"], name=op.f("fk_policy_choices_chosen_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_choices")),
    )
    op.create_table(
        "audits_left",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", BIG, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_audits_left_unit_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["accounts.id"], name=op.f("fk_audits_left_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits_left")),
    )
    with op.batch_alter_table("audits_left") as batch_op:
        batch_op.create_index("ix_audits_left_unit_id", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("audits_left")
    op.drop_table("policy_choices")
