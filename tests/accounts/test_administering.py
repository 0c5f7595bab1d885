"""The three administrators: each needs the others, none has business data, the last one stays."""

import re
import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.scene import objects
from tests.forms import post, token
from tests.office import PASSWORD, Office
from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts import opening, queries, signing_in
from tracker.accounts.models import Account, AccountKind, OneTimeSecret
from tracker.accounts.names import plain_name
from tracker.accounts.policy import Policy, lies_within, present_policy, set_policy
from tracker.accounts.states import AccountState, state
from tracker.audit.models import AuditRow, Outcome
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.organization.setup import add_person
from tracker.refusals import NotAllowed, Refused

Enter = Callable[..., FlaskClient]
SYSTEM, SECURITY, AUDIT = AccountKind.SYSTEM_ADMIN, AccountKind.SECURITY_ADMIN, AccountKind.AUDIT_ADMIN


@pytest.fixture
def three(office: Office) -> Office:
    """The office with its three administrators."""
    with writing():
        objects(office)
    return office


@pytest.fixture
def enter(app: Flask, three: Office) -> Enter:
    """A function that signs in under a user name."""

    def sign_in(username: str, password: str = PASSWORD) -> FlaskClient:
        visitor = app.test_client()
        assert post(visitor, "/login", {"username": username, "password": password}).status_code == 302
        return visitor

    return sign_in


def test_the_menu_says_where_an_administrator_is(enter: Enter) -> None:
    system, audit = enter("system_admin"), enter("audit_admin")
    account, row = named("clerk").id, db.session.scalars(select(AuditRow.id).limit(1)).one()
    there = (
        (system, "/admin/accounts/new", "账号"),
        (system, f"/admin/accounts/{account}", "账号"),
        (system, "/admin/accounts/office", "批量建账号"),
        (audit, f"/audit/{row}", "操作记录"),
    )
    for visitor, page, word in there:
        menu = visitor.get(page).text.split('id="nav"')[1].split("</nav>")[0]
        assert re.findall(r'aria-current="page">\s*([^<\s]+)', menu) == [word]
    assert "aria-current" not in system.get("/account").text


def named(username: str) -> Account:
    """Return the account with a name as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Account).where(Account.username == username)).one()


def named_here(username: str) -> Account:
    """Return the account with a name inside the present transaction."""
    return db.session.scalars(select(Account).where(Account.username == username)).one()


def another(kind: AccountKind, username: str, name: str) -> Account:
    """Make a second, usable administrator of a kind."""
    made = signing_in.create_account(username, PASSWORD, kind=kind)
    made.keeper = add_person(name)
    return made


def secret_of(username: str) -> acts.Slip:
    """Let the system administrator issue a secret."""
    return acts.issue_secret(named(username), by=named("system_admin"), valid_for=opening.SCREEN_LASTS)


def rows(action: str) -> list[AuditRow]:
    """Return the rows of the trail of an action."""
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow).where(AuditRow.action == action)))


@pytest.mark.database
def test_an_account_made_by_one_is_granted_by_the_other_before_it_opens(
    app: Flask, three: Office, enter: Enter
) -> None:
    system = enter("system_admin")
    newcomer = db.session.scalars(select(Person.id).where(Person.name == "许范")).one()
    slip = post(
        system,
        "/admin/accounts/new",
        {"kind": "person", "person": str(newcomer)},
        page="/admin/accounts/new?q=许范",
    )
    assert slip.status_code == 200
    assert "一次性密码" in slip.text
    made = named("许范")
    assert state(made) is AccountState.WAITING
    assert system.post(f"/admin/accounts/{made.id}/grant").status_code in (400, 404)
    assert state(named("许范")) is AccountState.WAITING
    granted = post(
        enter("security_admin"), f"/admin/accounts/{made.id}/grant", {}, page=f"/admin/accounts/{made.id}"
    )
    assert granted.status_code == 302
    assert state(named("许范")) is AccountState.UNOPENED
    assert [row.name for row in rows("account.grant")] == ["security_admin"]


@pytest.mark.database
def test_an_account_not_granted_answers_like_a_wrong_password(client: FlaskClient, three: Office) -> None:
    waiting = post(client, "/login", {"username": "waiting", "password": PASSWORD})
    unknown = post(client, "/login", {"username": "niemand", "password": PASSWORD})
    assert waiting.status_code == unknown.status_code == 422
    assert "账号或密码不对" in waiting.text


def test_nobody_grants_himself_nor_the_account_he_uses_at_work(three: Office) -> None:
    security = named("security_admin")
    with writing():
        own = acts.open_account(
            "own", by=None, kind=AccountKind.PERSON, person=named("security_admin").keeper
        )
    for account in (security, own):
        with pytest.raises(NotAllowed, match="不能给自己授权"), writing():
            acts.grant(account, by=named("security_admin"))
    assert state(named("own")) is AccountState.WAITING


def test_nobody_grants_what_he_made_before_he_changed_sides(three: Office) -> None:
    with writing():
        former = another(SYSTEM, "former_system", "尤例")
        made = acts.open_account("made", by=former, kind=AccountKind.PERSON, person=add_person("朱示"))
        person = former.keeper
        acts.disable(former, by=None)
        acts.release_keeper(former, by=None)
        now_security = signing_in.create_account("now_security", PASSWORD, kind=SECURITY)
        now_security.keeper = person
    with pytest.raises(NotAllowed, match="您建立的账号"), writing():
        acts.grant(made, by=now_security)


def test_one_person_keeps_one_administrator_s_account(three: Office) -> None:
    keeper = named("system_admin").keeper
    assert keeper is not None
    for kind in (SYSTEM, SECURITY, AUDIT):
        with pytest.raises(NotAllowed, match="由三个人分别担任"), writing():
            acts.open_account(f"second-{kind.value}", by=named("system_admin"), kind=kind, person=keeper)
    with writing():  # beside an account of the business, kept apart from it
        acts.open_account("at-work", by=named("system_admin"), kind=AccountKind.PERSON, person=keeper)


@pytest.mark.parametrize(("name", "act"), [("system_admin", acts.disable), ("security_admin", acts.revoke)])
def test_the_last_one_stays(three: Office, name: str, act: Callable[..., None]) -> None:
    with pytest.raises(NotAllowed, match="最后一个"), writing():
        act(named(name), by=None)
    with writing():
        another(AccountKind(name), "second", "尤例")
    with writing():
        act(named(name), by=None)
    assert state(named(name)) in (AccountState.DISABLED, AccountState.WAITING)
    with pytest.raises(NotAllowed, match="最后一个"), writing():
        act(named("second"), by=None)


@pytest.mark.database
def test_of_two_who_revoke_each_other_at_the_same_moment_one_stays(app: Flask, three: Office) -> None:
    with writing():
        another(SECURITY, "second", "尤例")
    start, refused = threading.Barrier(2), []

    def revoke(who: str, whom: str) -> None:
        with app.app_context(), writing():
            by, account = (
                db.session.scalars(select(Account).where(Account.username == one)).one()
                for one in (who, whom)
            )
            if app.config["ENVIRONMENT"].uses_sqlite is False:
                start.wait(10)  # on SQLite one writes after the other
            try:
                acts.revoke(account, by=by)
            except NotAllowed:
                refused.append(who)

    pair = [("security_admin", "second"), ("second", "security_admin")]
    threads = [threading.Thread(target=revoke, args=names) for names in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert SECURITY not in queries.missing_administrators()


@pytest.mark.database
@pytest.mark.parametrize("act", [acts.disable, acts.revoke, acts.end_sessions])
def test_the_sessions_of_a_touched_account_end_at_once(
    three: Office, enter: Enter, act: Callable[..., None]
) -> None:
    name = three.lead.account.username
    visitor = enter(name)
    assert visitor.get("/mine").status_code == 200
    with writing():
        act(named(name), by=None)
    assert visitor.get("/mine").location.startswith("/login")


def test_a_secret_of_another_administrator_waits_for_a_new_grant(three: Office) -> None:
    with writing():
        slip = acts.issue_secret(
            named("audit_admin"), by=named("system_admin"), valid_for=opening.SCREEN_LASTS
        )
    assert slip.expires_at - clock.now() <= opening.SCREEN_LASTS
    assert state(named("audit_admin")) is AccountState.WAITING
    with pytest.raises(NotAllowed, match="最后一个"), writing():
        secret_of("security_admin")
    assert state(named("security_admin")) is AccountState.USABLE


def test_the_database_holds_no_secret_and_a_new_one_makes_the_old_worthless(three: Office) -> None:
    with writing():
        first = acts.issue_secret(three.lead.account, by=None, valid_for=opening.SCREEN_LASTS)
        second = acts.issue_secret(three.lead.account, by=None, valid_for=opening.SCREEN_LASTS)
    assert first.secret != second.secret
    db.session.rollback()
    kept = db.session.execute(select(OneTimeSecret.digest, OneTimeSecret.expires_at)).all()
    assert {first.secret, second.secret}.isdisjoint(digest for digest, _until in kept)
    assert sum(until > clock.now() for _digest, until in kept) == 1


@pytest.mark.database
def test_an_office_gets_its_accounts_in_one_act(three: Office, enter: Enter) -> None:
    address = f"/admin/accounts/office?unit={three.town.code}"
    system = enter("system_admin")
    page = system.get(address).text
    assert "许范" in page
    person = str(db.session.scalars(select(Person.id).where(Person.name == "许范")).one())
    sent = {"unit": three.town.code, "person": person}
    done = post(system, "/admin/accounts/office", sent, page=address)
    assert done.status_code == 200
    assert done.text.count('class="secret"') == 1
    assert named("许范").password_set_at is None
    assert "许范" not in system.get(address).text


def test_namesakes_get_a_number_and_a_missing_phone_the_name(three: Office) -> None:
    with writing():
        first, second = add_person("曹样"), add_person("曹样")
        first.phone = "139 0000 0001"
    people = [first, second]
    by_name = opening.propose_names(people, opening.Naming.NAME)
    assert [by_name[one.id] for one in people] == ["曹样", "曹样2"]
    by_phone = opening.propose_names(people, opening.Naming.PHONE)
    assert [by_phone[one.id] for one in people] == ["13900000001", "曹样"]


@pytest.mark.parametrize("twin", ["CLERK", "ｃｌｅｒｋ", " clerk "])
def test_no_two_names_look_alike(three: Office, twin: str) -> None:
    with pytest.raises(Refused, match="已存在"), writing():
        acts.open_account(twin, by=None, kind=AUDIT, person=add_person("严范"))


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "名" * 65, "<b>"])
def test_names_are_plain(three: Office, name: str) -> None:
    with pytest.raises(Refused, match="账号名"):
        plain_name(name)


@pytest.mark.database
def test_idle_accounts_are_those_unused_for_ninety_days(
    app: Flask, three: Office, enter: Enter, moved_clock: Callable[..., None]
) -> None:
    later = date(clock.today().year + 1, 6, 1)
    moved_clock(later)
    enter(three.clerk.account.username)
    db.session.rollback()
    found = {row.username for row in queries.idle_accounts(clock.now(), None).rows}
    assert three.clerk.account.username not in found
    assert three.lead.account.username in found
    assert "former" not in found  # disabled


def test_a_refused_act_is_shown_and_written_down(three: Office, enter: Enter) -> None:
    system = enter("system_admin")
    account = named("security_admin")
    page = f"/admin/accounts/{account.id}"
    answer = post(system, f"{page}/disable", {}, page=page)
    assert answer.status_code == 403
    assert "最后一个" in answer.text
    (row,) = rows("access.refused")
    assert (row.outcome, row.name) == (Outcome.REFUSED, "system_admin")


def test_nobody_touches_the_other_s_pages(three: Office, enter: Enter) -> None:
    audit = enter("audit_admin")
    for address in ("/admin/accounts", "/admin/accounts/new", "/admin/idle", "/mine", "/tasks"):
        assert audit.get(address).status_code == 404
    assert len(rows("access.not_found")) == 5


def test_the_list_finds_an_account_by_the_name_of_its_person(three: Office, enter: Enter) -> None:
    page = enter("system_admin").get("/admin/accounts?q=" + three.lead.person.name).text
    assert three.lead.account.username in page
    assert three.clerk.account.username not in page


@pytest.mark.database
def test_a_secret_sets_a_password_once(client: FlaskClient, three: Office, enter: Enter) -> None:
    with writing():
        slip = acts.issue_secret(three.lead.account, by=None, valid_for=opening.SCREEN_LASTS)
    new = {"password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    name = three.lead.account.username
    typed = {"username": name, "secret": slip.secret.lower().replace("-", " ")} | new
    other = post(client, "/first-password", typed | {"username": "clerk"})
    weak = post(client, "/first-password", typed | {"password": "kurz", "again": "kurz"})
    unlike = post(client, "/first-password", typed | {"again": "Anders-2026"})
    assert (other.status_code, weak.status_code, unlike.status_code) == (422, 422, 422)
    assert post(client, "/first-password", typed).status_code == 302
    again = post(client, "/first-password", typed)
    assert again.status_code == 422
    assert "一次性密码不对" in again.text
    assert enter(name, "Xin-mima-2026").get("/mine").status_code == 200


def test_a_secret_runs_out(client: FlaskClient, three: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 9), 9)
    with writing():
        slip = acts.issue_secret(three.lead.account, by=None, valid_for=opening.SCREEN_LASTS)
    moved_clock(date(2025, 10, 10), 10)
    typed = {"username": three.lead.account.username, "secret": slip.secret}
    new = {"password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    assert post(client, "/first-password", typed | new).status_code == 422


@pytest.mark.database
def test_outside_their_addresses_administrators_are_answered_like_a_wrong_password(
    client: FlaskClient, three: Office, enter: Enter
) -> None:
    inside, outside = enter("audit_admin"), {"REMOTE_ADDR": "192.0.2.7"}
    with writing():
        policy = Policy(20, ("127.0.0.0/8",))
        set_policy(policy, by=named_here("security_admin"), address="127.0.0.1")
    assert inside.get("/").status_code == 200
    assert inside.get("/", environ_base=outside).location.startswith("/login")
    typed = {"username": "audit_admin", "password": PASSWORD}
    typed["csrf_token"] = token(client.get("/login", environ_base=outside).text)
    refused = client.post("/login", data=typed, environ_base=outside)
    wrong = client.post("/login", data=typed | {"password": "falsch"}, environ_base=outside)
    assert refused.status_code == wrong.status_code == 422
    assert "账号或密码不对" in refused.text
    clerk = typed | {"username": three.clerk.account.username}
    assert client.post("/login", data=clerk, environ_base=outside).status_code == 302


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        ((), "192.0.2.7", True),
        (("192.0.2.0/24",), "192.0.2.7", True),
        (("192.0.2.0/24",), "::ffff:192.0.2.7", True),
        (("192.0.2.0/24",), "198.51.100.1", False),
        (("2001:db8::/32",), "2001:db8::1", True),
        (("192.0.2.0/24",), "", False),
    ],
)
def test_ranges_of_addresses(networks: tuple[str, ...], address: str, inside: bool) -> None:
    assert lies_within(address, networks) is inside


@pytest.mark.parametrize(
    "policy",
    [
        Policy(4),
        Policy(121),
        Policy(30, ("10.0.0.0/99",)),
        Policy(30, ("office",)),
        Policy(30, ("10.0.0.0/8",)),
    ],
)
def test_a_policy_that_cannot_be_or_locks_its_author_out_is_refused(three: Office, policy: Policy) -> None:
    with pytest.raises(Refused), writing():
        set_policy(policy, by=named_here("security_admin"), address="127.0.0.1")
    assert present_policy() == Policy()


def test_the_idle_time_of_the_policy_holds(
    three: Office, enter: Enter, moved_clock: Callable[..., None]
) -> None:
    with writing():
        set_policy(Policy(60), by=named_here("security_admin"), address="127.0.0.1")
    moved_clock(date(2025, 10, 9), 9)
    visitor = enter("clerk")
    moved_clock(date(2025, 10, 9), 10)
    assert visitor.get("/mine").status_code == 200
    moved_clock(date(2025, 10, 9), 12)
    assert visitor.get("/mine").location.startswith("/login")


def test_a_small_office_leaves_its_audit_with_the_county_for_a_reason(three: Office, enter: Enter) -> None:
    security = enter("security_admin")
    sent = {"unit": three.other_town.code, "reason": ""}
    without = post(security, "/admin/security/small-office", sent, page="/admin/security")
    assert without.status_code == 422
    sent["reason"] = "编制九人，不能另设"
    assert post(security, "/admin/security/small-office", sent, page="/admin/security").status_code == 302
    page = security.get("/admin/security").text
    assert "编制九人，不能另设" in page
    assert "白例镇" in page
    (row,) = (row for row in rows("policy.leave_audit") if row.name == "security_admin")
    assert row.details["reason"] == "编制九人，不能另设"
