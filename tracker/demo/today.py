"""The demo's present: who is away and who stands in, chains of their own, marked tasks, what came back."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from tracker import clock
from tracker.database import writing
from tracker.demo.county import DUTY_LIST, County
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.chain_entries import Link, enter_chain
from tracker.organization.models import ChainRole, ChainRule, Duty
from tracker.organization.standing_in import stand_in
from tracker.periods import Period
from tracker.problems.models import Kinship, ProblemSource
from tracker.problems.recording import record_problem
from tracker.tasks import lifecycle
from tracker.tasks.creation import create
from tracker.tasks.marking import mark
from tracker.tasks.models import Task
from tracker.workdays import shipped

GIVEN_OUT = timedelta(days=6)  # so long ago the marked tasks were given out
ROOM = timedelta(days=35)
AWAY_FOR = timedelta(days=4)


@dataclass(frozen=True)
class Marked:
    """A task that is marked the day it is given out."""

    post: str
    domain: str
    title: str
    measure: str
    standard: str
    secrecy: Secrecy
    reason: str


MARKED = (
    Marked(
        "party_office",
        "ideology",
        "两名支部委员履职情况需要个别谈话了解（演示）",
        "分别谈话，形成书面情况报组织委员",
        "谈话2人次，书面情况2份",
        Secrecy.INTERNAL,
        "涉及干部个人情况，只限知悉范围（演示）",
    ),
    Marked(
        "safety_office",
        "safety",
        "重点场所值守点位和联络方式需要重新核定（演示）",
        "逐点核对值守点位，更新联络方式",
        "核定清单1份，抽查3处",
        Secrecy.WORK_SECRET,
        "值守点位和联络方式不宜扩散（演示）",
    ),
)


@dataclass(frozen=True)
class Again:
    """A problem of an earlier quarter that is there again; `earlier`: how the title of its task begins."""

    earlier: str
    kinship: Kinship
    title: str
    measure: str
    standard: str


CAME_BACK = (
    Again(
        "敬老院",
        Kinship.REBOUND,
        "敬老院更换过的应急照明又有2处不亮（演示）",
        "查明线路原因，更换2处，每月点亮检查1次",
        "2处更换完毕，检查记录在册",
    ),
    Again(
        "网上留言",
        Kinship.RECURRING,
        "网上留言又有3条超过两个工作日未答复（演示）",
        "专人每日查看，超时当天提醒",
        "连续两个月无超时留言",
    ),
)


def enter_chains(county: County, from_day: date) -> None:
    """Give safety two first responsible persons (党政同责) and a village's branch direct responsibility."""
    keeper, posts = county.actor("keeper"), county.posts
    first, direct = ChainRole.FIRST_RESPONSIBLE, ChainRole.DIRECT_RESPONSIBLE
    both = [Link(first, ChainRule.POST, posts["secretary"]), Link(first, ChainRule.POST, posts["head"])]
    in_charge = Link(ChainRole.DIRECT_RESPONSIBLE, ChainRule.DEPUTY_IN_CHARGE)
    enter_chain(
        county.units["QS"],
        county.domains["safety"],
        [*both, in_charge],
        by=keeper,
        from_day=from_day,
        document=DUTY_LIST,
    )
    enter_chain(
        county.units["QS-01"],
        county.domains["ideology"],
        [both[0], Link(direct, ChainRule.BODY, body=county.units["QS-01"])],
        by=keeper,
        from_day=from_day,
        document=DUTY_LIST,
    )


def set_present(county: County, today: date) -> None:
    """Make what the demo shows of today: a stand-in who was briefed, and the marked tasks."""
    for row in MARKED:
        with clock.moved_to(shipped().on_or_before(today - GIVEN_OUT)), writing():
            _give_out(county, row, today)
    for again in CAME_BACK:
        with clock.moved_to(shipped().on_or_before(today - GIVEN_OUT)), writing():
            _find_again(county, again, today)
    with writing():
        stand_in(
            county.people["safety_office"],
            county.people["enforcement"],
            by=county.actor("safety_office"),
            from_day=today,
            to_day=today + AWAY_FOR,
            briefed=True,
            note="外出培训，在办任务清单、联系人和资料位置已当面移交（演示）",
        )


def _give_out(county: County, row: Marked, today: date) -> None:
    clerk, post, domain = county.actor("clerk"), county.posts[row.post], county.domains[row.domain]
    duty = db.session.scalars(select(Duty).where(Duty.post_id == post.id, Duty.domain_id == domain.id)).one()
    task = create(
        county.units["QS"],
        Period.of(clock.today()),
        by=clerk,
        title=row.title,
        domain=domain,
        measure=row.measure,
        standard=row.standard,
    )
    lifecycle.register(task, by=clerk, standard=row.standard)
    deadline = shipped().on_or_after(today + ROOM)
    lifecycle.assign(task, by=clerk, lead_post=post, duty=duty, deadline=deadline)
    mark(task, by=clerk, secrecy=row.secrecy, reason=row.reason)


def _find_again(county: County, row: Again, today: date) -> None:
    """Register a problem that came back, and give it to the post that had it before."""
    clerk = county.actor("clerk")
    earlier = db.session.scalars(select(Task).where(Task.title.startswith(row.earlier))).first()
    if earlier is None or earlier.lead_post is None or earlier.duty is None:
        return
    problem = record_problem(
        earlier.unit,
        Period.of(clock.today()),
        domain=earlier.domain,
        text=row.title,
        measure=row.measure,
        source=ProblemSource.SELF_CHECK,
        kinship=row.kinship,
        kin=earlier.problem,
    )
    task = create(
        earlier.unit,
        problem.period,
        by=clerk,
        title=row.title,
        domain=earlier.domain,
        problem=problem,
        measure=row.measure,
        standard=row.standard,
    )
    lifecycle.register(task, by=clerk, standard=row.standard)
    deadline = shipped().on_or_after(today + ROOM)
    lifecycle.assign(task, by=clerk, lead_post=earlier.lead_post, duty=earlier.duty, deadline=deadline)
