"""What a notice is about, and the page that shows it."""

from tracker.reminders.models import Notice

PAGES = {
    "task": "/tasks/{id}",
    "standing_duty": "/duties?for={id}",
    "plan_run": "/plans/runs/{id}",
    "handover": "/handovers/{id}",
}


def page_of(notice: Notice) -> str:
    """Return the address of the page of what a notice is about, below the root of the installation."""
    return PAGES[notice.subject_kind].format(id=notice.subject_id)
