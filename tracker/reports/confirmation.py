"""What the clerk decides on proposals: edit, take, drop, take back, add, link, choose the period.

Nothing here makes a task: that is one act on the whole report (`tasks.from_report`).
"""

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
from tracker.refusals import OutOfDate, Refused
from tracker.reports.access import require_clerk
from tracker.reports.dating import due, read_again
from tracker.reports.models import Clock, Decision, Proposal, ProposalKind, Report, ReportState
from tracker.reports.proposing import measures_of, suggest_for
from tracker.reports.standard import propose_standard
from tracker.reports.time_rules import Calendar
from tracker.workdays import shipped

BY_CLERK = "经办人员填写"
LONGEST_STANDARD = 500


@dataclass(frozen=True)
class Edit:
    """A proposal's fields as the clerk left them."""

    proposal_id: int
    text: str
    measure: str
    post: Post | None
    duty: Duty | None
    deadline: date | None
    clock: Clock
    standard: str
    secrecy: Secrecy
    mark_reason: str
    answers_id: int | None = None


@dataclass(frozen=True)
class Review:
    """The answers of one page: the version it showed, its fields, and what the page cost so far."""

    version: int
    edits: tuple[Edit, ...]
    period: Period | None
    domain: DutyDomain | None
    clicks: int
    typed: int

    def changes_basis_of(self, report: Report) -> bool:
        """Whether a chosen period or domain differs, so that dates or posts are suggested anew."""
        new_domain = self.domain is not None and self.domain.id != report.domain_id
        return new_domain or (self.period is not None and self.period != report.period)


def save_review(report: Report, answers: Review, *, by: Actor) -> None:
    """Write what the clerk left on the page: fields, domain, period, and what the page cost.

    Raises NotAllowed; OutOfDate when the report is not under review or was changed since the page was
    shown; Refused with the field at fault.
    """
    _require_review(report, by)
    if report.version != answers.version:
        raise OutOfDate(
            _("这份报告刚被其他经办人员修改过。您输入的内容还在下面，没有保存；刷新页面看新的内容。")
        )
    report.version += 1
    _edit_all(report, answers.edits)
    if answers.domain is not None:
        _choose_domain(report, answers.domain)
    if answers.period is not None and answers.period != report.period:
        _choose_period(report, answers.period)
    report.clicks, report.typed = answers.clicks, answers.typed
    record("report.review", f"report:{report.id}", version=report.version)


def decide(report: Report, proposal_id: int, decision: Decision, *, by: Actor) -> Proposal:
    """Take a proposal, drop it (不是问题), or take the decision back (撤销).

    Raises NotAllowed, or OutOfDate when the report is not under review or has no such proposal.
    """
    _require_review(report, by)
    proposal = next((row for row in report.proposals if row.id == proposal_id), None)
    if proposal is None:
        raise OutOfDate(_("这条内容已不在这份报告里，刷新页面再改。"))
    proposal.decision = decision
    db.session.flush()
    record("report.decide", f"report:{report.id}", proposal=proposal.id, decision=decision.value)
    return proposal


def add(report: Report, kind: ProposalKind, words: str, *, by: Actor) -> Proposal:
    """Add a problem or measure the reader did not find, taken from the source or in the clerk's own words.

    Words that stand in the source keep their place. Raises NotAllowed, OutOfDate, or Refused when there
    are none.
    """
    _require_review(report, by)
    said = words.replace("\r\n", "\n").strip()
    if not said:
        raise Refused(_("写出要补充的内容，可以从原文复制一句。"), field="added")
    start = report.text.find(said)
    found = due(read_again(said, [], _calendar_of(report)), report.period, clock.today(), shipped())
    standard, why = propose_standard(said if kind == ProposalKind.MEASURE else "")
    proposal = Proposal(
        kind=kind,
        position=max((row.position for row in report.proposals), default=-1) + 1,
        start=None if start < 0 else start,
        end=None if start < 0 else start + len(said),
        text=said,
        standard=standard,
        standard_why=why,
        deadline=found.day,
        deadline_why=found.why,
        clock=found.clock,
        suggested={},
        confidence=1.0,
        decision=Decision.OPEN,
    )
    report.proposals.append(proposal)
    db.session.flush()
    suggest_for(report, [proposal])
    db.session.flush()
    record("report.add_proposal", f"report:{report.id}", proposal=proposal.id, kind=kind.value)
    return proposal


def plain_items(report: Report) -> list[Proposal]:
    """Return the measures that become work items: not dropped, and answering no problem that is kept."""
    merged = {measure.id for measure in merged_measures(report)}
    return [row for row in report.proposals if _kept(row, ProposalKind.MEASURE) and row.id not in merged]


def merged_measures(report: Report) -> list[Proposal]:
    """Return the measures that go into the task of a problem that is kept."""
    return [measure for problem in problems(report) for measure in report.answering(problem)]


def problems(report: Report) -> list[Proposal]:
    """Return the problems that are not dropped, in their order."""
    return [row for row in report.proposals if _kept(row, ProposalKind.PROBLEM)]


def whole_measure(report: Report, problem: Proposal) -> str:
    """Return all that answers a problem: its own countermeasure, then the measures linked with it."""
    return "\n".join(measures_of(report, problem))


def field_of(proposal: Proposal, name: str) -> str:
    """Return the name that a proposal's field has in the form."""
    return f"p{proposal.id}-{name}"


def _require_review(report: Report, by: Actor) -> None:
    require_clerk(by, report.unit)
    if report.state != ReportState.REVIEW:
        raise OutOfDate(_("这份报告已经确认过，任务已生成。刷新页面查看结果。"))


def _edit_all(report: Report, edits: Sequence[Edit]) -> None:
    """Write the clerk's fields into the proposals. A value the clerk changed says so as its reason."""
    rows = {proposal.id: proposal for proposal in report.proposals}
    for one in edits:
        proposal = rows.get(one.proposal_id)
        if proposal is None:
            raise OutOfDate(_("这条内容已不在这份报告里，刷新页面再改。"))
        _edit(proposal, one)
        if proposal.kind == ProposalKind.MEASURE:
            _link(proposal, rows.get(one.answers_id) if one.answers_id is not None else None)
    db.session.flush()


def _link(measure: Proposal, problem: Proposal | None) -> None:
    """Let a measure answer a problem of the same report, or none: then it is a plain work item."""
    if problem is not None and (
        problem.kind != ProposalKind.PROBLEM or problem.report_id != measure.report_id
    ):
        raise Refused(_("措施只能对应本报告里的问题，请重新选择。"), field=field_of(measure, "answers"))
    measure.answers_id = None if problem is None else problem.id


def _choose_period(report: Report, period: Period) -> None:
    """Choose the period (for a masked year, or another one); dates the clerk did not write follow it."""
    report.period = period
    at = _calendar_of(report)
    for proposal in report.proposals:
        if proposal.deadline_why != BY_CLERK:
            own, linked = _words_about_time(report, proposal)
            found = due(read_again(own, linked, at), period, clock.today(), shipped())
            proposal.deadline, proposal.deadline_why, proposal.clock = found.day, found.why, found.clock
    db.session.flush()
    record("report.choose_period", f"report:{report.id}", period=str(period))


def _choose_domain(report: Report, domain: DutyDomain) -> None:
    """Choose the domain of the report; posts the clerk did not choose are suggested anew."""
    if report.domain_id == domain.id:
        return
    report.domain = domain
    open_rows = [row for row in report.proposals if row.post_why != BY_CLERK]
    if open_rows:
        suggest_for(report, open_rows)
    record("report.choose_domain", f"report:{report.id}", domain=domain.code)


def _calendar_of(report: Report) -> Calendar:
    """Return what the dates of a report are counted from."""
    return Calendar(report.period, report.report_day, shipped())


def _kept(proposal: Proposal, kind: ProposalKind) -> bool:
    return proposal.kind == kind and proposal.decision != Decision.DROPPED


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


def _words_about_time(report: Report, proposal: Proposal) -> tuple[str, list[str]]:
    """The words in which a deadline may stand: a problem's own measure and those linked; or a measure."""
    if proposal.kind == ProposalKind.MEASURE:
        return proposal.text, []
    return proposal.measure, [row.text for row in report.answering(proposal)]
