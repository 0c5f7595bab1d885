"""What the routes of duties answer to whom."""

from tests.authorization import PERSONS, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/duties"): Row("/duties", PERSONS),
    ("POST", "/duties"): Row("/duties", PERSONS, answer=422),
}
