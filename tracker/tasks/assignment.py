"""What an assignment has to hold: post and duty, day, verifier, cooperating posts, acceptance standard."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _

from tracker.organization import asked
from tracker.organization.chains import first_responsibles
from tracker.organization.known import Organization
from tracker.organization.models import Duty, Post
from tracker.organization.queries import ledger_post, office_of
from tracker.problems.words import LONGEST_STANDARD
from tracker.refusals import Refused
from tracker.tasks.models import Cooperation, Task
from tracker.tasks.parts import has_parts, settle_share
from tracker.tasks.states import Remedy
from tracker.tasks.stepping import require


def set_standard(task: Task, standard: str, if_missing: str) -> None:
    """Fix the acceptance standard, of at most LONGEST_STANDARD characters."""
    require(standard, if_missing, "standard")
    if len(standard.strip()) > LONGEST_STANDARD:
        raise Refused(_("验收标准不超过 %(most)s 字。", most=LONGEST_STANDARD), field="standard")
    task.standard = standard.strip()


def set_cooperating(task: Task, posts: Sequence[Post], parts: Mapping[int, str] | None = None) -> None:
    """Let these posts work along, each with its own part where `parts` names one by the post's id.

    One that already does keeps its row, as (task, post) is unique; with another part it begins anew.
    """
    before, had_parts = {row.post_id: row for row in task.cooperations}, has_parts(task)
    task.cooperations = [before.get(post.id) or Cooperation(post=post, part="") for post in posts]
    for row in task.cooperations:
        part = (parts or {}).get(row.post.id, row.part).strip()
        if part != row.part:
            row.part, row.percent, row.done_on = part, None, None
    if had_parts or has_parts(task):
        settle_share(task)


def check_lead(task: Task, lead_post: Post, duty: Duty, day: date, known: Organization = asked) -> None:
    """Refuse a lead of another office, without the duty on the day, or where nobody answers."""
    if duty.post_id != lead_post.id:
        raise Refused(_("所选职责不属于该责任岗位，请重新选择职责。"), field="duty")
    if not _lasts(duty, day):
        raise Refused(_("所选职责或岗位已经结束，请重新选择职责。"), field="duty")
    if office_of(lead_post.unit).id != task.unit_id:
        raise Refused(_("责任岗位不在本单位，请在本单位岗位中选择。"), field="lead_post")
    if known.answering(lead_post, day).person is None:
        raise Refused(
            _("%(post)s无人任职，上级岗位也无人任职，先登记任职人再交办。", post=lead_post.title),
            field="lead_post",
        )


def _lasts(duty: Duty, day: date) -> bool:
    """Whether a duty and its post are there on a day; each may have a last day, the post a first one."""
    post = duty.post
    ends = [last for last in (duty.ended_on, post.ended_on) if last is not None]
    return all(last >= day for last in ends) and (post.from_day is None or post.from_day <= day)


def check_date(task: Task, deadline: date | None, review_on: date | None, day: date) -> None:
    """Refuse a missing or past day: of the deadline, for a long-term task of its review."""
    if task.remedy == Remedy.LONG_TERM:
        if review_on is None:
            raise Refused(_("长期坚持的任务须定下次评估日期。"), field="review_on")
        if review_on < day:
            raise Refused(
                _("下次评估日期 %(day)s 已过，请改为今天或以后的日期。", day=review_on), field="review_on"
            )
    elif deadline is None:
        raise Refused(_("交办须定整改时限。"), field="deadline")
    elif deadline < day:
        raise Refused(_("整改时限 %(day)s 已过，请改为今天或以后的日期。", day=deadline), field="deadline")


def default_verifier(task: Task, lead_post: Post, cooperating: Sequence[Post], day: date) -> Post | None:
    """Return who verifies where nobody was named: the keeper; a first responsible if that is engaged."""
    keeper = ledger_post(task.unit)
    engaged = {lead_post.id, *(post.id for post in cooperating)}
    if keeper is not None and keeper.id not in engaged:
        return keeper
    return next(
        (post for post in first_responsibles(task.unit, task.domain, day) if post.id not in engaged), keeper
    )
