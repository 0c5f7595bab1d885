"""Passwords: the two profiles, the reasons in words, the last ones, and a password that ran out."""

import fcntl
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.scene import objects
from tests.forms import post
from tests.office import PASSWORD, Member, Office
from tracker import clock
from tracker.accounts import hashing
from tracker.accounts.changing import (
    change_password,
    check_password,
    days_left,
    has_run_out,
    make_ready,
    set_password,
)
from tracker.accounts.hashing import matches
from tracker.accounts.models import Account, AccountKind, FormerPassword, PolicyChoice
from tracker.accounts.one_time import issue
from tracker.accounts.passwords import LASTS, Profile, Tried, broken_rule
from tracker.accounts.pinyin import spellings_of
from tracker.accounts.policy import Policy, present_policy, set_policy
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.demo.county import build_county, open_accounts
from tracker.extensions import db
from tracker.refusals import Refused

Enter = Callable[[Member], FlaskClient]
NAMES = ("周演", "青示镇", "青示")
SHORT, KINDS, NAME = "密码至少", "三类", "账号名"
FEW, ROW, COMMON, GUESS = "不同的字太少", "顺序", "最先被猜", "姓名、单位名"

WEAK: list[tuple[Profile, str, str]] = [
    *(
        (Profile.DENGBAO, password, reason)
        for password, reason in (
            ("Aa1!", SHORT),
            ("Xk9#mQ2", SHORT),
            ("nurkleinbuchstaben", KINDS),
            ("1234567890123", KINDS),
            ("ABCDEFGHIJK1", KINDS),
            ("Password1!", COMMON),
            ("P@ssw0rd", COMMON),
            ("P@ssw0rd2025", COMMON),
            ("Admin@123", COMMON),
            ("Aa123456", ROW),
            ("1qaz@WSX3edc", ROW),
            ("Abcdefg1", ROW),
            ("9876543210aA!", ROW),
            ("Dangjian@2025", COMMON),
            ("Yigangshuangze1!", COMMON),
            ("Woaini1314520", COMMON),
            ("Iloveyou1314!", COMMON),
            ("AAaa11AAaa11", FEW),
            ("Clerk-Xy-93x1", NAME),
            ("krelC-Xy-93x1", NAME),
        )
    ),
    *(
        (Profile.ASVS, password, reason)
        for password, reason in (
            ("Xk9#mQ2-vT4", SHORT),
            ("P@ssw0rd1", SHORT),
            ("Qwerty123456", COMMON),
            ("123456789012", ROW),
            ("iuytrewq8888", ROW),
            ("aaaaaaaaaaaaaaaa", FEW),
            ("1212 1212 1212", FEW),
            ("passwordpassword", GUESS),
            ("administrator", COMMON),
            ("Dangjian2025!!", COMMON),
            ("党建党委党员2025党建党委", GUESS),
            ("dangwei-dangyuan", GUESS),
            ("Yigangshuangze 2025", COMMON),
            ("Zhouyan-19880101", GUESS),
            ("zhou yan 1988 01 01", GUESS),
            ("Zh0uy@n-1988-0101", GUESS),
            ("qingshizhen 20251124", GUESS),
            ("青示镇周演20251124", GUESS),
            ("clerk clerk clerk 1", NAME),
            ("my CLERK is best", NAME),
        )
    ),
]
GOOD = {
    Profile.DENGBAO: (PASSWORD, "Xin-mima-2026", "Abc9 def 77 ghk", "q" * 2 + "Rt5-" * 30),
    Profile.ASVS: (PASSWORD, "correct horse battery staple", "夏天的雨落在屋檐上真好听", "lantern " * 9),
}


@pytest.mark.parametrize(("profile", "password", "reason"), WEAK)
def test_twenty_weak_passwords_of_each_profile_are_refused_with_the_reason(
    app: Flask, profile: Profile, password: str, reason: str
) -> None:
    assert sum(one is profile for one, _password, _reason in WEAK) == 20
    with app.app_context():
        said = broken_rule(Tried(password, profile, "clerk", NAMES))
    assert said is not None
    assert reason in said
    assert said.endswith("。")


@pytest.mark.parametrize("profile", Profile)
def test_good_passwords_of_any_length_and_with_spaces_are_taken(app: Flask, profile: Profile) -> None:
    with app.app_context():
        for password in GOOD[profile]:
            assert broken_rule(Tried(password, profile, "clerk", NAMES)) is None, password


@pytest.mark.parametrize(
    ("name", "spellings"),
    [("周演", ["zhouyan"]), ("吕例", ["lvli", "luli"]), ("曾样", ["cengyang", "zengyang"]), ("A-䶮", [])],
)
def test_names_in_pinyin(name: str, spellings: list[str]) -> None:
    assert spellings_of(name) == spellings


@pytest.fixture
def under_asvs(office: Office) -> Office:
    """The office after its security administrator chose ASVS."""
    with writing():
        objects(office)
        choose(Profile.ASVS)
    return office


def choose(profile: Profile) -> None:
    """Put a profile in force."""
    by = db.session.scalars(select(Account).where(Account.kind == AccountKind.SECURITY_ADMIN)).one()
    set_policy(Policy(profile=profile), by=by, address="127.0.0.1")


def test_a_choice_of_an_earlier_version_names_no_profile(office: Office) -> None:
    with writing():
        value = {"idle_minutes": 20, "admin_networks": []}
        by = office.clerk.account
        db.session.add(PolicyChoice(value=value, chosen_at=clock.now(), chosen_by=by))
    assert present_policy() == Policy(20)


def test_the_profile_is_chosen_on_the_page_and_holds_everywhere(app: Flask, office: Office) -> None:
    with writing():
        objects(office)
    security = app.test_client()
    post(security, "/login", {"username": "security_admin", "password": PASSWORD})
    sent = {"idle_minutes": "30", "admin_networks": "", "profile": "weder noch"}
    assert post(security, "/admin/security", sent).status_code == 422
    assert post(security, "/admin/security", sent | {"profile": "asvs"}).status_code == 302
    assert present_policy().profile is Profile.ASVS
    with pytest.raises(Refused, match="姓名、单位名"):
        check_password("Chenyan-2025-0101", person=office.clerk.person)
    with pytest.raises(Refused, match="姓名、单位名"):
        check_password("qingshi qingshi 12", person=office.clerk.person)
    check_password("correct horse battery staple", person=office.clerk.person)
    runner = app.test_cli_runner(env={"TRACKER_PASSWORD": "qingshizhen 2025"})
    refused = runner.invoke(args=["account", "passwd", "clerk"])
    assert (refused.exit_code, "姓名、单位名" in refused.stderr) == (2, True)


@pytest.mark.database
def test_the_last_three_passwords_do_not_come_again(office: Office) -> None:
    account, later = office.lead.account, ["Erste-kouling-1", "Zweite-kouling-2", "Dritte-kouling-3"]
    for password in later[:2]:
        with writing():
            change_password(account, password)
    for former in (PASSWORD, *later[:2]):
        with pytest.raises(Refused, match="最近 3 次"), writing():
            change_password(account, former)
    with writing():
        change_password(account, later[2])
    with writing():
        change_password(account, PASSWORD)
    assert db.session.scalar(select(func.count(FormerPassword.id))) == 2  # no more than is asked for


def test_without_a_history_the_same_may_come_again(under_asvs: Office) -> None:
    with writing():
        change_password(under_asvs.lead.account, "correct horse battery staple")
        before = under_asvs.lead.account.password_hash
        change_password(under_asvs.lead.account, "correct horse battery staple")
    assert under_asvs.lead.account.password_hash != before  # set anew, with a salt of its own
    assert matches(under_asvs.lead.account.password_hash, "correct horse battery staple")


@pytest.mark.parametrize("password", ["Lang-1 " * 20, "夏天的雨 Regen 9 " * 5, " Leer-vorn-hinten-1 "])
def test_long_passwords_and_spaces_are_kept_whole(app: Flask, office: Office, password: str) -> None:
    with writing():
        create_account("vielwort", password)
    for typed, wanted in ((password, 302), (password[:-1], 422), (password.strip(" 1"), 422)):
        sent = post(app.test_client(), "/login", {"username": "vielwort", "password": typed})
        assert sent.status_code == wanted


def test_a_password_that_ran_out_opens_its_page_and_nothing_else(
    office: Office, signed_in: Enter, moved_clock: Callable[..., None]
) -> None:
    lasts = LASTS[Profile.DENGBAO]
    assert lasts is not None
    moved_clock(clock.today() + lasts + timedelta(days=1))
    visitor = signed_in(office.lead)
    for path in ("/", "/mine", "/tasks", "/account", "/inbox", "/duties"):
        assert visitor.get(path).location == "/account/password", path
    assert visitor.post("/account/sessions/end-others").status_code in (302, 400)
    assert "密码已到期" in visitor.get("/account/password").text
    typed = {"current": PASSWORD, "password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    assert post(visitor, "/account/password", typed).location == "/account"
    assert visitor.get("/mine").status_code == 200


def test_the_passwords_of_the_demo_are_good_today(app: Flask) -> None:
    now = clock.now()
    with app.app_context():
        with clock.moved_to(date(clock.today().year - 1, 1, 2)), writing():
            open_accounts(build_county(clock.today()), now)
        accounts = db.session.scalars(select(Account)).all()
        assert len(accounts) > 20
        assert not any(has_run_out(account, Profile.DENGBAO) for account in accounts)


def test_under_asvs_a_password_lasts(
    under_asvs: Office, signed_in: Enter, moved_clock: Callable[..., None]
) -> None:
    moved_clock(date(clock.today().year + 2, 3, 3))
    assert signed_in(under_asvs.lead).get("/mine").status_code == 200
    assert days_left(under_asvs.lead.account, Profile.ASVS) is None


class Watching(PasswordHasher):
    """Hashes as it should, and notes whether somebody held the writer's lock meanwhile."""

    def __init__(self, lock_file: Path) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.lock_file = lock_file
        self.held: list[bool] = []

    def _look(self) -> None:
        with self.lock_file.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.held.append(False)
            except BlockingIOError:
                self.held.append(True)

    def hash(self, *args: Any, **named: Any) -> str:
        self._look()
        return super().hash(*args, **named)

    def verify(self, *args: Any, **named: Any) -> Literal[True]:
        self._look()
        return super().verify(*args, **named)


@pytest.mark.parametrize("how", ["own", "secret", "command"])
def test_nobody_waits_to_write_while_passwords_are_hashed(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch, data_dir: Path, how: str
) -> None:
    new = {"password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    present = "Erste-kouling-1"
    with writing():
        change_password(office.lead.account, present)
        secret = issue(office.lead.account, timedelta(hours=1))[0]
    visitor = app.test_client()
    assert post(visitor, "/login", {"username": "lead", "password": present}).status_code == 302
    watching = Watching(data_dir / "writer.lock")
    monkeypatch.setattr(hashing, "_hasher", watching)
    if how == "own":
        sent = post(visitor, "/account/password", new | {"current": present}, page="/account/password")
        assert sent.status_code == 302
    elif how == "secret":
        sent = post(visitor, "/first-password", new | {"username": "lead", "secret": secret})
        assert sent.status_code == 302
    else:
        runner = app.test_cli_runner(env={"TRACKER_PASSWORD": new["password"]})
        assert runner.invoke(args=["account", "passwd", "lead"]).exit_code == 0
    assert len(watching.held) >= 3  # the present one, the one before, and the new one
    assert not any(watching.held)


def test_of_two_new_passwords_the_later_does_not_overwrite_the_first(office: Office) -> None:
    account = office.lead.account
    early, late = make_ready(account, "Erste-kouling-1"), make_ready(account, "Zweite-kouling-2")
    with writing():
        set_password(account, early)
    with pytest.raises(Refused, match="刚在别处改过"), writing():
        set_password(account, late)
    assert hashing.matches(account.password_hash, "Erste-kouling-1")
