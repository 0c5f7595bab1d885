"""What the routes of the ledger's files answer to whom."""

from tests.authorization import ANYBODY, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/tasks/ledger.xlsx"): Row("/tasks/ledger.xlsx", ANYBODY),
}
