"""Recording an act that fulfils a standing duty (常态履责): a few seconds, by the post or the clerk."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents import store
from tracker.documents.accepting import Upload
from tracker.duties.access import may_withdraw, records_for
from tracker.duties.kinds import known_to
from tracker.duties.models import Act, ActFile, ActKind, StandingDuty
from tracker.duties.owing import in_force
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.queries import office_of
from tracker.refusals import NotAllowed, OutOfDate, Refused

MOST_AT_ONCE = 999
LONGEST_NOTE = 500
LONGEST_REASON = 200


def record_act(
    kind: ActKind,
    post: Post,
    *,
    by: Actor,
    day: date,
    count: int = 1,
    participants: int | None = None,
    domain: DutyDomain | None = None,
    note: str = "",
    evidence: Sequence[Upload] = (),
) -> Act:
    """Record that a post did something on a day, `count` times.

    Raises NotAllowed unless the actor acts for the post or is a clerk of its office, Refused with the
    field for a day to come, a number out of bounds or a kind of another office. Without a domain that of
    the kind is taken, else the only one in which the post owes this kind.
    """
    if not records_for(by, post):
        raise NotAllowed(_("只能登记本人岗位的履责，或由本单位经办人员代为登记。"))
    _check_day(day, by.day)
    return record_for(
        kind,
        post,
        by=by,
        day=day,
        count=count,
        participants=participants,
        domain=domain,
        note=note,
        evidence=evidence,
    )


def record_for(
    kind: ActKind,
    post: Post,
    *,
    by: Actor,
    day: date,
    count: int = 1,
    participants: int | None = None,
    domain: DutyDomain | None = None,
    note: str = "",
    evidence: Sequence[Upload] = (),
) -> Act:
    """Record the same; whoever calls has checked who may, and that the day is one on which it was done."""
    office = office_of(post.unit)
    _check(count, participants, note)
    _check_kind(kind, office)
    act = Act(
        kind=kind,
        post=post,
        unit_id=office.id,
        domain=domain or kind.domain or _only_domain_owed(kind, post, day),
        day=day,
        count=count,
        participants=participants,
        note=note.strip(),
        recorded_by_id=by.person.id,
        recorded_at=clock.now(),
        files=[_kept(upload) for upload in evidence],
    )
    db.session.add(act)
    db.session.flush()
    record("duty.record_act", f"act:{act.id}", kind=kind.code, post=post.id, count=count, day=str(day))
    return act


def add_files(act: Act, evidence: Sequence[Upload], *, by: Actor) -> None:
    """Add what shows that an act was done.

    Raises NotAllowed, OutOfDate after withdrawal, Refused without files.
    """
    if not records_for(by, act.post):
        raise NotAllowed(_("佐证材料由履责岗位或经办人员补充。"))
    _require_counting(act)
    if not evidence:
        raise Refused(_("选择要补充的文件。"), field="evidence")
    act.files += [_kept(upload) for upload in evidence]
    db.session.flush()
    record("duty.add_files", f"act:{act.id}", files=len(evidence))


def withdraw(act: Act, *, by: Actor, reason: str) -> None:
    """Take back an act recorded by mistake: it is kept with the reason, and counts no more.

    Raises NotAllowed unless the actor recorded it or is a clerk of the office, OutOfDate when it was taken
    back before, Refused without a reason or once its findings were entered.
    """
    if not may_withdraw(by, act):
        raise NotAllowed(_("登记由登记人本人或本单位经办人员撤回。"))
    _require_counting(act)
    if act.report_id is not None:
        raise Refused(_("这次履责已录入检查发现或议定事项，不能撤回；次数有误时另行说明。"))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(_("写明撤回的原因，不超过 %(most)s 字。", most=LONGEST_REASON), field="reason")
    act.withdrawn_at, act.withdrawal_reason = clock.now(), reason
    db.session.flush()
    record("duty.withdraw_act", f"act:{act.id}", reason=reason, count=act.count)


def _require_counting(act: Act) -> None:
    if act.withdrawn_at is not None:
        raise OutOfDate(_("这次登记已经撤回，不再计数。"))


def _check_day(day: date, today: date) -> None:
    if day > today:
        raise Refused(_("日期还没有到，只登记已经开展的事项。"), field="day")
    if day.year < today.year - 1:
        raise Refused(
            _("日期过早，只能登记 %(year)s 年以来的事项，请核对年份。", year=today.year - 1), field="day"
        )


def _check(count: int, participants: int | None, note: str) -> None:
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(_("次数填 1 到 %(most)s 的整数。", most=MOST_AT_ONCE), field="count")
    if participants is not None and not 1 <= participants <= 99_999:
        raise Refused(_("参加人数填 1 到 99999 的整数，不清楚时可不填。"), field="participants")
    if len(note.strip()) > LONGEST_NOTE:
        raise Refused(
            _(
                "说明最多 %(most)s 字，现有 %(count)s 字，请精简。",
                most=LONGEST_NOTE,
                count=len(note.strip()),
            ),
            field="note",
        )


def _check_kind(kind: ActKind, office: Unit) -> None:
    if db.session.scalar(select(ActKind.id).where(ActKind.id == kind.id, known_to(office))) is None:
        raise Refused(_("本单位没有这个事项种类，请重新选择。"), field="kind")


def _only_domain_owed(kind: ActKind, post: Post, day: date) -> DutyDomain | None:
    """Return the domain of the post's only standing duty of a kind on a day, None for several or none."""
    domains = db.session.scalars(
        select(DutyDomain)
        .join(StandingDuty, StandingDuty.domain_id == DutyDomain.id)
        .where(StandingDuty.post_id == post.id, StandingDuty.kind_id == kind.id, in_force(day))
    ).all()
    return domains[0] if len(domains) == 1 else None


def _kept(upload: Upload) -> ActFile:
    return ActFile(file=store.keep(upload.content), name=upload.name, media_type=upload.media_type)
