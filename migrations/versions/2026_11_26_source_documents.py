"""what the document is called that problems were found in, beside the file"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

REPORTS = sa.table(
    "reports",
    sa.column("file_name", sa.String()),
    sa.column("source", sa.String()),
    sa.column("document", sa.String()),
)


def upgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.add_column(sa.Column("document", sa.String(255), nullable=False, server_default=""))
    with op.batch_alter_table("reports") as batch_op:
        batch_op.alter_column("document", server_default=None)
    typed = sa.and_(REPORTS.c.source != "report", REPORTS.c.file_name.like("%.txt"))
    title = sa.func.substr(REPORTS.c.file_name, 1, sa.func.length(REPORTS.c.file_name) - len(".txt"))
    op.execute(REPORTS.update().where(typed).values(document=title))


def downgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_column("document")
