"""The acceptance standard proposed for a measure: made of the report's words and of the kind of remedy.

Nothing is invented. A number the report does not give stays a gap (＿＿) that whoever signs for it fills.
"""

import re

from tracker.problems.words import GAP, LATER_STANDARD
from tracker.reports.reading.characters import normalised

LONGEST = 200  # characters of a proposed standard
MOST_CLAUSES = 3
FROM_WORDS = "由原文的对象、数量、日期拟出，请核对。"
FROM_KIND = f"原文没有写数量，按措施的类型拟出；“{GAP}”处由责任人签收时填写。"
FROM_KIND_WHOLE = "按措施的类型拟出，请核对。"
NO_WORDS = "原文没有可以对照验收的对象、数量或成果，签收时由责任人与经办人员商定。"

CLAUSE = re.compile(r"[^，。；\n]+")
RESULT = re.compile(
    r"完成|建立|制定|修订|印发|建成|开展|举办|组织|培训|轮训|排查|整理|配备|补齐|更新|覆盖|做到|安装|加装|签订|报送|公示"
    r"|追回|上缴|拨付|兑付|引进|招聘|物色|聘请|邀请|授课|评比|设置|设立|增至|达到|投入使用|清掏|清理|修好|更换|拆除|踏勘"
    r"|开工|压减|销号|到位|约谈|检查|抽查|巡查|通报|坐诊|收缴|划转|归档|移交|验收|召开|发放|新建|改造|挂牌"
)
# What can be held against the result: a number, a scope, or a thing that is there or not.
CHECKABLE = re.compile(
    r"\d(?!小时值)|[一二两三四五六七八九十]+(?:次|期|场|名|个|份|项|处|轮|座|家|辆|台|套)|[两二三四五]批|全镇|全乡|全县|全部|全覆盖|逐[户村项人]"
    r"|各村|各支部|每[村月季年周名个处]|清单|台账|档案|方案|名单|名册|登记|记录|细则|流程|办法"
)
LEAD_IN = re.compile(
    r"^\s*(?:对此|为此|今后|下一步|同时|此外|并且?|[一二三四五六七八九十]+[是要]|(?:另)?一方面|首先|其次|最后"
    r"|我们|我[镇乡县局村]|[将要还]|继续|进一步|积极|切实|不断|持续|探索|通过|努力|着力|认真|全面|及时|统一|督促"
    r"|由[^，。；]{2,12}(?:牵头|负责|于|统一)|和|及|\s)+"
)
QUOTED = re.compile(r"“[^”]*”")  # “四个意识” counts nothing
BARE_DATE = re.compile(r"^[\d\s年月日底前上中下旬初之以前]+$")
WHOM = re.compile(r"对(?P<whom>[^的，]{2,10})的?$")  # 加强对宣传队伍的（培训）

# Kinds of remedy (domain.md 1.4, 3.6): how a clause begins, what is there when it is done, the evidence.
# {thing} is what the report's own words call it.
KINDS: tuple[tuple[str, str], ...] = (
    (r"(?:(?:制定|编制|修订|完善|健全)[和、]?)+.*?(?P<thing>[^的]{0,10}预案)",
     f"{{thing}}印发，演练{GAP}次，附预案和演练记录"),
    (r"(?:(?:建立|制定|修订|完善|健全|出台)[和、]?)+.*?(?P<thing>[^的]{0,14}(?:制度|机制|办法|细则|规程|方案|规定))",
     "{thing}成文印发并执行，附文件"),
    (r"(?:举办|组织|开展|加强|加大|参加|强化)(?P<before>.*?)(?P<thing>[^的对]{0,6}(?:培训|轮训|业务学习))",
     f"{{thing}}{GAP}期、{GAP}人次，附通知和签到表"),
    (r"(?:引进|配备|配齐|充实|招聘|选派|选聘|增加).*?(?P<thing>[^的]{0,8}(?:人员|人才|专干|编制|力量|队伍))",
     f"{{thing}}到岗{GAP}名，附名单或任职文件"),
    (r"(?:开展|组织|加强|加大|强化)(?P<before>.*?)"
     r"(?P<thing>[^的对]{0,8}(?:检查|排查|巡查|督查|督导|整治|摸排))",
     f"{{thing}}{GAP}次，发现的问题逐项销号，附记录"),
    (r"(?:开展|组织|举办)(?P<before>.*?)(?P<thing>[^的对]{0,8}(?:宣传|宣讲|教育|活动))",
     f"{{thing}}{GAP}场，附方案和照片"),
    (r"(?P<thing>(?:更换|安装|维修|修缮|购置|新建|改造|添置|清理|拆除|疏通)[^的]{2,16})",
     "{thing}完成，附前后照片和验收单"),
)  # fmt: skip
COMPILED = tuple((re.compile(pattern), standard) for pattern, standard in KINDS)


def propose_standard(measure: str) -> tuple[str, str]:
    """Return a standard and its reason.

    Clauses of the measure that can be checked; else what its kind of remedy leaves behind, with gaps for the
    numbers; else LATER_STANDARD.
    """
    clauses = _checkable(measure)
    if clauses:
        return "；".join(clauses), FROM_WORDS
    by_kind = _of_kind(measure)
    if by_kind:
        return by_kind, FROM_KIND if GAP in by_kind else FROM_KIND_WHOLE
    return LATER_STANDARD, NO_WORDS


def is_vague(measure: str) -> bool:
    """Whether a measure names nothing that could be checked (措施笼统)."""
    return bool(measure.strip()) and not _checkable(measure)


def _clauses(measure: str) -> list[str]:
    return [LEAD_IN.sub("", found[0]).strip() for found in CLAUSE.finditer(normalised(measure))]


def _checkable(measure: str) -> list[str]:
    """The first clauses that can be checked; none where even the first is too long for a standard."""
    fitting = [clause for clause in _clauses(measure) if _can_be_checked(clause)][:MOST_CLAUSES]
    while len("；".join(fitting)) > LONGEST:
        fitting.pop()
    return fitting


def _can_be_checked(clause: str) -> bool:
    if len(clause) < 4 or BARE_DATE.match(clause):
        return False
    return bool(RESULT.search(clause) and CHECKABLE.search(QUOTED.sub("", clause)))


def _of_kind(measure: str) -> str:
    """What the kinds of remedy that a measure names leave behind, each kind once."""
    found: dict[str, str] = {}
    for clause in _clauses(measure):
        for pattern, standard in COMPILED:
            named = pattern.match(clause)
            if named is not None:
                found.setdefault(standard, standard.format(thing=_thing(named)))
                break
    standards = list(found.values())[:MOST_CLAUSES]
    return "；".join(standards) if len("；".join(standards)) <= LONGEST else standards[0]


def _thing(named: re.Match[str]) -> str:
    """What the report calls the thing, with whom it is for: 宣传队伍 + 培训."""
    whom = WHOM.search(named.groupdict().get("before") or "")
    return (whom["whom"] if whom else "") + LEAD_IN.sub("", named["thing"]).strip(" “”")
