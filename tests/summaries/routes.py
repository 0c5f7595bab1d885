"""What the routes of summaries answer to whom."""

from tests.authorization import CLERKS, OVERSEERS, TOWN_OVERSEERS, Row

KEPT_OUT = frozenset({"reader_of_a_draft"})  # older than a mark on one of its tasks
READERS = TOWN_OVERSEERS - {"clerk"} | KEPT_OUT

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/summaries"): Row("/summaries", OVERSEERS),
    ("POST", "/summaries"): Row(
        "/summaries",
        CLERKS,
        answer=302,
        seen_only=OVERSEERS - CLERKS,
        fields=(("unit", "{own_office}"), ("period", "2025Q1")),
    ),
    ("GET", "/summaries/<int:summary_id>"): Row("/summaries/{summary}", TOWN_OVERSEERS, seen_only=KEPT_OUT),
    ("POST", "/summaries/<int:summary_id>"): Row(
        "/summaries/{summary}",
        frozenset({"clerk"}),
        answer=302,
        seen_only=READERS,
        fields=(("version", "{summary_version}"),),
    ),
    ("GET", "/summaries/<int:summary_id>.docx"): Row(
        "/summaries/{summary}.docx", TOWN_OVERSEERS, seen_only=KEPT_OUT
    ),
    ("POST", "/summaries/<int:summary_id>/carry-over"): Row(
        "/summaries/{summary}/carry-over",
        frozenset({"clerk"}),
        answer=302,
        seen_only=READERS,
    ),
    ("POST", "/summaries/<int:summary_id>/roll-up"): Row(
        "/summaries/{summary}/roll-up", frozenset({"clerk"}), answer=302, seen_only=READERS
    ),
}
