"""the open tasks of a post are found without reading its closed ones"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tasks_lead_post_state", "tasks", ["lead_post_id", "state", "deadline", "id"])


def downgrade() -> None:
    op.drop_index("ix_tasks_lead_post_state", "tasks")
