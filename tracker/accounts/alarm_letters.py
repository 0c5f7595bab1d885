"""The worker's part of an alarm: the letters to the security and audit administrators.

The request that raises an alarm leaves its number and nothing more. A letter is a row with the unique key
of alarm and person, sent and tried again as every letter is (`outbox`). Whoever has had MOST_A_DAY of them
gets one more when the day is over, which says how many there were beyond.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select

from tracker import clock
from tracker.accounts.models import Account, AccountKind, AlarmLetter
from tracker.accounts.states import CONDITIONS, AccountState
from tracker.audit.models import AuditRow, Outcome, UntoldAlarm
from tracker.audit.trail import record
from tracker.database import writing
from tracker.extensions import db
from tracker.mail import Letter
from tracker.organization.models import Person
from tracker.outbox import (
    Outbox,
    OutgoingState,
    Unsendable,
    deliver,
    due,
    installation,
    message_id,
    sends_mail,
)

TOLD = (AccountKind.SECURITY_ADMIN, AccountKind.AUDIT_ADMIN)
MOST_A_DAY = 5  # letters about one alarm each that a person is written in a day
LASTS = timedelta(days=1)  # an alarm older than that is no longer mailed, nor tried again
REMEMBERED = timedelta(days=7)  # the rows; what came of each letter stands in the trail
COUNTED_BY = timedelta(minutes=1)  # after midnight; by then no alarm of the day is being counted any more
ONE_DAY = timedelta(days=1)


def send_alarms(going_on: Callable[[], bool] = lambda: True) -> int:
    """Write the letters about alarms and send those that are due; return how many went out."""
    if not sends_mail() or not _is_due():
        return 0
    while going_on() and _write_about_next():
        pass
    return deliver(ALARM_LETTERS, going_on).sent


def _is_due() -> bool:
    waits = select(AlarmLetter.id).where(due(AlarmLetter, clock.now())).exists()
    found = db.session.scalar(select(or_(select(UntoldAlarm.row_id).exists(), waits)))
    db.session.rollback()
    return bool(found)


# --- writing -------------------------------------------------------------------------------------


def _write_about_next() -> bool:
    """Make the letters about the next alarm; False when there is none, or another worker has it."""
    with writing():
        following = select(UntoldAlarm).order_by(UntoldAlarm.row_id).limit(1)
        untold = db.session.scalar(following.with_for_update(skip_locked=True))
        if untold is None:
            return False
        now, alarm = clock.now(), db.session.get_one(AuditRow, untold.row_id)
        db.session.execute(delete(AlarmLetter).where(AlarmLetter.made_at < now - REMEMBERED))
        _write_about(alarm, now)
        db.session.delete(untold)
    return True


def _write_about(alarm: AuditRow, now: datetime) -> None:
    people = _administrators()
    if now - alarm.at > LASTS:
        _note(alarm, Outcome.FAILED, reason="告警已过一天，不再寄出")
    elif not people:
        _note(alarm, Outcome.FAILED, reason="没有登记邮箱的安全管理员或审计管理员")
    else:
        for person in people:
            _write_to(person, alarm, now)


def _administrators() -> Sequence[Person]:
    """Return who is told, each locked: of two workers the second counts what the first wrote."""
    query = select(Person).where(_is_told()).order_by(Person.id)
    return db.session.scalars(query.with_for_update(key_share=True)).all()


def _is_told() -> ColumnElement[bool]:
    """Return the condition that a person keeps such an administrator's account and has an address."""
    keeps_one = select(Account.id).where(
        Account.keeper_id == Person.id, Account.kind.in_(TOLD), CONDITIONS[AccountState.USABLE]
    )
    return keeps_one.exists() & Person.email.is_not(None) & (Person.email != "")


def _write_to(person: Person, alarm: AuditRow, now: datetime) -> None:
    """Make a person's letter about an alarm, or count it in the one for what was too much."""
    day = clock.day_of(now)
    of_day = (AlarmLetter.person_id == person.id, AlarmLetter.day == day)
    written = db.session.scalars(select(AlarmLetter).where(*of_day).order_by(AlarmLetter.id)).all()
    if written and written[-1].more:
        written[-1].more += 1
        return
    too_many = len(written) >= MOST_A_DAY
    letter = AlarmLetter(
        alarm_id=alarm.id,
        person_id=person.id,
        day=day,
        more=1 if too_many else 0,
        message_id=message_id("alarm", alarm.id, person.id),
        state=OutgoingState.WAITING,
        next_try_at=_end_of(day) if too_many else now,
        made_at=now,
    )
    db.session.add(letter)
    db.session.flush()


# --- the letter ----------------------------------------------------------------------------------


def _letter(row: AlarmLetter) -> Letter:
    _require_owed(row)
    subject, body = _about_more(row) if row.more else _about_one(row)
    return Letter(
        message_id=row.message_id,
        at=clock.office_time(row.made_at),
        name=row.person.name,
        address=row.person.email or "",
        subject=f"一岗双责跟踪：{subject}",
        body="\n".join([f"{row.person.name}：", "", *body, "", "请勿直接回复本邮件。"]) + "\n",
    )


def _require_owed(row: AlarmLetter) -> None:
    """Raise Unsendable when the day for it is over, or the person is no longer to be told."""
    since = _end_of(row.day) if row.more else row.alarm.at
    if clock.now() - since > LASTS:
        raise Unsendable("一天内没有寄出" + (f"：{row.error}" if row.error else ""))
    if db.session.scalar(select(Person.id).where(Person.id == row.person_id, _is_told())) is None:
        raise Unsendable("收件人已不是可用的管理员，或没有登记邮箱")


def _about_one(row: AlarmLetter) -> tuple[str, list[str]]:
    alarm, base_url = row.alarm, installation().base_url
    at = clock.office_time(alarm.at)
    return "有账号一分钟内多次被拒绝", [
        "有账号在一分钟内多次办理或查看无权的事项，都被拒绝。可能有人在试探权限，也可能账号被人冒用。",
        "",
        f"账号：{alarm.name}",
        f"时间：{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}",
        f"来自地址：{alarm.address}",
        f"被拒绝：{alarm.details['denied']} 次",
        "",
        "怎么办：",
        f"一、审计管理员查操作记录，看这个账号试过什么：{base_url}/audit/{alarm.id}",
        f"二、向本人核实。不是本人操作的，由系统管理员停用账号，安全管理员收回授权：{base_url}/admin/accounts",
        *_what_follows(row),
    ]


def _what_follows(row: AlarmLetter) -> list[str]:
    """Return the lines that tell the last letter of a day that the others come together."""
    of_day = (AlarmLetter.person_id == row.person_id, AlarmLetter.day == row.day)
    earlier = db.session.scalar(select(func.count(AlarmLetter.id)).where(*of_day, AlarmLetter.id < row.id))
    if (earlier or 0) + 1 < MOST_A_DAY:
        return []
    return ["", f"这是当天第 {MOST_A_DAY} 封告警。再有告警，不再逐条寄出，过了零点合并为一封。"]


def _about_more(row: AlarmLetter) -> tuple[str, list[str]]:
    day = f"{row.day.month}月{row.day.day}日"
    return f"{day}另有 {row.more} 次告警", [
        f"{day}已寄出 {MOST_A_DAY} 封告警，此后又有 {row.more} 次，没有逐条寄出。",
        "",
        f"怎么办：请审计管理员查操作记录：{installation().base_url}/audit?act=access.alarm",
        "不是本人操作的账号，由系统管理员停用，安全管理员收回授权。",
    ]


def _end_of(day: date) -> datetime:
    """Return the moment at which all alarms of a day are counted."""
    return clock.midnight(day + ONE_DAY) + COUNTED_BY


def _settled(row: AlarmLetter) -> None:
    """Write down what came of a letter."""
    sent = row.state == OutgoingState.SENT
    said = {} if sent else {"reason": row.error}
    _note(row.alarm, Outcome.DONE if sent else Outcome.FAILED, recipient=row.person.name, **said)


def _note(alarm: AuditRow, outcome: Outcome, **details: Any) -> None:
    record("access.mail_alarm", alarm.subject, outcome=outcome, alarm=alarm.id, **details)


ALARM_LETTERS = Outbox(AlarmLetter, _letter, _settled)
