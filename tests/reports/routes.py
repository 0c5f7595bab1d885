"""What the routes of reports answer to whom."""

from tests.authorization import ANYBODY, CLERKS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/reports"): Row("/reports", ANYBODY),
    ("GET", "/reports/new"): Row("/reports/new", CLERKS),
    ("GET", "/reports/taken"): Row("/reports/taken", CLERKS),
    ("POST", "/reports"): Row(
        "/reports",
        CLERKS,
        answer=302,
        fields=(("pasted", "三、存在问题\n宣传力量薄弱。"), ("period", "2025Q3")),
    ),
    ("GET", "/reports/by-hand"): Row("/reports/by-hand", CLERKS),
    ("POST", "/reports/by-hand"): Row(
        "/reports/by-hand",
        CLERKS,
        answer=302,
        fields=(("source", "self_check"), ("document", "自查记录"), ("lines", "宣传栏没有更新")),
    ),
    ("GET", "/reports/<int:report_id>"): Row("/reports/{report}", frozenset({"clerk"})),
    ("POST", "/reports/<int:report_id>"): Row("/reports/{report}", frozenset({"clerk"}), answer=302),
    ("GET", "/reports/<int:report_id>/changes"): Row("/reports/{report}/changes", frozenset({"clerk"})),
    ("GET", "/reports/hints"): Row("/reports/hints", CLERKS),
    ("POST", "/reports/hints/<int:hint_id>/revoke"): Row(
        "/reports/hints/{hint}/revoke", frozenset({"clerk"}), answer=302
    ),
}
