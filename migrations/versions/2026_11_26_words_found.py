"""words of tasks and problems in one form, and the index of their characters and pairs"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUBJECTS = ("task", "problem")


def upgrade() -> None:
    """The rows that are there are written into the index by `tracker upgrade`, once the tables stand."""
    for subject in SUBJECTS:
        op.create_table(
            f"{subject}_texts",
            sa.Column(f"{subject}_id", BIG, nullable=False),
            sa.Column("text", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{subject}_id"], [f"{subject}s.id"], name=op.f(f"fk_{subject}_texts_{subject}_id")
            ),
            sa.PrimaryKeyConstraint(f"{subject}_id", name=op.f(f"pk_{subject}_texts")),
        )
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE VIRTUAL TABLE {subject}_grams USING fts5"
                "(grams, content='', contentless_delete=1, detail=none, tokenize='ascii')"
            )
        else:
            op.execute(f"CREATE TABLE {subject}_grams (id BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)")
            op.execute(f"CREATE INDEX ix_{subject}_grams_grams ON {subject}_grams USING GIN (grams)")


def downgrade() -> None:
    for subject in SUBJECTS:
        op.drop_table(f"{subject}_grams")
        op.drop_table(f"{subject}_texts")
