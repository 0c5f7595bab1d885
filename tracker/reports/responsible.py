"""Who a passage names as responsible: labels (责任单位：…) and “由…牵头”. Roles stay as written."""

from __future__ import annotations

import re
from collections.abc import Iterable

LABELS = re.compile(
    r"(?:第一责任人|牵头领导|责任领导|分管领导|配合领导|主责领导|牵头单位|牵头部门|主责部门|主办单位|责任单位|责任部门"
    r"|责任科室|承办单位|配合单位|协办单位|主责责任人|具体责任人|责任人|承办人)\s*：\s*([^；。\n（）]+)"
)
INLINE = re.compile(r"(?<!理)由([^，。；：、\n]{2,12}?)(?:牵头|负责|抓好|落实)")
PARTS = re.compile(r"[、，]|及|和")


def responsible(text: str, start: int, end: int) -> list[str]:
    """The units and persons a normalised passage makes responsible, in order, each once."""
    found: list[str] = []
    for label in LABELS.finditer(text, start, end):
        found.extend(PARTS.split(label[1]))
    found.extend(inline[1] for inline in INLINE.finditer(text, start, end))
    names = (name.strip(" 等") for name in found)
    return list(dict.fromkeys(name for name in names if name))


def named(text: str, cells: Iterable[tuple[int, int]]) -> list[str]:
    """The units and persons in cells of a table that hold nothing else, each once."""
    parts = (part for cell in cells for part in re.split(r"[、，；/ \n]|及|和", text[slice(*cell)]))
    names = (re.sub(r"\d{7,}|（[^）]*）", "", part).strip(" 等：") for part in parts)
    return list(dict.fromkeys(name for name in names if name))
