"""What a duty asks a post for again and again (常态履责要求): so many acts of a kind in a span of time.

The ledger keeper enters it with the document that says so, changes it from a day on, or ends it; what
was asked for before stays as it was (domain.md 2.3: at least two special sessions a year, half-yearly
reports upward, a quarterly analysis meeting).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from tracker.audit.trail import record
from tracker.duties.models import ActKind, Every, StandingDuty
from tracker.extensions import db
from tracker.organization.access import require_keeper
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, DutyDomain, Post
from tracker.refusals import OutOfDate, Refused
from tracker.web.filters import cnday
from tracker.workdays import ONE_DAY

MOST_TIMES = 99
LONGEST_SOURCE = 200


@dataclass(frozen=True)
class Asked:
    """How many times, within which span, and which document says so."""

    times: int
    every: Every
    source: str = ""


def ask(
    post: Post,
    kind: ActKind,
    asked: Asked,
    *,
    by: Actor,
    domain: DutyDomain,
    from_day: date,
    duty: Duty | None = None,
) -> StandingDuty:
    """Ask a post for so many acts of a kind from a day on. Raises NotAllowed but for its keeper."""
    _require_keeper(post, by)
    return ask_for(post, kind, asked, domain=domain, from_day=from_day, duty=duty)


def ask_for(
    post: Post,
    kind: ActKind,
    asked: Asked,
    *,
    domain: DutyDomain,
    from_day: date,
    duty: Duty | None = None,
) -> StandingDuty:
    """Ask a post for so many acts of a kind; whoever calls has checked who may.

    Raises Refused with the field when the numbers are out of bounds, the duty is another post's, or the
    same is asked for already.
    """
    _check(asked)
    if duty is not None and (duty.post_id, duty.domain_id) != (post.id, domain.id):
        raise Refused(_("所选职责不属于这个岗位和领域，请重新选择。"), field="duty")
    if asks_already(post, kind, domain, from_day):
        raise Refused(
            _(
                "%(post)s在“%(domain)s”已有“%(kind)s”的要求，请在原要求上变更。",
                post=post.title,
                domain=domain.name,
                kind=kind.name,
            ),
            field="kind",
        )
    standing = StandingDuty(
        post=post,
        duty=duty,
        domain=domain,
        kind=kind,
        times=asked.times,
        every=asked.every,
        source=asked.source.strip(),
        from_day=from_day,
    )
    db.session.add(standing)
    db.session.flush()
    _trace("duty.ask", standing)
    return standing


def change(standing: StandingDuty, asked: Asked, *, by: Actor, from_day: date) -> StandingDuty:
    """Ask for something else from a day on; return the row in force from then.

    A change from the first day itself corrects the row. Raises NotAllowed, OutOfDate when it has ended,
    Refused for a day before its beginning.
    """
    _require_keeper(standing.post, by)
    _require_running(standing)
    _check(asked)
    if from_day < standing.from_day:
        raise Refused(
            _("这项要求自 %(day)s起执行，变更不能早于这一天。", day=cnday(standing.from_day)),
            field="from_day",
        )
    if from_day == standing.from_day:
        standing.times, standing.every, standing.source = asked.times, asked.every, asked.source.strip()
        _trace("duty.correct_asked", standing)
        return standing
    standing.to_day = from_day - ONE_DAY
    following = StandingDuty(
        post=standing.post,
        duty=standing.duty,
        domain=standing.domain,
        kind=standing.kind,
        times=asked.times,
        every=asked.every,
        source=asked.source.strip(),
        from_day=from_day,
    )
    db.session.add(following)
    db.session.flush()
    _trace("duty.change_asked", following, before=standing.id)
    return following


def end(standing: StandingDuty, *, by: Actor, last_day: date) -> None:
    """Ask no longer after a day. Raises NotAllowed, OutOfDate when it has ended, Refused for an early day."""
    _require_keeper(standing.post, by)
    _require_running(standing)
    if last_day < standing.from_day:
        raise Refused(_("最后一天早于开始执行的日期，请核对。"), field="last_day")
    standing.to_day = last_day
    db.session.flush()
    _trace("duty.end_asked", standing, last_day=str(last_day))


def _require_keeper(post: Post, by: Actor) -> None:
    require_keeper(by, post.unit, _("常态履责要求由本单位台账管理岗位维护。"))


def _require_running(standing: StandingDuty) -> None:
    if standing.to_day is not None:
        raise OutOfDate(_("这项要求已变更或终止，没有改动。刷新页面查看现在的要求。"))


def _check(asked: Asked) -> None:
    if not 1 <= asked.times <= MOST_TIMES:
        raise Refused(_("次数填 1 到 %(most)s 的整数。", most=MOST_TIMES), field="times")
    if len(asked.source.strip()) > LONGEST_SOURCE:
        raise Refused(_("依据不超过 %(most)s 字。", most=LONGEST_SOURCE), field="source")


def asks_already(post: Post, kind: ActKind, domain: DutyDomain, day: date) -> bool:
    """Whether a post is asked for acts of a kind in a domain on a day or later on."""
    found = select(StandingDuty.id).where(
        StandingDuty.post_id == post.id,
        StandingDuty.kind_id == kind.id,
        StandingDuty.domain_id == domain.id,
        or_(StandingDuty.to_day.is_(None), StandingDuty.to_day >= day),
    )
    return db.session.scalar(found.limit(1)) is not None


def _trace(action: str, standing: StandingDuty, **more: Any) -> None:
    record(
        action,
        f"standing_duty:{standing.id}",
        post=standing.post.id,
        kind=standing.kind.code,
        domain=standing.domain.code,
        times=standing.times,
        every=standing.every.value,
        from_day=str(standing.from_day),
        **more,
    )
