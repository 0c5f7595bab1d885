"""Two people at one form: neither undoes the other's change unseen, whichever form it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import ledger
from tests.office import Member, Office
from tests.plans.scene import flood_plan
from tracker.accounts.models import AccountKind
from tracker.accounts.policy import present_policy
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.duties.asking import Asked, ask_for
from tracker.duties.kinds import ensure_kinds, kind_of
from tracker.duties.models import Every
from tracker.extensions import db
from tracker.organization.chain_entries import Link, enter_chain
from tracker.organization.division import division_of
from tracker.organization.models import Chain, ChainRole, ChainRule, Duty
from tracker.periods import Period
from tracker.plans.models import Plan
from tracker.summaries.models import Summary
from tracker.summaries.rollup import roll_up
from tracker.tasks import lifecycle
from tracker.tasks.models import Task
from tracker.tasks.saved import save_view
from tracker.web.form_reading import read_forms

pytestmark = pytest.mark.database
TODAY = date(2025, 10, 9)
SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)


@dataclass
class Opened:
    """A form as a browser holds it: what it would send, filled in further, and where to."""

    visitor: FlaskClient
    address: str
    fields: dict[str, Any]

    def send(self, **typed: Any) -> TestResponse:
        answer = self.visitor.post(self.address, data=self.fields | typed)
        db.session.rollback()  # nothing older is read
        return answer

    def again(self, answer: TestResponse) -> "Opened":
        """Return the form of the page that came back."""
        return Opened(self.visitor, self.address, held(answer.text, self.address))


def held(html: str, address: str) -> dict[str, Any]:
    """Return what a browser would send of the form of a page that posts to an address."""
    path = address.partition("?")[0]
    form = next(form for form in read_forms(html, path) if form.action == path)
    hidden = {
        name: unescape(re.findall(r'value="([^"]*)"', html[start:end])[0])
        for name, (start, end) in form.hidden.items()
    }
    shown = {field.name: field.values for field in form.fields.values() if field.values}
    return hidden | shown


def opened(visitor: FlaskClient, address: str, *, page: str = "") -> Opened:
    return Opened(visitor, address, held(visitor.get(page or address).text, address))


def both(signed_in: SignIn, member: Member, address: str, *, page: str = "") -> tuple[Opened, Opened]:
    """Return one form, opened twice before either is sent."""
    return opened(signed_in(member), address, page=page), opened(signed_in(member), address, page=page)


def beside(html: str) -> list[str]:
    """Return what the page says at its fields of another's changes."""
    return [unescape(words) for words in re.findall(r'<span class="other">([^<]*)</span>', html)]


def test_a_corrected_task(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.assigned(office, "宣传栏更新不及时")
    first, second = both(signed_in, office.clerk, f"/tasks/{task.id}/correct")
    other = office.deputy.post.id
    changes = {"deadline": "2025-12-26", "verifier_post": other, "measure": "每周更新", "reason": "写错了"}
    assert first.send(**changes).status_code == 302
    refused = second.send(standard="培训2期", measure="每月更新", reason="补全")
    who = office.clerk.person.name
    assert refused.status_code == 409
    assert beside(refused.text) == [
        f"{who}改为：每周更新",
        f"{who}已改，这里是改后的内容",
        f"{who}已改，这里是改后的内容",
    ]
    assert f'<a href="#deadline">整改时限</a>：{who}已改' in refused.text
    shown = second.again(refused)
    assert shown.fields["deadline"] == ["2025-12-26"]
    assert (shown.fields["standard"], shown.fields["measure"]) == (["培训2期"], ["每月更新"])
    assert shown.fields["reason"] == ["补全"]
    assert shown.send().status_code == 302
    kept = db.session.get_one(Task, task.id)
    assert (str(kept.deadline), kept.verifier_post_id) == ("2025-12-26", other)
    assert (kept.standard, kept.measure) == ("培训2期", "每月更新")


def test_what_was_typed_where_nothing_is_asked_any_more(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.assigned(office, "宣传栏更新不及时")
    mine = opened(signed_in(office.clerk), f"/tasks/{task.id}/correct")
    with writing():
        lifecycle.acknowledge(task, by=office.lead.actor)  # no deadline is corrected after that
    refused = mine.send(deadline="2025-12-19", standard="培训2期", reason="写错了")
    assert refused.status_code == 409
    assert "这一项已不用填，您输入的是：2025-12-19" in refused.text
    assert "这一步已不能再办" in refused.text
    shown = mine.again(refused).fields
    assert (shown["standard"], shown["reason"]) == (["培训2期"], ["写错了"])
    assert str(db.session.get_one(Task, task.id).deadline) == "2025-12-31"


def test_a_changed_plan(office: Office, signed_in: SignIn) -> None:
    with writing():
        plan = flood_plan(office)
    first, second = both(signed_in, office.clerk, f"/plans/{plan.id}/edit")
    assert first.send(**{"hours-1": "3", "minutes-2": "20", "source": "青政〔2025〕12号"}).status_code == 302
    refused = second.send(**{"minutes-2": "25", "what-3": "发布通知", "hours-3": "两"})
    assert refused.status_code == 409
    who = office.clerk.person.name
    assert sorted(beside(refused.text)) == [f"{who}已改，这里是改后的内容"] * 2 + [f"{who}改为：20"]
    shown = second.again(refused)
    again = shown.send()  # a number that is none: what is typed stays, and nothing is undone by it
    assert again.status_code == 422
    assert beside(again.text) == []
    assert second.again(again).send(**{"hours-3": "2"}).status_code == 302
    steps = db.session.get_one(Plan, plan.id).steps
    assert [(step.hours, step.minutes) for step in steps[:3]] == [(3, 15), (2, 25), (2, 10)]
    assert steps[2].what == "发布通知"
    assert db.session.get_one(Plan, plan.id).source == "青政〔2025〕12号"


def test_a_step_that_another_put_before_mine(office: Office, signed_in: SignIn) -> None:
    with writing():
        plan = flood_plan(office)
    first, second = both(signed_in, office.clerk, f"/plans/{plan.id}/edit")
    added = {
        "post-6": office.lead.post.id,
        "what-6": "清点物资",
        "order-6": "1",
        "order-1": "2",
        "order-2": "3",
    }
    assert first.send(**added).status_code == 302
    refused = second.send(**{"hours-2": "5"})
    assert refused.status_code == 409
    shown = second.again(refused).fields
    assert shown["what-1"] == ["清点物资"]
    assert shown["what-2"] == ["转移低洼处住户，逐户清点人数"]  # the row that was touched stays whole
    assert shown["hours-2"] == ["5"]
    assert any("到河道危险段值守" in words for words in beside(refused.text))
    assert shown["what-3"] == ["转移低洼处住户，逐户清点人数"]


def test_a_review_in_between_sets_another_day(office: Office, signed_in: SignIn) -> None:
    with writing():
        plan = flood_plan(office)
    page = f"/plans/{plan.id}"
    mine = opened(signed_in(office.clerk), f"{page}/edit")
    recorded = opened(signed_in(office.safety_lead), f"{page}/upkeep", page=page)
    sent = recorded.send(kind="plan_review", day="2025-10-09", review_on="2026-03-02")
    assert sent.status_code == 302, sent.text
    refused = mine.send(source="青政〔2025〕12号")
    assert refused.status_code == 409
    assert mine.again(refused).send().status_code == 302
    assert str(db.session.get_one(Plan, plan.id).review_on) == "2026-03-02"


def test_the_division_of_work(office: Office, signed_in: SignIn) -> None:
    address = "/organization/portfolio/edit?unit=QS"
    first, second = both(signed_in, office.keeper, address)
    leader, mine = office.vice_head.post.id, f"{office.vice_head.post.id}::{office.ideology.id}"
    theirs = f"{leader}:{office.publicity.id}:"
    ticked = list(first.fields["line"])
    assert first.send(line=[*ticked, theirs], day="2025-10-09").status_code == 302
    refused = second.send(line=[*ticked, mine], day="2025-10-09")
    assert refused.status_code == 409
    assert beside(refused.text) == ["其他人已勾选"]
    assert set(second.again(refused).fields["line"]) == {*ticked, theirs, mine}
    assert second.again(refused).send().status_code == 302
    kept = division_of(office.town, TODAY).lines
    lines = {f"{line.leader_post_id}:{line.unit_id or ''}:{line.domain_id or ''}" for line in kept}
    assert {theirs, mine} <= lines


def test_a_chain_of_responsibility(office: Office, signed_in: SignIn) -> None:
    with writing():
        enter_chain(
            office.town,
            office.ideology,
            [Link(ChainRole.FIRST_RESPONSIBLE, ChainRule.POST, office.secretary.post)],
            by=office.keeper.actor,
            from_day=TODAY,
        )
    address = f"/organization/chains/edit?unit=QS&domain={office.ideology.code}"
    first, second = both(signed_in, office.keeper, address)
    added = {"role-1": "direct_responsible", "rule-1": "post", "post-1": office.lead.post.id}
    assert first.send(**added).status_code == 302
    refused = second.send(document="青委〔2025〕1号")
    assert refused.status_code == 409
    assert "其他人已改，这里是改后的内容" in beside(refused.text)
    assert second.again(refused).send().status_code == 302
    own = select(Chain).where(Chain.unit_id == office.town.id, Chain.domain_id == office.ideology.id)
    chain = db.session.scalars(own.where(Chain.to_day.is_(None))).one()
    assert [link.post_id for link in chain.links] == [office.secretary.post.id, office.lead.post.id]
    assert chain.document == "青委〔2025〕1号"


def test_a_template_is_what_the_person_wrote(office: Office, signed_in: SignIn) -> None:
    address = f"/organization/chains/edit?unit=QS&domain={office.safety.code}&template=safety"
    mine = opened(signed_in(office.keeper), address)
    with writing():
        enter_chain(
            office.town,
            office.safety,
            [Link(ChainRole.FIRST_RESPONSIBLE, ChainRule.POST, office.lead.post)],
            by=office.keeper.actor,
            from_day=TODAY,
        )
    refused = mine.send(**{"post-0": office.secretary.post.id})
    assert refused.status_code == 409
    shown = mine.again(refused).fields
    assert shown["post-0"] == [str(office.secretary.post.id)]
    assert any(words.startswith("其他人改为：") for words in beside(refused.text))


def test_a_corrected_duty(office: Office, signed_in: SignIn) -> None:
    address = f"/organization/duties/{office.lead_duty.id}/correct"
    first, second = both(signed_in, office.keeper, address)
    assert first.send(text="抓好意识形态阵地").status_code == 302
    refused = second.send(source="党组〔2025〕3号")
    assert refused.status_code == 409
    assert beside(refused.text) == ["其他人已改，这里是改后的内容"]
    assert second.again(refused).send().status_code == 302
    duty = db.session.get_one(Duty, office.lead_duty.id)
    assert (duty.text, duty.source) == ("抓好意识形态阵地", "党组〔2025〕3号")


def test_what_is_asked_of_a_post(office: Office, signed_in: SignIn) -> None:
    with writing():
        ensure_kinds()
        asked = Asked(1, Every.QUARTER, "")
        standing = ask_for(
            office.lead.post, kind_of("inspection"), asked, domain=office.ideology, from_day=TODAY
        )
    first, second = both(
        signed_in, office.keeper, f"/duties/asked/{standing.id}", page=f"/duties/asked/{standing.id}"
    )
    assert first.send(times="4").status_code == 302
    refused = second.send(source="青委〔2025〕1号")
    assert refused.status_code == 409
    assert second.again(refused).send().status_code == 302
    db.session.refresh(standing)
    assert (standing.times, standing.source) == (4, "青委〔2025〕1号")


def test_a_kept_list(office: Office, signed_in: SignIn) -> None:
    with writing():
        view = save_view(by=office.clerk.actor, name="在办", address={"state": "open"}, shared=False)
    address = f"/tasks/views/{view.key}"
    first, second = both(signed_in, office.clerk, address, page="/tasks/views")
    assert first.send(shared="1").status_code == 302
    refused = second.send(name="在办清单")
    assert refused.status_code == 409
    assert beside(refused.text) == ["您在别处已勾选"]
    assert second.again(refused).send().status_code == 302
    db.session.refresh(view)
    assert (view.name, view.shared) == ("在办清单", True)


def test_a_summary(office: Office, signed_in: SignIn) -> None:
    with writing():
        summary = roll_up(office.town, Period.parse("2025Q3"), by=office.clerk.actor)
        names = [f"p-{row.id}" for row in summary.paragraphs if row.level != 1][:2]
    first, second = both(signed_in, office.clerk, f"/summaries/{summary.id}")
    assert first.send(**{names[0]: "先写的一段。", names[1]: "先写的二段。"}).status_code == 302
    refused = second.send(**{names[1]: "后写的二段。"})
    assert refused.status_code == 409
    who = office.clerk.person.name
    assert beside(refused.text) == [f"{who}已改，这里是改后的内容", f"{who}改为：先写的二段。"]
    assert second.again(refused).send().status_code == 302
    texts = {f"p-{row.id}": row.text for row in db.session.get_one(Summary, summary.id).paragraphs}
    assert [texts[name] for name in names] == ["先写的一段。", "后写的二段。"]


def test_the_policy_of_security(office: Office, signed_in: SignIn) -> None:
    with writing():
        account = create_account("anquan", "Yanshi-2025-ceshi", kind=AccountKind.SECURITY_ADMIN)
    member = Member(office.lead.post, office.lead.person, account)
    first, second = both(signed_in, member, "/admin/security", page="/admin/security")
    assert first.send(idle_minutes="45").status_code == 302
    refused = second.send(totp_for_administrators="1")
    assert refused.status_code == 409
    assert second.again(refused).send().status_code == 302
    assert (present_policy().idle_minutes, present_policy().totp_for_administrators) == (45, True)
    db.session.rollback()
