"""What the routes of reports answer to whom."""

from tests.authorization import CLERKS, PERSONS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/reports"): Row("/reports", PERSONS),
    ("GET", "/reports/new"): Row("/reports/new", CLERKS),
    ("POST", "/reports"): Row("/reports", CLERKS, answer=422),
    ("GET", "/reports/<int:report_id>"): Row("/reports/{report}", frozenset({"clerk"})),
    ("POST", "/reports/<int:report_id>"): Row(
        "/reports/{report}", frozenset({"clerk"}), answer=302, fields=(("version", "{report_version}"),)
    ),
}
