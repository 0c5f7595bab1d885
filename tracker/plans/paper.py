"""A plan as the office files it (.docx). Pure: what the plan says in, a paper out."""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _

from tracker.documents.paper import Block, Heading, Paper, Paragraph, Table, day_text
from tracker.organization.models import Post
from tracker.plans.models import Plan
from tracker.plans.words import contacts

NameOf = Callable[[Post], str]


def plan_paper(plan: Plan, name_of: NameOf, *, last_drill: date | None, today: date) -> Paper:
    """Return the paper of a plan: what it answers to, who is responsible, the steps, contacts, upkeep."""
    blocks: list[Block] = [
        Heading(1, _("一、适用情形")),
        Paragraph(_for_what(plan)),
        Heading(1, _("二、责任岗位")),
        Paragraph(_("第一责任人：%(who)s。", who=_who(plan.first_post, name_of, today))),
        Paragraph(_("直接责任人：%(who)s。", who=_who(plan.direct_post, name_of, today))),
        Heading(1, _("三、处置步骤")),
        _steps(plan, name_of, today),
    ]
    reached = [(one.who, one.number or _("未填")) for one in contacts(plan.contacts)]
    if reached:
        blocks += [Heading(1, _("四、联系方式")), Table("", (_("单位或人员"), _("电话")), reached, (3, 2))]
    blocks += [Heading(1, _("五、演练和评估") if reached else _("四、演练和评估"))]
    blocks += [Paragraph(_upkeep(plan, last_drill))]
    return Paper(plan.title, blocks, signature=plan.unit.name_on(today), day=today)


def _for_what(plan: Plan) -> str:
    based = _("依据：%(source)s。", source=plan.source) if plan.source else ""
    said = _("本预案用于应对%(risk)s，属“%(domain)s”领域。", risk=plan.risk, domain=plan.domain.name)
    return f"{said}{based}"


def _who(post: Post, name_of: NameOf, today: date) -> str:
    return f"{post.title_on(today)} {name_of(post)}"


def _steps(plan: Plan, name_of: NameOf, today: date) -> Table:
    rows = [
        (
            str(step.position),
            f"{step.post.title_on(today)} {name_of(step.post)}",
            step.what,
            _("%(minutes)s分钟", minutes=step.minutes),
            _("%(hours)s小时", hours=step.hours),
        )
        for step in plan.steps
    ]
    columns = (_("序号"), _("责任岗位"), _("做什么"), _("签收时限"), _("完成时限"))
    return Table("", columns, rows, (1, 3, 7, 2, 2), _("时限自预案启动时起算。"))


def _upkeep(plan: Plan, last_drill: date | None) -> str:
    drilled = _("尚未演练") if last_drill is None else _("最近一次演练：%(day)s", day=day_text(last_drill))
    review = _("下次评估：%(day)s", day=day_text(plan.review_on))
    return f"{drilled}；{review}。"
