"""The division of work as the office's own paper (工作分工). Pure: a division in, a paper out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from flask_babel import gettext as _

from tracker.documents.paper import Block, Paper, Paragraph, day_text
from tracker.organization.division import Division, Row
from tracker.organization.models import Person, Post, Unit

Holder = Callable[[Post], Person | None]


def division_paper(division: Division, holder: Holder, main_work: Mapping[int, str]) -> Paper:
    """Return the paper: how the work is divided, leader by leader in their order.

    `main_work` has, by post, what its duty list says first (主持党委全面工作).
    """
    latest = division.latest
    since = division.day if latest is None else latest.from_day
    document = "" if latest is None else latest.document
    blocks: list[Block] = [Paragraph(_opening(since, document))]
    named = [row for row in division.rows if row.lines or row.post.id in main_work]
    for row in named:
        blocks.append(Paragraph(sentence(row, holder(row.post), main_work.get(row.post.id, ""), division)))
    blocks.append(Paragraph(_closing()))
    signature = division.office.name_on(division.day)
    return Paper(title(division), blocks, signature=signature, day=since)


def title(division: Division) -> str:
    """Return the title of an office's paper."""
    return str(_("%(office)s领导班子成员工作分工", office=division.office.name_on(division.day)))


def sentence(row: Row, person: Person | None, main_work: str, division: Division) -> str:
    """Return what a leader answers for in one sentence: 郑样（党委副书记）：……；分管……；包东示村。"""
    day, named = division.day, person.name if person else _("空缺")
    who = _("%(name)s（%(post)s）", name=named, post=_plain_title(row.post.title_on(day)))
    main_work = main_work.strip().rstrip("。；")
    parts = [main_work]
    parts.append(_joined(_("负责%(what)s工作"), (line.domain.name for line in row.domains if line.domain)))
    units = _("分管单位为%(what)s") if main_work.startswith("分管") else _("分管%(what)s")
    parts.append(_joined(units, (_unit_name(line.unit, division) for line in row.units if line.unit)))
    parts.append(
        _joined(
            _("分管%(what)s工作"),
            (f"{line.unit.name_on(day)}{line.domain.name}" for line in row.both if line.unit and line.domain),
        )
    )
    parts.append(_joined(_("包%(what)s"), (line.unit.name_on(day) for line in row.villages if line.unit)))
    work = "；".join(part for part in parts if part) or str(_("暂未分工"))
    return f"{who}：{work}。"


def _plain_title(title: str) -> str:
    """Return a title without its addition in brackets: 副镇长（安全、应急） stands in brackets itself."""
    return title.partition("（")[0] or title


def _unit_name(unit: Unit, division: Division) -> str:
    name = unit.name_on(division.day)
    return str(_("%(office)s机关", office=name)) if unit.id == division.office.id else name


def _joined(pattern: str, names: Iterable[str]) -> str:
    listed = "、".join(names)
    return pattern.replace("%(what)s", listed) if listed else ""


def _opening(since: date, document: str) -> str:
    by = _("根据%(document)s，", document=document) if document else ""
    return str(_("%(by)s领导班子成员工作分工如下，自%(day)s起执行。", by=by, day=day_text(since)))


def _closing() -> str:
    return str(
        _(
            "领导班子成员按照“一岗双责”要求，对分管范围内的业务工作和意识形态、安全生产、党风廉政建设等工作"
            "一并负责。未列明的工作，由相应岗位的上级岗位负责。"
        )
    )
