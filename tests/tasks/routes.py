"""What the routes of tasks answer to whom."""

from tests.authorization import ANYBODY, PERSONS, SEES_TASK, TOWN_OVERSEERS, Row

# everybody with a post in the township
OF_TOWN = TOWN_OVERSEERS | {"lead", "safety_lead", "village_lead"}

MAKES_PAPER = frozenset({"clerk", "keeper", "lead", "stand_in"})  # of the closure that waits
KEEPERS = frozenset({"keeper", "county_keeper"})
SEES_HANDOVER = KEEPERS | {"deputy", "secretary"}  # the post is vacant, the deputy is its superior

REMOVES = frozenset({"clerk"})  # while a closure is decided
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
    ("GET", "/tasks/together"): Row(
        "/tasks/together?act=urge&pick={task}", TOWN_OVERSEERS | {"county_keeper"}
    ),
    ("POST", "/tasks/together/<action>"): Row(
        "/tasks/together/urge",
        TOWN_OVERSEERS | {"county_keeper"},
        answer=302,
        fields=(("row", "{task}-{version}"), ("once", "A" * 22)),
    ),
    ("GET", "/tasks/together/<key>"): Row("/tasks/together/{joint_act}", frozenset({"clerk"})),
    ("GET", "/tasks/families"): Row("/tasks/families", ANYBODY),
    ("GET", "/tasks/families/<int:family_id>"): Row("/tasks/families/{family}", SEES_TASK),
    ("GET", "/tasks/views"): Row("/tasks/views", ANYBODY),
    ("POST", "/tasks/views"): Row(
        "/tasks/views",
        ANYBODY,
        answer=302,
        fields=(("once", "A" * 22), ("name", "我的"), ("state", "closed")),
    ),
    ("GET", "/tasks/views/<key>"): Row("/tasks/views/{shared_view}", OF_TOWN, answer=302),
    ("POST", "/tasks/views/<key>"): Row(
        "/tasks/views/{shared_view}",
        frozenset({"clerk"}),
        answer=302,
        seen_only=OF_TOWN - {"clerk"},
        fields=(("version", "1"), ("name", "新名称")),
    ),
    ("POST", "/tasks/views/<key>/delete"): Row(
        "/tasks/views/{own_view}/delete", frozenset({"clerk"}), answer=302, fields=(("version", "1"),)
    ),
    ("GET", "/evidence/<int:evidence_id>"): Row("/evidence/{evidence}", SEES_TASK),
    ("GET", "/evidence/<int:evidence_id>/pages"): Row("/evidence/{evidence}/pages", SEES_TASK),
    ("GET", "/evidence/<int:evidence_id>/pages/<int:number>.png"): Row(
        "/evidence/{evidence}/pages/1.png", SEES_TASK
    ),
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
    ("GET", "/tasks/<int:task_id>/papers/<kind>"): Row(
        "/tasks/{task}/papers/closure_approval", MAKES_PAPER, seen_only=SEES_TASK - MAKES_PAPER
    ),
    ("POST", "/tasks/<int:task_id>/papers/<kind>"): Row(
        "/tasks/{task}/papers/closure_approval",
        MAKES_PAPER,
        answer=302,
        seen_only=SEES_TASK - MAKES_PAPER,
        fields=(("once", "P" * 22), ("again", "1")),
    ),
    ("GET", "/task-papers/<int:paper_id>"): Row("/task-papers/{paper}", SEES_TASK),
    ("GET", "/handovers"): Row("/handovers", ANYBODY),
    ("GET", "/handovers/<int:handover_id>"): Row("/handovers/{handover}", SEES_HANDOVER),
    ("GET", "/handovers/<int:handover_id>.docx"): Row("/handovers/{handover_paper}.docx", SEES_HANDOVER),
    ("POST", "/handovers/<int:handover_id>/confirm"): Row(
        "/handovers/{handover}/confirm",
        frozenset({"deputy"}),
        answer=302,
        seen_only=SEES_HANDOVER - {"deputy"},
        fields=(("seen", "{handover_seen}"),),
    ),
    ("POST", "/handovers/<int:handover_id>/witness"): Row(
        "/handovers/{handover}/witness", KEEPERS, answer=302, seen_only=SEES_HANDOVER - KEEPERS
    ),
    ("POST", "/handovers/begin/<int:holding_id>"): Row(
        "/handovers/begin/{holding}", KEEPERS, answer=302, seen_only=PERSONS - KEEPERS - {"other_clerk"}
    ),
}
