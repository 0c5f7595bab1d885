"""The roster (花名册): one row a post, with its unit, holder, roles, superior and who is in charge. Pure.

The same columns go out and come in, so that a roster exported and imported again changes nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from tracker.organization.models import UnitKind
from tracker.web.forms import office_day

MOST_ROWS = 1000
HEADER_WITHIN = 10  # rows: a title and notes may stand above the header

COLUMNS: Mapping[str, tuple[str, ...]] = {  # field → its header in an export, then what else is understood
    "unit_code": ("单位代码", "代码"),
    "unit": ("单位", "单位名称", "部门", "科室", "所在单位", "工作单位"),
    "kind": ("单位类型", "类型"),
    "parent": ("上级单位",),
    "post": ("岗位", "职务", "岗位名称", "职位"),
    "rank": ("排序",),
    "name": ("姓名", "任职人", "责任人", "现任"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码"),
    "email": ("邮箱", "电子邮箱", "邮件"),
    "superior": ("上级岗位", "上级", "直接上级"),
    "in_leadership": ("班子成员", "是否班子成员", "班子"),
    "is_clerk": ("经办", "经办人", "是否经办"),
    "keeps_ledger": ("台账管理", "台账管理员", "是否台账管理"),
    "since": ("任职日期", "任职时间", "到任日期"),
    "acting": ("主持工作", "代理"),
    "leader": ("分管领导", "责任领导"),
    "fields": ("分管领域", "负责领域", "分工"),
}
ROLES = ("in_leadership", "is_clerk", "keeps_ledger")
WIDTHS = (11, 18, 13, 14, 24, 6, 10, 15, 30, 22, 9, 7, 9, 12, 9, 20, 24)
YES = frozenset({"是", "√", "✓", "✔", "对", "1", "y", "yes", "有"})
NO = frozenset({"否", "×", "✗", "x", "0", "n", "no", "无", "不是"})
VACANT = frozenset({"空缺", "空", "暂缺", "无", "-", "—", "–", "/"})
KINDS: Mapping[str, UnitKind] = {
    "县": UnitKind.COUNTY,
    "县（市、区）": UnitKind.COUNTY,
    "乡镇": UnitKind.TOWNSHIP,
    "乡镇（街道）": UnitKind.TOWNSHIP,
    "街道": UnitKind.TOWNSHIP,
    "内设机构": UnitKind.DEPARTMENT,
    "部门": UnitKind.DEPARTMENT,
    "站所": UnitKind.DEPARTMENT,
    "村": UnitKind.VILLAGE,
    "社区": UnitKind.VILLAGE,
    "村（社区）": UnitKind.VILLAGE,
}
KIND_NAMES = {
    UnitKind.COUNTY: "县（市、区）",
    UnitKind.TOWNSHIP: "乡镇（街道）",
    UnitKind.DEPARTMENT: "内设机构",
    UnitKind.VILLAGE: "村（社区）",
}
_ENDINGS = (  # what a unit without a kind is, by how its name ends
    (("村", "社区", "居委会", "村委会"), UnitKind.VILLAGE),
    (("镇", "乡", "街道"), UnitKind.TOWNSHIP),
    (("县", "市", "区"), UnitKind.COUNTY),
)
_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_BETWEEN = re.compile(r"[；;\n]+")
_ALSO_BETWEEN = re.compile(r"[、，,](?![^（(]*[）)])")  # but not within brackets


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row and column of the file; row 0: the file as a whole."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class RosterRow:
    """A row of the file by fields; `number` is its number in the file, from 1."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        """Return a cell, '' for a blank one and for a column that the file has not."""
        return self.cells.get(field, "")


@dataclass(frozen=True)
class Roster:
    """The rows that were understood and what was not."""

    rows: list[RosterRow]
    problems: list[Problem]


def header_of(field: str) -> str:
    """Return what the column of a field is called in an export."""
    return COLUMNS[field][0]


def read_roster(cells: Sequence[Sequence[str]]) -> Roster:
    """Return the rows of a sheet below its header; a unit named once is carried down to the rows below it."""
    found = _find_header(cells)
    if found is None:
        message = _("没有找到表头。前 10 行里要有一行写明“单位”和“岗位”，可下载空表对照。")
        return Roster([], [Problem(0, "", message)])
    at, fields = found
    rows: list[RosterRow] = []
    unit: dict[str, str] = {}
    for number, line in enumerate(cells[at + 1 :], at + 2):
        row = {
            field: " ".join(line[column].split()) for column, field in fields.items() if column < len(line)
        }
        if not any(row.values()):
            continue
        if row.get("unit") or row.get("unit_code"):
            unit = {field: row.get(field, "") for field in ("unit", "unit_code")}
        rows.append(RosterRow(number, row | unit))
    if len(rows) > MOST_ROWS:
        message = _(
            "共 %(count)s 行，一次最多 %(most)s 行，没有读取。请按单位分开。", count=len(rows), most=MOST_ROWS
        )
        return Roster([], [Problem(0, "", message)])
    return Roster(rows, [problem for row in rows for problem in _problems(row)])


def legible(roster: Roster) -> list[RosterRow]:
    """Return the rows of a roster that name a unit, without the cells that cannot be read."""
    wrong = {(problem.row, problem.column) for problem in roster.problems}
    return [
        RosterRow(
            row.number,
            {field: text for field, text in row.cells.items() if (row.number, header_of(field)) not in wrong},
        )
        for row in roster.rows
        if row["unit"] or row["unit_code"]
    ]


def yes_or_no(text: str) -> bool | None:
    """Return what a yes-or-no cell says, None for a blank one. Raises ValueError for anything else."""
    word = text.lower()
    if not word:
        return None
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(text)


def day_in(text: str) -> date | None:
    """Return the day of a cell (2025-01-02, 2025/1/2, 2025年1月2日). Raises ValueError for anything else."""
    if not text:
        return None
    match = _DAY.fullmatch(text)
    parts = [int(part) for part in match.groups()] if match else []
    found = office_day("{:04}-{:02}-{:02}".format(*parts)) if parts else None
    if found is None:
        raise ValueError(text)
    return found


def kind_in(text: str, name: str) -> UnitKind:
    """Return the kind of a unit: as written, else by how its name ends. ValueError for another word."""
    if text:
        if text not in KINDS:
            raise ValueError(text)
        return KINDS[text]
    return next((kind for ends, kind in _ENDINGS if name.endswith(ends)), UnitKind.DEPARTMENT)


def listed(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """Return the names that a cell lists; a name that is known stays whole, whatever marks it holds.

    党委副书记、镇长 is one post where there is one of that title, and two names where there is none.
    """
    found: list[str] = []
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        found += [part] if is_known(part) else filter(None, map(str.strip, _ALSO_BETWEEN.split(part)))
    return [name for name in found if name not in VACANT]


def _find_header(cells: Sequence[Sequence[str]]) -> tuple[int, dict[int, str]] | None:
    for at, line in enumerate(cells[:HEADER_WITHIN]):
        fields: dict[int, str] = {}
        for column, text in enumerate(line):
            field = _FIELDS.get(_bare(text))
            if field is not None and field not in fields.values():
                fields[column] = field
        if "post" in fields.values() and {"unit", "unit_code"} & set(fields.values()):
            return at, fields
    return None


def _bare(text: str) -> str:
    """Return a header without blanks, line ends and what stands in brackets."""
    return re.sub(r"[（(].*?[）)]|\s|[*＊]", "", text)


_FIELDS = {name: field for field, names in COLUMNS.items() for name in names}


def _problems(row: RosterRow) -> list[Problem]:
    """Return what can be seen without knowing the office."""
    found = []
    if not row["unit"] and not row["unit_code"]:
        found.append(Problem(row.number, header_of("unit"), _("没有写单位。")))
    if row["name"] and not row["post"] and row["name"] not in VACANT:
        found.append(Problem(row.number, header_of("post"), _("写了姓名，没有写岗位。")))
    for field, read in _READERS.items():
        try:
            read(row[field])
        except ValueError:
            message = _(
                "“%(text)s”不能识别，%(how)s。", text=row[field], how=_HOW.get(field, _("填 是 或 否"))
            )
            found.append(Problem(row.number, header_of(field), message))
    return found


_READERS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys((*ROLES, "acting"), yes_or_no),
    "since": day_in,
    "kind": lambda text: kind_in(text, ""),
    "rank": lambda text: int(text or 0),
}
_HOW = {
    "since": "按 2025-01-02 的格式填写",
    "kind": "填 县（市、区）、乡镇（街道）、内设机构 或 村（社区）",
    "rank": "填整数，小的在前",
}
