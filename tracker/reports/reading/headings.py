"""What a heading announces: the wording tables of the office's reports."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from tracker.reports.reading.cues import HANDLING


class SectionKind(StrEnum):
    """What a section of a report is about."""

    PROGRESS = "progress"
    RESULTS = "results"
    PROBLEMS = "problems"
    NEXT_STEPS = "next_steps"
    CARRYOVER = "carryover"
    OTHER = "other"


FAULTS = "问题|不足|短板|弱项|困难|差距|薄弱环节|挑战|痛点|堵点|难点|瓶颈|隐患"
# Read from top to bottom, the first that matches decides. A heading is compared without blanks and end marks.
KINDS: tuple[tuple[SectionKind, str], ...] = (
    (SectionKind.OTHER, r"(需要|有关)?说明的(问题|事项)|存在(条件|.{0,6}条款|.{0,6}分区)"),
    (SectionKind.OTHER, r"(问题|隐患|困难|矛盾)(治理|排查|解决|整治|化解|处置)(工作)?"
                        r"(方面|(扎实|深入|有序|持续|全面|有力|稳步|有效|常态).{0,6})?|.*反映.*问题|.{0,8}补短板.{0,6}"),
    (SectionKind.PROBLEMS, r".{0,10}(?:存在|发现|查出|查找)(?:的|出的)?.{0,4}(?:问题|隐患)"
                           r"(?:及|和|与|以及)其?整改.{0,6}"),
    (SectionKind.OTHER, r".{0,8}(?:问题|矛盾|诉求|隐患|困难)(?:得到)?"
                        r"(?:妥善|有效|及时|稳妥|依法|逐步|基本|全部|持续|全面|有序|逐项)?"
                        r"(?:处理|处置|解决|化解|整治|治理|攻坚|清零|破解|回应)"),
    (SectionKind.PROBLEMS, r".{0,8}(?:尚未|仍未|还未|未|没有)(?:完成|整改|销号|解决|办结|到位).{0,12}"),
    (SectionKind.CARRYOVER, r".{0,12}已(经)?(完成)?整改.{0,4}问题.{0,6}|.{0,10}整改进展"),
    (SectionKind.CARRYOVER, r".{0,16}(问题)?整改(落实|进展|完成|工作)?(情况|进展)"),
    (SectionKind.CARRYOVER, r".{0,10}问题整改.{0,12}(推进|到位|完成|销号|见效|有力|落实)"),
    (SectionKind.CARRYOVER, r"关于.*问题的?整改.{0,6}"),
    (SectionKind.CARRYOVER, r"上(一)?(季度|半年|年度|年|月|期).{0,10}(问题|整改).{0,10}"),
    (SectionKind.PROBLEMS, r"分析原因|.{0,6}需要改进的(方面|地方)|.{0,6}制约.{0,10}因素|.{0,6}不足之处"),
    (SectionKind.PROBLEMS, rf".{{0,12}}?(存在|面临|遇到|检视|反馈|发现)?(的|了)?.{{0,6}}?({FAULTS})"
                           r".{0,12}"),
    (SectionKind.NEXT_STEPS, r"(下一?步|下一?阶段|下阶段|今后|后续|后段|下(半年|季度|月|周|一年度)"
                             r"|第?[一二三四]季度|明年|20\d\d年|工作|整改|改进|努力)?"
                             r".{0,10}?(打算|安排|计划|建议|考虑|思路|措施|举措|重点|目标|方向|展望"
                             r"|要求).{0,6}"),
    (SectionKind.NEXT_STEPS, r"(下一?步|下一?阶段)(工作)?"),
    (SectionKind.PROGRESS, r"(工作)?(主要|特色)?(经验)?做法.{0,4}|总体态势|基本情况|已采取的措施"
                           r"|本期完成|工作概况"),
    (SectionKind.RESULTS, r".{0,10}(成效|效果|成绩|成果|亮点|亮点与创新)(情况)?"),
    (SectionKind.PROGRESS, r".{0,14}(开展|总体|进展|推进|完成|落实|自查|自纠|基本|工作)情况"
                           r"|.{0,6}工作(回顾|总结|概况|进展|总体情况)"),
)  # fmt: skip
COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)
MARKS = re.compile(r"[\s，。：；、【】#*]+")
ADDED = re.compile(r"（[^）]*）$")
# A remedy that happens to name faults is none: 整治…问题, 解决…困难.
HANDLED = re.compile(
    rf"({HANDLING}|深化|开展|加强|强化|狠抓|抓实|抓好|推进|推动|深入|全面|扎实).*({FAULTS}).*"
)
OWNS_UP = re.compile(r"存在|面临|仍|还")
OWNED = re.compile(r"存在|面临|发现|遇到|反馈|暴露")
REMEDY = re.compile(
    r"(着力|切实|全力|持续|集中)?(解决|整治|化解|破解|消除|防范|排查|攻克|治理|坚持问题|以问题|聚焦).*"
)


@lru_cache(maxsize=256)
def kind_of(heading: str) -> SectionKind:
    """What a heading (normalised, without its number) announces; OTHER where it says nothing about it."""
    plain = ADDED.sub("", MARKS.sub("", heading))
    praise = "，" in heading.rstrip("，") and not OWNS_UP.search(heading)
    for kind, pattern in COMPILED:
        if pattern.fullmatch(plain):
            handled = HANDLED.fullmatch(plain) is not None and not OWNED.search(plain)
            remedy = kind is SectionKind.PROBLEMS and (praise or handled or REMEDY.fullmatch(plain))
            return SectionKind.OTHER if remedy else kind
    return SectionKind.OTHER


# A line without a number is a heading only when it begins like one; a title or a link of a web page does not.
NO_HEADING = re.compile(r"[。；，：|/？！\d]")
BARE = re.compile(
    r"(?:工作中|当前|目前)?(?:存在|面临|遇到|反馈|检查发现|主要|突出|短板|困难|不足|问题)(?!排查|治理)"
    r"|(?:下一?步|下一?阶段|今后|后续|后段|下半年|下季度|明年|整改|改进|努力|工作)"
)


def is_bare_heading(line: str) -> bool:
    """Whether an unnumbered line (normalised) is the heading of a problem or next-steps section."""
    plain = line.strip(" ：【】#*")
    if not 2 <= len(plain) <= 22 or NO_HEADING.search(plain) or not BARE.match(plain):
        return False
    announced = kind_of(plain) in {SectionKind.PROBLEMS, SectionKind.NEXT_STEPS}
    return announced and not plain.endswith(("总结", "报告", "方案", "通报"))
