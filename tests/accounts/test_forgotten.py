"""A forgotten password: who is mailed a code, to which address, how often, and what is written down."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.forms import post
from tests.mail import Sink
from tests.office import Member, Office
from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts.forgotten import A_DAY, CODE_LASTS, ask, confirm_address
from tracker.accounts.mailed import GIVEN_UP, send_asked
from tracker.accounts.models import AccountKind, OneTimeSecret, PasswordRequest
from tracker.accounts.signing_in import create_account
from tracker.accounts.throttling import NETWORK
from tracker.audit.models import AuditRow, Outcome
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.people import correct_person
from tracker.outbox import LEASE
from tracker.refusals import Refused

Enter = Callable[[Member], FlaskClient]
CODE = re.compile(r"(?:[2-9A-Z]{4}-){4}[2-9A-Z]{4}")


@pytest.fixture
def confirmed(smtp_sink: Sink, office: Office) -> Office:
    """The office of an installation that sends mail; the lead confirmed the own address."""
    with writing():
        confirm_address(office.lead.account, by=office.lead.account)
    return office


def asked(name: str, address: str = "192.0.2.7") -> None:
    with writing():
        ask(name, address=address)


def requests() -> int:
    return db.session.scalar(select(func.count(PasswordRequest.id))) or 0


def trail() -> list[AuditRow]:
    rows = select(AuditRow).where(AuditRow.action == "account.mail_secret").order_by(AuditRow.id)
    return list(db.session.scalars(rows))


@pytest.mark.database
def test_a_code_is_mailed_and_sets_a_password(
    confirmed: Office, smtp_sink: Sink, client: FlaskClient
) -> None:
    sent = post(client, "/forgot-password", {"username": " Lead "})
    assert (sent.status_code, sent.location) == (302, "/first-password")
    assert "申请已收到" in client.get("/first-password").text
    assert send_asked() == 1
    (message,) = smtp_sink.messages
    assert message["To"].addresses[0].addr_spec == "lead@qs.invalid"
    text = str(message.get_content())
    (code,) = CODE.findall(text)
    assert "http://127.0.0.1:8400/first-password " in text
    assert "lead" not in text  # who reads the letter alone does not know the account
    new = {"password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    done = post(client, "/first-password", {"username": "lead", "secret": code} | new)
    assert done.status_code == 302
    assert send_asked() == 0
    db.session.rollback()
    (row,) = trail()
    assert (row.subject, row.outcome) == (f"account:{confirmed.lead.account.id}", Outcome.DONE)
    assert row.details["network"] == "127.0.0.0/24"


def has_no_account(office: Office) -> str:
    return "niemand"


def did_not_confirm(office: Office) -> str:
    return "clerk"


def has_another_address_now(office: Office) -> str:
    """Whoever keeps the roster enters an address of his own."""
    person = office.lead.person
    correct_person(person, name=person.name, phone=None, email="keeper@evil.invalid", by=office.keeper.actor)
    return "lead"


def is_disabled(office: Office) -> str:
    acts.disable(office.lead.account, by=None)
    return "lead"


def waits_for_a_grant(office: Office) -> str:
    acts.revoke(office.lead.account, by=None)
    return "lead"


def was_never_opened(office: Office) -> str:
    office.lead.account.password_set_at = None
    return "lead"


def is_an_administrator(office: Office) -> str:
    made = create_account("waltende", "Yanshi-2025-ceshi", kind=AccountKind.SYSTEM_ADMIN)
    made.keeper, made.reset_address = office.clerk.person, office.clerk.person.email
    return "waltende"


@pytest.mark.parametrize(
    "who",
    [
        has_no_account,
        did_not_confirm,
        has_another_address_now,
        is_disabled,
        waits_for_a_grant,
        was_never_opened,
        is_an_administrator,
    ],
)
def test_nobody_else_is_mailed_and_the_trail_says_why(
    confirmed: Office, smtp_sink: Sink, who: Callable[[Office], str]
) -> None:
    with writing():
        name = who(confirmed)
    asked(name)
    assert requests() == 1
    assert send_asked() == 0
    assert smtp_sink.messages == []
    assert db.session.scalar(select(func.count(OneTimeSecret.id))) == 0
    (row,) = trail()
    assert row.outcome is Outcome.FAILED
    assert row.details["reason"]
    assert send_asked() == 0
    assert len(trail()) == 1


def test_a_name_is_mailed_three_times_a_day(confirmed: Office, smtp_sink: Sink) -> None:
    for number in range(A_DAY + 4):
        asked("lead" if number % 2 else "LEAD", address=f"192.0.{number}.1")
    assert send_asked() == A_DAY == len(smtp_sink.messages)
    with writing():
        for row in db.session.scalars(select(PasswordRequest)):
            row.asked_at -= timedelta(days=1, seconds=1)
    asked("lead")
    assert requests() == 1  # those of yesterday are gone
    assert send_asked() == 1


def test_a_network_asks_no_more_often_than_it_guesses(confirmed: Office) -> None:
    for number in range(NETWORK + 5):
        asked(f"jemand{number}")
    assert requests() == NETWORK
    asked("lead", address="198.51.100.4")
    assert requests() == NETWORK + 1


def test_names_and_addresses_are_asked_for_in_any_length(confirmed: Office) -> None:
    asked("名" * 5000, address="x" * 500)
    assert send_asked() == 0
    assert requests() == 1


def test_a_letter_waits_for_the_server_and_then_bears_another_code(
    app: Flask, confirmed: Office, smtp_sink: Sink, smtp_down: str
) -> None:
    settings = app.config["ENVIRONMENT"]
    app.config["ENVIRONMENT"] = replace(settings, smtp_url=smtp_down)
    asked("lead")
    assert send_asked() == 0
    app.config["ENVIRONMENT"] = settings
    assert send_asked() == 0  # leased
    with writing():
        db.session.scalars(select(PasswordRequest)).one().next_try_at -= LEASE
    assert send_asked() == 1
    rows = db.session.scalars(select(OneTimeSecret).order_by(OneTimeSecret.id)).all()
    assert [row.expires_at > clock.now() for row in rows] == [False, True]
    assert rows[1].expires_at - rows[1].made_at == CODE_LASTS == timedelta(minutes=30)


def test_nobody_is_mailed_long_after_asking(confirmed: Office, smtp_sink: Sink) -> None:
    asked("lead")
    with writing():
        db.session.scalars(select(PasswordRequest)).one().asked_at -= GIVEN_UP + timedelta(seconds=1)
        confirmed.lead.account.password_set_at = clock.now() - timedelta(days=1)
    assert send_asked() == 0
    assert trail()[0].details["reason"] == "邮件服务器一直没有收下"


def test_asking_ends_no_session(confirmed: Office, signed_in: Enter, smtp_sink: Sink) -> None:
    visitor = signed_in(confirmed.lead)
    asked("lead")
    assert send_asked() == 1
    assert visitor.get("/mine").status_code == 200


def test_without_a_mail_server_the_page_says_whom_to_ask(client: FlaskClient, office: Office) -> None:
    page = client.get("/forgot-password").text
    assert "系统管理员" in page
    assert 'name="username"' not in page
    with pytest.raises(Refused, match="系统管理员"), writing():
        ask("lead", address="")
    assert requests() == 0


def test_the_owner_confirms_the_address_and_takes_it_back(
    confirmed: Office, smtp_sink: Sink, signed_in: Enter
) -> None:
    clerk = signed_in(confirmed.clerk)
    assert "没有开通" in clerk.get("/account").text
    assert post(clerk, "/account/mail-reset", {"on": "1"}, page="/account").status_code == 302
    assert "已开通，发到 clerk@qs.invalid" in clerk.get("/account").text
    assert post(clerk, "/account/mail-reset", {}, page="/account").status_code == 302
    db.session.rollback()
    assert confirmed.clerk.account.reset_address is None
    with pytest.raises(Refused, match="自己"), writing():
        confirm_address(confirmed.lead.account, by=confirmed.clerk.account)
    with writing():
        confirmed.clerk.person.email = None
    with pytest.raises(Refused, match="没有登记邮箱"), writing():
        confirm_address(confirmed.clerk.account, by=confirmed.clerk.account)
