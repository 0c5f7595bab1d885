"""the open tasks of a post are counted without reading a task"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SEEN_BY = ["secrecy", "unit_id", "remedy", "verifier_post_id"]  # what the rules of sight ask of a task


def upgrade() -> None:
    op.create_index(
        "ix_tasks_lead_post_state", "tasks", ["lead_post_id", "state", "deadline", "id", *SEEN_BY]
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_lead_post_state", "tasks")
