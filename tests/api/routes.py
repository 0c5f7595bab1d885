"""What the routes of api answer to whom."""

from tests.authorization import ANYBODY, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/api/v1/tasks"): Row("/api/v1/tasks", ANYBODY),
}
