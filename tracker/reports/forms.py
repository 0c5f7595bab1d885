"""What the review page sent: one form with the fields of every proposal."""

from flask import request
from sqlalchemy import select

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.domains import domains_known
from tracker.organization.models import Duty, DutyDomain, Post, Unit
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.reports.confirmation import Edit, Review, field_of
from tracker.reports.models import Clock, Decision, Proposal, ProposalKind, Report
from tracker.reports.several import Sent
from tracker.web.forms import day, text, whole_number
from tracker.web.incoming import plain_number

MOST_COUNTED = 100_000  # clicks and fields; the page counts them, so a wrong number must do no harm


def read_review(report: Report) -> Review:
    """Read the whole form. Raises Refused with the field at fault."""
    sent = [row for row in report.proposals if field_of(row, "text") in request.form]
    chosen = _posts_and_duties(sent)
    return Review(
        version=whole_number("version") or 0,
        edits=tuple(_edit(row, chosen) for row in sent),
        period=read_period("period"),
        domain=read_domain("domain", report.unit),
        clicks=_count("clicks"),
        typed=_count("typed"),
    )


def read_period(name: str) -> Period | None:
    """Return the period chosen in a field, None when left open. Raises Refused for one that is none."""
    sent = text(name)
    if not sent:
        return None
    try:
        return Period.parse(sent)
    except ValueError as error:
        raise Refused(str(error), field=name) from None


def read_domain(name: str, office: Unit) -> DutyDomain | None:
    """Return the duty domain chosen in a field among those of an office, None when left open."""
    sent = whole_number(name)
    return next((domain for domain in domains_known(office) if domain.id == sent), None)


def sent_files(name: str) -> list[Sent]:
    """Return the files sent in a field, in their order."""
    return [Sent(file.filename or "", file.read()) for file in request.files.getlist(name) if file.filename]


def read_act() -> tuple[str, int]:
    """Return which button was pressed, and on which proposal: "take-12" is ("take", 12)."""
    name, _, number = text("act").partition("-")
    return name, plain_number(number)


def read_pair(sent: str) -> tuple[int, int]:
    """Return the ids in a choice of post and duty, "12:34"; 0 for none."""
    post, _, duty = sent.partition(":")
    return plain_number(post), plain_number(duty)


DECISIONS = {"take": Decision.TAKEN, "drop": Decision.DROPPED, "reopen": Decision.OPEN}


def _edit(proposal: Proposal, chosen: tuple[dict[int, Post], dict[int, Duty]]) -> Edit:
    posts, duties = chosen
    post_id, duty_id = read_pair(text(field_of(proposal, "post")))
    return Edit(
        proposal_id=proposal.id,
        text=_lines(proposal, "text"),
        measure=_lines(proposal, "measure") if proposal.kind == ProposalKind.PROBLEM else "",
        post=posts.get(post_id),
        duty=duties.get(duty_id),
        deadline=day(field_of(proposal, "deadline")),
        clock=_clock(proposal),
        standard=text(field_of(proposal, "standard")),
        secrecy=_secrecy(proposal),
        mark_reason=_mark_reason(proposal),
        answers_id=whole_number(field_of(proposal, "answers")),
    )


def _lines(proposal: Proposal, name: str) -> str:
    return text(field_of(proposal, name)).replace("\r\n", "\n")


def _clock(proposal: Proposal) -> Clock:
    try:
        return Clock(text(field_of(proposal, "clock")))
    except ValueError:
        return proposal.clock


def _secrecy(proposal: Proposal) -> Secrecy:
    """Return the mark that was chosen; where the page did not ask for it, the one there is."""
    try:
        return Secrecy(text(field_of(proposal, "secrecy")))
    except ValueError:
        return proposal.secrecy


def _mark_reason(proposal: Proposal) -> str:
    name = field_of(proposal, "mark_reason")
    return text(name) if name in request.form else proposal.mark_reason


def _posts_and_duties(proposals: list[Proposal]) -> tuple[dict[int, Post], dict[int, Duty]]:
    pairs = [read_pair(text(field_of(row, "post"))) for row in proposals]
    posts = db.session.scalars(select(Post).where(Post.id.in_({post for post, _ in pairs})))
    duties = db.session.scalars(select(Duty).where(Duty.id.in_({duty for _, duty in pairs})))
    return {post.id: post for post in posts}, {duty.id: duty for duty in duties}


def _count(name: str) -> int:
    return min(plain_number(text(name)), MOST_COUNTED)
