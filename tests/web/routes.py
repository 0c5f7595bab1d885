"""What the routes of web answer to whom."""

from tests.authorization import ADMINISTRATORS, PERSONS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/language/<any(zh, en):code>"): Row(
        "/language/en", PERSONS | ADMINISTRATORS, answer=302, public=True
    ),
    ("GET", "/static/<path:filename>"): Row("/static/style.css", PERSONS | ADMINISTRATORS, public=True),
}
