"""Forms for what happens beside the straight path: more time, instructions, reviews, another round, talks."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.duties.asking import Asked
from tracker.duties.kinds import kinds_offered
from tracker.duties.models import Every
from tracker.duties.words import EVERY_WORDS, every_word
from tracker.organization.queries import office_of, units_of_office
from tracker.refusals import Refused
from tracker.tasks import closing, extending, leading, long_term, reopening, suspending
from tracker.tasks.fields import (
    EVIDENCE,
    ActionForm,
    Field,
    Options,
    Read,
    among,
    has_deadline,
    is_long_term,
    post_options,
    read_day,
    read_number,
    read_post,
    read_text,
)
from tracker.tasks.models import Task
from tracker.tasks.requests import waiting
from tracker.tasks.states import Action, RequestKind
from tracker.web.forms import text

ANSWER_HINT = _l("不填为五个工作日后")


def _reads_yes(yes: str, no: str, missing: Any) -> Read:
    def read(_task: Task, name: str) -> dict[str, Any]:
        sent = text(name)
        if sent not in (yes, no):
            raise Refused(str(missing), field=name)
        return {name: sent == yes}

    return read


def _read_unit(task: Task, name: str) -> dict[str, Any]:
    return {name: among(_units(task), text(name))}


def _read_kind(task: Task, name: str) -> dict[str, Any]:
    kind = among(kinds_offered(task.unit, clock.today()), text(name))
    if kind is None:
        raise Refused(_("选择事项种类。"), field=name)
    return {name: kind}


def _read_asked(task: Task, name: str) -> dict[str, Any]:
    """Read how often together with the span it counts for, which the next question shows."""
    times = read_number(task, name)[name]
    try:
        return {"asked": Asked(times or 0, Every(text("every")), _("任务 %(no)s", no=task.case_no))}
    except ValueError:
        raise Refused(_("选择按月、按季、按半年或按年。"), field="every") from None


def _reads_request(kind: RequestKind) -> Read:
    def read(task: Task, name: str) -> dict[str, Any]:
        return {name: among(waiting(task, kind), text(name))}

    return read


def _units(task: Task) -> list[Any]:
    """The units whose support a lead can ask for: those of the own office and of the one above it."""
    day, above = clock.today(), task.unit.parent
    upper = [] if above is None else units_of_office(office_of(above), day)
    return [*units_of_office(task.unit, day), *upper]


def _unit_options(task: Task) -> Options:
    day = clock.today()
    return [("", _l("请选择")), *((unit.id, unit.name_on(day)) for unit in _units(task))]


def _kind_options(task: Task) -> Options:
    return [(kind.id, _(kind.name)) for kind in kinds_offered(task.unit, clock.today())]


def _posts_to_choose(task: Task) -> Options:
    return [("", _l("请选择")), *post_options(task)]


def _required_day(task: Task, name: str) -> dict[str, Any]:
    found = read_day(task, name)
    if found[name] is None:
        raise Refused(_("填写公示的起止日期。"), field=name)
    return found


def _waiting_for(kind: RequestKind, all_of_them: Any) -> Field:
    """Which request is answered, where several wait."""
    return Field(
        "request",
        "choice",
        _l("回复哪一件"),
        _reads_request(kind),
        shown=lambda task: len(waiting(task, kind)) > 1,
        options=lambda task: [
            ("", all_of_them),
            *((one.id, f"{one.asked.who}：{one.asked.text[:40]}") for one in waiting(task, kind)),
        ],
    )


def _wanted(task: Task) -> Any:
    return next((one.wanted for one in waiting(task, RequestKind.EXTENSION)), None) or ""


_LISTING_REASON = Field("reason", "area", _l("理由"), read_text)
_ANSWER_BY = Field("answer_by", "day", _l("要求回复的日期"), read_day, hint=ANSWER_HINT, optional=True)
_RESULT = Field("result", "area", _l("整改结果"), read_text, hint=_l("对照验收标准逐项说明"))

OF_THE_LEAD = (
    ActionForm(
        Action.REQUEST_EXTENSION,
        extending.request_extension,
        _l("申请延期"),
        _l("分管领导三个工作日内审批；同意以前原时限不变。"),
        _l("已申请延期，等分管领导审批。"),
        (
            Field("wanted", "day", _l("延期到"), read_day),
            Field("reason", "area", _l("不能按期完成的原因"), read_text),
            Field("progress", "area", _l("目前的进展"), read_text, hint=_l("已做了什么、还差什么")),
        ),
    ),
    ActionForm(
        Action.WITHDRAW_EXTENSION,
        extending.withdraw_extension,
        _l("撤回延期申请"),
        _l("撤回后原时限不变。"),
        _l("已撤回延期申请。"),
    ),
    ActionForm(
        Action.WITHDRAW,
        closing.withdraw,
        _l("撤回销号申请"),
        _l("撤回后继续办理。"),
        _l("已撤回销号申请。"),
    ),
    ActionForm(
        Action.CLOSE_AT_ONCE,
        closing.close_at_once,
        _l("立行立改销号"),
        _l("任务直接销号，下季度由验收岗位回头看。"),
        _l("已销号。"),
        (_RESULT, EVIDENCE),
    ),
    ActionForm(
        Action.ANSWER_INSTRUCTION,
        leading.answer_instruction,
        _l("回复批示"),
        _l("作出批示的领导收到回复。"),
        _l("已回复批示。"),
        (
            _waiting_for(RequestKind.INSTRUCTION, _l("全部等待回复的批示")),
            Field("text", "area", _l("落实情况"), read_text),
        ),
    ),
    ActionForm(
        Action.ASK_COORDINATION,
        leading.ask_coordination,
        _l("提请协调"),
        _l("分管领导收到，协调后答复；原时限不变。"),
        _l("已提请协调。"),
        (
            Field("text", "area", _l("需要协调什么"), read_text),
            Field("unit", "choice", _l("需要哪个单位支持"), _read_unit, options=_unit_options),
            _ANSWER_BY,
        ),
    ),
)

OF_THOSE_WHO_DECIDE = (
    ActionForm(
        Action.DECIDE_EXTENSION,
        extending.decide_extension,
        _l("提交审批"),
        _l("同意的，按您定的日期顺延；首次定下的时限仍然保留，统计照旧按首次时限。"),
        _l("已审批。"),
        (
            Field(
                "granted",
                "radio",
                _l("审批"),
                _reads_yes("yes", "no", _l("选择同意或不同意延期。")),
                options=lambda _task: [("yes", _l("同意延期")), ("no", _l("不同意延期"))],
            ),
            Field(
                "deadline",
                "day",
                _l("新的时限"),
                read_day,
                hint=_l("同意时填；可以不同于申请的日期"),
                optional=True,
                initial=_wanted,
            ),
            Field("opinion", "area", _l("意见"), read_text, hint=_l("不同意时写明理由"), optional=True),
        ),
    ),
    ActionForm(
        Action.ANSWER_COORDINATION,
        leading.answer_coordination,
        _l("答复协调"),
        _l("责任岗位收到答复。"),
        _l("已答复。"),
        (
            _waiting_for(RequestKind.COORDINATION, _l("全部等待答复的事项")),
            Field("text", "area", _l("协调结果"), read_text, hint=_l("由谁支持、做什么、什么时候")),
        ),
    ),
    ActionForm(
        Action.PUBLICISE,
        closing.publicise,
        _l("登记公示"),
        _l("公示期满后可以验收。"),
        _l("已登记公示。"),
        (
            Field("from_day", "day", _l("公示开始"), _required_day, initial=lambda _task: clock.today()),
            Field("to_day", "day", _l("公示结束"), _required_day),
            Field("place", "line", _l("公示地方"), read_text, hint=_l("如政务公开栏、村务公开栏")),
        ),
    ),
    ActionForm(
        Action.REVIEW_LONG_TERM,
        long_term.review_long_term,
        _l("记录评估"),
        _l("任务继续，到下次评估日期再看。"),
        _l("已记录评估。"),
        (
            Field("text", "area", _l("本次评估的情况"), read_text),
            Field("review_on", "day", _l("下次评估日期"), read_day),
        ),
    ),
    ActionForm(
        Action.MAKE_STANDING,
        long_term.make_standing,
        _l("转为常态"),
        _l("任务按完成销号，责任岗位多一项常态履责要求，以后按期登记，不再计整改。"),
        _l("已转为常态履责。"),
        (
            Field("kind", "choice", _l("事项种类"), _read_kind, options=_kind_options),
            Field("times", "number", _l("要求次数"), _read_asked, initial=lambda _task: 1),
            Field(
                "every",
                "radio",
                _l("多久一次"),
                lambda _task, _name: {},  # read with the number
                options=lambda _task: [(every.value, every_word(every)) for every in EVERY_WORDS],
                initial=lambda _task: Every.QUARTER.value,
            ),
            Field("text", "area", _l("说明"), read_text, optional=True),
        ),
    ),
    ActionForm(
        Action.LOOK_BACK,
        reopening.look_back,
        _l("记录回头看"),
        _l("没有反弹的到此为止；反弹的，任务重新开始一轮，以前各轮的时间和结论不变。"),
        _l("已记录回头看。"),
        (
            Field("text", "area", _l("看了什么，情况怎样"), read_text),
            Field(
                "held",
                "radio",
                _l("结论"),
                _reads_yes("held", "rebound", _l("选择整改成果巩固，或问题反弹。")),
                options=lambda _task: [("held", _l("成果巩固")), ("rebound", _l("问题反弹"))],
            ),
            Field("deadline", "day", _l("新一轮的时限"), read_day, hint=_l("问题反弹时填"), optional=True),
        ),
    ),
    ActionForm(
        Action.REOPEN,
        reopening.reopen,
        _l("重启"),
        _l("任务重新开始一轮，由责任岗位办理；以前各轮的时间和结论不变。"),
        _l("已重启。"),
        (
            Field("reason", "area", _l("原因"), read_text),
            Field("basis", "line", _l("依据"), read_text, hint=_l("如复查记录、上级反馈的文号")),
            Field("deadline", "day", _l("新一轮的时限"), read_day),
        ),
    ),
)

OF_LEADERS = (
    ActionForm(
        Action.INSTRUCT,
        leading.instruct,
        _l("批示"),
        _l("责任人立即收到；回复以前批示一直列在任务最前面。"),
        _l("已批示，责任人会收到通知。"),
        (Field("text", "area", _l("批示内容"), read_text, hint=_l("可以用语音输入")), _ANSWER_BY),
    ),
    ActionForm(
        Action.URGE,
        leading.urge,
        _l("催办"),
        _l("责任人立即收到一条催办。"),
        _l("已催办。"),
        (Field("text", "area", _l("附言"), read_text, optional=True),),
    ),
    ActionForm(
        Action.PUT_ON_LIST,
        leading.put_on_list,
        _l("挂牌督办"),
        _l("任务列入挂牌督办名单，摘牌以前一直标出。"),
        _l("已挂牌督办。"),
        (_LISTING_REASON,),
    ),
    ActionForm(
        Action.TAKE_OFF_LIST,
        leading.take_off_list,
        _l("摘牌"),
        _l("任务从挂牌督办名单中移出。"),
        _l("已摘牌。"),
        (_LISTING_REASON,),
    ),
    ActionForm(
        Action.SUMMON,
        leading.summon,
        _l("记录约谈"),
        _l("只记已经谈过的；谈话由人决定，系统不替人约谈。"),
        _l("已记录约谈。"),
        (
            Field("held_on", "day", _l("约谈日期"), read_day, initial=lambda _task: clock.today()),
            Field("by_whom", "choice", _l("约谈人"), read_post, options=_posts_to_choose),
            Field(
                "whom",
                "choice",
                _l("被约谈人"),
                read_post,
                options=_posts_to_choose,
                initial=lambda task: task.lead_post_id or "",
            ),
            Field("result", "area", _l("结果和要求"), read_text),
        ),
    ),
    ActionForm(
        Action.SUSPEND,
        suspending.suspend,
        _l("中止"),
        _l("中止期间不计时限，不催办；恢复时另定时限。"),
        _l("已中止。"),
        (Field("reason", "area", _l("理由"), read_text, hint=_l("本单位不能左右的原因")),),
    ),
    ActionForm(
        Action.RESUME,
        suspending.resume,
        _l("恢复"),
        _l("任务回到中止以前的环节。"),
        _l("已恢复。"),
        (
            Field("deadline", "day", _l("恢复后的时限"), read_day, shown=has_deadline),
            Field("deadline", "day", _l("下次评估日期"), read_day, shown=is_long_term),
            Field("reason", "area", _l("说明"), read_text, optional=True),
        ),
    ),
)
