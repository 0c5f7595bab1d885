"""The organization chart as a picture (SVG): posts with their holders, level below level by superior.

Drawn here, to scale, for a landscape A4 page; paint stands in attributes, so that the file shows the
same alone and inside a page without inline styles. Leaders stand in rows by level; the departments and
villages hang below, each a column of its posts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from flask_babel import gettext as _

from tracker.documents.layout import width_of
from tracker.organization.models import Post, Unit
from tracker.organization.queries import Answering
from tracker.web.filters import cnday

PAGE = (1120, 792)  # A4 landscape at 96 dpi
MARGIN = 28
TITLE_HIGH = 52
BOX_HIGH = 46
ROW_GAP = 34
HEAD_HIGH = 40
COLUMN_GAP = 10
WIDEST_BOX = 170
LEAST_SIZE = 9.5  # of a title; one that would be smaller is shortened first
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif"
INK, SOFT, RULE, TINT, ACT = "#1a2229", "#4f5a64", "#7c8893", "#f5f7f8", "#164a7d"


@dataclass(frozen=True)
class Node:
    """A post as the chart shows it."""

    post: Post
    answering: Answering
    acting: bool  # its holder is in charge of the work without a formal appointment

    @property
    def vacant(self) -> bool:
        """Whether nobody holds it."""
        return self.answering.person is None or self.answering.for_vacant

    @property
    def title(self) -> str:
        """What the post was called on the day."""
        return self.post.title_on(self.answering.day)

    @property
    def name(self) -> str:
        """Whom the box names."""
        person = self.answering.person
        if not self.vacant and person is not None:
            return person.name + (str(_("（主持工作）")) if self.acting else "")
        return str(_("空缺（%(name)s 代）", name=person.name) if person else _("空缺，无人代理"))


@dataclass(frozen=True)
class _Frame:
    """Where a column stands: its corner, its width and how high its head is."""

    x: float
    y: float
    wide: float
    head_high: float


@dataclass(frozen=True)
class _Box:
    x: float
    y: float
    wide: float
    node: Node


def chart(office: Unit, nodes: Sequence[Node], units: Sequence[Unit], day: date) -> str:
    """Return the chart of an office on a day as an SVG document with a title and a description in words."""
    leaders = [node for node in nodes if node.post.unit_id == office.id]
    levels = _levels(leaders)
    names = {node.post.id: _short(node) for node in nodes}
    boxes: dict[int, _Box] = {}
    y = float(MARGIN + TITLE_HIGH)
    for level in levels:
        below_each_other = sorted(level, key=lambda node: _left_of_superior(node, boxes))
        y = _place_level(below_each_other, y, boxes)
    groups = [(unit, [node for node in nodes if node.post.unit_id == unit.id]) for unit in units]
    shapes, bottom = _columns([(unit, own) for unit, own in groups if own], y, boxes, names)
    parts = [*_lines(boxes, leaders), *shapes, *(_box(boxes[node.post.id]) for node in leaders)]
    return _document(office, nodes, day, parts, max(bottom, y) + MARGIN)


def outline(nodes: Sequence[Node]) -> list[tuple[int, Node]]:
    """Return the same posts as a list, each below its superior, with its depth: for where no chart fits."""
    below: dict[int, list[Node]] = {}
    known = {node.post.id for node in nodes}
    for node in nodes:
        superior = node.post.superior_id or 0
        below.setdefault(superior if superior in known - {node.post.id} else 0, []).append(node)
    found: list[tuple[int, Node]] = []

    def follow(superior: int, depth: int) -> None:
        for node in below.pop(superior, []):
            found.append((depth, node))
            follow(node.post.id, depth + 1)

    follow(0, 0)
    return found + [(0, node) for rest in below.values() for node in rest]


def _short(node: Node) -> str:
    """Return how a column names the superior above it: 镇长吴例, and the whole title of a vacant one."""
    person = node.answering.person
    if node.vacant or person is None:
        return node.title
    return (node.title.partition("（")[0].rpartition("、")[2] or node.title) + person.name


def _levels(leaders: Sequence[Node]) -> list[list[Node]]:
    """Return the posts of the office itself by how many superiors they have among themselves."""
    known = {node.post.id: node.post for node in leaders}
    levels: dict[int, list[Node]] = {}
    for node in leaders:
        depth, seen, here = 0, {node.post.id}, node.post.superior_id
        while here in known and here not in seen:
            seen.add(here)
            depth, here = depth + 1, known[here].superior_id
        levels.setdefault(depth, []).append(node)
    return [levels[depth] for depth in sorted(levels)]


def _left_of_superior(node: Node, boxes: dict[int, _Box]) -> float:
    """Return where the superior stands, so that posts of one superior stand together below it."""
    box = boxes.get(node.post.superior_id or 0)
    return 0.0 if box is None else box.x


def _place_level(level: Sequence[Node], y: float, boxes: dict[int, _Box]) -> float:
    """Place a level in rows of boxes of one width, centred; return where the next begins."""
    room = PAGE[0] - 2 * MARGIN
    in_row = max(1, int((room + COLUMN_GAP) // (118 + COLUMN_GAP)))
    for start in range(0, len(level), in_row):
        row = level[start : start + in_row]
        wide = min(WIDEST_BOX, (room - COLUMN_GAP * (len(row) - 1)) / len(row))
        left = MARGIN + (room - len(row) * wide - COLUMN_GAP * (len(row) - 1)) / 2
        for number, node in enumerate(row):
            boxes[node.post.id] = _Box(left + number * (wide + COLUMN_GAP), y, wide, node)
        y += BOX_HIGH + ROW_GAP
    return y


def _columns(
    groups: Sequence[tuple[Unit, Sequence[Node]]], y: float, boxes: dict[int, _Box], names: Mapping[int, str]
) -> tuple[list[str], float]:
    """Place each unit as a column of its posts, in as few rows of columns as the page is wide."""
    if not groups:
        return [], y
    room = PAGE[0] - 2 * MARGIN
    in_row = min(len(groups), 8)
    wide = min(WIDEST_BOX, (room - COLUMN_GAP * (in_row - 1)) / in_row)
    parts: list[str] = []
    for start in range(0, len(groups), in_row):
        row = groups[start : start + in_row]
        left = MARGIN + (room - len(row) * wide - COLUMN_GAP * (len(row) - 1)) / 2
        heads = [_lines_of(unit.name_on(nodes[0].answering.day), wide - 8, 13) for unit, nodes in row]
        head_high = HEAD_HIGH + 15 * (max(map(len, heads)) - 1)
        for number, (head, (_unit, nodes)) in enumerate(zip(heads, row, strict=True)):
            frame = _Frame(left + number * (wide + COLUMN_GAP), y, wide, head_high)
            parts += _column(head, nodes, frame, boxes, names)
        y += head_high + max(len(nodes) for _unit, nodes in row) * 40 + 16
    return parts, y


def _column(
    head: Sequence[str], nodes: Sequence[Node], at: _Frame, boxes: dict[int, _Box], names: Mapping[int, str]
) -> list[str]:
    x, y, wide, middle = at.x, at.y, at.wide, at.x + at.wide / 2
    high = at.head_high + len(nodes) * 40
    parts = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high}" fill="{TINT}" stroke="{RULE}"/>',
        *(_text(line, middle, y + 17 + 15 * n, 13, wide - 8, bold=True) for n, line in enumerate(head)),
    ]
    unit, superior = nodes[0].post.unit, nodes[0].post.superior
    if superior is not None and superior.unit_id != unit.id:
        said = _("上级：%(who)s", who=names.get(superior.id) or superior.title_on(nodes[0].answering.day))
        parts.append(_text(said, middle, y + at.head_high - 7, 10, wide - 8, ink=SOFT))
    for number, node in enumerate(nodes):
        top = y + at.head_high + number * 40
        boxes[node.post.id] = _Box(x, top, wide, node)
        title = _within(node.title, unit.name_on(node.answering.day), wide - 8)
        parts += [
            f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x + wide:.1f}" y2="{top:.1f}" stroke="#d3d9de"/>',
            _text(title, middle, top + 16, 11, wide - 8, ink=SOFT),
            _text(node.name, middle, top + 33, 12, wide - 8, bold=node.vacant),
        ]
    return parts


def _lines_of(words: str, room: float, size: float) -> list[str]:
    """Return a name on one line, or on two where it is too long: before its bracket, else in the middle."""
    if width_of(words) * size <= room:
        return [words]
    bracket = words.find("（")
    at = bracket if bracket > 0 else (len(words) + 1) // 2
    return [words[:at], words[at:]]


def _within(title: str, unit_name: str, room: float) -> str:
    """Return a title too long for its column without the name of the unit that stands above it."""
    rest = title.removeprefix(unit_name).removeprefix(unit_name.partition("（")[0])
    return _legible(rest if rest and width_of(title) * LEAST_SIZE > room else title, room)


def _legible(title: str, room: float) -> str:
    """Return a title too long to be read in its box without its addition in brackets."""
    return title if width_of(title) * LEAST_SIZE <= room else title.partition("（")[0] or title


def _box(box: _Box) -> str:
    node = box.node
    dashed = ' stroke-dasharray="5 3"' if node.vacant else ""
    edge = ACT if node.post.in_leadership else RULE
    return (
        f'<g><rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.wide:.1f}" height="{BOX_HIGH}" fill="#fff" '
        f'stroke="{edge}" stroke-width="1.5"{dashed}/>'
        + _text(
            _legible(node.title, box.wide - 8), box.x + box.wide / 2, box.y + 18, 12, box.wide - 8, ink=SOFT
        )
        + _text(node.name, box.x + box.wide / 2, box.y + 37, 14, box.wide - 8, bold=True)
        + "</g>"
    )


def _lines(boxes: dict[int, _Box], leaders: Iterable[Node]) -> list[str]:
    """Draw from each leader up to the superior: down, across, down."""
    parts = []
    named = {node.post.superior_id or 0 for node in leaders}
    superiors = sorted(named & set(boxes), key=lambda key: boxes[key].x)
    for node in leaders:
        lower, upper = boxes[node.post.id], boxes.get(node.post.superior_id or 0)
        if upper is None or upper.y >= lower.y:
            continue
        # each superior has a height of its own to go across at: two of them never share a line
        beside = [key for key in superiors if boxes[key].y == upper.y]
        share = (beside.index(upper.node.post.id) + 1) / (len(beside) + 1)
        x1, x2 = upper.x + upper.wide / 2, lower.x + lower.wide / 2
        middle = lower.y - ROW_GAP * share
        corners = ((x1, upper.y + BOX_HIGH), (x1, middle), (x2, middle), (x2, lower.y))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{RULE}"/>')
    return parts


def _text(
    words: str, x: float, y: float, size: float, room: float, *, bold: bool = False, ink: str = INK
) -> str:
    """Return a line of text, centred; one too long for its room is set smaller, at last cut."""
    size = min(size, max(8.0, room / max(width_of(words), 1)))
    while width_of(words) * size > room and len(words) > 2:
        words = words[:-2] + "…"
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" text-anchor="middle" fill="{ink}"{weight}>'
        f"{escape(words)}</text>"
    )


def _as_of(day: date) -> str:
    return str(_("按 %(day)s的任职", day=cnday(day)))


def _document(office: Unit, nodes: Sequence[Node], day: date, parts: Sequence[str], high: float) -> str:
    """Put the parts on a page; a chart higher than an A4 page is scaled down to fit it."""
    title = _("%(office)s组织架构图", office=office.name_on(day))
    vacant = sum(node.vacant for node in nodes)
    said = _("%(posts)s 个岗位，其中空缺 %(vacant)s 个。", posts=len(nodes), vacant=vacant)
    view = high
    wide = max(PAGE[0], view * PAGE[0] / PAGE[1])  # higher than the page: both ways smaller
    left = -(wide - PAGE[0]) / 2
    dashed = _("虚线框为空缺岗位，由上级岗位代理。") if vacant else ""
    told = f"{_as_of(day)}　{said} {dashed}".rstrip()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.1f} 0 {wide:.1f} {view:.1f}" '
        f'width="{PAGE[0]}" height="{min(high, PAGE[1]):.0f}" role="img" '
        'aria-labelledby="chart-title chart-said" '
        f'font-family="{FONT}"><title id="chart-title">{escape(title)}</title>'
        f'<desc id="chart-said">{escape(said)}</desc>'
        f'<rect x="{left:.1f}" y="0" width="{wide:.1f}" height="{view:.1f}" fill="#fff"/>'
        + _text(title, PAGE[0] / 2, 38, 22, PAGE[0], bold=True)
        + _text(told, PAGE[0] / 2, 60, 12, PAGE[0], ink=SOFT)
        + "".join(parts)
        + "</svg>"
    )
