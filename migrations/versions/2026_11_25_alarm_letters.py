"""letters about alarms to the administrators"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "untold_alarms",
        sa.Column("row_id", BIG, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["row_id"], ["audit_rows.id"], name=op.f("fk_untold_alarms_row_id")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_untold_alarms")),
    )
    op.create_table(
        "alarm_letters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("alarm_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("more", BIG, nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("server_down", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["audit_rows.id"], name=op.f("fk_alarm_letters_alarm_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_alarm_letters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_letters")),
        sa.UniqueConstraint("alarm_id", "person_id", name=op.f("uq_alarm_letters_alarm_id_person_id")),
    )
    with op.batch_alter_table("alarm_letters") as batch_op:
        batch_op.create_index("ix_alarm_letters_state", ["state", "next_try_at"], unique=False)
        batch_op.create_index("ix_alarm_letters_day", ["person_id", "day"], unique=False)


def downgrade() -> None:
    op.drop_table("alarm_letters")
    op.drop_table("untold_alarms")
