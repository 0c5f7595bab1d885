"""What the review page sent: one form with the fields of every proposal."""

from collections.abc import Sequence

from flask import request
from sqlalchemy import select

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.domains import domains_known
from tracker.organization.models import Duty, DutyDomain, Post, Unit
from tracker.periods import Period
from tracker.problems.models import Kinship
from tracker.refusals import Refused
from tracker.reports.fields import digest, field_of, seen_of, sent_values, was_edited, whole_values
from tracker.reports.models import Clock, Decision, Proposal, ProposalKind, Report
from tracker.reports.saving import Edit, Review
from tracker.reports.several import Sent
from tracker.reports.wording import Use, Words
from tracker.web.forms import day, text, whole_number
from tracker.web.incoming import plain_number

MOST_COUNTED = 100_000  # clicks and fields; the page counts them, so a wrong number must do no harm


def read_review(report: Report, acted_on: Sequence[int] = (), *, on_all: bool = False) -> Review:
    """Read the whole form: what its clerk changed, and what the page had shown of what is acted on.

    Raises Refused with the field at fault.
    """
    edited = [row for row in report.listed if was_edited(row, request.form)]
    chosen = _posts_and_duties(edited)
    untouched = digest({name: text(name) for name in whole_values(report)}) == text("seen")
    return Review(
        edits=tuple(_edit(row, chosen) for row in edited),
        acted_on=tuple((row.id, seen_of(row, request.form)) for row in report.listed if row.id in acted_on),
        as_of=plain_number(text("as_of")) if on_all else None,
        period=read_period("period_now") or (None if untouched else read_period("period")),
        domain=None if untouched else read_domain("domain", report.unit),
        whole_seen=text("seen"),
        clicks=read_count("clicks"),
        typed=read_count("typed"),
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


def read_act() -> tuple[str, list[int]]:
    """Return which button was pressed, and on which rows: "take-12" is ("take", [12])."""
    name, *numbers = text("act").split("-")
    return name, [plain_number(number) for number in numbers]


def read_words() -> tuple[Words, Use, int]:
    """Return the words to take up: of the source or written, what for, and the proposal they are about."""
    try:
        use = Use(text("added_use"))
    except ValueError:
        use = Use.PROBLEM
    start, end = text("added_start"), text("added_end")
    place = (plain_number(start), plain_number(end)) if start and end else (None, None)
    return Words(text("added"), *place), use, plain_number(text("added_to"))


def read_pair(sent: str) -> tuple[int, int]:
    """Return the ids in a choice of post and duty, "12:34"; 0 for none."""
    post, _, duty = sent.partition(":")
    return plain_number(post), plain_number(duty)


DECISIONS = {"take": Decision.TAKEN, "drop": Decision.DROPPED, "reopen": Decision.OPEN}


def _edit(proposal: Proposal, chosen: tuple[dict[int, Post], dict[int, Duty]]) -> Edit:
    posts, duties = chosen
    sent = sent_values(proposal, request.form)
    post_id, duty_id = read_pair(sent["post"])
    kinship, kin_id = _kin(sent["kin"])
    return Edit(
        proposal_id=proposal.id,
        seen=seen_of(proposal, request.form),
        text=sent["text"],
        measure=sent["measure"] if proposal.kind == ProposalKind.PROBLEM else "",
        post=posts.get(post_id),
        duty=duties.get(duty_id),
        for_villages=bool(sent["villages"]),
        deadline=day(field_of(proposal, "deadline")),
        clock=_clock(proposal),
        standard=sent["standard"],
        secrecy=_secrecy(proposal),
        mark_reason=sent["mark_reason"],
        kinship=kinship,
        kin_id=kin_id,
    )


def _kin(sent: str) -> tuple[Kinship | None, int | None]:
    """Return what was said of an earlier problem, "carried:17" or "new"."""
    word, _, number = sent.partition(":")
    try:
        return Kinship(word), plain_number(number) or None
    except ValueError:
        return None, None


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


def _posts_and_duties(proposals: list[Proposal]) -> tuple[dict[int, Post], dict[int, Duty]]:
    pairs = [read_pair(sent_values(row, request.form)["post"]) for row in proposals]
    if not pairs:
        return {}, {}
    posts = db.session.scalars(select(Post).where(Post.id.in_({post for post, _ in pairs})))
    duties = db.session.scalars(select(Duty).where(Duty.id.in_({duty for _, duty in pairs})))
    return {post.id: post for post in posts}, {duty.id: duty for duty in duties}


def read_count(name: str) -> int:
    """Return how many clicks, or fields typed in, a page says it took; 0 for anything that is no number."""
    return min(plain_number(text(name)), MOST_COUNTED)
