"""Who a passage names as responsible: labels (责任单位：…) and “由…牵头”. Roles stay as written."""

from __future__ import annotations

import re
from collections.abc import Iterable

LABELS = re.compile(
    r"(?:第一责任人|牵头领导|责任领导|分管领导|配合领导|主责领导|牵头单位|牵头部门|主责部门|主办单位|责任单位|责任部门"
    r"|责任科室|承办单位|配合单位|协办单位|主责责任人|具体责任人|责任人|承办人)\s*：\s*([^；。\n（）]+)"
)
INLINE = re.compile(r"(?<!理)由([^，。；：、\n]{2,12}?)(?:牵头|负责|抓好|落实)")
# 住房和城乡建设局 is one office: 和 parts two names only after something that is one.
PARTS = re.compile(r"[、，；/ \n]|(?<=[镇乡村局办委站所部院校科组室会人员长记任])(?:及|和)")
# The subject of a sentence, where it is an office or a place: “白沙镇对在建工地监管缺位”, “镇财政所计划于…”.
SUBJECT = re.compile(
    r"(?!部分|个别|有的|一些|少数|多数|大部分|我|本|该|基层|农村|全|由|与|对|联合|会同|积极|下一?步|继续|加强|一个)"
    r"(?P<unit>(?:各(?:村|社区|支部|站所|部门|单位)(?:（[^）]{1,6}）)?|[\u4e00-\u9fff]{2,12}?"
    r"(?:镇|乡|街道|村|社区|县|开发区|局|委|办公室|办|中心|站|所|医院|学校|科|公司|支部|中队|大队)))"
    r"(?=：|对|未|没有|存在|在|要|应|负责|牵头|已|计划|拟|将|会同|每[周月季年]|于|\d|上报|某|“)"
)


def responsible(text: str, start: int, end: int) -> list[str]:
    """The units and persons a normalised passage makes responsible, in order, each once."""
    found: list[str] = []
    for label in LABELS.finditer(text, start, end):
        found.extend(PARTS.split(label[1]))
    found.extend(inline[1] for inline in INLINE.finditer(text, start, end))
    names = (name.strip(" 等") for name in found)
    return list(dict.fromkeys(name for name in names if name))


def leading_unit(text: str, start: int, end: int) -> str | None:
    """The unit or place that a normalised sentence is about, where it begins with one."""
    found = SUBJECT.match(text, start, end)
    return found["unit"] if found else None


def named(text: str, cells: Iterable[tuple[int, int]]) -> list[str]:
    """The units and persons in cells of a table that hold nothing else, each once."""
    parts = (part for cell in cells for part in PARTS.split(text[slice(*cell)]))
    names = (re.sub(r"\d{7,}|（[^）]*）", "", part).strip(" 等：") for part in parts)
    return list(dict.fromkeys(name for name in names if name))
