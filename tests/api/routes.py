"""What the routes of api answer to whom."""

from tests.authorization import ANYBODY, SEES_TASK, Row

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/api/v1/tasks"): Row("/api/v1/tasks", ANYBODY),
    ("GET", "/api/v1/tasks/<int:task_id>"): Row("/api/v1/tasks/{task}", SEES_TASK),
    ("POST", "/api/v1/tasks/<int:task_id>/<action>"): Row(
        "/api/v1/tasks/{task}/endorse",
        frozenset({"deputy"}),
        seen_only=SEES_TASK - {"deputy"},
        fields=(("version", "{version}"),),
    ),
}
