"""What the routes of search answer to whom."""

from tests.authorization import ANYBODY, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/search"): Row("/search?q=宣传", ANYBODY),
}
