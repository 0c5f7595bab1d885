"""What the routes of reminders answer to whom."""

from tests.authorization import PERSONS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/inbox"): Row("/inbox", PERSONS),
    ("POST", "/inbox/read"): Row("/inbox/read", PERSONS, answer=302),
    ("POST", "/inbox/<int:notice_id>/open"): Row("/inbox/{notice}/open", frozenset({"lead"}), answer=302),
}
