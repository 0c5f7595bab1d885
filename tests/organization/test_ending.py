"""Own domains, and what stands in the way of an end: open tasks are named, and never left to nobody."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.forms import post as send
from tests.office import Member, Office
from tests.tasks.steps import PERIOD, TODAY, task_in
from tracker.database import writing
from tracker.duties.asking import Asked, ask
from tracker.duties.kinds import ensure_kinds, kinds
from tracker.duties.models import Every
from tracker.extensions import db
from tracker.organization import domains, posts, units
from tracker.organization.charging import charge, end_duty
from tracker.organization.models import DomainKind, DutyDomain
from tracker.organization.queries import answering, domains_of
from tracker.refusals import NotAllowed, Refused
from tracker.tasks.access import find_task
from tracker.tasks.creation import create
from tracker.tasks.states import TaskState

SignIn = Callable[[Member], FlaskClient]
NEXT_DAY = date(2025, 10, 10)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def own_domain(office: Office, name: str = "信访稳定") -> DutyDomain:
    with writing():
        return domains.add_own_domain(office.town, by=office.keeper.actor, name=name, kind=DomainKind.SECOND)


# --- domains -------------------------------------------------------------------------------------


@pytest.mark.database
def test_an_own_domain_is_the_offices_and_nobody_elses(office: Office) -> None:
    domain = own_domain(office)
    assert domain in domains_of(office.town, TODAY)
    assert domain not in domains_of(office.other_town, TODAY)
    assert domain not in domains_of(office.county, TODAY)
    assert domain in domains.domains_seen(office.county)
    assert domain not in domains.domains_seen(office.other_town)
    with pytest.raises(Refused, match="直接选用"), writing():
        domains.add_own_domain(office.town, by=office.keeper.actor, name=" 意识形态 ", kind=DomainKind.SECOND)


@pytest.mark.parametrize("name", ["secretary", "clerk", "other_clerk", "lead"])
def test_only_the_keeper_keeps_domains(office: Office, name: str) -> None:
    domain, by = own_domain(office), getattr(office, name).actor
    with writing():
        for refused in (
            lambda: domains.add_own_domain(office.town, by=by, name="消防", kind=DomainKind.SECOND),
            lambda: domains.rename_domain(domain, "消防", by=by),
            lambda: domains.end_domain(domain, by=by),
        ):
            with pytest.raises(NotAllowed):
                refused()
    assert (domain.name, domain.ended_on) == ("信访稳定", None)


def test_a_common_domain_is_left_alone(office: Office) -> None:
    for verb in (
        lambda: domains.end_domain(office.safety, by=office.keeper.actor),
        lambda: domains.rename_domain(office.safety, "安全", by=office.keeper.actor),
    ):
        with pytest.raises(NotAllowed, match="共用"), writing():
            verb()
    assert office.safety.ended_on is None


@pytest.mark.database
def test_a_domain_is_not_ended_over_what_is_in_it(office: Office) -> None:
    domain, by = own_domain(office), office.keeper.actor
    with writing():
        ensure_kinds()
        duty = charge(office.lead.post, domain, "负责信访接待", by=by)
        ask(office.lead.post, kinds()[0], Asked(1, Every.QUARTER), by=by, domain=domain, from_day=TODAY)
        task = create(office.town, PERIOD, by=office.clerk.actor, title="积案未化解", domain=domain)
    with pytest.raises(Refused) as refused, writing():
        domains.end_domain(domain, by=by)
    for named in ("宣传办主任的职责", "宣传办主任：专题学习", task.short_no):
        assert named in refused.value.message
    assert "积案未化解" not in refused.value.message
    assert domain.ended_on is None
    assert duty.ended_on is None


@pytest.mark.database
def test_an_empty_domain_ends_and_what_named_it_keeps_it(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    domain, by = own_domain(office), office.keeper.actor
    with writing():
        duty = charge(office.lead.post, domain, "负责信访接待", by=by)
        end_duty(duty, last_day=TODAY, by=by)
        domains.end_domain(domain, by=by)
    moved_clock(NEXT_DAY)
    assert domain not in domains_of(office.town, NEXT_DAY)
    assert domain in domains.domains_known(office.town)
    assert duty.domain == domain


def test_the_keeper_keeps_domains_on_their_page(office: Office, signed_in: SignIn) -> None:
    keeper = signed_in(office.keeper)
    fields = {"name": "信访稳定", "kind": "second"}
    assert send(keeper, "/organization/domains", fields).status_code == 302
    db.session.rollback()
    (domain,) = [one for one in domains.domains_known(office.town) if one.unit_id is not None]
    assert send(keeper, f"/organization/domains/{domain.id}/rename", {"name": "信访工作"}).status_code == 302
    assert "信访工作" in keeper.get("/organization/domains").text
    assert "信访工作" in keeper.get(f"/organization/posts/{office.lead.post.id}/charge").text
    assert send(keeper, f"/organization/domains/{domain.id}/end", {}).status_code == 302
    assert "停用" in keeper.get("/organization/domains").text
    reader = signed_in(office.lead).get("/organization/domains").text
    assert "增加本单位的领域" not in reader
    for foreign in ("/organization/domains", "/tasks", "/duties"):
        assert "信访工作" not in signed_in(office.other_clerk).get(foreign).text


# --- posts and units ------------------------------------------------------------------------------


@pytest.mark.database
def test_a_post_with_open_tasks_is_ended_only_knowingly(office: Office) -> None:
    task, by = task_in(TaskState.IN_PROGRESS, office), office.keeper.actor
    with pytest.raises(Refused, match=task.short_no) as refused, writing():
        posts.end_post(office.lead.post, last_day=TODAY, reason="合并", by=by)
    assert refused.value.field == "leave_tasks"
    assert task.title not in refused.value.message
    assert office.lead.post.ended_on is None
    with writing():
        posts.end_post(office.lead.post, last_day=TODAY, reason="合并", leave_tasks=True, by=by)
    assert answering(office.lead.post, NEXT_DAY).person == office.deputy.person
    assert find_task(task.id, office.deputy.actor) is not None


def test_open_tasks_are_never_left_to_nobody(office: Office) -> None:
    task, by = task_in(TaskState.IN_PROGRESS, office), office.keeper.actor
    with writing():
        office.lead.post.superior = None
    with pytest.raises(Refused, match="无人办理"), writing():
        posts.end_post(office.lead.post, last_day=TODAY, reason="合并", leave_tasks=True, by=by)
    assert office.lead.post.ended_on is None
    assert task.lead_post == office.lead.post


def test_a_post_whose_tasks_are_closed_ends_without_a_question(office: Office) -> None:
    task_in(TaskState.CLOSED, office)
    with writing():
        posts.end_post(office.lead.post, last_day=TODAY, reason="合并", by=office.keeper.actor)
    assert office.lead.post.ended_on == TODAY


@pytest.mark.database
def test_a_unit_looks_at_the_tasks_of_all_its_posts(office: Office) -> None:
    task, by = task_in(TaskState.ASSIGNED, office), office.keeper.actor
    with pytest.raises(Refused, match=task.short_no), writing():
        units.end_unit(office.publicity, last_day=TODAY, reason="并入党建办", by=by)
    assert office.publicity.ended_on is None
    with writing():
        units.end_unit(office.publicity, last_day=TODAY, reason="并入党建办", leave_tasks=True, by=by)
    assert office.publicity.ended_on == TODAY


def test_the_page_names_the_tasks_before_and_after(office: Office, signed_in: SignIn) -> None:
    task, keeper = task_in(TaskState.IN_PROGRESS, office), signed_in(office.keeper)
    address = f"/organization/posts/{office.lead.post.id}/end"
    assert task.short_no in keeper.get(address).text
    fields = {"day": TODAY.isoformat(), "reason": "合并"}
    refused = send(keeper, address, fields)
    assert refused.status_code == 422
    assert task.short_no in refused.text
    assert send(keeper, address, fields | {"leave_tasks": "1"}).status_code == 302
