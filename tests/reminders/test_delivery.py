"""One digest a person and day, through a real SMTP server: none lost, none twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from tests.mail import Sink
from tests.office import Office
from tests.processes import free_port
from tests.reminders.steps import assigned, in_progress, notices, tick_now
from tracker import clock, outbox
from tracker.database import writing
from tracker.extensions import db
from tracker.mail import MailServer
from tracker.outbox import OutgoingState, deliver, wait_before
from tracker.reminders.delivery import DIGESTS, make_digests
from tracker.reminders.models import Digest
from tracker.reminders.planning import plan_events

Move = Callable[..., None]
FIRST_DAY = date(2025, 10, 9)  # a Thursday
DEADLINE = date(2025, 11, 18)


def digests() -> list[Digest]:
    return list(db.session.scalars(select(Digest).order_by(Digest.id)))


def addressees(sink: Sink) -> list[str]:
    return [message["To"].addresses[0].username for message in sink.messages]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content())


def use_server(app: Flask, url: str) -> None:
    """Let the application send to another server."""
    app.config["ENVIRONMENT"] = replace(app.config["ENVIRONMENT"], smtp_url=url)


def let_time_pass() -> None:
    """Let every waiting digest be due, as after the longest wait."""
    with writing():
        for digest in digests():
            digest.next_try_at = clock.now() - timedelta(seconds=1)


@pytest.mark.database
def test_over_a_quarter_each_person_gets_one_digest_a_day(
    smtp_sink: Sink, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    in_progress(office, DEADLINE, title="阵地管理不规范")
    for number in range(80):
        for hour in (9, 16):
            moved_clock(FIRST_DAY + timedelta(days=number), hour)
            tick_now()
    sent = [(message["To"].addresses[0].username, message["Subject"]) for message in smtp_sink.messages]
    assert len(sent) == len(set(sent)) == len(digests())
    both = [subject for _, subject in sent]
    assert all("有 2 条提醒" in subject for subject in both)
    # 交办, then -7 -3 -1 0 +1 +3 +7 +12 +17 +22 +27: the holder all, the deputy from -1, the secretary two;
    # without progress +15 the holder, +20 +35 +50 the deputy too
    assert sorted({(who, sum(w == who for w, _ in sent)) for who, _ in sent}) == [
        ("deputy", 12),
        ("lead", 16),
        ("secretary", 2),
    ]
    assert {digest.state for digest in digests()} == {OutgoingState.SENT}


def test_what_a_digest_says(smtp_sink: Sink, office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = assigned(office, DEADLINE, title="基层宣传力量薄弱\r\nBcc: all@qs.invalid")
    tick_now()
    (message,) = smtp_sink.messages
    assert message["Subject"] == "一岗双责跟踪：10月9日有 1 条提醒"
    assert message["To"].addresses[0].display_name == "褚例"
    assert message["Bcc"] is None
    assert message.get_content_type() == "text/plain"
    text = text_of(message)
    assert "1. 交办，11月18日前办结：基层宣传力量薄弱 Bcc: all@qs.invalid" in text
    assert f"http://127.0.0.1:8400/tasks/{task.id}" in text


@pytest.mark.parametrize(
    ("day", "hour", "made"), [(FIRST_DAY, 8, 0), (FIRST_DAY, 9, 1), (date(2025, 10, 12), 9, 0)]
)
def test_digests_are_made_on_working_days_from_half_past_eight(
    smtp_sink: Sink, office: Office, moved_clock: Move, day: date, hour: int, made: int
) -> None:
    moved_clock(date(2025, 10, 8), 9)
    assigned(office, DEADLINE)
    moved_clock(day, hour)
    assert tick_now().digests == made
    assert len(smtp_sink.messages) == made


def test_no_digest_for_what_was_read_or_for_nobody(
    smtp_sink: Sink, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    assigned(office, DEADLINE)
    plan_events()
    with writing():
        for notice in notices():
            notice.read_at = clock.now()
    assert tick_now().digests == 0
    assigned(office, DEADLINE)
    with writing():
        office.lead.person.email = None
    assert tick_now().digests == 0
    assert smtp_sink.messages == []


def test_without_a_mail_server_the_inbox_is_all(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    assigned(office, DEADLINE)
    report = tick_now()
    assert (report.digests, report.delivered.sent, digests()) == (0, 0, [])
    assert len(notices()) == 1


@pytest.mark.database
def test_a_server_that_is_down_loses_nothing(
    app: Flask, smtp_sink: Sink, smtp_down: str, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    for member in (office.lead, office.deputy, office.keeper):
        in_progress(office, DEADLINE, title=member.person.name)
    use_server(app, smtp_down)
    moved_clock(date(2025, 11, 21))
    report = tick_now()
    assert (report.delivered.sent, report.delivered.failed) == (0, 1)
    assert "Connection refused" in report.delivered.said
    waiting = digests()
    assert len(waiting) == 3
    assert {digest.state for digest in waiting} == {OutgoingState.WAITING}
    first_ids = {digest.message_id for digest in waiting}
    use_server(app, smtp_sink.url)
    let_time_pass()
    assert tick_now().delivered.sent == 3
    assert {message["Message-ID"] for message in smtp_sink.messages} == first_ids
    assert tick_now().delivered.sent == 0


def test_what_waited_for_the_server_goes_out_as_soon_as_it_answers(
    app: Flask, smtp_sink: Sink, smtp_down: str, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    use_server(app, smtp_down)
    moved_clock(date(2025, 11, 21))
    for _ in range(4):
        tick_now()
    assert {digest.server_down for digest in digests()} == {True}
    use_server(app, smtp_sink.url)
    with writing():
        digests()[0].next_try_at = clock.now()
    assert tick_now().delivered.sent == 3


@contextmanager
def answering(expected: set[int], answer: Callable[[str], str]) -> Iterator[str]:
    """Run an SMTP server that answers each message for an address as told; yields its address."""

    class Told:
        async def handle_RCPT(
            self, _s: object, _t: object, envelope: object, address: str, _o: object
        ) -> str:
            said = answer(address)
            if said.startswith("250"):
                envelope.rcpt_tos.append(address)  # type: ignore[attr-defined] # aiosmtpd has no types
            return said

        async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:
            return "250 kept"

    port = free_port()
    expected.add(port)
    controller = Controller(Told(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def test_a_refused_address_is_given_up_and_the_others_go_out(
    app: Flask, expected_mail_ports: set[int], office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    moved_clock(date(2025, 11, 21))
    answers = {"lead": "550 no such mailbox", "deputy": "451 greylisted", "secretary": "250 ok"}
    with answering(expected_mail_ports, lambda address: answers[address.split("@")[0]]) as url:
        use_server(app, url)
        done = tick_now().delivered
    assert (done.sent, done.failed, done.refused) == (1, 1, 1)
    states = {digest.person.email.split("@")[0]: digest for digest in digests() if digest.person.email}
    assert states["lead"].state == OutgoingState.REFUSED
    assert states["lead"].error == "550 no such mailbox"
    assert states["deputy"].state == OutgoingState.WAITING
    assert states["deputy"].next_try_at > clock.now()
    assert states["secretary"].state == OutgoingState.SENT


def test_an_address_that_is_none_stops_nobody_else(
    smtp_sink: Sink, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    with writing():
        office.lead.person.email = "lead@qs.invalid\r\nBcc: all@qs.invalid"
    moved_clock(date(2025, 11, 21))
    tick_now()
    assert sorted(addressees(smtp_sink)) == ["deputy", "secretary"]
    refused = [digest for digest in digests() if digest.state == OutgoingState.REFUSED]
    assert [digest.person.name for digest in refused] == ["褚例"]


def test_the_message_of_a_sender_that_died_is_sent_again_under_its_name(
    smtp_sink: Sink, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    assigned(office, DEADLINE)
    plan_events()
    make_digests(clock.now())
    dead = outbox._claim_next(DIGESTS, MailServer.read(smtp_sink.url))  # dies between claim and result
    assert dead is not None
    assert deliver(DIGESTS).sent == 0, "the lease still holds"
    with writing():
        digests()[0].leased_until = clock.now() - timedelta(seconds=1)
    assert deliver(DIGESTS).sent == 1
    assert smtp_sink.messages[0]["Message-ID"] == dead.message["Message-ID"]


@pytest.mark.database
def test_two_workers_at_once_tell_and_send_once(
    app: Flask, smtp_sink: Sink, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    for number in range(5):
        in_progress(office, DEADLINE, title=f"问题{number}")
    moved_clock(date(2025, 11, 21))
    errors: list[Exception] = []

    def work(start: threading.Barrier) -> None:
        with app.app_context():
            start.wait()
            try:
                tick_now()
            except Exception as error:
                errors.append(error)

    start = threading.Barrier(3)
    threads = [threading.Thread(target=work, args=(start,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(notices()) == 5 * (1 + 3)  # the assignment, and +3 to three persons
    assert sorted(addressees(smtp_sink)) == ["deputy", "lead", "secretary"]


def test_waits_double_up_to_an_hour() -> None:
    minutes = [wait_before(attempt) / timedelta(minutes=1) for attempt in range(2, 12)]
    for number, waited in enumerate(minutes):
        longest = min(2.0**number, 60)
        assert 0.75 * longest <= waited <= longest


def test_an_old_backlog_stays_in_the_inbox(smtp_sink: Sink, office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    assigned(office, date(2025, 12, 31))
    plan_events()
    moved_clock(FIRST_DAY + timedelta(days=18))
    assert make_digests(clock.now()) == 0
    assert smtp_sink.messages == []
