"""The verbs asked without their pages: whoever may not is refused by the verb itself.

A page finds only what its reader may see, so that many verbs are never reached by somebody who may not. The
command line, jobs and pages to come call the same verbs: each has its own lock, tried here.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from tests.authorization import ADMINISTRATORS, PERSONS
from tests.office import Member, Office
from tests.tasks.steps import PERIOD, TODAY, member
from tracker.accounts import access, administering
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.policy import Policy, set_policy
from tracker.database import writing
from tracker.duties.findings import take_in_findings
from tracker.duties.kinds import end_kind, kinds
from tracker.duties.models import Act, ActKind
from tracker.duties.opening import Before, enter_opening_figure
from tracker.duties.recording import add_files, record_act, withdraw
from tracker.extensions import db
from tracker.organization.acting import Actor, Held
from tracker.organization.charging import correct_duty
from tracker.organization.domains import rename_domain
from tracker.organization.models import DutyDomain, Person, StandIn
from tracker.organization.people import correct_person
from tracker.organization.renaming import rename_post
from tracker.organization.standing_in import end_stand_in, stand_in
from tracker.problems.lineage import carry_into, carry_over
from tracker.problems.models import Problem
from tracker.refusals import NotAllowed, Refused
from tracker.reports.access import find_report_to_review
from tracker.reports.intake import take_in
from tracker.summaries.access import find_summary_to_write
from tracker.summaries.rollup import roll_up
from tracker.tasks.creation import create
from tracker.tasks.models import Task
from tracker.tasks.paper_matter import Asked as AskedOfPaper
from tracker.tasks.paper_models import PaperKind
from tracker.tasks.papers import make_paper
from tracker.tasks.saved import save_view

CLERK, KEEPERS = frozenset({"clerk"}), frozenset({"keeper", "county_keeper"})
LATER = TODAY + timedelta(days=90)


@dataclass(frozen=True)
class Verb:
    """A verb with arguments that only the right person could want, and who that is."""

    name: str
    may: frozenset[str]
    do: Callable[[Office, dict[str, str], Actor], object]


def _one(table: type, ids: dict[str, str], name: str) -> Any:
    return db.session.get_one(table, int(ids[name]))


def _problem(ids: dict[str, str]) -> Problem:
    problem = db.session.get_one(Task, int(ids["task"])).problem
    assert problem is not None
    return problem


def _kind(code: str) -> ActKind:
    return next(kind for kind in kinds() if kind.code == code)


BY_PERSONS = (
    Verb("create", CLERK, lambda office, _ids, by: create(
        office.town, PERIOD, by=by, title="另一件", domain=office.ideology)),
    Verb("take in a report", CLERK, lambda office, _ids, by: take_in(
        office.town, by=by, file_name="另报.txt", content="三、存在问题\n另一问题。".encode())),
    Verb("review a report", CLERK, lambda _office, ids, by: _found(
        find_report_to_review(int(ids["report"]), by))),
    Verb("roll up", CLERK, lambda office, _ids, by: roll_up(office.town, PERIOD, by=by)),
    Verb("find a summary to write", CLERK | {"secretary", "deputy", "vice_head", "keeper"},
         lambda _office, ids, by: _found(find_summary_to_write(int(ids["summary"]), by))),
    Verb("carry over", CLERK, lambda office, _ids, by: carry_over(office.town, PERIOD, by=by)),
    Verb("carry into a later period", CLERK, lambda _office, ids, by: carry_into(
        _problem(ids), PERIOD.next(), by=by, text="还没有办完", measure="")),
    Verb("record an act", CLERK | {"lead"}, lambda office, _ids, by: record_act(
        _kind("study"), office.lead.post, by=by, day=TODAY)),
    Verb("add files to an act", CLERK | {"lead"}, lambda _office, ids, by: add_files(
        _one(Act, ids, "act"), [], by=by)),
    Verb("withdraw an act", CLERK | {"lead"}, lambda _office, ids, by: withdraw(
        _one(Act, ids, "act"), by=by, reason="重复")),
    Verb("take in findings", CLERK | {"lead"}, lambda _office, ids, by: take_in_findings(
        _one(Act, ids, "act"), by=by, lines="通道堆物")),
    Verb("enter an opening figure", CLERK | KEEPERS, lambda office, _ids, by: enter_opening_figure(
        office.town, _kind("drill"), Before(1, TODAY - timedelta(days=20), "台账"), by=by)),
    Verb("end a kind", KEEPERS, lambda _office, ids, by: end_kind(
        _one(ActKind, ids, "act_kind"), by=by)),
    Verb("correct a person", KEEPERS, lambda office, _ids, by: correct_person(
        office.lead.person, name="褚范", phone=None, email=None, by=by)),
    Verb("rename a post", KEEPERS, lambda office, _ids, by: rename_post(
        office.lead.post, "文宣办主任", by=by)),
    Verb("correct a duty", KEEPERS, lambda office, _ids, by: correct_duty(
        office.lead_duty, "新职责", source="", by=by)),
    Verb("rename a domain", KEEPERS, lambda _office, ids, by: rename_domain(
        _one(DutyDomain, ids, "own_domain"), "另名", by=by)),
    Verb("rename a common domain", frozenset(), lambda office, _ids, by: rename_domain(
        office.ideology, "另名", by=by)),
    Verb("make a paper", CLERK | {"keeper"}, lambda _office, ids, by: make_paper(
        _one(Task, ids, "task"), PaperKind.URGE_NOTICE, by=by, asked=AskedOfPaper())),
    Verb("keep a list without an office", frozenset(), lambda _office, _ids, by: save_view(
        by=Actor(by.person_id, by.day, held=Held(by.person, ())), name="空", address={}, shared=False)),
    Verb("let somebody stand in", CLERK | {"lead", "keeper", "secretary"}, lambda office, _ids, by: stand_in(
        office.lead.person, office.safety_lead.person, by=by, from_day=LATER, to_day=LATER)),
    Verb("end a stand-in", CLERK | {"lead", "safety_lead", "keeper"}, lambda _office, ids, by: end_stand_in(
        _one(StandIn, ids, "stand_in"), by=by)),
)  # fmt: skip


@dataclass(frozen=True)
class AdministratorsVerb:
    """The same for the three administrators."""

    name: str
    may: frozenset[str]
    do: Callable[[dict[str, str], Account], object]


SYSTEM, SECURITY = frozenset({"system_admin"}), frozenset({"security_admin"})


def _account(ids: dict[str, str], name: str) -> Account:
    return db.session.get_one(Account, int(ids[name]))


def _made_by(by: Account) -> Account:
    """Return an account that the administrator made under an earlier hat."""
    made = db.session.scalars(select(Account).where(Account.username == "waiting")).one()
    made.made_by_id = by.keeper_id
    return made


def _second_hat(by: Account) -> Account:
    """Return another account of an administrator for the keeper of the security administrator."""
    keeper = db.session.scalars(select(Person).join(Account, Account.keeper_id == Person.id)).all()[0]
    return administering.open_account("zweitens", by=by, kind=AccountKind.AUDIT_ADMIN, person=keeper)


BY_ADMINISTRATORS = (
    AdministratorsVerb("set the policy", SECURITY, lambda _ids, by: set_policy(
        Policy(idle_minutes=20), by=by, address="127.0.0.1")),
    AdministratorsVerb("grant", SECURITY, lambda ids, by: administering.grant(
        _account(ids, "waiting_account"), by=by)),
    AdministratorsVerb("grant oneself", frozenset(), lambda _ids, by: administering.grant(by, by=by)),
    AdministratorsVerb("grant what one made", frozenset(), lambda _ids, by: administering.grant(
        _made_by(by), by=by)),
    AdministratorsVerb("wear two hats", frozenset(), lambda _ids, by: _second_hat(by)),
    AdministratorsVerb("disable", SYSTEM, lambda ids, by: administering.disable(
        _account(ids, "account"), by=by)),
    AdministratorsVerb("open", SYSTEM, lambda ids, by: administering.open_account(
        "jemand", by=by, kind=AccountKind.PERSON,
        person=db.session.get_one(Person, int(ids["person_without_account"])))),
    AdministratorsVerb("find an account", SYSTEM | SECURITY, lambda ids, by: _found(
        access.find_account(int(ids["account"]), by))),
)  # fmt: skip


def wrongly_answered(office: Office, ids: dict[str, str]) -> Iterator[str]:
    """Yield every verb that refuses whom it should not, or lets through whom it should refuse."""
    office = _attached(office)
    for verb in BY_PERSONS:
        for name in sorted(PERSONS):
            by = member(office, name).actor
            if _is_refused(partial(verb.do, office, ids, by)) == (name in verb.may):
                yield f"{verb.name} by {name}"
    for act in BY_ADMINISTRATORS:
        for name in sorted(ADMINISTRATORS):
            account = db.session.scalars(select(Account).where(Account.username == name)).one()
            if _is_refused(partial(act.do, ids, account)) == (name in act.may):
                yield f"{act.name} by {name}"


def _attached(office: Office) -> Office:
    """Return the office with its rows in the present session; the scene left the one they were made in."""
    for part in vars(office).values():
        for row in vars(part).values() if isinstance(part, Member) else (part,):
            db.session.add(row)
    return office


class _Undone(Exception):
    """Ends a transaction without a trace."""


def _is_refused(do: Callable[[], object]) -> bool:
    """Try a verb and undo it; whether it said that this person may not."""
    refused = False
    with suppress(_Undone), writing():
        try:
            do()
        except NotAllowed:
            refused = True
        except Refused:  # the person may, only not just now
            pass
        raise _Undone
    return refused


def _found(row: object) -> object:
    if row is None:
        raise NotAllowed("nothing is found")
    return row
