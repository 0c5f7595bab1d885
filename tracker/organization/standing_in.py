"""AB岗: while one person is away another acts for them, with both names in the trail (domain.md 2.6)."""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor, actor
from tracker.organization.chains import first_responsibles
from tracker.organization.models import Person, Post, StandIn, Unit
from tracker.organization.naming import named_for
from tracker.refusals import NotAllowed, Refused
from tracker.web.filters import cndate

LONGEST = timedelta(days=366)
LONGEST_NOTE = 500


class BothAway(Refused):
    """Neither of the two would be there. A first responsible may let it stand with a reason."""

    code = "both_away"


def stand_in(
    principal: Person,
    deputy: Person,
    *,
    by: Actor,
    from_day: date,
    to_day: date,
    post: Post | None = None,
    briefed: bool = False,
    note: str = "",
    override_reason: str = "",
) -> StandIn:
    """Let a deputy act for a principal from one day to another, both included: at one post, or at all.

    Entered by the principal, or by a clerk, ledger keeper or first responsible of the office. Raises
    NotAllowed; Refused with the field; BothAway, naming the other's dates, unless a first responsible gives
    a reason.
    """
    office = _office_in_common(principal, deputy, by.day)
    if not may_enter(by, principal, office) and not may_override(by, office):
        raise NotAllowed(_("AB 岗由本人登记，或由本单位经办、台账管理人员或第一责任人代为登记。"))
    _check(principal, deputy, from_day, to_day, post, note, by.day)
    _take_turn(principal, deputy)
    _refuse_second(principal, post, from_day, to_day)
    overridden = _judge_both_away(principal, deputy, from_day, to_day, by, office, override_reason)
    row = StandIn(
        principal=principal,
        deputy=deputy,
        post=post,
        from_day=from_day,
        to_day=to_day,
        briefed_on=by.day if briefed else None,
        note=note.strip(),
        recorded_by_id=by.person.id,
        recorded_at=clock.now(),
        overridden_by_id=by.person.id if overridden else None,
        override_reason=override_reason.strip() if overridden else "",
    )
    db.session.add(row)
    db.session.flush()
    record(
        "organization.stand_in",
        f"stand_in:{row.id}",
        principal=principal.name,
        deputy=deputy.name,
        from_day=str(from_day),
        to_day=str(to_day),
        override_reason=row.override_reason,
    )
    return row


def end_stand_in(row: StandIn, *, by: Actor) -> None:
    """End a stand-in from today on: the principal is back. Raises NotAllowed, or Refused when it is over."""
    _require(row, by)
    if not is_running(row, by.day) and row.from_day <= by.day:
        raise Refused(_("这次代理已经结束，无需再办。"))
    row.ended_on = max(by.day, row.from_day)  # one that has not begun never begins
    record("organization.end_stand_in", f"stand_in:{row.id}", ended_on=str(row.ended_on))


def note_briefing(row: StandIn, *, by: Actor) -> None:
    """Note that the principal handed over what is pending (domain.md 2.6: A briefs B before leaving)."""
    _require(row, by)
    row.briefed_on = row.briefed_on or by.day
    record("organization.note_briefing", f"stand_in:{row.id}")


def is_running(row: StandIn, day: date) -> bool:
    """Whether a stand-in acts on a day."""
    return row.from_day <= day <= row.to_day and (row.ended_on is None or day < row.ended_on)


def may_enter(by: Actor, principal: Person, office: Unit) -> bool:
    """Whether an actor may enter, end or brief a stand-in for a principal of an office."""
    keeps = any(own.id == office.id for own in (*by.clerk_of, *by.keeper_of))
    return by.person.id == principal.id or keeps


def may_override(by: Actor, office: Unit) -> bool:
    """Whether an actor may let both be away at once: a first responsible of the office."""
    return any(post.id in by.post_ids for post in first_responsibles(office, None, by.day))


def _require(row: StandIn, by: Actor) -> None:
    office = actor(row.principal, by.day).office
    deputies_own = by.person.id == row.deputy_id
    if not deputies_own and (office is None or not may_enter(by, row.principal, office)):
        raise NotAllowed(_("这次代理由当事人双方或本单位经办、台账管理人员办理。"))


def _office_in_common(principal: Person, deputy: Person, day: date) -> Unit:
    offices = [actor(person, day).office for person in (principal, deputy)]
    if offices[0] is None:
        raise Refused(_("%(name)s目前没有任职岗位，不需要代理。", name=principal.name), field="principal")
    if offices[1] is None or offices[1].id != offices[0].id:
        raise Refused(_("%(name)s不在本单位任职，请在本单位人员中选择。", name=deputy.name), field="deputy")
    return offices[0]


def _check(
    principal: Person, deputy: Person, from_day: date, to_day: date, post: Post | None, note: str, today: date
) -> None:
    if principal.id == deputy.id:
        raise Refused(_("不能由本人代理本人，请选择另一位。"), field="deputy")
    if from_day < today:
        raise Refused(_("开始日期已过，代理从今天或以后开始。"), field="from_day")
    if to_day < from_day:
        raise Refused(_("结束日期早于开始日期，请核对。"), field="to_day")
    if to_day - from_day > LONGEST:
        raise Refused(_("一次代理不超过一年；更久的请登记任职变动。"), field="to_day")
    if post is not None and post.id not in {own.id for own in actor(principal, from_day).posts}:
        raise Refused(_("%(name)s不任此岗位，请重新选择范围。", name=principal.name), field="post")
    if len(note.strip()) > LONGEST_NOTE:
        raise Refused(_("说明不超过 %(most)s 字，请精简。", most=LONGEST_NOTE), field="note")


def _take_turn(principal: Person, deputy: Person) -> None:
    """Hold both persons' rows: two entries at once follow one another on PostgreSQL, as on SQLite."""
    both = select(Person.id).where(Person.id.in_((principal.id, deputy.id))).order_by(Person.id)
    db.session.execute(both.with_for_update())


def _overlapping(from_day: date, to_day: date) -> list[StandIn]:
    not_ended = or_(StandIn.ended_on.is_(None), StandIn.ended_on > from_day)
    meets = and_(StandIn.from_day <= to_day, StandIn.to_day >= from_day, not_ended)
    return list(db.session.scalars(select(StandIn).where(meets).order_by(StandIn.from_day)))


def _refuse_second(principal: Person, post: Post | None, from_day: date, to_day: date) -> None:
    """Raise Refused where somebody stands in for the same post already."""
    for row in _overlapping(from_day, to_day):
        same = post is None or row.post_id in (None, post.id)
        if row.principal_id == principal.id and same:
            raise Refused(
                _(
                    "%(days)s已由%(deputy)s代理%(name)s，请先结束那一次，或错开日期。",
                    days=days_of(row),
                    deputy=row.deputy.name,
                    name=principal.name,
                ),
                field="from_day",
            )


def _judge_both_away(
    principal: Person, deputy: Person, from_day: date, to_day: date, by: Actor, office: Unit, reason: str
) -> bool:
    """Return whether an overlap was overridden. Raises BothAway where one is and was not."""
    for row in _overlapping(from_day, to_day):
        if row.principal_id == deputy.id or row.deputy_id == principal.id:
            if reason.strip() and may_override(by, office):
                return True
            away = deputy if row.principal_id == deputy.id else principal
            raise BothAway(_clash(row, away), field="deputy")
    return False


def _clash(row: StandIn, away: Person) -> str:
    if row.principal_id == away.id:
        return str(
            _(
                "%(name)s%(days)s本人外出，由%(other)s代理，两人不能同时不在岗。请换一位或错开日期。",
                name=away.name,
                days=days_of(row),
                other=row.deputy.name,
            )
        )
    return str(
        _(
            "%(name)s%(days)s正代理%(other)s，两人不能同时不在岗。请先调整那一次代理，或错开日期。",
            name=away.name,
            days=days_of(row),
            other=row.principal.name,
        )
    )


def days_of(row: StandIn) -> str:
    """Return the days of a stand-in as an office writes them: 9月29日至10月8日."""
    return str(_("%(first)s至%(last)s", first=cndate(row.from_day), last=cndate(_last_day(row))))


def title_of(row: StandIn, today: date) -> str:
    """Return what the post of a stand-in is called, or was at its end; '' for one of all posts."""
    return "" if row.post is None else row.post.title_on(named_for(row.from_day, _last_day(row), today))


def _last_day(row: StandIn) -> date:
    return row.to_day if row.ended_on is None else row.ended_on - timedelta(days=1)
