"""A small invented office for the tests: one county, two townships, the posts a turn of the loop needs."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import inspect

from tracker import clock
from tracker.accounts.models import Account
from tracker.accounts.signing_in import create_account
from tracker.extensions import db
from tracker.organization.acting import Actor, actor
from tracker.organization.chains import link_chain
from tracker.organization.charging import add_domain, charge
from tracker.organization.models import ChainRole, DomainKind, Duty, DutyDomain, Person, Post, Unit, UnitKind
from tracker.organization.setup import add_person, add_post, add_unit, appoint, divide_work

START = date(2025, 1, 2)
PASSWORD = "Yanshi-2025-ceshi"


@dataclass(frozen=True)
class Member:
    """A post with its holder and account."""

    post: Post
    person: Person
    account: Account

    @property
    def actor(self) -> Actor:
        """The person with today's posts."""
        return actor(self.person, clock.today())


@dataclass(frozen=True)
class Office:
    """What the tests name."""

    county: Unit
    town: Unit
    publicity: Unit  # 宣传办
    safety_office: Unit  # 应急办
    village: Unit
    other_town: Unit
    business: DutyDomain
    ideology: DutyDomain
    safety: DutyDomain
    secretary: Member  # 党委书记，第一责任人
    deputy: Member  # 党委副书记，分管宣传办
    vice_head: Member  # 副镇长，分管应急办
    lead: Member  # 宣传办主任
    safety_lead: Member  # 应急办主任
    village_lead: Member  # 村书记
    clerk: Member  # 党政办经办
    keeper: Member  # 督查办台账管理，默认验收
    county_keeper: Member
    other_clerk: Member  # 另一个镇的经办
    lead_duty: Duty
    safety_duty: Duty


def build_office() -> Office:
    """Build the office through the same verbs as a real one; call it inside `writing()`."""
    county = add_unit(code="YC", name="样川县", kind=UnitKind.COUNTY)
    town = add_unit(code="QS", name="青示镇", kind=UnitKind.TOWNSHIP, parent=county)
    other_town = add_unit(code="BL", name="白例镇", kind=UnitKind.TOWNSHIP, parent=county)
    publicity = add_unit(code="QS-XC", name="宣传办公室", kind=UnitKind.DEPARTMENT, parent=town)
    safety_office = add_unit(code="QS-YJ", name="应急管理办公室", kind=UnitKind.DEPARTMENT, parent=town)
    village = add_unit(code="QS-DS", name="东示村", kind=UnitKind.VILLAGE, parent=town)
    business = add_domain("business", "主责业务", DomainKind.BUSINESS)
    ideology = add_domain("ideology", "意识形态", DomainKind.SECOND)
    safety = add_domain("safety", "安全生产", DomainKind.SECOND)

    def member(
        username: str, name: str, unit: Unit, title: str, superior: Member | None = None, **roles: Any
    ) -> Member:
        post = add_post(unit, title, superior=None if superior is None else superior.post, **roles)
        person = add_person(name, email=f"{username}@qs.invalid")
        appoint(person, post, from_day=START)
        return Member(post, person, create_account(username, PASSWORD, person=person))

    county_keeper = member("county", "赵样", county, "县督查室主任", keeps_ledger=True, is_clerk=True)
    secretary = member("secretary", "周示", town, "党委书记", in_leadership=True)
    deputy = member("deputy", "郑样", town, "党委副书记", secretary, in_leadership=True)
    vice_head = member("vice", "王范", town, "副镇长", secretary, in_leadership=True)
    clerk = member("clerk", "陈演", town, "党政办经办人", deputy, is_clerk=True)
    keeper = member("keeper", "韩示", town, "督查办主任", secretary, keeps_ledger=True)
    lead = member("lead", "褚例", publicity, "宣传办主任", deputy)
    safety_lead = member("safety", "卫样", safety_office, "应急办主任", vice_head)
    village_lead = member("village", "冯演", village, "东示村党支部书记", deputy)
    other_clerk = member("other", "蒋例", other_town, "党政办经办人", is_clerk=True)

    lead_duty = charge(
        lead.post,
        ideology,
        "负责意识形态工作责任制落实、宣传队伍建设和网络舆情应对",
        source="青委〔2025〕3号",
    )
    charge(lead.post, business, "负责新闻宣传、文化活动和宣传阵地建设")
    safety_duty = charge(safety_lead.post, business, "负责安全生产检查、隐患整改和应急演练")
    charge(safety_lead.post, ideology, "落实本办公室意识形态工作责任")
    charge(village_lead.post, business, "负责本村各项工作")
    charge(village_lead.post, ideology, "落实本村意识形态阵地管理")
    divide_work(deputy.post, unit=publicity, from_day=START, document="青委〔2025〕1号")
    divide_work(vice_head.post, unit=safety_office, from_day=START, document="青委〔2025〕1号")
    link_chain(town, secretary.post, ChainRole.FIRST_RESPONSIBLE)
    return Office(
        county=county,
        town=town,
        publicity=publicity,
        safety_office=safety_office,
        village=village,
        other_town=other_town,
        business=business,
        ideology=ideology,
        safety=safety,
        secretary=secretary,
        deputy=deputy,
        vice_head=vice_head,
        lead=lead,
        safety_lead=safety_lead,
        village_lead=village_lead,
        clerk=clerk,
        keeper=keeper,
        county_keeper=county_keeper,
        other_clerk=other_clerk,
        lead_duty=lead_duty,
        safety_duty=safety_duty,
    )


Remembered = dict[str, Any]  # name of a field: table and key of its row, or the fields of a member


def remember(made: Office | Member) -> Remembered:
    """Return where the rows of an office are, so that a copy of its database can be opened with them."""
    found: Remembered = {}
    for field in fields(made):
        value = getattr(made, field.name)
        found[field.name] = (
            remember(value) if isinstance(value, Member) else (type(value), inspect(value).identity)
        )
    return found


def recall(where: Remembered) -> Office:
    """Return the office whose rows stand in the database of this context."""
    return Office(**{name: _recalled(one) for name, one in where.items()})


def _recalled(one: Any) -> Any:
    if isinstance(one, dict):
        return Member(**{name: _recalled(part) for name, part in one.items()})
    table, key = one
    return db.session.get_one(table, key)
