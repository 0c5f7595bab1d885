"""The roster of an office as a sheet, and the empty form with a sample line."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.documents.sheet import Sheet, write_sheet
from tracker.extensions import db
from tracker.organization.division import Division, division_of, posts_on
from tracker.organization.models import Holding, Post, Unit
from tracker.organization.queries import lasts_on, superiors_offered, units_of_office
from tracker.organization.roster import COLUMNS, KIND_NAMES, WIDTHS, header_of

SAMPLE = {
    "unit_code": "QS-XC",
    "unit": "宣传办公室",
    "kind": "内设机构",
    "parent": "青示镇",
    "post": "宣传办主任",
    "rank": "21",
    "name": "褚例",
    "phone": "138 0000 0000",
    "superior": "党委副书记",
    "in_leadership": "否",
    "is_clerk": "否",
    "keeps_ledger": "否",
    "since": "2025-01-02",
    "acting": "否",
    "leader": "党委副书记",
}
NOTES = (
    "一个岗位一行；没有岗位的单位也可以单独一行。空白的单元格不改动已有内容，离任请在岗位页面登记。",
    "姓名与现任不同的，自任职日期起接任，前任到前一天为止。",
    "上级岗位、分管领导写岗位名称，重名的写成 副镇长·王范。分管领导写在被分管单位的行里。",
    "分管领域写在领导自己的行里，例如 意识形态、安全生产，或 宣传办公室：意识形态。",
)


def roster_file(office: Unit, day: date) -> bytes:
    """Return the roster of an office on a day as an .xlsx file, every cell text."""
    rows = [[row.get(field, "") for field in COLUMNS] for row in roster_rows(office, day)]
    return _file(_("%(office)s花名册", office=office.name_on(day)), rows)


def empty_form() -> bytes:
    """Return the form to fill in: the columns with one invented line that shows how."""
    sample = [SAMPLE.get(field, "") for field in COLUMNS]
    return _file(_("花名册"), [sample], [*NOTES, "下面一行是示例，填写前请删去。"])


def roster_rows(office: Unit, day: date) -> list[dict[str, str]]:
    """Return the rows by fields: units down the tree, in each its posts in their order."""
    division, posts = division_of(office, day), posts_on(office, day)
    holdings = present_holdings([post.id for post in posts], day)
    labels = Labels([*posts, *superiors_offered(office, day)], day)
    rows = []
    for unit in units_of_office(office, day):
        about = _about_unit(unit, office, division, labels)
        own = [post for post in posts if post.unit_id == unit.id]
        rows += [about | _about_post(post, holdings.get(post.id), division, labels) for post in own] or [
            about
        ]
    return rows


def present_holdings(post_ids: list[int], day: date) -> dict[int, Holding]:
    """Return who holds some posts on a day, by post."""
    query = select(Holding).where(Holding.post_id.in_(post_ids), lasts_on(day))
    return {
        one.post_id: one
        for one in db.session.scalars(query.options(joinedload(Holding.person)).order_by(Holding.from_day))
    }


class Labels:
    """How posts are named in a cell: by the title alone where it is enough, else with holder or unit."""

    def __init__(self, posts: list[Post], day: date) -> None:
        self.day, self.posts = day, {post.id: post for post in posts}
        held = present_holdings(list(self.posts), day)
        self.names = {post_id: [holding.person.name] for post_id, holding in held.items()}
        vacant: dict[tuple[int, str], int] = {}
        for post in posts:
            if post.id not in self.names:
                alike = post.unit_id, post.title_on(day)
                number = vacant[alike] = vacant.get(alike, 0) + 1
                self.names[post.id] = [f"空缺{number if number > 1 else ''}"]

    def ways(self, post: Post) -> list[str]:
        """Return the ways to name a post, the shortest first."""
        title = post.title_on(self.day)
        with_unit = f"{post.unit.name_on(self.day)}/{title}"
        named = [[f"{way}·{name}" for name in self.names[post.id]] for way in (title, with_unit)]
        return [title, *named[0], with_unit, *named[1]]

    def label(self, post: Post) -> str:
        """Return the shortest way that names this post and no other; nothing for one not there on the day."""
        if post.id not in self.posts:
            return ""
        return next((way for way in self.ways(post) if len(self.found(way)) == 1), self.ways(post)[-1])

    def found(self, text: str, near: Unit | None = None) -> list[Post]:
        """Return the posts that a cell may mean; of several, one in the unit near by goes first."""
        wanted = _plain(text)
        named = [
            post
            for post in self.posts.values()
            if wanted in {_plain(way) for way in (*self.ways(post), *self.names[post.id])}
        ]
        own = [post for post in named if near is not None and post.unit_id == near.id]
        return own if len(own) == 1 else named


def _plain(text: str) -> str:
    return "".join(text.split()).replace("·", "").replace("•", "").replace("／", "/")


def _about_unit(unit: Unit, office: Unit, division: Division, labels: Labels) -> dict[str, str]:
    leaders = [line.leader_post for line in division.lines if line.unit_id == unit.id and not line.domain_id]
    return {
        "unit_code": unit.code,
        "unit": unit.name_on(labels.day),
        "kind": KIND_NAMES[unit.kind],
        "parent": unit.parent.name_on(labels.day) if unit.parent and unit.id != office.id else "",
        "leader": "；".join(labels.label(post) for post in leaders),
    }


def _about_post(post: Post, holding: Holding | None, division: Division, labels: Labels) -> dict[str, str]:
    person = None if holding is None else holding.person
    return {
        "post": post.title_on(labels.day),
        "rank": str(post.rank),
        "name": person.name if person else "",
        "phone": (person.phone or "") if person else "",
        "email": (person.email or "") if person else "",
        "superior": labels.label(post.superior) if post.superior else "",
        "in_leadership": _yes(post.in_leadership),
        "is_clerk": _yes(post.is_clerk),
        "keeps_ledger": _yes(post.keeps_ledger),
        "since": holding.from_day.isoformat() if holding else "",
        "acting": _yes(holding.acting) if holding else "",
        "fields": "；".join(_fields_of(post, division)),
    }


def _fields_of(post: Post, division: Division) -> list[str]:
    """Return the domains of a leader, and the fields of single units as 宣传办公室：意识形态."""
    found = []
    for line in division.lines:
        if line.leader_post_id == post.id and line.domain is not None:
            of_unit = f"{line.unit.name_on(division.day)}：" if line.unit else ""
            found.append(of_unit + line.domain.name)
    return found


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _file(name: str, rows: list[list[str]], notes: list[str] | tuple[str, ...] = NOTES) -> bytes:
    header = [header_of(field) for field in COLUMNS]
    return write_sheet(Sheet(name[:31], header, rows, WIDTHS, notes))
