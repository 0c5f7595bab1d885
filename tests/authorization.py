"""What every route answers to whom: the one table of expectations.

A route that stands in no row fails the test that walks the routes; so does a row without a route.
Whoever is named in no group of a row gets 404, the same as for something that does not exist;
someone without an account is sent to sign in (401 under /api/).
"""

from dataclasses import dataclass

TOWN_LEADERS = frozenset({"secretary", "deputy", "vice_head"})
TOWN_OVERSEERS = TOWN_LEADERS | {"clerk", "keeper"}
OVERSEERS = TOWN_OVERSEERS | {"county_keeper", "other_clerk"}
CLERKS = frozenset({"clerk", "county_keeper", "other_clerk"})
PERSONS = OVERSEERS | {"lead", "safety_lead", "village_lead"}
ADMINISTRATORS = frozenset({"system_admin"})
SEES_TASK = TOWN_OVERSEERS | {"lead", "county_keeper"}  # the lead's task in the state "closure requested"


@dataclass(frozen=True)
class Row:
    """Who may, with what answer; who sees it but may not (403); where, with the ids of the test's objects."""

    path: str
    allowed: frozenset[str]
    answer: int = 200
    seen_only: frozenset[str] = frozenset()
    plain_page: frozenset[str] = frozenset()  # who gets a page that says there is nothing for them
    public: bool = False
    fields: tuple[tuple[str, str], ...] = ()

    def wanted(self, name: str) -> int:
        """Return the answer for someone with an account."""
        if name in self.allowed:
            return self.answer
        if name in self.plain_page:
            return 200
        return 403 if name in self.seen_only else 404


ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/"): Row("/", PERSONS, answer=302, plain_page=ADMINISTRATORS),
    ("GET", "/login"): Row("/login", PERSONS | ADMINISTRATORS, public=True),
    ("POST", "/login"): Row("/login", PERSONS | ADMINISTRATORS, answer=422, public=True),
    ("POST", "/logout"): Row("/logout", PERSONS | ADMINISTRATORS, answer=302),
    ("GET", "/language/<any(zh, en):code>"): Row(
        "/language/en", PERSONS | ADMINISTRATORS, answer=302, public=True
    ),
    ("GET", "/static/<path:filename>"): Row("/static/style.css", PERSONS | ADMINISTRATORS, public=True),
    ("GET", "/overview"): Row("/overview", OVERSEERS),
    ("GET", "/mine"): Row("/mine", PERSONS),
    ("GET", "/tasks"): Row("/tasks", PERSONS),
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
    ("GET", "/api/v1/tasks"): Row("/api/v1/tasks", PERSONS),
    ("GET", "/search"): Row("/search?q=宣传", PERSONS),
    ("GET", "/organization"): Row("/organization", PERSONS),
    ("GET", "/duties"): Row("/duties", PERSONS),
    ("POST", "/duties"): Row("/duties", PERSONS, answer=422),
    ("GET", "/inbox"): Row("/inbox", PERSONS),
    ("POST", "/inbox/read"): Row("/inbox/read", PERSONS, answer=302),
    ("POST", "/inbox/<int:notice_id>/open"): Row("/inbox/{notice}/open", frozenset({"lead"}), answer=302),
    ("GET", "/reports"): Row("/reports", PERSONS),
    ("GET", "/reports/new"): Row("/reports/new", CLERKS),
    ("POST", "/reports"): Row("/reports", CLERKS, answer=422),
    ("GET", "/reports/<int:report_id>"): Row("/reports/{report}", frozenset({"clerk"})),
    ("POST", "/reports/<int:report_id>"): Row(
        "/reports/{report}", frozenset({"clerk"}), answer=302, fields=(("version", "{report_version}"),)
    ),
    ("POST", "/tasks/from-report/<int:report_id>"): Row(
        "/tasks/from-report/{report}",
        frozenset({"clerk"}),
        answer=302,
        fields=(("version", "{report_version}"),),
    ),
    ("GET", "/summaries"): Row("/summaries", OVERSEERS),
    ("POST", "/summaries"): Row("/summaries", OVERSEERS, answer=422),
    ("GET", "/summaries/<int:summary_id>"): Row("/summaries/{summary}", TOWN_OVERSEERS),
    ("POST", "/summaries/<int:summary_id>"): Row(
        "/summaries/{summary}",
        frozenset({"clerk"}),
        answer=302,
        seen_only=TOWN_OVERSEERS - {"clerk"},
        fields=(("version", "{summary_version}"),),
    ),
    ("GET", "/summaries/<int:summary_id>.docx"): Row("/summaries/{summary}.docx", TOWN_OVERSEERS),
    ("POST", "/summaries/<int:summary_id>/carry-over"): Row(
        "/summaries/{summary}/carry-over",
        frozenset({"clerk"}),
        answer=302,
        seen_only=TOWN_OVERSEERS - {"clerk"},
    ),
    ("POST", "/summaries/<int:summary_id>/roll-up"): Row(
        "/summaries/{summary}/roll-up", frozenset({"clerk"}), answer=302, seen_only=TOWN_OVERSEERS - {"clerk"}
    ),
}
