"""Chains of responsibility in force on a day, and what they mean for a task. On both databases."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.forms import post as send
from tests.office import START, Member, Office
from tests.tasks.steps import DEADLINE, PHOTO, TODAY, draft
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.acting import actor
from tracker.organization.chain_entries import Link, enter_chain
from tracker.organization.chains import first_responsibles, link_chain
from tracker.organization.charging import charge, duties_of
from tracker.organization.models import Chain, ChainLink, ChainRole, ChainRule, Duty, Person, Post
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import answering
from tracker.organization.setup import add_person, add_post, appoint, divide_work
from tracker.reminders.models import Notice
from tracker.reminders.planning import plan_days, plan_events
from tracker.reports.formats.document_text import read_text
from tracker.tasks import lifecycle
from tracker.tasks.access import find_task, may
from tracker.tasks.models import Task
from tracker.tasks.roles import endorser, roles
from tracker.tasks.states import Action, Role, Verdict
from tracker.web.filters import cnday

pytestmark = pytest.mark.database
SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def told(task: Task) -> set[str]:
    """Return the names of who has a notice about a task."""
    query = (
        select(Person.name)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.subject_kind == "task", Notice.subject_id == task.id)
    )
    found = set(db.session.scalars(query))
    db.session.rollback()
    return found


def assigned(office: Office, lead: Post, domain: str = "ideology") -> Task:
    """Give a task to a post, under its duty in a domain."""
    with writing():
        task = draft(office)
        task.domain = getattr(office, domain)
        lifecycle.register(task, by=office.clerk.actor, standard="整改到位，照片在案")
        duty = _duty(lead, task)
        lifecycle.assign(task, by=office.clerk.actor, lead_post=lead, duty=duty, deadline=DEADLINE)
    return task


def _duty(lead: Post, task: Task) -> Duty:
    return charge(lead, task.domain, "落实本岗位责任")


def test_two_first_responsible_persons_are_both_told_and_both_decide(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    """党政同责: party secretary and head of government, for work safety (domain.md 2.2)."""
    with writing():
        mayor_post = add_post(office.town, "镇长", superior=office.secretary.post, in_leadership=True)
        mayor = add_person("何范", email="mayor@qs.invalid")
        appoint(mayor, mayor_post, from_day=START)
        for post in (office.secretary.post, mayor_post):
            link_chain(office.town, post, ChainRole.FIRST_RESPONSIBLE, domain=office.safety)
    assert first_responsibles(office.safety_office, office.safety, TODAY) == [
        office.secretary.post,
        mayor_post,
    ]
    assert first_responsibles(office.safety_office, office.ideology, TODAY) == [office.secretary.post]
    task = assigned(office, office.safety_lead.post, "safety")
    both = (office.secretary.actor, actor(mayor, TODAY))
    for by in both:
        assert find_task(task.id, by) is task
        assert Role.FIRST_RESPONSIBLE in roles(task, by)
    plan_days(TODAY)
    moved_clock(DEADLINE + timedelta(days=40))  # long overdue: it has climbed to the top
    plan_events()
    plan_days(DEADLINE + timedelta(days=40))
    assert {office.secretary.person.name, mayor.name} <= told(task)


def test_a_village_branch_is_directly_responsible(office: Office) -> None:
    """After an inspection: 村党总支 direct, by the chain; its head endorses what the village's posts do."""
    with writing():
        committee = add_post(office.village, "东示村村委会主任", superior=office.village_lead.post)
        holder = add_person("吕例", email="committee@qs.invalid")
        appoint(holder, committee, from_day=START)
        link = link_chain(
            office.town, office.village_lead.post, ChainRole.DIRECT_RESPONSIBLE, domain=office.ideology
        )
        link.rule, link.post, link.body = ChainRule.BODY, None, office.village
        link_chain(office.town, office.secretary.post, ChainRole.FIRST_RESPONSIBLE, domain=office.ideology)
    in_charge = deputy_in_charge(committee, office.ideology, TODAY)
    assert in_charge.post == office.village_lead.post
    assert in_charge.rule == "按责任链：东示村负直接责任"
    task = assigned(office, committee)
    acting = actor(holder, TODAY)
    assert find_task(task.id, office.village_lead.actor) is task
    with writing():
        lifecycle.acknowledge(task, by=acting)
        lifecycle.request_closure(task, by=acting, result="已整改", evidence=[PHOTO])
    plan_events()
    assert office.village_lead.person.name in told(task)
    with writing():
        lifecycle.endorse(task, by=office.village_lead.actor, opinion="属实")
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    assert [event.post_id for event in task.events[-2:]] == [
        office.village_lead.post.id,
        office.keeper.post.id,
    ]


def test_the_head_of_the_branch_is_endorsed_by_the_deputy_in_charge(office: Office) -> None:
    with writing():
        link = link_chain(office.town, office.village_lead.post, ChainRole.DIRECT_RESPONSIBLE)
        link.rule, link.post, link.body = ChainRule.BODY, None, office.village
        divide_work(office.vice_head.post, unit=office.village, from_day=START, document="青委〔2025〕1号")
    assert deputy_in_charge(office.village_lead.post, office.ideology, TODAY).post == office.vice_head.post
    assert deputy_in_charge(office.lead.post, office.ideology, TODAY).post == office.deputy.post
    assert find_task(assigned(office, office.lead.post).id, office.village_lead.actor) is None


def test_a_chain_holds_from_its_day_to_its_day(office: Office) -> None:
    with writing():
        old = db.session.scalars(select(Chain).where(Chain.unit_id == office.town.id)).one()
        old.to_day = TODAY
        new = Chain(unit=office.town, name="责任链", from_day=TODAY + timedelta(days=1))
        new.links = [
            ChainLink(
                post=office.deputy.post,
                role=ChainRole.FIRST_RESPONSIBLE,
                rule=ChainRule.POST,
                level=1,
                position=0,
            )
        ]
        db.session.add(new)
    assert first_responsibles(office.village, None, TODAY) == [office.secretary.post]
    assert first_responsibles(office.village, None, TODAY + timedelta(days=1)) == [office.deputy.post]
    assert first_responsibles(office.village, None, date(1999, 1, 1)) == []


def test_a_portfolio_that_changes_in_mid_task_moves_the_endorsement_and_no_row(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    task = assigned(office, office.lead.post)
    with writing():
        lifecycle.acknowledge(task, by=office.lead.actor)
        lifecycle.request_closure(task, by=office.lead.actor, result="已整改", evidence=[PHOTO])
        lifecycle.return_for_rework(task, by=office.deputy.actor, reason="缺签到表")
    kept = [(event.id, event.person_id, event.post_id) for event in task.events]
    tomorrow = TODAY + timedelta(days=1)
    with writing():
        line = next(row for row in office.deputy.actor.portfolios if row.unit_id == office.publicity.id)
        line.to_day = TODAY
        divide_work(
            office.vice_head.post, unit=office.publicity, from_day=tomorrow, document="青委〔2025〕9号"
        )
    assert [(event.id, event.person_id, event.post_id) for event in task.events] == kept
    assert endorses_after_request(office, task, tomorrow, moved_clock) == office.vice_head.post.id
    assert may(Action.ENDORSE, task, office.vice_head.actor)
    assert not may(Action.ENDORSE, task, office.deputy.actor)
    plan_events()
    assert office.vice_head.person.name in told(task)
    assert answering(office.lead.post, tomorrow).person == office.lead.person


def endorses_after_request(office: Office, task: Task, day: date, moved_clock: Callable[..., None]) -> int:
    """Request closure on a day and return the id of the post that endorses."""
    moved_clock(day)
    with writing():
        lifecycle.request_closure(task, by=office.lead.actor, result="已补签到表")
    found = endorser(task, office.lead.actor.day)
    assert found is not None
    return found.post.id


def sent(visitor: FlaskClient, office: Office, **links: object) -> TestResponse:
    """Send the form of the town's own chain for work safety."""
    address = "/organization/chains/edit?unit=QS&domain=safety"
    version = re.findall('name="version" value="([^"]*)"', visitor.get(address).text)  # none: a stranger
    form = {"role-0": "first_responsible", "rule-0": "post", "day": TODAY + timedelta(days=1)} | links
    return send(visitor, address, form | {"version": "".join(version)})


def test_the_ledger_keeper_enters_a_chain_and_the_one_before_ends(office: Office, signed_in: SignIn) -> None:
    with writing():
        add_post(office.town, "镇长", superior=office.secretary.post, in_leadership=True)
    keeper = signed_in(office.keeper)
    form = keeper.get("/organization/chains/edit?unit=QS&domain=safety&template=safety").text
    assert form.count('value="first_responsible" selected') == 2  # 党政同责
    assert "模板按名称找：镇长、乡长、主任" in form
    wrong = sent(keeper, office, **{"role-0": "direct_responsible", "rule-0": "deputy_in_charge"})
    assert wrong.status_code == 422
    assert "一名或两名第一责任人" in wrong.text
    assert sent(keeper, office, **{"post-0": office.deputy.post.id}).status_code == 302
    db.session.rollback()
    tomorrow = TODAY + timedelta(days=1)
    assert first_responsibles(office.safety_office, office.safety, TODAY) == [office.secretary.post]
    assert first_responsibles(office.safety_office, office.safety, tomorrow) == [office.deputy.post]
    assert first_responsibles(office.safety_office, office.ideology, tomorrow) == [office.secretary.post]
    db.session.rollback()
    earlier = sent(keeper, office, **{"post-0": office.secretary.post.id, "day": TODAY})
    assert f"已登记自 {cnday(tomorrow)}起执行的责任链，新的不能早于这一天。" in earlier.text
    assert sent(signed_in(office.clerk), office).status_code == 403


def test_a_slip_is_mended_on_the_day_it_was_made(office: Office, signed_in: SignIn) -> None:
    keeper = signed_in(office.keeper)
    nobody = {"role-1": "supervising", "rule-1": "post", "post-1": ""}
    first = {"post-0": office.deputy.post.id, "day": TODAY}
    refused = sent(keeper, office, **first, **nobody)
    assert refused.status_code == 422
    assert "第2环按岗位确定，请选岗位" in refused.text
    assert 'href="#post-1"' in refused.text
    assert refused.text.count('name="role-') == 2  # the form that comes back has not grown
    assert sent(keeper, office, **first).status_code == 302
    assert sent(keeper, office, **(first | {"post-0": office.secretary.post.id})).status_code == 302
    db.session.rollback()
    chains = db.session.scalars(select(Chain).where(Chain.domain_id == office.safety.id)).all()
    assert [link.post for chain in chains for link in chain.links] == [office.secretary.post]
    trail = db.session.scalars(
        select(AuditRow).where(AuditRow.action == "organization.enter_chain").order_by(AuditRow.id)
    ).all()
    assert [row.details["replaced"] for row in trail] == ["", "first_responsible:党委副书记"]


def test_a_chain_of_its_own_ends_and_the_general_one_holds_again(office: Office, signed_in: SignIn) -> None:
    keeper = signed_in(office.keeper)
    assert sent(keeper, office, **{"post-0": office.deputy.post.id, "day": TODAY}).status_code == 302
    db.session.rollback()
    chain = db.session.scalars(select(Chain).where(Chain.domain_id == office.safety.id)).one()
    address = f"/organization/chains/{chain.id}/end"
    assert address in keeper.get("/organization/chains").text
    assert keeper.get("/organization/chains/0/end").status_code == 404
    assert send(keeper, address, {"day": TODAY - timedelta(days=1)}).status_code == 422
    assert send(keeper, address, {"day": TODAY}).status_code == 302
    db.session.rollback()
    tomorrow = TODAY + timedelta(days=1)
    assert first_responsibles(office.safety_office, office.safety, TODAY) == [office.deputy.post]
    assert first_responsibles(office.safety_office, office.safety, tomorrow) == [office.secretary.post]


def chain_of(page: str) -> list[tuple[str, str]]:
    """Return the rows of the chain of safety on a page: responsibility, and who."""
    part = page.split("<h2>安全生产", 1)[-1].split("</table>", 1)[0]
    rows = re.findall(
        r'<th scope="row" class="whole">(.*?)</th>\s*<td class="whole">(.*?)</td>', part, re.DOTALL
    )
    return [(role, " ".join(re.sub(r"<[^>]*>", " ", who).split())) for role, who in rows]


def test_the_page_names_the_people_that_each_rule_means(office: Office, signed_in: SignIn) -> None:
    with writing():
        head = add_post(office.town, "镇长", superior=office.secretary.post, in_leadership=True)
        appoint(add_person("施范"), head, from_day=START)
        first, post = ChainRole.FIRST_RESPONSIBLE, ChainRule.POST
        links = [
            Link(ChainRole.MAIN, ChainRule.BODY),
            Link(first, post, office.secretary.post),
            Link(first, post, head),
            Link(ChainRole.DIRECT_RESPONSIBLE, ChainRule.DEPUTY_IN_CHARGE),
            Link(ChainRole.LEADERSHIP, ChainRule.EACH_IN_FIELD),
            Link(ChainRole.SPECIFIC, ChainRule.BODY),
            Link(ChainRole.SUPERVISING, post, office.keeper.post),
        ]
        enter_chain(office.town, office.safety, links, by=office.keeper.actor, from_day=TODAY)
        divide_work(head, domain=office.business, from_day=START)
    reader = signed_in(office.clerk)
    page = reader.get("/organization/chains?unit=QS").text
    assert chain_of(page) == [
        ("主体责任", "党委书记 · 周示 党委副书记 · 郑样 副镇长 · 王范 镇长 · 施范"),
        ("第一责任人", "党委书记 · 周示"),
        ("第一责任人", "镇长 · 施范"),
        (
            "直接责任",
            "党委书记 · 周示 青示镇（分工未写明） 党委副书记 · 郑样 青示镇（分工未写明）、宣传办公室、"
            "东示村（分工未写明） 副镇长 · 王范 应急管理办公室",
        ),
        ("领导责任（一岗双责）", "党委副书记 · 郑样 宣传办公室 副镇长 · 王范 应急管理办公室"),
        ("具体责任", "东示村党支部书记 · 冯演 东示村"),
        ("监督责任（不在链条内）", "督查办主任 · 韩示"),
    ]
    assert page.count("分管领导，按分工") == 1
    at_village = dict(chain_of(reader.get("/organization/chains?unit=QS-DS").text))
    assert at_village["直接责任"] == "党委副书记 · 郑样"
    assert at_village["具体责任"] == "东示村党支部书记 · 冯演 东示村"
    assert at_village["领导责任（一岗双责）"] == "按现有任职和分工找不到人"


def test_the_head_of_a_department_is_no_deputy_in_charge(office: Office, signed_in: SignIn) -> None:
    with writing():
        add_post(office.publicity, "宣传专干", superior=office.lead.post)
        add_post(office.village, "村委会主任", superior=office.village_lead.post)
        first = Link(ChainRole.FIRST_RESPONSIBLE, ChainRule.POST, office.secretary.post)
        by_division = Link(ChainRole.DIRECT_RESPONSIBLE, ChainRule.DEPUTY_IN_CHARGE)
        enter_chain(office.town, office.safety, [first, by_division], by=office.keeper.actor, from_day=TODAY)
    (_first, (_role, said)) = chain_of(signed_in(office.clerk).get("/organization/chains").text)
    assert office.lead.post.title not in said
    assert office.village_lead.post.title not in said


def test_one_leader_of_a_domain_answers_for_all_of_it(office: Office, signed_in: SignIn) -> None:
    with writing():
        divide_work(office.vice_head.post, domain=office.safety, from_day=START)
        first = Link(ChainRole.FIRST_RESPONSIBLE, ChainRule.POST, office.secretary.post)
        by_division = Link(ChainRole.DIRECT_RESPONSIBLE, ChainRule.DEPUTY_IN_CHARGE)
        each = Link(ChainRole.LEADERSHIP, ChainRule.EACH_IN_FIELD)
        branch = Link(ChainRole.SPECIFIC, ChainRule.BODY, body=office.village)
        links = [first, by_division, each, branch]
        enter_chain(office.town, office.safety, links, by=office.keeper.actor, from_day=TODAY)
    page = signed_in(office.secretary).get("/organization/chains?unit=QS").text
    assert chain_of(page)[1:] == [
        ("直接责任", "副镇长 · 王范"),
        ("领导责任（一岗双责）", "党委副书记 · 郑样 宣传办公室 副镇长 · 王范 应急管理办公室、安全生产"),
        ("具体责任", "东示村党支部书记 · 冯演 东示村"),
    ]


def test_duties_are_entered_corrected_ended_and_printed(office: Office, signed_in: SignIn) -> None:
    keeper = signed_in(office.keeper)
    page = f"/organization/posts/{office.lead.post.id}"
    form = {
        "domain": office.safety.id,
        "text": "落实本办公室安全责任\n每季度自查一次",
        "source": "青安〔2025〕2号",
    }
    assert send(keeper, f"{page}/charge", form).status_code == 302
    db.session.rollback()
    duties = {duty.text: duty for duty in duties_of([office.lead.post], TODAY)[office.lead.post.id]}
    entered = duties["每季度自查一次"]
    address = f"/organization/duties/{entered.id}"
    assert send(keeper, f"{address}/correct", {"text": " "}).status_code == 422
    assert send(keeper, f"{address}/correct", {"text": "每季度自查两次"}).status_code == 302
    assert send(keeper, f"{address}/end", {"day": TODAY}).status_code == 302
    db.session.rollback()
    later = duties_of([office.lead.post], TODAY + timedelta(days=1))[office.lead.post.id]
    assert "每季度自查两次" not in {duty.text for duty in later}
    paper = keeper.get(f"/organization/duty-list.docx?post={office.lead.post.id}")
    said = read_text("清单.docx", paper.data)
    assert "宣传办主任责任清单" in said.replace("\n", "")
    assert (
        "意识形态：负责意识形态工作责任制落实、宣传队伍建设和网络舆情应对（依据：青委〔2025〕3号）。" in said
    )
    whole = read_text("清单.docx", keeper.get("/organization/duty-list.docx?unit=QS").data)
    assert "应急办主任（卫样）" in whole


@pytest.mark.database
def test_a_supervising_link_answers_for_nothing_and_sees_nothing(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    with writing():
        link = link_chain(office.town, office.village_lead.post, ChainRole.SUPERVISING)
    task = assigned(office, office.lead.post)
    assert find_task(task.id, office.village_lead.actor) is None
    with writing():
        link.role = ChainRole.SPECIFIC
    assert find_task(task.id, office.village_lead.actor) is not None
