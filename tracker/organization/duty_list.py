"""The duty list (责任清单) of posts as a paper of a day. Pure: posts with their duties in, a paper out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask_babel import gettext as _

from tracker.documents.paper import Block, Heading, Paper, Paragraph, chinese_number
from tracker.organization.models import DomainKind, Duty, Person, Post, Unit

Holder = Callable[[Post], Person | None]
KINDS = ((DomainKind.BUSINESS, "业务职责"), (DomainKind.SECOND, "“一岗双责”职责"))


def post_list(post: Post, person: Person | None, duties: Sequence[Duty], office: Unit, day: date) -> Paper:
    """Return the duty list of one post: its business first, then the second duties domain by domain."""
    name, title = person.name if person else _("空缺"), post.title_on(day)
    blocks: list[Block] = [Paragraph(_("岗位：%(post)s　任职人：%(name)s", post=title, name=name))]
    blocks += _duties(duties, 1)
    signature = office.name_on(day)
    return Paper(_("%(post)s责任清单", post=_plain(title)), blocks, signature=signature, day=day)


def office_list(
    office: Unit, posts: Sequence[Post], holder: Holder, duties: Mapping[int, Sequence[Duty]], day: date
) -> Paper:
    """Return the duty lists of an office as one paper, post by post in their order."""
    blocks: list[Block] = []
    listed = [post for post in posts if duties.get(post.id)]
    for number, post in enumerate(listed, start=1):
        person = holder(post)
        name = person.name if person else _("空缺")
        blocks.append(Heading(1, f"{chinese_number(number)}、{post.title_on(day)}（{name}）"))
        blocks += _duties(duties[post.id], 2)
    called = office.name_on(day)
    return Paper(_("%(office)s岗位责任清单", office=called), blocks, signature=called, day=day)


def _duties(duties: Sequence[Duty], level: int) -> list[Block]:
    blocks: list[Block] = []
    kinds = [(label, [duty for duty in duties if duty.domain.kind == kind]) for kind, label in KINDS]
    for number, (label, rows) in enumerate([(label, rows) for label, rows in kinds if rows], start=1):
        mark = f"{chinese_number(number)}、" if level == 1 else f"（{chinese_number(number)}）"
        blocks.append(Heading(level, mark + label))
        blocks += [Paragraph(f"{place}.{_said(duty)}") for place, duty in enumerate(rows, start=1)]
    return blocks or [Paragraph(_("暂未登记职责。"))]


def _said(duty: Duty) -> str:
    field = "" if duty.domain.kind == DomainKind.BUSINESS else f"{duty.domain.name}："
    source = f"（依据：{duty.source}）" if duty.source else ""
    return f"{field}{duty.text.rstrip('。；')}{source}。"


def _plain(title: str) -> str:
    return title.partition("（")[0] or title
