"""What the routes of dashboard answer to whom."""

from tests.authorization import OVERSEERS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/overview"): Row("/overview", OVERSEERS),
}
