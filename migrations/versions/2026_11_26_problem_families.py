"""to which family a problem belongs, and in how many periods running its line stood"""

import re
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONTHS = {"Q": 3, "H": 6, "M": 1, "Y": 12}
CODE = re.compile(r"(?P<year>[0-9]{4})(?P<kind>[QHMY])(?P<number>[0-9]*)")

PROBLEMS = sa.table(
    "problems",
    sa.column("id", BIG),
    sa.column("origin_id", BIG),
    sa.column("kin_id", BIG),
    sa.column("family_id", BIG),
    sa.column("period", sa.String()),
    sa.column("running", BIG),
)
SEVERAL = sa.text("running > 1")
SAID = sa.text("kinship IS NOT NULL")
CARRIED = sa.text("origin_id != id")
LATER = sa.text("round_no > 1")


def upgrade() -> None:
    with op.batch_alter_table("problems") as batch_op:
        batch_op.add_column(sa.Column("family_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("running", BIG, nullable=False, server_default="1"))
        batch_op.create_foreign_key(op.f("fk_problems_family_id"), "problems", ["family_id"], ["id"])
    with op.batch_alter_table("problems") as batch_op:
        batch_op.alter_column("running", server_default=None)
    op.execute(PROBLEMS.update().values(family_id=sa.func.coalesce(PROBLEMS.c.origin_id, PROBLEMS.c.id)))
    op.create_index("ix_problems_family_id", "problems", ["family_id"], unique=False)
    _settle()
    op.create_index("ix_problems_running", "problems", ["id"], sqlite_where=SEVERAL, postgresql_where=SEVERAL)
    op.create_index(
        "ix_problems_kinship", "problems", ["kinship", "id"], sqlite_where=SAID, postgresql_where=SAID
    )
    op.create_index(
        "ix_problems_carried", "problems", ["family_id"], sqlite_where=CARRIED, postgresql_where=CARRIED
    )
    op.create_index("ix_tasks_again", "tasks", ["id"], sqlite_where=LATER, postgresql_where=LATER)


def downgrade() -> None:
    op.drop_index("ix_tasks_again", table_name="tasks")
    op.drop_index("ix_problems_carried", table_name="problems")
    op.drop_index("ix_problems_kinship", table_name="problems")
    op.drop_index("ix_problems_running", table_name="problems")
    op.drop_index("ix_problems_family_id", table_name="problems")
    with op.batch_alter_table("problems") as batch_op:
        batch_op.drop_constraint(op.f("fk_problems_family_id"), type_="foreignkey")
        batch_op.drop_column("running")
        batch_op.drop_column("family_id")


def _settle() -> None:
    """Put the lines that came back into the family of the first, and count the periods of each."""
    bind = op.get_bind()
    periods: dict[int, set[str]] = defaultdict(set)
    came_from: dict[int, int] = {}
    columns = (PROBLEMS.c.id, PROBLEMS.c.family_id, PROBLEMS.c.kin_id, PROBLEMS.c.period)
    for row in bind.execute(sa.select(*columns)):
        periods[row.family_id].add(row.period)
        if row.kin_id is not None:
            came_from[row.family_id] = row.kin_id
    for line in list(periods):
        way = [line]
        while way[-1] in came_from and came_from[way[-1]] not in way:
            way.append(came_from[way[-1]])
        said = {"family_id": way[-1], "running": _running(set().union(*(periods[one] for one in way)))}
        if said != {"family_id": line, "running": 1}:
            bind.execute(PROBLEMS.update().where(PROBLEMS.c.origin_id == line).values(**said))


def _running(codes: Iterable[str]) -> int:
    """Return how many periods of the latest one's kind follow one another up to it."""
    known = {(code["kind"], _number(code)) for code in map(CODE.fullmatch, codes) if code}
    if not known:
        return 1
    kind, at = max(known, key=lambda place: ((place[1] + 1) * MONTHS[place[0]], MONTHS[place[0]]))
    count = 0
    while (kind, at) in known:
        at, count = at - 1, count + 1
    return count


def _number(code: re.Match[str]) -> int:
    """Return the number of a period in the row of all of its kind: of 2025Q3 it is 8102."""
    return int(code["year"]) * (12 // MONTHS[code["kind"]]) + int(code["number"] or 1) - 1
