"""An alarm is mailed to the security and audit administrators: once, within bounds, by the worker alone."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from tests.audit.test_denials import later
from tests.mail import Sink
from tests.office import PASSWORD, Member, Office
from tests.reminders.test_delivery import answering, use_server
from tracker import clock, outbox
from tracker.accounts import administering as acts
from tracker.accounts.alarm_letters import ALARM_LETTERS, LASTS, MOST_A_DAY, REMEMBERED, send_alarms
from tracker.accounts.models import Account, AccountKind, AlarmLetter
from tracker.accounts.signing_in import create_account
from tracker.audit.denials import ALARM, MOST_DENIALS
from tracker.audit.models import AuditRow, Outcome, UntoldAlarm
from tracker.audit.trail import record
from tracker.database import writing
from tracker.extensions import db
from tracker.mail import MailServer
from tracker.organization.setup import add_person
from tracker.outbox import LEASE, LONGEST_WAIT, OutgoingState
from tracker.worker import run_until

Enter = Callable[[Member], FlaskClient]
Move = Callable[..., None]
DAY = date(2025, 10, 9)
TOLD = ["audit@qs.invalid", "security@qs.invalid"]


@pytest.fixture
def administrators(office: Office) -> dict[str, Account]:
    """The three administrators and two more of whom nobody is told, by their names."""
    made: dict[str, Account] = {}
    with writing():
        for name, kind, called in (
            ("system", AccountKind.SYSTEM_ADMIN, "孙样"),
            ("security", AccountKind.SECURITY_ADMIN, "李例"),
            ("audit", AccountKind.AUDIT_ADMIN, "吴演"),
            ("disabled", AccountKind.AUDIT_ADMIN, "吕样"),
            ("silent", AccountKind.AUDIT_ADMIN, "许范"),
            ("nobody", AccountKind.SECURITY_ADMIN, ""),
        ):
            made[name] = create_account(name, PASSWORD, kind=kind)
            if called:
                made[name].keeper = add_person(called, email=f"{name}@qs.invalid" if name != "silent" else "")
        acts.disable(made["disabled"], by=None)
    return made


def raise_alarm(office: Office, denied: int = MOST_DENIALS) -> AuditRow:
    """Raise an alarm about the village's account, as `record_denial` does."""
    account = office.village_lead.account
    with writing():
        alarm = record(ALARM, f"account:{account.id}", actor=(account.id, account.username), denied=denied)
        alarm.address = "192.0.2.7"
        db.session.flush()
        db.session.add(UntoldAlarm(row_id=alarm.id))
    return alarm


def letters() -> list[AlarmLetter]:
    db.session.rollback()
    return list(db.session.scalars(select(AlarmLetter).order_by(AlarmLetter.id)))


def trail() -> list[AuditRow]:
    db.session.rollback()
    rows = select(AuditRow).where(AuditRow.action == "access.mail_alarm").order_by(AuditRow.id)
    return list(db.session.scalars(rows))


def addressees(sink: Sink) -> list[str]:
    return sorted(message["To"].addresses[0].addr_spec for message in sink.messages)


def text_of(message: EmailMessage) -> str:
    return str(message.get_content())


@pytest.mark.database
def test_ten_denials_are_mailed_by_the_worker(
    office: Office, administrators: dict[str, Account], smtp_sink: Sink, signed_in: Enter
) -> None:
    visitor = signed_in(office.village_lead)
    for _ in range(MOST_DENIALS):
        assert visitor.get("/tasks/999").status_code == 404
    assert smtp_sink.messages == []  # nothing inside a request
    assert letters() == []
    assert send_alarms() == 2
    assert addressees(smtp_sink) == TOLD
    assert send_alarms() == 0
    db.session.rollback()
    alarm = db.session.scalars(select(AuditRow).where(AuditRow.action == ALARM)).one()
    message = smtp_sink.messages[0]
    assert message["Subject"] == "一岗双责跟踪：有账号一分钟内多次被拒绝"
    assert message.get_content_type() == "text/plain"
    told, at = text_of(message), clock.office_time(alarm.at)
    for line in (
        f"一、审计管理员查操作记录，看这个账号试过什么：http://127.0.0.1:8400/audit/{alarm.id}",
        "账号：village",
        f"时间：{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}",
        "来自地址：127.0.0.1",
        f"被拒绝：{MOST_DENIALS} 次",
    ):
        assert line in told.splitlines()
    assert "停用账号" in told
    assert {row.details["recipient"] for row in trail()} == {"李例", "吴演"}
    assert {(row.subject, row.outcome, row.details["alarm"]) for row in trail()} == {
        (f"account:{office.village_lead.account.id}", Outcome.DONE, alarm.id)
    }


def test_the_pages_of_the_letter_are_there(
    app: Flask, office: Office, administrators: dict[str, Account], smtp_sink: Sink, signed_in: Enter
) -> None:
    alarm = raise_alarm(office)
    assert send_alarms() == 2
    auditor = signed_in(replace(office.clerk, account=administrators["audit"]))
    assert "village" in auditor.get(f"/audit/{alarm.id}").text
    shown = auditor.get("/audit?act=access.mail_alarm").text
    assert "寄出告警邮件" in shown
    assert "收件人" in auditor.get(f"/audit/{trail()[0].id}").text
    assert "village" in auditor.get("/audit?act=access.alarm").text
    security = signed_in(replace(office.clerk, account=administrators["security"]))
    assert security.get("/admin/accounts").status_code == 200


@pytest.mark.database
def test_nobody_is_written_to_twice_about_an_alarm(
    office: Office, administrators: dict[str, Account], smtp_sink: Sink
) -> None:
    alarm = raise_alarm(office)
    assert send_alarms() == 2
    first = letters()[0]
    names = {column.key for column in AlarmLetter.__table__.columns} - {"id"}
    copy = AlarmLetter(**{name: getattr(first, name) for name in names})
    with writing():
        db.session.add(copy)
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()
    assert [letter.alarm_id for letter in letters()] == [alarm.id] * 2
    assert send_alarms() == 0


@pytest.mark.database
def test_several_workers_at_once_write_once(
    app: Flask, office: Office, administrators: dict[str, Account], smtp_sink: Sink, moved_clock: Move
) -> None:
    moved_clock(DAY)
    for _ in range(MOST_A_DAY + 3):
        raise_alarm(office)
    errors: list[Exception] = []
    start = threading.Barrier(3)

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                send_alarms()
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    send_alarms()  # what one worker left because another held it
    assert addressees(smtp_sink) == sorted(TOLD * MOST_A_DAY)
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 2 * MOST_A_DAY
    assert [letter.more for letter in letters() if letter.more] == [3, 3]


def test_the_letter_of_a_sender_that_died_is_sent_again_under_its_name(
    office: Office, administrators: dict[str, Account], smtp_sink: Sink, moved_clock: Move
) -> None:
    moved_clock(DAY)
    with writing():
        administrators["security"].keeper = None
    raise_alarm(office)
    assert send_alarms(going_on=iter([True, True, False]).__next__) == 0  # ended before it sent
    dead = outbox._claim_next(ALARM_LETTERS, MailServer.read(smtp_sink.url))
    assert dead is not None
    assert send_alarms() == 0, "the lease still holds"
    with later(LEASE + timedelta(seconds=1)):
        assert send_alarms() == 1
    (message,) = smtp_sink.messages
    assert message["Message-ID"] == dead.message["Message-ID"]


@pytest.mark.database
def test_too_many_in_a_day_become_one_letter_when_it_is_over(
    office: Office, administrators: dict[str, Account], smtp_sink: Sink, moved_clock: Move
) -> None:
    moved_clock(DAY)
    for number in range(MOST_A_DAY + 4):
        raise_alarm(office, denied=MOST_DENIALS + number)
        send_alarms()
    assert addressees(smtp_sink) == sorted(TOLD * MOST_A_DAY)
    follows = ["过了零点合并为一封" in text_of(message) for message in smtp_sink.messages]
    assert follows == [False] * (2 * MOST_A_DAY - 2) + [True] * 2
    moved_clock(DAY, 23)
    assert send_alarms() == 0
    smtp_sink.messages.clear()
    moved_clock(DAY + timedelta(days=1), 1)
    assert send_alarms() == 2
    assert [message["Subject"] for message in smtp_sink.messages] == [
        "一岗双责跟踪：10月9日另有 4 次告警"
    ] * 2
    assert "此后又有 4 次" in text_of(smtp_sink.messages[0])
    raise_alarm(office)
    assert send_alarms() == 2  # another day, counted anew
    assert len(trail()) == 2 * (MOST_A_DAY + 2)


def test_an_alarm_older_than_a_day_is_no_longer_mailed(
    app: Flask, office: Office, administrators: dict[str, Account], smtp_sink: Sink
) -> None:
    given = app.config["ENVIRONMENT"]
    app.config["ENVIRONMENT"] = replace(given, smtp_url=None)
    alarm = raise_alarm(office)
    assert send_alarms() == 0
    assert db.session.scalar(select(func.count()).select_from(UntoldAlarm)) == 1
    app.config["ENVIRONMENT"] = given
    with later(LASTS + timedelta(seconds=1)):
        assert send_alarms() == 0
    assert smtp_sink.messages == []
    (row,) = trail()
    assert (row.outcome, row.details["alarm"], row.details["reason"]) == (
        Outcome.FAILED,
        alarm.id,
        "告警已过一天，不再寄出",
    )
    assert db.session.scalar(select(func.count()).select_from(UntoldAlarm)) == 0


@pytest.mark.database
def test_a_letter_waits_for_the_server_and_is_given_up_after_a_day(
    app: Flask, office: Office, administrators: dict[str, Account], smtp_sink: Sink, smtp_down: str
) -> None:
    use_server(app, smtp_down)
    raise_alarm(office)
    assert send_alarms() == 0
    assert {letter.state for letter in letters()} == {OutgoingState.WAITING}
    assert trail() == []
    with later(LONGEST_WAIT):
        use_server(app, smtp_sink.url)
        assert send_alarms() == 2
    use_server(app, smtp_down)
    raise_alarm(office)
    assert send_alarms() == 0
    tries = 0
    while tries < 60 and any(letter.state is OutgoingState.WAITING for letter in letters()):
        tries += 1
        with later(LONGEST_WAIT * tries):
            assert send_alarms() == 0
    assert 24 <= tries <= 26
    given_up = trail()[2:]
    assert {row.outcome for row in given_up} == {Outcome.FAILED}
    assert all(row.details["reason"].startswith("一天内没有寄出：") for row in given_up)
    assert len(smtp_sink.messages) == len(given_up) == 2


def test_a_refused_address_is_given_up_at_once_and_the_others_are_told(
    app: Flask,
    expected_mail_ports: set[int],
    office: Office,
    administrators: dict[str, Account],
) -> None:
    raise_alarm(office)

    def refusing(address: str) -> str:
        return "550 no such mailbox" if "audit" in address else "250 ok"

    with answering(expected_mail_ports, refusing) as url:
        use_server(app, url)
        assert send_alarms() == 1
    told = {row.details["recipient"]: (row.outcome, row.details.get("reason")) for row in trail()}
    assert told == {"李例": (Outcome.DONE, None), "吴演": (Outcome.FAILED, "550 no such mailbox")}


def test_an_address_that_is_none_stops_nobody_else(
    office: Office, administrators: dict[str, Account], smtp_sink: Sink
) -> None:
    keeper = administrators["security"].keeper
    assert keeper is not None
    with writing():
        keeper.email = "security@qs.invalid\r\nBcc: all@qs.invalid"
    raise_alarm(office)
    assert send_alarms() == 1
    assert addressees(smtp_sink) == ["audit@qs.invalid"]
    assert trail()[0].details["reason"].startswith("邮箱地址有误")


def was_disabled(account: Account) -> None:
    acts.disable(account, by=None)


def was_revoked(account: Account) -> None:
    account.granted_at = None


def has_another_keeper(account: Account) -> None:
    account.keeper = None


def has_no_address_any_more(account: Account) -> None:
    assert account.keeper is not None
    account.keeper.email = None


@pytest.mark.parametrize("change", [was_disabled, was_revoked, has_another_keeper, has_no_address_any_more])
def test_whoever_is_no_such_administrator_any_more_is_not_written_to(
    office: Office,
    administrators: dict[str, Account],
    smtp_sink: Sink,
    change: Callable[[Account], None],
) -> None:
    raise_alarm(office)
    assert send_alarms(going_on=iter([True, True, False]).__next__) == 0
    assert len(letters()) == 2
    with writing():
        change(administrators["audit"])
    assert send_alarms() == 1
    assert addressees(smtp_sink) == ["security@qs.invalid"]
    assert [row.details["reason"] for row in trail() if row.outcome is Outcome.FAILED] == [
        "收件人已不是可用的管理员，或没有登记邮箱"
    ]


def test_where_nobody_is_to_be_told_the_trail_says_so(office: Office, smtp_sink: Sink) -> None:
    raise_alarm(office)
    assert send_alarms() == 0
    assert smtp_sink.messages == []
    assert [row.details["reason"] for row in trail()] == ["没有登记邮箱的安全管理员或审计管理员"]


def test_letters_are_remembered_for_a_week(
    office: Office, administrators: dict[str, Account], smtp_sink: Sink
) -> None:
    raise_alarm(office)
    send_alarms()
    with later(REMEMBERED + timedelta(minutes=1)):
        newer = raise_alarm(office)
        send_alarms()
    assert [letter.alarm_id for letter in letters()] == [newer.id] * 2


@pytest.fixture
def statements(office: Office) -> Iterator[list[str]]:
    """What the database is asked while the test runs."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.database
def test_a_tick_with_nothing_to_do_asks_once_by_index(
    office: Office,
    administrators: dict[str, Account],
    smtp_sink: Sink,
    statements: list[str],
    database_kind: str,
) -> None:
    raise_alarm(office)
    assert send_alarms() == 2
    statements.clear()
    assert send_alarms() == 0
    assert len(statements) == 1
    if database_kind == "sqlite":
        explained = f"EXPLAIN QUERY PLAN {statements[0]}"
        planned = db.session.connection().exec_driver_sql(explained, ("", "", "")).all()
        assert "SEARCH alarm_letters USING INDEX ix_alarm_letters_state" in str(planned)


def test_a_running_worker_mails_it_within_seconds(
    app: Flask, office: Office, administrators: dict[str, Account], smtp_sink: Sink
) -> None:
    ended = threading.Event()
    worker = threading.Thread(target=run_until, args=(ended, app))
    worker.start()
    try:
        raise_alarm(office)
        for _ in range(200):
            if len(smtp_sink.messages) == 2:
                break
            ended.wait(0.1)
    finally:
        ended.set()
        worker.join()
    assert addressees(smtp_sink) == TOLD
