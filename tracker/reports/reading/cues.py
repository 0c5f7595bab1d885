"""The words by which a report says what is a fault, what a remedy, and what neither. Tables, no rules.

All patterns work on normalised text: full-width punctuation, simplified characters.
"""

from __future__ import annotations

import re

FAULTS = (
    "问题|不足|困难|差距|短板|弱项|隐患|薄弱环节|挑战|矛盾|缺点|毛病|不尽如?人意(?:的地方|之处)?"
    "|不(?:对头|到位|规范|够好|理想)的(?:地方|方面|情况)|(?:亟待|亟需|急需|抓紧|需要|有待)解决"
)

# --- what leads a list in -------------------------------------------------------------------------

# 补齐短板, 破解难题: what is done about faults is no fault.
HANDLING = "补齐|解决|破解|消除|化解|整治|治理|防范|排查|攻克|克服|聚焦|紧盯|直面|正视|梳理"
_NOT_HANDLED = "".join(f"(?<!{verb})" for verb in HANDLING.split("|"))
# “存在的困难及建议”: the heading of a list of problems, though it ends with what is asked for them.
JOINT = "(?:及|和|与|以及)(?:其|下一?步)?(?:对策|建议|整改|改进|工作|意见|措施|打算)+[：，]?$"
PROBLEM_CUE = re.compile(
    r"(?:存在|发现|面临|暴露|主要|突出|以下|如下|一些|不少|几[个处点条]|还有|仍有)"
    rf"[^。]{{0,16}}{_NOT_HANDLED}(?:{FAULTS})(?:{JOINT})?"
    rf"|(?:{FAULTS})[^。，]{{0,8}}(?:主要|表现|如下|以下)|主要表现[在为]?|问题清单：|不够[^。]{{0,6}}：$"
    r"|(?:主要|突出)(?:有|是)：?$|[几点面处][^。，；]{0,3}(?:做得|还)?不(?:够|足|到位)[^。，；]{0,4}：$"
)
MEASURE_CUE = re.compile(
    r"(?:采取|落实|提出|制定|做好|抓好|改进|整改)[^。，]{0,10}(?:措施|工作|要求|建议|打算)|整改(?:措施|情况)"
    r"|下一?步|打算|今后|会议(?:议定|决定|要求|同意)[^。]{0,8}：?$|(?:要求|建议)(?:如下)?[：，]?$"
    r"|改进[^。]{0,8}[：]?$|(?:努力|我们将[^。，]{0,12})：$|重点任务|^[^。]{0,4}措施：|强调|明确：|做到以下|[^。]{0,20}(?:措施|举措)(?:如下)?：$"
)
# What petitioners complain of is their matter, not a fault that the report owns up to.
COMPLAINTS = re.compile(r"反映(?!出)|投诉|诉求")

# --- what an item says ----------------------------------------------------------------------------

# What measures begin with, and what owns up to a deficiency. Characters decide, no segmentation.
REMEDY = re.compile(
    r"(?:要|加强|进一步|抓好|抓|做好|强化|提高|提升|完善|建立|健全|推进|推动|严格|落实|深化|继续|切实|积极|真正|加大|开展|组织|制定|规范"
    r"|优化|丰富|改进|配强|充分|严肃|坚持|全面|着力|立即|各[村单镇乡县区地级]|实施|深入|加快|补足|压紧|压实|持续|改善"
    r"|办好|争取|抢抓|聚焦|统筹|用好|做强|培育|打造|支持|引导|构建|筑牢|守[牢住]|夯实|细化|狠抓)"
)
FALLS_SHORT = re.compile(
    r"不(?:[够到足高深强严实力全大细准好佳宽多紧牢]|及时|规范|完善|平衡|均衡|充分|明显|重视|稳|畅|齐|符|清|良|熟|合理|健全|落实|一致)"
    r"|未(?!来)|缺|欠|有待|滞后|薄弱|较[低差少慢弱]|偏[低弱少重小]|单一|迟缓|跟不上|没有|流于|闲置|违规|挂名"
)
DEFICIENT = re.compile(
    FALLS_SHORT.pattern + r"|差距|问题|困难|损坏|隐患|短板|弱项|漏洞|现象|存在|不了|难以|畏难"
)
GROUPING = re.compile(
    r"(?:.{0,14}方面(?:。|：)?|.{0,18}方面(?:存在)?的?(?:主要|突出)?(?:问题|不足|差距)[。：]?"
    r"|.{0,10}(?:问题|不足|表现|表现为|主要有|情况)：?|.{0,24}：|\W*)"
)
REASONS = re.compile(r"(?:.{0,6}(?:原因|成因)(?:分析|剖析|简析|浅析|探析|思考)?|分析.{0,4}原因)")

# --- where a problem ends -------------------------------------------------------------------------

# A line that turns to whoever gets the paper: what stands below is no part of the last item.
ADDRESSED = re.compile(r"\n *(?:请|望|特此|以上|各[^\n，。]{1,12}(?:要|务必|应))")
# Said after a list, of all of it: a general promise, no countermeasure of the last item.
GENERAL = re.compile(
    r"(?:以上|上述|这些|针对(?:以上|上述|这些|存在|检查|发现)|对(?:以上|上述|这些)|我们一定|综上|总之)"
)
# How a countermeasure begins that is said with its problem, each after a mark or a blank.
COUNTERS = (
    # turning words and promises
    r"(?<=[。；，）！？ \n])(?:(?:对此|为此|鉴于此|就此|接下来|今后|下一?步)"
    r"(?:，|(?=我|将|要|应|须|准备|打算|计划|安排|拟))"
    r"|针对(?:此|这一|该|上述|以上)|对此问题|以上问题|我们将|我[镇乡县局院校]将"
    # labels
    r"|(?:下一?步)?(?:整改|改进|工作|解决)?(?:措施|举措|对策)(?:[一二三四五六七八九十]|\d{1,2})?：|(?:整改|改进)(?:情况|建议)："
    r"|(?:目前|当前|整改)?进展(?:情况)?：|(?:审计|处理|整改)意见："
    r"|(?<=[。；，！？ ])整改(?:办法|方案)?：(?=[^\n])"
    # requests
    r"|建议|恳请|请求|请(?=[^示求假])|[@＠])",
    # what an audit holds against it and orders
    r"(?<=[。；])(?:(?:上述|以上|该)[^。；，]{0,6}(?:行为|做法|问题|情况)，?(?:不符合|违反)|责令|责成)",
    # needs, but not a wish that is the fault itself, nor a sum
    r"(?<=[。；，])需(?:要)?(?!进一步|加强|进行|求|持续|常态|继续|强化|提高|提升|改进|完善|[^，。；]{0,8}\d)",
    r"(?<=[。；，])应当?(?=抓紧|尽快|立即|及时|予以|核实|于\d)",
    # who does what, what is under way, what is planned
    r"(?<=[。；])(?:由[^，。；]{2,12}(?:负责|牵头|约谈|组织|督促|联系|协调)"
    r"|[^，。；]{0,10}正在(?:补办|办理|整改|修订|协调|推进|落实)|(?:拟|计划|准备|打算)(?=[^，。；]{2,}))",
    # a term
    r"(?<=[。；，])(?:限(?:期|于|在)?(?=[\d一二三四五六七八九十])|限期(?=整改|完成|办结|改正)|[须应]于(?=\d)|务必)",
    r"(?<=[。；])\d{1,2}月(?:\d{1,2}日|底|[上中下]旬)前(?=[^。；]{4,})",
    # what was set going
    r"(?<=[。；，])(?:现)?已(?:经)?(?:联系|安排|责令|责成|督促|要求|通知|协调|交办|列入|报请"
    r"|向[^，。；]{2,16}(?:报告|反映|申请|汇报))",
)
COUNTER = re.compile("|".join(COUNTERS))
MEASURE_LABEL = re.compile(
    r"(?:下一?步)?(?:(?:整改|改进|工作|解决)?(?:措施|举措|对策|情况|建议)(?:[一二三四五六七八九十]|\d{1,2})?"
    r"|(?:目前|当前|整改)?进展(?:情况)?|(?:审计|处理|整改)意见|整改(?:办法|方案)?)：\s*"
)
ANSWER = re.compile(
    r"\n *+(?:整改|改进)?(?:措施|举措|情况|建议)："
)  # the line of a card that says what is done
PROBLEM_LABEL = re.compile(
    r"(?:存在|具体|主要|反馈|发现)?(?:的)?问题(?:清单|表现|表述|描述)?(?:\d{1,3}|[一二三四五六七八九十]{1,3})?：\s*"
)
PROBLEM_LINE = re.compile(rf"\n *+(?:{PROBLEM_LABEL.pattern})")
# The fields of a ledger written as lines or in one line: “责任单位：…”, “完成时限：…”.
FIELD = re.compile(
    r"(?:(?<=[\n 。；，])|(?<=（))(?:第一责任人"
    r"|(?:牵头|责任|配合|主办|协办|承办|主责|包保|督办)(?:单位|领导|部门|人|[科股]室|站所|岗位)"
    r"|(?:预计)?(?:完成|整改|办理|办结)(?:时限|期限|时间)|时限|期限|(?:整改|目标|工作|完成|验收)(?:目标|要求|标准|类型)"
    r"|问题(?:来源|类别)|备注)："
)
# What is told as put right already is no problem any more; “正在整改” is one.
SOLVED = re.compile(
    r"(?:已|均已|现已|已经)(?:于[^，。；]{3,11}日)?(?:全部|全面)?(?:完成整改|整改(?:完成|到位|完毕|销号)?|完成销号|销号|办结|解决)(?=[。；，]|$)"
    r"|(?:整改|销号)(?:已)?(?:完成|完毕)(?=[。；，]|$)|(?:(?:完成|整改)(?:情况|状态|结果)|进展)：\s*已(?:完成|销号|办结|整改)"
    r"|(?:均|全部)已[^。；，]{0,10}(?:扑灭|处置|清理|清除|拆除|更换|修复|补齐|补发|兑付|清退|整改)"
    r"|^[^。]*问题[”。]?\s*。?已(?:经)?完成(?:整改)?(?=[。；，]|$)"
)
# A measure that asks for all problems alike: its day is theirs where they name none.
FOR_ALL = re.compile(
    r"逐[条项一]|对号入座|整改[^。]{0,20}(?:书面报|上报|报送|反馈|报[县镇乡市区])"
    r"|(?:上述|以上|通报的?|反馈的?|发现的?|存在的?)[^。]{0,8}(?:问题|单位)[^。]{0,60}(?:整改|销号)"
    r"|对照[^。]{0,6}问题[^。]{0,16}整改|(?:上述|以上)(?:这些|这几|几)?[^。]{0,20}(?:弄好|整改|解决|办好|处理)"
)
NOT_YET = re.compile(
    r"正在|尚未|未(?:完成|销号|整改)|(?:部分|其余|剩余)(?![^。；]{0,30}(?:均|全部)?已)|计划于|拟|仍|但|还有|尚有"
)
UNFINISHED = re.compile(
    r"正在|尚未|未完成|长期坚持|仍|剩余|其余|推进中"
)  # said of what is still to be put right
# A heading that quotes the problem it tells of, as reports on what was put right have them.
QUOTED_PROBLEM = re.compile(
    r"关于[“\"](?P<problem>[^”\"\n]{4,120})[”\"](?:等|方面)?的?问题(?P<done>的整改(?:落实)?(?:情况)?)?"
)
CLEAN = re.compile(
    r".{0,12}(?:未发现|没有发现|不存在|未出现)[^，。；]{0,8}(?:问题|隐患|情况)"
)  # nothing was found here
# What is no problem although it stands where one would: a lost picture, a link, that there is nothing.
NOTHING = re.compile(
    r"（[^（）]*）|【[^】]*】|\W*"
    r"|.{0,8}(?:暂无|没有|未发现|无)(?:明显|突出|重大|其他|上述)?(?:的)?(?:问题|不足|隐患|情况)?"
)

# --- running text ---------------------------------------------------------------------------------

OWNING = r"(?:也|但|还|仍|同时|发现|查出|清醒|看到|反映出)"
# A paper that tells place by place what was found.
INSPECTION = re.compile(r"(?:检查|督查|督导|巡查|暗访|抽查|排查|互查)[^\n]{0,12}(?:通报|情况|反馈|日报)")
# What an inspection is going to look for, no fault that was found.
ASKED = re.compile(r"是否|有无|有没有|重点(?:检查|查|看|整治)|严查|查处|防止|杜绝|避免")
# Praise stands first; what counts follows the turn.
ONE_MORE = re.compile(r"(?:另外|此外|同时|还有|再者|再就是)，?")
AFTER_STOP = re.compile(r"(?<=[。；])(?:另外|此外)，?")
TURN = re.compile(r"但(?:是)?|不过，|然而，|不足(?:的地方|之处)?(?:是|有)：?|(?:主要)?问题(?:是|有)：?")
CLOSE = re.compile(
    r"等等|(?:我们|我镇|对此|对这些|针对|(?<=[。；，\n])(?:以上|上述)|下一?步|今后|这些问题)[^，。；]{0,10}"
    r"(?:将|一定|要|必须|打算|准备|计划|高度重视|，|问题)|\n"
)
TELLING = re.compile(
    r"我们将|我[镇乡县局]将|下一?步|今后|针对(?:以上|上述|这些|存在)|(?:以上|这些)问题|综上|对此"
)
# What leads measures in where they stand in running text.
REMEDIES = re.compile(
    r"(?:(?<=[。\n])|^) *[^。；：\n]{0,24}(?:下一?(?:步|周|月|阶段|季度)|接下来|今后|打算|我们将)"
    r"[^。；：】\n]{0,30}[：】](?=[^\n])",
    re.MULTILINE,
)
# A sentence that says no more than that there are faults: the list follows it.
ONLY_OWNS_UP = re.compile(
    r"(?=[^。；\n]*(?:存在|面临|有|看到))(?=[^。；\n]*(?:一些|不少|许多|诸多|几个|以下|如下|不同程度|一定))"
    rf"[^。；\n]*(?:{FAULTS})(?:和(?:{FAULTS}))?"
)
