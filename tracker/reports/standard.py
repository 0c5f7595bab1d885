"""The acceptance standard that a measure's own words give. Nothing is added that the report does not say."""

import re

from tracker.problems.words import LATER_STANDARD

LONGEST = 200  # characters of a proposed standard
MOST_CLAUSES = 3
FROM_WORDS = "由原文的对象、数量、日期拟出，请核对。"
NO_WORDS = "原文没有可以对照验收的对象、数量或成果，签收时由责任人与经办人员商定。"

CLAUSE = re.compile(r"[^，。；,;\n]+")
RESULT = re.compile(
    r"完成|建立|制定|修订|印发|建成|开展|举办|组织|培训|排查|整理|配备|补齐|更新|覆盖|做到|安装|签订|报送|公示"
)
# What can be held against the result: a number, a scope, or a thing that is there or not.
CHECKABLE = re.compile(
    r"\d|[一二两三四五六七八九十]+(?:次|期|场|名|个|份|项|处|轮)|全镇|全乡|全部|全覆盖|各村|各支部|每[村月季年周名个处]"
    r"|清单|台账|档案|方案|预案|名单|名册|登记|记录|细则|流程|办法"
)
LEAD_IN = re.compile(
    r"^\s*(?:对此|为此|今后|下一步|同时|此外|并且?|[一二三四五六七八九十]+是|我们|我镇|我乡|将|要|继续|由[^，。；]{2,12}(?:牵头|负责|于)|\s)+"
)
BARE_DATE = re.compile(r"^[\d\s年月日底前上中下旬初之以前]+$")


def propose_standard(measure: str) -> tuple[str, str]:
    """Return a standard and its reason: clauses of the measure that can be checked, else LATER_STANDARD."""
    clauses = [LEAD_IN.sub("", found[0]).strip() for found in CLAUSE.finditer(measure)]
    fitting = [clause for clause in clauses if _can_be_checked(clause)]
    standard = "；".join(fitting[:MOST_CLAUSES])
    if not standard or len(standard) > LONGEST:
        return LATER_STANDARD, NO_WORDS
    return standard, FROM_WORDS


def is_vague(measure: str) -> bool:
    """Whether a measure names nothing that could be checked (措施笼统)."""
    return bool(measure.strip()) and propose_standard(measure)[0] == LATER_STANDARD


def _can_be_checked(clause: str) -> bool:
    if len(clause) < 4 or BARE_DATE.match(clause):
        return False
    return bool(RESULT.search(clause) and CHECKABLE.search(clause))
