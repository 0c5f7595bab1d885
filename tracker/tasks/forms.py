"""What each action of a task asks for: ONE table, which the page shows and the request is read by.

Here stands the straight path from registration to closure; what a clerk puts right: `forms_correcting`; what
happens beside the path: `forms_beside`.
"""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.problems.words import GAP, LATER_STANDARD, is_open
from tracker.tasks import lifecycle
from tracker.tasks.fields import (
    EVIDENCE,
    ActionForm,
    Field,
    Options,
    duty_options,
    has_deadline,
    is_long_term,
    post_options,
    read_day,
    read_duty,
    read_number,
    read_post,
    read_posts,
    read_text,
    reads_one_of,
)
from tracker.tasks.forms_beside import OF_LEADERS, OF_THE_LEAD, OF_THOSE_WHO_DECIDE
from tracker.tasks.forms_correcting import CORRECTING
from tracker.tasks.models import Task
from tracker.tasks.parts import has_parts, own_part
from tracker.tasks.states import Action, Verdict
from tracker.tasks.stepping import take_turn
from tracker.tasks.words import VERDICT_WORDS
from tracker.web.forms import text

SHARES = (20, 40, 60, 80, 100)


def _standard_is_open(task: Task) -> bool:
    return is_open(task.standard)


def _read_standard(_task: Task, name: str) -> dict[str, Any]:
    later = LATER_STANDARD if request.form.get("later") else ""
    return {name: text(name) or later}


def _verifier_options(task: Task) -> Options:
    return [("", _l("按惯例：台账管理岗位")), *post_options(task)]


def _asks_for_share(task: Task) -> bool:
    """Whether the reporter is asked for a share: with a part of their own, or where nobody has one."""
    return own_part(task, present_actor()) is not None or not has_parts(task)


def _share_so_far(task: Task) -> int | None:
    own = own_part(task, present_actor())
    return task.percent if own is None else own.percent


def _shares(last: int | None) -> Options:
    shares = sorted({*SHARES, *(() if last is None else (last,))})
    return [(share, f"{share}%" + (str(_l("（上次）")) if share == last else "")) for share in shares]


_REASON = Field("reason", "area", _l("理由"), read_text)
_OPINION = Field("opinion", "area", _l("意见"), read_text, optional=True)

STRAIGHT = (
    ActionForm(
        Action.REGISTER,
        lifecycle.register,
        _l("立项"),
        _l("立项后可以交办。"),
        _l("已立项。"),
        (
            Field(
                "standard",
                "standard",
                _l("验收标准"),
                _read_standard,
                hint=_l("做到什么程度算完成：对象、数量、日期至少写明两项"),
                initial=lambda task: task.standard,
            ),
        ),
    ),
    ActionForm(
        Action.ASSIGN,
        lifecycle.assign,
        _l("交办"),
        _l("责任岗位的任职人立即收到通知，签收后开始办理。"),
        _l("已交办，责任人会收到通知。"),
        (
            Field(
                "duty",
                "choice",
                _l("责任岗位和职责"),
                read_duty,
                options=duty_options,
                initial=lambda task: task.duty_id or "",
            ),
            Field(
                "deadline",
                "day",
                _l("整改时限"),
                read_day,
                shown=has_deadline,
                initial=lambda task: task.deadline or "",
            ),
            Field(
                "review_on",
                "day",
                _l("下次评估日期"),
                read_day,
                hint=_l("长期坚持的任务不计逾期，到期评估"),
                shown=is_long_term,
                initial=lambda task: task.review_on or "",
            ),
            Field(
                "verifier_post",
                "choice",
                _l("验收岗位"),
                read_post,
                optional=True,
                options=_verifier_options,
                initial=lambda task: task.verifier_post_id or "",
            ),
            Field(
                "cooperating",
                "posts",
                _l("配合岗位"),
                read_posts,
                hint=_l("写了任务的岗位各有自己的一份，全部完成后才能申请销号"),
                optional=True,
                options=post_options,
            ),
        ),
    ),
    ActionForm(
        Action.ACKNOWLEDGE,
        lifecycle.acknowledge,
        _l("签收"),
        _l("签收后由您办理并反馈进展。"),
        _l("已签收。"),
        (
            Field(
                "standard",
                "area",
                _l("验收标准"),
                read_text,
                hint=_l("交办时没有定完。写明做到什么程度算完成，“＿＿”处填上数字"),
                shown=_standard_is_open,
                initial=lambda task: task.standard if GAP in task.standard else "",
            ),
        ),
        instead=Action.DECLINE,
    ),
    ActionForm(
        Action.DECLINE,
        lifecycle.decline,
        _l("不予接收"),
        _l("任务退回经办人员，按您的理由重新交办。"),
        _l("已退回经办人员。"),
        (_REASON,),
    ),
    ActionForm(
        Action.REPORT_PROGRESS,
        lifecycle.report_progress,
        _l("提交反馈"),
        _l("反馈记入办理经过，不改变办理环节。"),
        _l("已反馈。"),
        (
            Field("text", "area", _l("做了什么"), read_text, hint=_l("写事实和数字，可以用语音输入")),
            Field(
                "percent",
                "radio",
                _l("完成到几成"),
                read_number,
                optional=True,
                shown=_asks_for_share,
                options=lambda task: _shares(_share_so_far(task)),
                initial=lambda task: "" if (share := _share_so_far(task)) is None else share,
            ),
            EVIDENCE,
        ),
    ),
    ActionForm(
        Action.REQUEST_CLOSURE,
        lifecycle.request_closure,
        _l("申请销号"),
        _l("分管领导初审，验收岗位验收后销号。"),
        _l("已申请销号。"),
        (
            Field("result", "area", _l("整改结果"), read_text, hint=_l("对照验收标准逐项说明")),
            EVIDENCE,
        ),
    ),
    ActionForm(
        Action.ENDORSE,
        lifecycle.endorse,
        _l("初审同意"),
        _l("转验收岗位验收。"),
        _l("已初审同意。"),
        (_OPINION,),
        instead=Action.RETURN_FOR_REWORK,
    ),
    ActionForm(
        Action.ACCEPT,
        lifecycle.accept,
        _l("验收销号"),
        _l("任务销号，对应的问题一并销号。"),
        _l("已验收销号。"),
        (
            Field(
                "verdict",
                "radio",
                _l("验收结论"),
                reads_one_of(Verdict, lambda: _("选择验收结论：优秀、良好或合格。")),
                options=lambda _task: [
                    (verdict.value, str(_(word))) for verdict, word in VERDICT_WORDS.items()
                ],
            ),
            _OPINION,
        ),
        instead=Action.RETURN_FOR_REWORK,
    ),
    ActionForm(
        Action.RETURN_FOR_REWORK,
        lifecycle.return_for_rework,
        _l("退回整改"),
        _l("责任人收到通知，按您写明的要求继续整改。"),
        _l("已退回整改。"),
        (Field("reason", "area", _l("理由和还需做到什么"), read_text),),
    ),
)
FORMS: dict[str, ActionForm] = {
    form.action.value: form
    for form in (*STRAIGHT, *CORRECTING, *OF_THE_LEAD, *OF_THOSE_WHO_DECIDE, *OF_LEADERS)
}


def carry_out(task: Task, form: ActionForm, *, by: Actor, version: int | None) -> dict[str, Any]:
    """Carry out an action by what the request sent; page, interface and command line come through here.

    Returns what the verb was given. Raises OutOfDate where the task is not in the version that was seen any
    more, and Refused with the field at fault.
    """
    take_turn(task, version)
    given = form.read(task)
    form.verb(task, by=by, **given)
    return given
