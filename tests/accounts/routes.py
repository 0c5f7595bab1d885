"""What the routes of accounts answer to whom."""

from tests.authorization import ADMINISTRATORS, PERSONS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/"): Row("/", PERSONS, answer=302, plain_page=ADMINISTRATORS),
    ("GET", "/login"): Row("/login", PERSONS | ADMINISTRATORS, public=True),
    ("POST", "/login"): Row("/login", PERSONS | ADMINISTRATORS, answer=422, public=True),
    ("POST", "/logout"): Row("/logout", PERSONS | ADMINISTRATORS, answer=302),
}
