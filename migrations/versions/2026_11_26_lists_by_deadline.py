"""a period and the public list are read in the order of the deadline"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

LISTED = sa.text("listed_on IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_tasks_period_deadline", "tasks", ["period", "deadline", "id"])
    op.create_index(
        "ix_tasks_listed", "tasks", ["deadline", "id"], sqlite_where=LISTED, postgresql_where=LISTED
    )


def downgrade() -> None:
    for name in ("ix_tasks_listed", "ix_tasks_period_deadline"):
        op.drop_index(name, "tasks")
