"""a mark that changes with every change of the organization"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# A later migration that makes one of these tables anew (batch_alter_table on SQLite) has to renew
# its triggers.
TABLES = (
    "chain_links",
    "chains",
    "duty_domains",
    "former_names",
    "former_titles",
    "holdings",
    "people",
    "portfolios",
    "posts",
    "settings",
    "stand_ins",
    "units",
)
NEW_MARK = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}
SQLITE = [
    f"CREATE TRIGGER {table}_{what.lower()}_marks AFTER {what} ON {table} "
    f"BEGIN UPDATE organization_mark SET mark = {NEW_MARK['sqlite']}; END"
    for table in TABLES
    for what in ("INSERT", "UPDATE", "DELETE")
]
# Deferred: the one row of the mark is locked at the commit, after every other row, and so in no circle
# of waiting. Within a transaction the second change finds its mark made. A later migration that changes
# rows of these tables and then the table says SET CONSTRAINTS ALL IMMEDIATE in between.
POSTGRESQL = [
    "CREATE FUNCTION mark_organization() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF current_setting('tracker.marked_by', true) IS DISTINCT FROM txid_current()::text THEN "
    f"UPDATE organization_mark SET mark = {NEW_MARK['postgresql']}; "
    "PERFORM set_config('tracker.marked_by', txid_current()::text, true); "
    "END IF; RETURN NULL; END $$",
    *(
        f"CREATE CONSTRAINT TRIGGER {table}_marks AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_organization()"
        for table in TABLES
    ),
]


def upgrade() -> None:
    kind = op.get_bind().dialect.name
    op.create_table(
        "organization_mark",
        sa.Column("mark", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_organization_mark")),
    )
    op.execute(f"INSERT INTO organization_mark (mark) VALUES ({NEW_MARK[kind]})")
    for statement in SQLITE if kind == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for what in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_{what}_marks")
    else:
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_marks ON {table}")
        op.execute("DROP FUNCTION mark_organization()")
    op.drop_table("organization_mark")
