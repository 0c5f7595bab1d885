"""The fields of a page are saved: what its clerk changed, and never over what others changed meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from tracker import clock
from tracker.audit.trail import record
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, DutyDomain, Post
from tracker.organization.queries import office_of
from tracker.periods import Period
from tracker.problems.models import Kinship
from tracker.refusals import OutOfDate, Refused
from tracker.reports import basis
from tracker.reports.access import require_review
from tracker.reports.deciding import listed
from tracker.reports.fields import BY_CLERK, Seen, digest, field_of, is_overtaken, whole_values
from tracker.reports.history import since, step
from tracker.reports.models import Clock, Proposal, Report
from tracker.reports.recognising import recognise
from tracker.reports.texts import title_of

LONGEST_STANDARD = 500


@dataclass(frozen=True)
class Edit:
    """A proposal's fields as the clerk left them, and what the page had shown of it."""

    proposal_id: int
    seen: Seen | None
    text: str
    measure: str
    post: Post | None
    duty: Duty | None
    for_villages: bool
    deadline: date | None
    clock: Clock
    standard: str
    secrecy: Secrecy
    mark_reason: str
    kinship: Kinship | None
    kin_id: int | None


@dataclass(frozen=True)
class Review:
    """The answers of one page: what its clerk changed, on what the pressed button acts, what the page cost.

    Nobody decides on what they have not seen: `acted_on` gives what the page had shown of the proposals
    that its button is about, `as_of` the last step it had shown where the button is about all of them.
    """

    edits: Sequence[Edit]
    acted_on: Sequence[tuple[int, Seen | None]]
    as_of: int | None
    period: Period | None
    domain: DutyDomain | None
    whole_seen: str
    clicks: int
    typed: int

    def changes_basis_of(self, report: Report) -> bool:
        """Whether a chosen period or domain differs, so that dates or posts are suggested anew."""
        new_domain = self.domain is not None and self.domain.id != report.domain_id
        return new_domain or (self.period is not None and self.period != report.period)


def save_review(report: Report, answers: Review, *, by: Actor) -> None:
    """Write what the clerk changed on the page: fields, domain, period, and what the page cost.

    Raises NotAllowed; OutOfDate when the report is not under review, or when somebody else changed the same
    since the page was shown; Refused with the field at fault.
    """
    require_review(report, by)
    _require_as_seen(report, answers)
    _edit_all(report, answers.edits, by)
    if answers.domain is not None and answers.domain.id != report.domain_id:
        basis.choose_domain(report, answers.domain, by=by)
    if answers.period is not None and answers.period != report.period:
        basis.choose_period(report, answers.period, by=by)
    report.clicks += answers.clicks
    report.typed += answers.typed
    record("report.review", f"report:{report.id}", edits=len(answers.edits))


def _require_as_seen(report: Report, answers: Review) -> None:
    """Raise OutOfDate where something that is to be written or decided on is not as the page showed it."""
    for one in answers.edits:
        row = listed(report, one.proposal_id)
        if is_overtaken(row, one.seen):
            raise _overtaken(row)
    for proposal_id, seen in answers.acted_on:
        row = listed(report, proposal_id)
        if seen is None or row.version != seen.version:
            raise _overtaken(row)
    unseen = [] if answers.as_of is None else since(report, answers.as_of)
    if unseen:
        raise OutOfDate(
            _(
                "%(who)s 在 %(time)s 又有改动，这一页还没有显示。看过新的内容再确认，任务没有生成。",
                who=unseen[0].person.name,
                time=f"{clock.office_time(unseen[0].at):%H:%M}",
            ),
            field="steps",
        )
    if answers.changes_basis_of(report) and digest(whole_values(report)) != answers.whole_seen:
        raise OutOfDate(
            _("期间或领域刚被其他经办人员改过。您输入的内容还在下面，没有保存；看过新的内容再按一次。"),
            field="period",
        )


def _overtaken(row: Proposal) -> OutOfDate:
    """Say who changed a proposal meanwhile; what was typed is kept beside it."""
    if row.changed_by is None or row.changed_at is None:
        return OutOfDate(
            _(
                "“%(title)s”和页面上显示的不一样了。您输入的内容还在下面，没有保存；对照后再按一次。",
                title=title_of(row.text),
            ),
            field=field_of(row, "text"),
        )
    return OutOfDate(
        _(
            "%(who)s 在 %(time)s 改过“%(title)s”。您输入的内容还在下面，没有保存；对照后再按一次。",
            who=row.changed_by.name,
            time=f"{clock.office_time(row.changed_at):%H:%M}",
            title=title_of(row.text),
        ),
        field=field_of(row, "text"),
    )


def _edit_all(report: Report, edits: Sequence[Edit], by: Actor) -> None:
    """Write the clerk's fields into the proposals. A value the clerk changed says so as its reason."""
    for one in edits:
        row = listed(report, one.proposal_id)
        with step(report, "edit", by=by, about=row):
            _edit(row, one)
            db.session.flush()
        if (row.kinship, row.kin_id) != (one.kinship, one.kin_id):
            recognise(report, row, one.kinship, one.kin_id, by=by)


def _edit(proposal: Proposal, given: Edit) -> None:
    if not given.text:
        raise Refused(_("内容不能为空；不需要这一条时选“不是问题”。"), field=field_of(proposal, "text"))
    if len(given.standard) > LONGEST_STANDARD:
        raise Refused(
            _("验收标准不超过 %(most)s 字。", most=LONGEST_STANDARD), field=field_of(proposal, "standard")
        )
    _check_post(proposal, given)
    if given.mark_reason and given.secrecy == Secrecy.OPEN:
        said = _("写了标注依据，没有选“内部”或“工作秘密”。选一项，或删去依据。")
        raise Refused(said, field=field_of(proposal, "secrecy"))
    if (proposal.post, proposal.duty) != (given.post, given.duty):
        proposal.post, proposal.duty = given.post, given.duty
        proposal.post_why = _why_offered(proposal) or BY_CLERK
    proposal.for_villages = given.for_villages
    if (proposal.deadline, proposal.clock) != (given.deadline, given.clock):
        proposal.deadline, proposal.clock, proposal.deadline_why = given.deadline, given.clock, BY_CLERK
    if proposal.standard != given.standard:
        proposal.standard, proposal.standard_why = given.standard, BY_CLERK
    proposal.text, proposal.measure = given.text, given.measure
    proposal.secrecy, proposal.mark_reason = given.secrecy, given.mark_reason


def _check_post(proposal: Proposal, given: Edit) -> None:
    field = field_of(proposal, "post")
    if given.post is not None and office_of(given.post.unit).id != proposal.report.unit_id:
        raise Refused(_("责任岗位不在本单位，请在本单位岗位中选择。"), field=field)
    if given.duty is not None and (given.post is None or given.duty.post_id != given.post.id):
        raise Refused(_("所选职责不属于该责任岗位，请重新选择。"), field=field)


def _why_offered(proposal: Proposal) -> str:
    """Return the reason with which the chosen post had been offered, '' when it was not."""
    offered = proposal.suggested.get("posts", [])
    post_id = None if proposal.post is None else proposal.post.id
    return next((str(choice["why"]) for choice in offered if choice["post"] == post_id), "")
