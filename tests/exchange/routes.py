"""What the routes of the ledger's files answer to whom."""

from tests.authorization import ANYBODY, SEES_TASK, Row

HANDED_IN = frozenset({"clerk"})  # whoever handed the table in; to anybody else it does not exist
ONE = "/tasks/ledger/import/{ledger_import}"
FORM = (("file", "@台账.xlsx"),)

EMPTY = (("file", "@空表.xlsx"),)

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/tasks/ledger.xlsx"): Row("/tasks/ledger.xlsx", ANYBODY),
    ("GET", "/tasks/ledger/import"): Row("/tasks/ledger/import", ANYBODY),
    ("POST", "/tasks/ledger/import"): Row("/tasks/ledger/import", ANYBODY, 302, fields=FORM),
    ("GET", "/tasks/ledger.docx"): Row("/tasks/ledger.docx", ANYBODY),
    ("GET", "/tasks/ledger/picked"): Row("/tasks/ledger/picked?pick={task}", SEES_TASK),
    ("POST", "/tasks/ledger/picked"): Row(
        "/tasks/ledger/picked", SEES_TASK, fields=(("pick", "{task}"), ("kind", "xlsx"))
    ),
    ("GET", "/tasks/ledger/form"): Row("/tasks/ledger/form", ANYBODY),
    ("POST", "/tasks/ledger/form"): Row("/tasks/ledger/form", ANYBODY, fields=EMPTY),
    ("GET", "/tasks/ledger/import/<int:import_id>"): Row(ONE, HANDED_IN),
    ("POST", "/tasks/ledger/import/<int:import_id>"): Row(
        ONE, HANDED_IN, 302, fields=(("shown", "2"), ("row", "2"), ("reason", "按表更正"))
    ),
    ("POST", "/tasks/ledger/import/<int:import_id>/discard"): Row(f"{ONE}/discard", HANDED_IN, 302),
    ("GET", "/tasks/ledger/import/<int:import_id>/left.xlsx"): Row(f"{ONE}/left.xlsx", HANDED_IN),
}
