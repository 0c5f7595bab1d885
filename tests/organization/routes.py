"""What the routes of organization answer to whom."""

from tests.authorization import PERSONS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/organization"): Row("/organization", PERSONS),
}
