"""what posts and units were called before, and the first day of a post"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FORMER = (("former_titles", "post_id", "posts"), ("former_names", "unit_id", "units"))


def upgrade() -> None:
    for table, owner, owners in FORMER:
        op.create_table(
            table,
            sa.Column("id", BIG, nullable=False),
            sa.Column(owner, BIG, nullable=False),
            sa.Column("name", sa.String(length=100), nullable=False),
            sa.Column("to_day", sa.Date(), nullable=False),
            sa.ForeignKeyConstraint([owner], [f"{owners}.id"], name=op.f(f"fk_{table}_{owner}")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_{owner}", table, [owner], unique=False)
    op.add_column("posts", sa.Column("from_day", sa.Date(), nullable=True))
    for table in ("posts", "units"):
        op.add_column(table, sa.Column("renamed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """What something was called before is forgotten; the present names stay."""
    for table in ("units", "posts"):
        op.drop_column(table, "renamed_on")
    op.drop_column("posts", "from_day")
    for table, owner, _owners in FORMER:
        op.drop_index(f"ix_{table}_{owner}", table_name=table)
        op.drop_table(table)
