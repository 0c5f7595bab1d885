"""Problems and measures in the forms in which offices write them. Each report is in the test's own words."""

import pytest

from tracker.reports.reading.contract import ReportReading, read_report
from tracker.reports.reading.headings import SectionKind, kind_of
from tracker.reports.reading.similarity import similarities


def read(text: str) -> ReportReading:
    """A report as plain text."""
    return read_report("总结.txt", text.encode())


def problems(text: str) -> list[str]:
    """The words of each problem."""
    reading = read(text)
    return [reading.words(problem.span) for problem in reading.problems]


def measures(text: str) -> list[str]:
    """The words of each measure."""
    reading = read(text)
    return [reading.words(measure.span) for measure in reading.measures]


def test_titled_items_keep_their_particulars() -> None:
    text = (
        "三、存在问题\n（一）责任落实不到位。一是台账更新慢。二是检查流于形式。\n"
        "（二）人手不足。四个岗位空缺。\n四、下一步计划\n1.补录台账。\n2.招录人员。"
    )
    reading = read(text)
    assert [reading.words(p.span) for p in reading.problems] == [
        "责任落实不到位。一是台账更新慢。二是检查流于形式",
        "人手不足。四个岗位空缺",
    ]
    assert [reading.words(part) for part in reading.problems[0].particulars] == ["台账更新慢", "检查流于形式"]
    assert measures(text) == ["补录台账", "招录人员"]


def test_a_heading_that_only_groups_is_no_problem() -> None:
    text = (
        "二、存在的主要问题\n（一）队伍建设方面。\n1.培训少。\n2.骨干流失。\n"
        "（二）制度方面：一是标准缺失；二是执行不严。"
    )
    assert problems(text) == ["培训少", "骨干流失", "标准缺失", "执行不严"]


def test_numbers_that_skip_lose_nothing() -> None:
    assert problems("存在的问题\n一、路灯损坏多。\n二、垃圾清运慢。\n四、沟渠淤塞。") == [
        "路灯损坏多", "垃圾清运慢", "沟渠淤塞",
    ]  # fmt: skip


def test_a_problem_section_without_numbers_is_cut_at_the_strongest_mark() -> None:
    text = "三、存在不足\n人员少，任务重；经费不足；设备老旧，维修不及时。\n四、下步打算\n申请经费。"
    assert problems(text) == ["人员少，任务重", "经费不足", "设备老旧，维修不及时"]


def test_a_general_promise_is_no_part_of_the_last_problem() -> None:
    text = "四、存在的问题\n一是学习少；二是记录不全；三是讨论不深。以上问题，我们将在今后工作中改进。"
    reading = read(text)
    assert [reading.words(p.span) for p in reading.problems] == ["学习少", "记录不全", "讨论不深"]
    assert [p.measure for p in reading.problems] == [None, None, None]


def test_labels_give_measure_and_who_answers() -> None:
    text = (
        "一、反馈问题及整改措施\n1.值班记录不全。\n整改措施：补齐记录，每月抽查。\n"
        "责任单位：应急办、各村\n完成时限：2025年11月底前\n"
    )
    reading = read(text)
    problem = reading.problems[0]
    assert reading.words(problem.span) == "值班记录不全"
    assert problem.measure
    assert reading.words(problem.measure) == "补齐记录，每月抽查"
    assert problem.responsible == ("应急办", "各村")
    assert str(problem.deadline.due) == "2025-11-30"


def test_a_list_led_in_by_a_sentence_needs_no_heading() -> None:
    text = (
        "检查组走访了三个村，检查发现存在以下问题：1.台账缺页；2.公示栏未更新。"
        "要求如下：1.本月底前补齐。2.立即更新。"
    )
    assert problems(text) == ["台账缺页", "公示栏未更新"]
    assert measures(text) == ["本月底前补齐", "立即更新"]


def test_carry_over_of_the_last_quarter_is_no_problem() -> None:
    text = (
        "一、工作开展情况\n完成培训3次。\n二、上季度问题整改情况\n上季度共梳理问题2个，已完成整改1个、正在推进1个。\n"
        "1.台账不全的问题已经整改。\n三、存在的问题与不足\n（一）讨论不深。发言少。对此，逐次点评。\n四、下一步工作打算\n1.逐次点评。"
    )
    reading = read(text)
    assert [reading.words(p.span) for p in reading.problems] == ["讨论不深。发言少"]
    assert [str(s.kind) for s in reading.sections if s.level == 1][1] == "carryover"


def test_traditional_characters_are_read_and_kept() -> None:
    text = "四、存在的問題\n一是學習不夠；二是檢查不實。"
    assert problems(text) == ["學習不夠", "檢查不實"]


def test_praise_and_counts_of_problems_are_no_problem() -> None:
    assert (
        problems(
            "一、工作开展情况\n（一）排查整治。全镇排查问题24个，全部整改到位。\n（二）解决群众困难13件。"
        )
        == []
    )


@pytest.mark.parametrize(
    "heading",
    ["存在的问题与不足", "存在问题", "存在的困难与需要协调的问题", "短板问题", "存在的不足与改进",
     "安全生产存在的薄弱环节", "分析原因", "差距和不足", "不足之处", "需要改进的方面", "制约因素",
     "存在的问题与改进措施", "当前问题和困难", "在学习方面存在的问题"],
)  # fmt: skip
def test_problem_headings(heading: str) -> None:
    assert kind_of(heading) is SectionKind.PROBLEMS


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("下一步工作打算", SectionKind.NEXT_STEPS),
        ("下步考虑", SectionKind.NEXT_STEPS),
        ("下一阶段工作", SectionKind.NEXT_STEPS),
        ("2026年工作展望", SectionKind.NEXT_STEPS),
        ("整改措施", SectionKind.NEXT_STEPS),
        ("工作开展情况", SectionKind.PROGRESS),
        ("上半年工作回顾", SectionKind.PROGRESS),
        ("主要做法及成效", SectionKind.PROGRESS),
        ("取得的主要成效", SectionKind.RESULTS),
        ("上季度问题整改情况", SectionKind.CARRYOVER),
        ("已完成整改的问题", SectionKind.CARRYOVER),
        ("整改落实情况", SectionKind.CARRYOVER),
        ("需要说明的问题", SectionKind.OTHER),
        ("着力解决群众困难", SectionKind.OTHER),
        ("强化理论学习", SectionKind.OTHER),
    ],
)
def test_other_headings(heading: str, kind: SectionKind) -> None:
    assert kind_of(heading) is kind


def test_similarity_is_one_for_the_same_words_and_symmetric() -> None:
    texts = ["网上留言办理不够及时", "规范留言办理，加快回应", "组织文艺演出"]
    table = similarities(texts, texts)
    assert [round(table[n][n], 6) for n in range(3)] == [1, 1, 1]
    assert table[0][1] == pytest.approx(table[1][0])
    assert table[0][1] > table[0][2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # words of sequence and dashes open items
        (
            "我自身还存在不小的差距。首先，学习不系统，用得少。其次，下村不深入。最后，台账记得不全。",
            ["学习不系统，用得少", "下村不深入", "台账记得不全"],
        ),
        (
            "（三）存在的薄弱环节\n一方面，管网欠账较多；另一方面，群众意识不强。此外，人手严重不足。",
            ["管网欠账较多", "群众意识不强", "人手严重不足"],
        ),
        (
            "二、存在问题\n还存在一些困难和问题：\n——带农机制不紧密。群众只拿分红。\n——管护跟不上。冷库闲置。\n三、打算\n一是加强管护。",
            ["带农机制不紧密。群众只拿分红", "管护跟不上。冷库闲置"],
        ),
        # sentences after one that owns up
        (
            "督查中也发现，一些部门还有不小差距。甲局答复引用不准。乙局录入不及时。丙镇力量薄弱。",
            ["甲局答复引用不准", "乙局录入不及时", "丙镇力量薄弱"],
        ),
        (
            "二、检查发现的突出问题\n检查发现，一些单位不同程度存在责任悬空等问题。甲镇工地监管缺位。乙乡边坡未按设计开采。",
            ["甲镇工地监管缺位", "乙乡边坡未按设计开采"],
        ),
        # a joint heading: the problems stand before the list of measures
        (
            "二、存在的问题及下一步打算\n仍有差距，主要表现在：学位供给紧张；师资结构不合理。\n下一步，抓好以下工作：一是建设新校；二是统筹师资。",
            ["学位供给紧张", "师资结构不合理"],
        ),
        # reasons after the problems are none
        (
            "三、存在的问题和原因分析\n（一）存在的问题\n一是主体责任不落实。二是道路隐患突出。\n（二）原因分析\n1、认识有偏差。2、经费不够。",
            ["主体责任不落实", "道路隐患突出"],
        ),
        # labels: with numbers, and what is put right already
        (
            "问题清单1：资金滞留未拨付。\n整改情况：正在整改。已拨付一半。\n问题清单2：收入未上缴。\n整改情况：已完成整改。7月8日上缴。",
            ["资金滞留未拨付"],
        ),
        (
            "三、存在的主要问题\n问题一：台账不全，缺页较多。\n问题二：公示不及时。",
            ["台账不全，缺页较多", "公示不及时"],
        ),
        ("二、存在的问题\n暂无突出问题。", []),
        ("二、复查存在的问题清单\n（图片：问题清单.jpg）\n三、有关要求\n（一）认真整改。", []),
        # paragraphs without numbers
        (
            "三、存在的问题\n队伍建设滞后。编制少，人员老化。\n阵地管理不严。书屋常年锁门。",
            ["队伍建设滞后。编制少，人员老化", "阵地管理不严。书屋常年锁门"],
        ),
        # what petitioners complain of is their matter
        ("三、反映的主要问题\n仍较集中的是征地问题，如反映补偿不到位、安置不及时等问题。", []),
    ],
)
def test_a_form_that_occurs(text: str, found: list[str]) -> None:
    assert problems(text) == found


def test_fields_below_a_problem_are_no_part_of_it() -> None:
    reading = read(
        "一、任务清单\n1.问题：进水浓度偏低，溢流未解决。\n整改目标：达到三类。\n整改措施：改造管网。\n"
        "责任单位：县住房和城乡建设局、东门街道\n完成时限：2025年12月底前\n"
    )
    (problem,) = reading.problems
    assert reading.words(problem.span) == "进水浓度偏低，溢流未解决"
    assert problem.measure is not None
    assert reading.words(problem.measure) == "改造管网"
    assert problem.responsible == ("县住房和城乡建设局", "东门街道")


def test_who_a_sentence_begins_with_is_responsible() -> None:
    reading = read("二、存在的问题\n东示镇对在建工地监管缺位。部分企业未培训。西样乡2家采石场未按设计开采。")
    assert [problem.responsible for problem in reading.problems] == [("东示镇",), (), ("西样乡",)]


def test_a_day_that_holds_for_all_problems_is_that_of_each_without_its_own() -> None:
    reading = read(
        "二、检查发现的问题\n（一）灭火器过期。\n（二）通道堆物。请于10月12日前清空。\n三、工作要求\n"
        "（一）对发现的问题逐条整改，10月25日前将整改情况书面报办公室。\n2025年9月26日\n"
    )
    assert [str(problem.deadline.due) for problem in reading.problems] == ["2025-10-25", "2025-10-12"]


@pytest.mark.parametrize(
    "closing", ["2025年9月26日", "二〇二五年九月二十六日", "2025-09-26", "发布时间：2025-09-26 16:32"]
)
def test_a_paper_without_a_period_counts_its_days_from_when_it_was_written(closing: str) -> None:
    reading = read(f"关于检查情况的通报\n二、存在问题\n（一）通道堆物。限3日内清空。\n{closing}\n")
    assert reading.known_period is None
    assert str(reading.problems[0].deadline.due) == "2025-09-29"


def test_a_list_goes_on_beyond_ninety_nine() -> None:
    items = [f"第{number}组垃圾清运不及时" for number in range(1, 121)]
    listed = "\n".join(f"{number}.{words}。" for number, words in enumerate(items, start=1))
    assert problems(f"二、存在的问题\n{listed}\n") == items


@pytest.mark.parametrize("mark", ["-", "*", "•"])
def test_a_list_of_dashes_is_a_list(mark: str) -> None:
    lines = (
        "存在的问题",
        "- 3家商店灭火器过期",
        "- 加工点私拉电线",
        "整改措施",
        "- 更换灭火器",
        "- 拆除电线",
    )
    text = "\n".join(lines).replace("-", mark)
    assert problems(text) == ["3家商店灭火器过期", "加工点私拉电线"]
    assert measures(text) == ["更换灭火器", "拆除电线"]


def test_a_number_may_stand_before_a_month() -> None:
    told = "二、存在问题\n1.记录不规范。\n2.台账缺失。\n三、下一步打算\n"
    text = told + "1.10月底前检查记录；2.11月15日前补齐台账。"
    assert measures(text) == ["10月底前检查记录", "11月15日前补齐台账"]


@pytest.mark.parametrize("label", ["整改", "整改办法", "整改方案"])
def test_a_remedy_may_be_called_by_one_word(label: str) -> None:
    (problem,) = (reading := read(f"二、存在问题\n1.敬老院报警器损坏，{label}：立即更换。\n")).problems
    assert reading.words(problem.span) == "敬老院报警器损坏"
    assert problem.measure is not None
    assert reading.words(problem.measure) == "立即更换"


LABELLED = [
    "存在的问题：路灯损坏，无人维修；路面不平。\n下步打算：维修路灯；修补路面。",
    "【存在问题】路灯损坏，无人维修；路面不平。\n【下周计划】维修路灯；修补路面。",
    "问题一：路灯损坏，无人维修\n问题二：路面不平\n措施一：修补或更换\n措施二：用沥青补好",
    "三、存在问题\n1）路灯损坏，无人维修；\n2）路面不平。\n四、下步打算\n1）维修路灯；\n2）修补路面。",
    "3 存在的问题\n3.1 路灯损坏，无人维修.\n3.2 路面不平.\n4 下一步计划\n4.1 维修路灯.\n4.2 修补路面.",
    "二、存在问题\n1.路灯损坏，无人维修。\n2.路面不平。\n下一步打算：一是维修路灯；二是修补路面。",
    "## 存在问题\n1. **路灯损坏，无人维修**\n2. **路面不平**\n## 下步打算\n1. 维修路灯\n2. 修补路面",
    "工作中仍有不少差距：\n1、路灯损坏，无人维修；\n2、路面不平。\n下半年，我们将从以下方面努力：\n"
    "1、维修路灯；\n2、修补路面。",
]


@pytest.mark.parametrize("text", LABELLED)
def test_one_list_in_other_dress(text: str) -> None:
    assert problems(text) == ["路灯损坏，无人维修", "路面不平"]
    assert [problem.linked_measures for problem in read(text).problems] == [(0,), (1,)]


def test_the_number_of_a_label_goes_before_likeness() -> None:
    text = "问题一：路灯损坏\n问题二：路面不平\n问题三：沟渠堵塞\n"
    text += "措施一：平整路面\n措施二：疏通沟渠\n措施三：更换路灯"
    assert [problem.linked_measures for problem in read(text).problems] == [(0,), (1,), (2,)]


def test_lists_that_do_not_run_in_step_are_paired_by_words() -> None:
    told = "二、存在问题\n1.路灯损坏。\n2.沟渠堵塞。\n三、下步打算\n1.疏通沟渠。\n2.更换路灯。"
    assert [problem.linked_measures for problem in read(told).problems] == [(1,), (0,)]
    half = "二、存在问题\n1.路灯损坏。\n2.沟渠堵塞。\n3.人手不足。\n"
    half += "三、下步打算\n1.更换路灯。\n2.疏通沟渠。\n3.招考两名。"
    assert [problem.linked_measures for problem in read(half).problems] == [(0,), (1,), (2,)]


def test_a_measure_beside_its_problem_stays_with_it() -> None:
    reading = read("问题1：路灯损坏\n措施1：更换路灯\n问题2：路面不平\n措施2：修补路面\n")
    assert [problem.measure and reading.words(problem.measure) for problem in reading.problems] == [
        "更换路灯", "修补路面",
    ]  # fmt: skip


def test_places_below_a_colon_are_problems_of_these_places() -> None:
    text = "检查中发现以下问题：\n东山村：值班室无人。\n西山村：登记本三天没有记录。\n请两村于9月底前整改。"
    assert problems(text) == ["东山村：值班室无人", "西山村：登记本三天没有记录"]
    assert [problem.responsible for problem in read(text).problems] == [("东山村",), ("西山村",)]


def test_blocks_of_labelled_lines_need_no_numbers() -> None:
    block = "问题：{}\n原因：年久失修\n措施：{}\n责任人：{}\n期限：{}\n"
    text = "\n".join(
        block.format(*said)
        for said in (("路灯损坏", "更换", "郑样", "2025年10月30日"), ("路面不平", "修补", "王范", "立即整改"))
    )
    reading = read(text)
    assert [reading.words(problem.span) for problem in reading.problems] == [
        "路灯损坏\n原因：年久失修", "路面不平\n原因：年久失修",
    ]  # fmt: skip
    assert [problem.responsible for problem in reading.problems] == [("郑样",), ("王范",)]
    assert [str(problem.deadline.kind) for problem in reading.problems] == ["date", "immediate"]
    assert str(reading.problems[0].deadline.due) == "2025-10-30"


@pytest.mark.parametrize(
    ("told", "due", "said"),
    [
        ("工程滞后，预计11月底前完成", "2025-11-30", "写问题时说到“预计11月底前完成”。"),
        ("工程滞后，原计划11月底前完成", "2025-12-31", "原文没有写时限，先按下季度最后一个工作日提出。"),
        ("工程滞后，没有按计划于8月底前完成", "2025-12-31", "原文没有写时限，先按下季度最后一个工作日提出。"),
    ],
)
def test_a_day_promised_with_the_problem(told: str, due: str, said: str) -> None:
    (problem,) = read(f"2025年第三季度总结\n二、存在问题\n1.{told}。\n").problems
    assert (str(problem.deadline.due), problem.deadline.why) == (due, said)


@pytest.mark.parametrize("year", ["二〇二五", "二○二五", "二O二五", "二零二五"])
def test_a_year_in_chinese_numbers(year: str) -> None:
    assert str(read(f"{year}年第三季度工作总结\n一、存在问题\n1.路灯损坏。").known_period) == "2025Q3"


def test_a_month_of_a_deadline_is_no_period() -> None:
    assert read("问题清单\n问题：路灯损坏\n期限：2025年12月底\n").known_period is None


def test_what_stands_below_a_heading_in_brackets_is_no_rubbish() -> None:
    text = "【问题短板】\n◆ 路灯损坏\n◆ 路面不平\n【下步举措】\n◆ 更换路灯\n◆ 修补路面\n"
    assert (problems(text), measures(text)) == (["路灯损坏", "路面不平"], ["更换路灯", "修补路面"])
