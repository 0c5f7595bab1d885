"""What the routes of reminders answer to whom."""

from tests.authorization import ANYBODY, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/inbox"): Row("/inbox", ANYBODY),
    ("POST", "/inbox/read"): Row("/inbox/read", ANYBODY, answer=302),
    ("POST", "/inbox/<int:notice_id>/open"): Row("/inbox/{notice}/open", frozenset({"lead"}), answer=302),
}
