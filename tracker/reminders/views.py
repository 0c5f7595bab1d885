"""消息: the inbox of the person at the keyboard."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.organization.present import present_actor
from tracker.outbox import sends_mail
from tracker.reminders.queries import find_notice, inbox, mark_all_read, mark_read, said, unread_count
from tracker.reminders.subjects import page_of
from tracker.web.forms import whole_number

bp = Blueprint("reminders", __name__)


@bp.get("/inbox")
def show_inbox() -> ResponseReturnValue:
    """Show the notices of the person, newest first."""
    person = present_actor().person
    page = inbox(person, request.args.get("after"))
    return render_template(
        "reminders/inbox.html",
        page=page,
        said=said(page.rows),
        older_url=page.after and url_for("reminders.show_inbox", after=page.after),
        unread=unread_count(person),
        mail_configured=sends_mail(),
        email=person.email,
    )


@bp.post("/inbox/<int:notice_id>/open")
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about."""
    notice = find_notice(notice_id, present_actor().person) or abort(404)
    mark_read(notice)
    return redirect(page_of(notice))


@bp.post("/inbox/read")
def read_all() -> ResponseReturnValue:
    """Mark as read everything up to the newest notice the page showed."""
    mark_all_read(present_actor().person, whole_number("up_to") or 0)
    return redirect(url_for("reminders.show_inbox"))
