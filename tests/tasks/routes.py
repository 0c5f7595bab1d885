"""What the routes of tasks answer to whom."""

from tests.authorization import ANYBODY, SEES_TASK, Row

REMOVES = frozenset({"lead", "clerk"})
ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/mine"): Row("/mine", ANYBODY),
    ("GET", "/tasks"): Row("/tasks", ANYBODY),
    ("GET", "/tasks/<int:task_id>"): Row("/tasks/{task}", SEES_TASK),
    ("GET", "/tasks/<int:task_id>/<action>"): Row(
        "/tasks/{task}/endorse", frozenset({"deputy"}), seen_only=SEES_TASK - {"deputy"}
    ),
    ("POST", "/tasks/<int:task_id>/<action>"): Row(
        "/tasks/{task}/endorse",
        frozenset({"deputy"}),
        answer=302,
        seen_only=SEES_TASK - {"deputy"},
        fields=(("version", "{version}"),),
    ),
    ("GET", "/evidence/<int:evidence_id>"): Row("/evidence/{evidence}", SEES_TASK),
    ("GET", "/evidence/<int:evidence_id>/remove"): Row(
        "/evidence/{evidence}/remove", REMOVES, seen_only=SEES_TASK - REMOVES
    ),
    ("POST", "/evidence/<int:evidence_id>/remove"): Row(
        "/evidence/{evidence}/remove",
        REMOVES,
        seen_only=SEES_TASK - REMOVES,
        answer=302,
        fields=(("reason", "传错文件"),),
    ),
    ("GET", "/tasks/<int:task_id>/evidence.zip"): Row("/tasks/{task}/evidence.zip", SEES_TASK),
    ("POST", "/tasks/from-report/<int:report_id>"): Row(
        "/tasks/from-report/{report}", frozenset({"clerk"}), answer=302
    ),
}
