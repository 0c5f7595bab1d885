"""Every action from its button through its form to its event, and what the history then tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from tests.office import Member, Office
from tests.tasks.steps import ACTS, DEADLINE, LATER, TODAY, YESTERDAY, draft, member, task_in
from tests.tasks.test_pages import PNG, fresh, send
from tracker.database import writing
from tracker.extensions import db
from tracker.settings.choices import choose
from tracker.settings.keys import PUBLICITY
from tracker.tasks.forms import FORMS
from tracker.tasks.forms_correcting import steps_of
from tracker.tasks.models import Task
from tracker.tasks.states import Action, Remedy, TaskState

A, S = Action, TaskState
Fields = Callable[[Office], Mapping[str, object]]
SATURDAY = date(2026, 1, 10)


@dataclass(frozen=True)
class Asked:
    """One form: where the task stands, who fills it in with what, and what the history says of it."""

    state: TaskState
    who: str
    fields: Fields
    told: tuple[str, ...]
    before: tuple[tuple[Action, str], ...] = ()
    remedy: Remedy = Remedy.TIME_LIMITED


FORMS_FILLED: dict[Action, Asked] = {
    A.REGISTER: Asked(S.DRAFT, "clerk", lambda _: {"standard": "培训1期"}, ("验收标准：培训1期",)),
    A.ASSIGN: Asked(
        S.REGISTERED,
        "clerk",
        lambda office: {
            "duty": office.lead_duty.id,
            "deadline": SATURDAY,
            "cooperating": office.deputy.post.id,
            f"cooperating-{office.deputy.post.id}": "",
            "cooperating-each": "换一次宣传栏",
        },
        ("责任岗位：宣传办主任", "按前一个工作日", "换一次宣传栏", "0%"),
    ),
    A.CORRECT: Asked(
        S.ASSIGNED,
        "clerk",
        lambda office: {
            "title": "宣传力量薄弱",
            "measure": "",
            "standard": "培训2期",
            "domain": office.ideology.id,
            "remedy": "time_limited",
            "deadline": LATER,
            "reason": "写错了",
        },
        (
            "任务内容：“",
            "”改为“宣传力量薄弱”",
            "整改时限：“2025年12月31日（星期三）”改为“2026年1月30日（星期五）”",
        ),
    ),
    A.SPLIT: Asked(S.REGISTERED, "clerk", lambda _: {"titles": "办培训\n\n配人员"}, ("拆出：ZG-2025Q3-",)),
    A.ACKNOWLEDGE: Asked(S.ASSIGNED, "lead", lambda _: {}, ("签收",)),
    A.DECLINE: Asked(S.ASSIGNED, "lead", lambda _: {"reason": "不属本岗"}, ("不属本岗",)),
    A.REPORT_PROGRESS: Asked(
        S.IN_PROGRESS, "lead", lambda _: {"text": "已定方案", "percent": "40"}, ("反馈进展 40%", "已定方案")
    ),
    A.TRANSFER: Asked(
        S.IN_PROGRESS,
        "clerk",
        lambda office: {"duty": office.safety_duty.id, "reason": "分工调整"},
        ("原责任岗位：宣传办主任", "责任岗位：应急办主任"),
    ),
    A.REQUEST_EXTENSION: Asked(
        S.IN_PROGRESS,
        "lead",
        lambda _: {"wanted": SATURDAY, "reason": "讲师改期", "progress": "已定教材"},
        ("延期申请，等待审批", "申请延期到：2026年1月10日（星期六）", "目前的进展：已定教材", "休息日"),
    ),
    A.WITHDRAW_EXTENSION: Asked(
        S.IN_PROGRESS, "lead", lambda _: {}, ("撤回延期申请",), ((A.REQUEST_EXTENSION, "lead"),)
    ),
    A.DECIDE_EXTENSION: Asked(
        S.IN_PROGRESS,
        "deputy",
        lambda _: {"granted": "yes", "deadline": LATER, "opinion": "抓紧"},
        (
            "审批：同意延期",
            "原时限：2025年12月31日（星期三）",
            "时限：2026年1月30日（星期五）",
            "原定 12月31日",
        ),
        ((A.REQUEST_EXTENSION, "lead"),),
    ),
    A.REQUEST_CLOSURE: Asked(
        S.IN_PROGRESS,
        "lead",
        lambda _: {"result": "已培训", "evidence": (BytesIO(PNG), "签到.png")},
        ("已培训", "签到.png"),
    ),
    A.WITHDRAW: Asked(S.CLOSURE_REQUESTED, "lead", lambda _: {}, ("撤回销号申请",)),
    A.ENDORSE: Asked(S.CLOSURE_REQUESTED, "deputy", lambda _: {"opinion": "属实"}, ("初审同意", "属实")),
    A.ACCEPT: Asked(S.ENDORSED, "keeper", lambda _: {"verdict": "good"}, ("验收结论：良好", "历次销号")),
    A.CLOSE_AT_ONCE: Asked(
        S.IN_PROGRESS,
        "lead",
        lambda _: {"result": "已换牌"},
        ("立行立改销号", "已换牌"),
        remedy=Remedy.IMMEDIATE,
    ),
    A.RETURN_FOR_REWORK: Asked(S.ENDORSED, "keeper", lambda _: {"reason": "缺签到"}, ("退回整改", "缺签到")),
    A.REVIEW_LONG_TERM: Asked(
        S.IN_PROGRESS,
        "keeper",
        lambda _: {"text": "照做", "review_on": LATER},
        ("下次评估：2026年1月30日（星期五）",),
        remedy=Remedy.LONG_TERM,
    ),
    A.MAKE_STANDING: Asked(
        S.IN_PROGRESS,
        "keeper",
        lambda _: {"kind": "1", "times": "2", "every": "year", "text": "成了习惯"},
        ("转为：专题学习", "成了习惯"),
        remedy=Remedy.LONG_TERM,
    ),
    A.LOOK_BACK: Asked(
        S.CLOSED,
        "keeper",
        lambda _: {"text": "又缺人", "held": "rebound", "deadline": LATER},
        ("结论：问题反弹", "依据：回头看发现问题反弹", "第 2 轮"),
    ),
    A.REOPEN: Asked(
        S.CLOSED,
        "keeper",
        lambda _: {"reason": "群众反映", "basis": "督查通报", "deadline": LATER},
        ("依据：督查通报", "第 2 轮", "历次销号"),
    ),
    A.SUSPEND: Asked(S.IN_PROGRESS, "secretary", lambda _: {"reason": "等批复"}, ("中止", "等批复")),
    A.RESUME: Asked(
        S.SUSPENDED, "secretary", lambda _: {"deadline": LATER}, ("时限：2026年1月30日（星期五）",)
    ),
    A.CANCEL: Asked(
        S.REGISTERED, "clerk", lambda _: {"merged_into": "ZG-QS-2025Q3-001"}, ("并入：ZG-2025Q3-001",)
    ),
    A.INSTRUCT: Asked(
        S.IN_PROGRESS,
        "secretary",
        lambda _: {"text": "抓紧", "answer_by": LATER},
        ("批示，等待回复", "要求回复：2026年1月30日"),
    ),
    A.ANSWER_INSTRUCTION: Asked(
        S.IN_PROGRESS,
        "lead",
        lambda _: {"text": "已落实", "request": ""},
        ("回复批示", "已落实"),
        ((A.INSTRUCT, "secretary"), (A.INSTRUCT, "deputy")),
    ),
    A.ASK_COORDINATION: Asked(
        S.IN_PROGRESS,
        "lead",
        lambda office: {"text": "借会议室", "unit": office.safety_office.id},
        ("提请协调，等待答复", "需要支持的单位：应急"),
    ),
    A.ANSWER_COORDINATION: Asked(
        S.IN_PROGRESS,
        "deputy",
        lambda _: {"text": "周五腾出"},
        ("周五腾出",),
        ((A.ASK_COORDINATION, "lead"),),
    ),
    A.URGE: Asked(S.IN_PROGRESS, "clerk", lambda _: {"text": "请反馈"}, ("催办", "请反馈")),
    A.PUT_ON_LIST: Asked(S.IN_PROGRESS, "clerk", lambda _: {"reason": "进展慢"}, ("挂牌督办", "进展慢")),
    A.TAKE_OFF_LIST: Asked(
        S.IN_PROGRESS,
        "clerk",
        lambda _: {"reason": "跟上了"},
        ("摘牌", "跟上了"),
        ((A.PUT_ON_LIST, "clerk"),),
    ),
    A.MARK: Asked(
        S.IN_PROGRESS, "clerk", lambda _: {"secrecy": "internal", "reason": "内部"}, ("知悉范围：内部",)
    ),
    A.SUMMON: Asked(
        S.IN_PROGRESS,
        "clerk",
        lambda office: {
            "held_on": YESTERDAY,
            "by_whom": office.secretary.post.id,
            "whom": office.lead.post.id,
            "result": "月底办完",
        },
        ("约谈日期：2025年10月8日（星期三）", "被约谈人：", "月底办完"),
    ),
    A.PUBLICISE: Asked(
        S.ENDORSED,
        "clerk",
        lambda _: {"from_day": TODAY, "to_day": TODAY, "place": "公开栏"},
        ("公示结束：2025年10月9日（星期四）", "公开栏"),
    ),
}


def _task(asked: Asked, office: Office) -> Task:
    if asked.remedy == Remedy.TIME_LIMITED and asked.state != S.SUSPENDED:
        task = task_in(asked.state, office)
    elif asked.state == S.SUSPENDED:
        task = task_in(S.IN_PROGRESS, office)
        with writing():
            ACTS[A.SUSPEND](task, office, office.secretary.actor)
    else:
        with writing():
            task = draft(office)
            task.remedy, task.review_on = asked.remedy, LATER
            ACTS[A.REGISTER](task, office, office.clerk.actor)
            FORMS["assign"].verb(
                task,
                by=office.clerk.actor,
                lead_post=office.lead.post,
                duty=office.lead_duty,
                deadline=DEADLINE,
                review_on=LATER,
            )
            ACTS[A.ACKNOWLEDGE](task, office, office.lead.actor)
    for action, name in asked.before:
        with writing():
            ACTS[action](task, office, member(office, name).actor)
    return task


def test_every_action_goes_from_its_button_to_its_event(
    office: Office, signed_in: Callable[[Member], FlaskClient], moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    assert set(FORMS_FILLED) == set(Action) == {form.action for form in FORMS.values()}
    for action, asked in FORMS_FILLED.items():
        if action == A.PUBLICISE:
            with writing():
                choose(PUBLICITY, office.town, True, valid_from=YESTERDAY)
        task = _task(asked, office)
        visitor = signed_in(member(office, asked.who))
        assert f"/tasks/{task.id}/{action.value}" in visitor.get(f"/tasks/{task.id}").text, action
        done = send(visitor, task, action.value, asked.fields(office))
        assert done.status_code == 302, (action, done.text)
        assert fresh(task).events[-1].action in (action, A.REOPEN, A.REGISTER), action
        page = visitor.get(f"/tasks/{task.id}").text
        for words in asked.told:
            assert words in page, (action, words)
    db.session.rollback()


@pytest.mark.parametrize(
    ("measure", "steps"),
    [
        ("一是办培训班；二是配宣传员。", ["办培训班", "配宣传员"]),
        ("完善制度，明确专人", ["完善制度，明确专人"]),
        ("", []),
        ("要建台账；要每周通报；", ["要建台账", "要每周通报"]),
    ],
)
def test_a_measure_that_counts_up_is_split_at_its_steps(measure: str, steps: list[str]) -> None:
    assert steps_of(measure) == steps


REFUSED: tuple[tuple[Action, Mapping[str, object], str], ...] = (
    (A.REQUEST_EXTENSION, {"wanted": "2025-02-30", "reason": "改期", "progress": "半"}, "不是有效日期"),
    (A.REQUEST_EXTENSION, {"wanted": DEADLINE, "reason": "改期", "progress": "半"}, "要晚于现在的"),
    (A.SUMMON, {"held_on": LATER, "result": "谈了"}, "今天或以前"),
    (A.ASK_COORDINATION, {"text": "借会议室", "unit": "99999"}, "选择需要哪个单位支持"),
    (A.TRANSFER, {"duty": "", "reason": "分工"}, "选择责任岗位和它的职责"),
    (A.INSTRUCT, {"text": "抓紧", "answer_by": YESTERDAY}, "已过"),
)


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    office: Office, signed_in: Callable[[Member], FlaskClient], moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    task = task_in(S.IN_PROGRESS, office)
    for action, fields, said in REFUSED:
        visitor = signed_in(member(office, FORMS_FILLED[action].who))
        answer = send(visitor, task, action.value, fields)
        assert answer.status_code == 422
        assert said in answer.text
        typed = [
            str(value) for name, value in fields.items() if name in ("reason", "text", "result", "wanted")
        ]
        assert all(words in answer.text for words in typed), action
    assert len(fresh(task).events) == 3


def test_a_task_is_merged_only_into_one_of_the_office(
    office: Office, signed_in: Callable[[Member], FlaskClient], moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    task = task_in(S.REGISTERED, office)
    clerk = signed_in(office.clerk)
    for number in ("ZG-2025Q3-099", "ZG-BL-2025Q3-001", "第一件", f"ZG-2025Q3-{task.number:03d}"):
        answer = send(clerk, task, "cancel", {"merged_into": number})
        assert answer.status_code == 422, number
        assert number in answer.text
    assert fresh(task).state == S.REGISTERED
