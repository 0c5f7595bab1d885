"""The columns of the ledger as a table: their order, headers, aliases, and which verb a cell may reach. Pure.

Source: domain.md 1.3. The case number stands beside the running number, as a row is found by it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tracker.tasks.states import Action


@dataclass(frozen=True)
class Column:
    """A column: its header in an export, width in characters, what else is understood, who changes it.

    `by` is the act that a changed cell leads to; None where no verb changes it from a sheet. The deadline
    and the share done may lead to another act than named here, see `ledger_wishes`.
    """

    field: str
    header: str
    width: int
    aliases: tuple[str, ...] = ()
    by: Action | None = None
    centred: bool = False

    @property
    def broken(self) -> str:
        """The header in two halves where the column is too narrow for its four characters."""
        return (
            f"{self.header[:2]}\n{self.header[2:]}"
            if self.width < 10 and len(self.header) == 4
            else self.header
        )


COLUMNS: tuple[Column, ...] = (
    Column("no", "序号", 5, ("号",), centred=True),
    Column("case_no", "编号", 13, ("台账编号", "任务编号", "案号", "账号", "事项编号"), centred=True),
    Column("source", "问题来源", 6, ("来源", "台账来源"), centred=True),
    Column("category", "问题类别", 6, ("类别", "问题类型", "领域", "职责领域"), Action.CORRECT, True),
    Column("problem", "具体问题", 27, (
        "存在问题", "问题表述", "具体问题表述", "检查发现的主要隐患或问题", "反馈问题", "发现的问题",
        "问题内容", "问题", "内容", "事项", "督办事项", "重点工作", "任务",
    ), Action.CORRECT),
    Column("measure", "整改措施", 27, (
        "整改举措", "细化的整改措施", "具体措施", "工作任务安排", "整改措施或建议", "整改要求和建议",
    ), Action.CORRECT),
    Column("goal", "整改目标", 16, (
        "攻坚目标任务", "整改完成标准", "整改标准", "整改要求", "验收标准",
    ), Action.CORRECT),
    Column("leader", "责任领导", 9, ("牵头领导", "领办领导", "协助整改工作的领导", "分管领导")),
    Column("lead_unit", "牵头单位", 9, ("牵头部门", "主办单位", "主责部门")),
    Column("resp_unit", "责任单位", 9, ("具体责任单位", "责任部门", "责任科室", "承办单位", "责任主体")),
    Column("person", "责任人", 9, (
        "主责责任人", "具体责任人", "承办人", "整改人", "责任部门/责任人",
    ), Action.TRANSFER),
    Column("coop_unit", "配合单位", 9, ("协办单位", "协同责任单位", "配合整改部门")),
    Column("due", "整改时限", 12, (
        "完成时限", "办理时限", "办结时限", "交办时限", "整改期限", "对应的完成时间", "完成时间",
    ), Action.CORRECT, centred=True),
    Column("progress", "整改进展", 22, (
        "进展情况", "目前工作进展情况", "办理情况", "整改情况", "整改完成情况", "工作进展", "进展",
        "已采取的整改措施",
    ), Action.REPORT_PROGRESS),
    Column("done", "完成情况", 9, ("完成比例", "完成进度", "办理状态"), Action.REPORT_PROGRESS, True),
    Column("closed", "是否销号", 7, ("是否已完成整改", "是否完成", "销号情况"), centred=True),
    Column("closed_on", "销号时间", 12, ("整改验收时间", "销号日期", "验收时间"), centred=True),
    Column("verifier", "验收人", 9, ("验收人员", "核查单位", "验收岗位"), Action.CORRECT),
    Column("remark", "备注", 14, ("说明",)),
)  # fmt: skip

# Filled in a form that asks for it; the ledger's own export has it not.
FIRST_PERSON = Column("first_person", "整改第一责任人", 12, ("第一责任人",))

UUID, STAMP = "任务标识（勿改）", "导出标记（勿改）"  # the two hidden columns of an export

BY_FIELD: Mapping[str, Column] = {column.field: column for column in (*COLUMNS, FIRST_PERSON)}
FIELDS = tuple(column.field for column in COLUMNS)
DAYS = frozenset({"due", "closed_on"})  # cells that hold a day

_UNSEEN = re.compile(r"\s|[*＊]|[\u200b-\u200f\ufeff]")
_IN_BRACKETS = re.compile(r"[（(].*?[）)]")
_OF_A_PERIOD = re.compile(
    r"^(?:20\d\d年)?(?:第?[一二三四1-4]季度|[上下]半年|\d{1,2}月|本季度|本年度|全年)完成情况$"
)


def shown_of(chosen: Collection[str]) -> frozenset[str]:
    """Return the fields that an export shows of those a list has chosen: none chosen is all of them.

    By its numbers a row is found, so they are always there.
    """
    return frozenset({"no", "case_no", *chosen} if chosen else FIELDS) & frozenset(FIELDS)


def bare(header: str) -> str:
    """Return a header without blanks, line ends and stars: “责任⏎领导 *” is 责任领导."""
    return _UNSEEN.sub("", header)


def field_of(header: str) -> str | None:
    """Return which field a header names, or None for one that no column is called.

    A column that carries its period in its name (第二季度完成情况) is the progress (domain.md 1.1).
    """
    name = bare(header)
    found = _NAMES.get(name) or _NAMES.get(_IN_BRACKETS.sub("", name))
    if found is None and _OF_A_PERIOD.match(name):
        return "progress"
    return found


def fields_of(headers: Sequence[str]) -> dict[int, str]:
    """Return position → field of a header row; of two columns for one field the first counts."""
    found: dict[int, str] = {}
    for at, header in enumerate(headers):
        field = field_of(header)
        if field is not None and field not in found.values():
            found[at] = field
    return found


def _names() -> dict[str, str]:
    names = {bare(name): field for field, name in (("uuid", UUID), ("stamp", STAMP))}
    for column in (*COLUMNS, FIRST_PERSON):
        names |= dict.fromkeys((column.header, *column.aliases), column.field)
    return names


_NAMES = _names()
