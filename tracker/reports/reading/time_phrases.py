"""The expressions of time that reports use: one table of patterns, each with its rule (domain.md 4.2).

A text is read from left to right; where several patterns begin at the same character the first of the table
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tracker.reports.reading.time_rules import (
    Calendar,
    Reading,
    Rule,
    before_holiday,
    before_month,
    before_year,
    day_of_week,
    duration,
    duration_from,
    end_of_month,
    end_of_year,
    half,
    horizon,
    immediate,
    month_end,
    needs_person,
    next_quarter,
    no_limit,
    ongoing,
    plan,
    quarter,
    recurring,
    same_day,
    some_time_in_month,
    span_of_days,
    the_day,
    third_of_month,
    this_quarter,
    two_holidays,
    vague,
)

COUNT = r"(?P<count>\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九两半])"
UNIT = r"(?P<unit>个?工作日|日|天|周|个?星期|个月|年|个?小时)"
BEFORE = r"(?:之?前|以前)"
WITHIN = r"(?:之内|以内|内)"
UNTIL = rf"(?:{BEFORE}|{WITHIN}|为?止)"
DAY_WORD = r"\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
MONTH_WORD = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"


def written_year(part: str = "") -> str:
    """The pattern of a year: in numbers, in Chinese, or this and the next one."""
    return rf"(?P<{part}year>20\d\d|二[〇○零Oo0][〇○零Oo0一二三四五六七八九]{{2}}|[今明本当次])\s*年\s*"


def year(part: str = "") -> str:
    """The pattern of a year that may be missing."""
    return rf"(?:{written_year(part)})?"


def month(part: str = "") -> str:
    """The pattern of a month with its year: its number, or 本月, 下月."""
    return rf"{year(part)}(?:(?P<{part}month>{MONTH_WORD})\s*月份?|(?P<{part}near>[本当下次])个?月)"


def day(part: str = "") -> str:
    """The pattern of a day with its month, in Chinese or as numbers."""
    return rf"(?:{month(part)}\s*(?P<{part}day>{DAY_WORD})\s*[日号]|{numbers(part)})"


def side(part: str) -> str:
    """The pattern of one side of a range: a day, a third of a month or a month."""
    third = rf"\s*(?P<{part}third>[上中下])旬"
    return rf"(?:{month(part)}(?:\s*(?P<{part}day>{DAY_WORD})\s*[日号]|{third})?|{numbers(part)})"


def numbers(part: str) -> str:
    """The pattern of a day written in numbers alone: 2025-11-30, 2025.11.30."""
    return rf"(?P<{part}iso>20\d\d[-./](?:1[0-2]|0?[1-9])[-./](?:3[01]|[12]\d|0?[1-9])(?!\d))日?"


EVENT = (
    r"(?P<event>(?:反馈|会议?后|接到|收到|发现|通知|下发|印发|公示|签订|交办|下达|验收|备案|受理|届满)"
    r"[^，。；]{0,10}?)?"
)
SEASON = (
    r"(?:主?汛期|入冬|冬季|供暖季|采暖季|换届|任期|年终考核|年度考核|春耕|夏收|秋收|秋种|农忙|开学|放假"
    r"|寒假|暑假|民主生活会)"
)
TO = r"\s*(?:[—–\-~]+|至|到|持续到|持续至|延续到|延续至)\s*"
UP_TO = r"(?:\d{1,2}\s*[—–\-~至到]\s*)?"  # 1—5日内: the larger counts
HOLIDAY = r"(?P<holiday>元旦节?|春节|过年|年关|清明节?|五一节?|劳动节|端午节?|中秋节?|国庆节?|十一(?!月))"
DOES = r"(?=[^，。；]{0,8}(?:完成|实现|建成|启动|开展|销号|到位|整改|投用)|\s*$)"
END = rf"(?P<until>[末底]?{BEFORE}|[末底]|{WITHIN})"
NO_NUMBER = r"(?<![\d一二三四五六七八九十])"
NO_DUTY = r"(?!值班|值守|在线|轮|不间断|监[测控]|巡|应急|待命|服务|制|专人)"
EVERY = r"(?:每个?|按|逐)(?P<every>季度|星期|半年|周(?!期|边|转)|月|季(?!节)|年度?)"
EVERY_WHEN = r"(?:[末底初]|[一二三四五六日天](?:[前]|下午|上午|\d+点前)?|\d{1,2}[日号]前?)?"
FROM = rf"[自从]{month()}(?:\s*\d+\s*日)?(?:起|开始|以后|后)，?"

# Of patterns that begin at the same character the first counts: the longer and surer ones stand above.
TABLE: tuple[tuple[str, Rule], ...] = (
    (rf"(?<![期时]限)(?<!时间|日期)截[至止]到?\s*"
     rf"(?:目前|今|现在|{month()}(?:\s*\d+\s*日|底|末)?|{numbers('')})", no_limit),
    (r"届满前\s*\d+\s*个?工作日", no_limit),
    (r"[xX×*]{1,2}月(?:[xX×*]{1,2}日|底)前?", needs_person("日期处是占位符，请您填写。")),
    (rf"[自从]{day()}(?:之日)?(?:起|开始|算起)?，?(?:限期?|在|的)?{COUNT}{UNIT}{WITHIN}?", duration_from),
    (rf"(?:{FROM})?{EVERY}(?P<twice>(?:至少|不少于|开展|召开|组织)?[两2二]次)?{EVERY_WHEN}", recurring),
    (rf"[自从]?{side('from_')}{TO}(?:{side('to_')}|(?P<alone>{DAY_WORD})\s*[日号]){END}?", span_of_days),
    (rf"(?P<from_month>{MONTH_WORD}){TO}{side('to_')}{END}?", span_of_days),
    (rf"{day()}(?P<until>{UNTIL}|(?=[、和及][^，。；]{{2,12}}?{BEFORE}))?", the_day),
    (rf"{month()}\s*(?:(?P<third>[上中下])旬|(?P<begin>初))(?P<until>{UNTIL})?", third_of_month),
    (rf"(?:{month()})?开学第一周{WITHIN}?", needs_person("要看哪天开学，请您填写。")),
    (rf"{month()}\s*(?:[底末低]{BEFORE}?|{WITHIN})", end_of_month),
    (rf"{month()}{BEFORE}(?!期)", before_month),
    (rf"{written_year()}(?:年?底|末|内){BEFORE}?", end_of_year),
    (rf"(?P<year>)(?:年底{BEFORE}?|年末{BEFORE}?|(?<![半一二两三\d])年内|年度内|全年)", end_of_year),
    (rf"(?P<year>20\d\d)年{BEFORE}(?!期|[一二三四1-4两]个?季)", before_year),
    (rf"{written_year()}(?P<half>[上下])半年{END}?", half),
    (rf"(?P<year>)(?P<half>[上下])半年(?:{END}|{DOES})", half),
    (rf"下一?个?季度(?:[末底]{BEFORE}?|{WITHIN})?", next_quarter),
    (rf"本季度(?:[末底]{BEFORE}?|{WITHIN})", this_quarter),
    (rf"(?<!前){year()}第?(?P<quarter>[一二三四1-4])季度{END}?", quarter),
    (rf"{NO_NUMBER}月(?:[底末]{BEFORE}?|初)", month_end),
    (rf"(?<![对近]){EVENT}(?:限期?|在)?{UP_TO}{COUNT}{UNIT}(?:{WITHIN}|(?=集中整改|整改))", duration),
    (rf"(?P<event>)(?:限期?|不超过|为期){COUNT}{UNIT}", duration),
    (rf"(?P<event>)(?P<count>24|48|72)(?P<unit>小时){NO_DUTY}", duration),
    (rf"{month()}", some_time_in_month),
    (rf"[中长]期（?{UP_TO}{COUNT}{UNIT}", horizon),
    (rf"当日|当天|当场|今[天日](?:下班)?(?:{BEFORE}|{WITHIN})", same_day),
    (rf"(?P<which>[本这下])?(?:周|星期)(?P<weekday>[一二三四五六日天末])(?:\d{{1,2}}[点时]|下班)?{BEFORE}",
     day_of_week),
    (rf"{year()}{HOLIDAY}(?:节|假期|长假)?(?:到来|来临)?{BEFORE}", before_holiday),
    (r"(?:元旦、?)?(?:春节)?两节期间", two_holidays),
    (r"“(?P<plan>十[四五六七])五”(?:期?末|时期末|期间)", plan),
    (r"立行立改|立即整改|立查立改|立改立行|即[知查]即改|随[查即]随改|即刻整改|马上改|立即改|迅速改"
     r"|边[审查学]边[审查学]?边?改|边(?:检查|自查|排查|督查)边(?:整改|改)|第一时间", immediate),
    (r"长期坚持|持续(?:推进|整改|坚持)|常态化(?:开展|推进|坚持|整治|管理)|常态长效|长期推进", ongoing),
    (r"按(?:照)?(?:序时进度|时间节点)", needs_person("时间节点在别的文件里，请您填写。")),
    (r"整改方案(?:明确|确定|规定|要求)的(?:完成)?(?:时限|时间|期限)",
     needs_person("时限在整改方案里，请您填写。")),
    (rf"{SEASON}(?:到来|来临|结束)?(?:{BEFORE}|后|{WITHIN}|期间)|会后",
     needs_person("要看这件事定在哪天，请您填写。")),
    (r"限期(?:整改|办结|完成|改正|整治|销号|治理)", vague),
    (r"适时|尽快|抓紧(?=.{0,6}(?:完成|整改|落实))|及早|尽早|早日", vague),
)  # fmt: skip
COMPILED = tuple((re.compile(pattern), rule) for pattern, rule in TABLE)
# What an expression may begin with: looking at one character first spares nine tenths of the work.
BEGINS = (
    "这周星0-9一二三四五六七八九十两半〇今明本当次下上每按逐自从截届限在不为反会接收发通印公签交验备受中长短立马即随边"
    "迅第持常适尽抓及早主汛入冬供采换任年春夏秋农开放寒暑民元过清劳端国“全xX×*月整"
)
ALTERNATIVES = "|".join(
    f"(?P<row{row}>{re.sub('[?]P<[a-z_]+>', '?:', pattern)})" for row, (pattern, _rule) in enumerate(TABLE)
)
ANY = re.compile(f"(?=[{BEGINS}])(?:{ALTERNATIVES})")


def readings(text: str, at: Calendar) -> Iterator[Reading]:
    """The expressions of a normalised passage, in its order; what is no limit is left out."""
    for expression in ANY.finditer(text):
        pattern, rule = COMPILED[int(str(expression.lastgroup).removeprefix("row"))]
        found = pattern.match(text, expression.start())
        assert found is not None
        read = rule(found, at)
        if read is not None:
            yield replace(read, span=found.span())
