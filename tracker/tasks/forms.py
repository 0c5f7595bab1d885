"""What each action of a task asks for: ONE table, which the page shows and the request is read by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.organization.models import Duty, Post
from tracker.organization.queries import holders, posts_of_office
from tracker.problems.words import GAP, LATER_STANDARD, is_open
from tracker.refusals import Refused
from tracker.tasks import lifecycle, marking
from tracker.tasks.models import Evidence, Task, TaskEvent
from tracker.tasks.queries import duties_of_office
from tracker.tasks.states import Action, Remedy, Verdict
from tracker.tasks.words import VERDICT_WORDS
from tracker.web.files import uploads
from tracker.web.forms import day, text, whole_number

SHARES = (20, 40, 60, 80, 100)

Options = Sequence[tuple[Any, Any]]


def _always(_task: Task) -> bool:
    return True


def _is_long_term(task: Task) -> bool:
    return task.remedy == Remedy.LONG_TERM


def _standard_is_open(task: Task) -> bool:
    return is_open(task.standard)


@dataclass(frozen=True)
class Field:
    """A question of an action's form: how it is asked, and how its answer is read for the verb."""

    name: str
    kind: str  # area, day, choice, radio, boxes, files: how the page asks
    label: Any
    read: Callable[[Task, str], Mapping[str, Any]]
    hint: Any = ""
    optional: bool = False
    shown: Callable[[Task], bool] = _always
    options: Callable[[Task], Options] = lambda _task: ()
    initial: Callable[[Task], Any] = lambda _task: ""


@dataclass(frozen=True)
class ActionForm:
    """The form of one action: its verb, its questions, the words on its button, what happens next."""

    action: Action
    verb: Callable[..., TaskEvent]
    button: Any
    then: Any  # what the act leads to, said beside the button
    done: Any
    fields: tuple[Field, ...] = field(default=())

    def questions(self, task: Task) -> list[Field]:
        """Return the questions that apply to a task."""
        return [question for question in self.fields if question.shown(task)]

    def read(self, task: Task) -> dict[str, Any]:
        """Return what was sent, as the verb takes it. Raises Refused with the field at fault."""
        found: dict[str, Any] = {}
        for question in self.questions(task):
            found.update(question.read(task, question.name))
        return found


def _read_text(_task: Task, name: str) -> dict[str, Any]:
    return {name: text(name)}


def _read_day(_task: Task, name: str) -> dict[str, Any]:
    return {name: day(name)}


def _read_share(_task: Task, name: str) -> dict[str, Any]:
    return {name: whole_number(name)}


def _read_standard(_task: Task, name: str) -> dict[str, Any]:
    later = LATER_STANDARD if request.form.get("later") else ""
    return {name: text(name) or later}


def _read_verdict(_task: Task, name: str) -> dict[str, Any]:
    try:
        return {name: Verdict(text(name))}
    except ValueError:
        raise Refused(_("选择验收结论：优秀、良好或合格。"), field=name) from None


def _read_duty(task: Task, name: str) -> dict[str, Any]:
    duty: Duty | None = _among(duties_of_office(task.unit), text(name))
    if duty is None:
        raise Refused(_("选择责任岗位和它的职责。"), field=name)
    return {"lead_post": duty.post, "duty": duty}


def _read_post(task: Task, name: str) -> dict[str, Any]:
    return {name: _among(posts_of_office(task.unit), text(name))}


def _read_posts(task: Task, name: str) -> dict[str, Any]:
    sent = set(request.form.getlist(name))
    return {name: [post for post in posts_of_office(task.unit) if str(post.id) in sent]}


def _read_files(_task: Task, name: str) -> dict[str, Any]:
    return {name: uploads(name)}


def _read_secrecy(_task: Task, name: str) -> dict[str, Any]:
    try:
        return {name: Secrecy(text(name))}
    except ValueError:
        raise Refused(_("选择标注：不标注、内部或工作秘密。"), field=name) from None


def _read_marked(task: Task, name: str) -> dict[str, Any]:
    sent = text(name)
    evidence: Evidence | None = _among(_files_of(task), sent)
    if sent and evidence is None:
        raise Refused(_("这个文件不属于这件任务，请重新选择。"), field=name)
    return {"evidence": evidence}


def _files_of(task: Task) -> list[Evidence]:
    return [file for event in task.events for file in event.evidence]


def _marked_options(task: Task) -> Options:
    whole = _("整件任务（现为：%(word)s）", word=_(SECRECY_WORDS[task.secrecy]))
    said = _l("只是文件“%(name)s”（现为：%(word)s）")
    return [("", whole)] + [
        (file.id, str(said) % {"name": file.name, "word": _(SECRECY_WORDS[file.secrecy])})
        for file in _files_of(task)
    ]


def _among(rows: Sequence[Any], sent: str) -> Any:
    return next((row for row in rows if str(row.id) == sent), None)


def _duty_options(task: Task) -> Options:
    duties = duties_of_office(task.unit)
    held = holders([duty.post_id for duty in duties], clock.today())
    chosen = [("", _l("请选择"))]
    return chosen + [
        (duty.id, f"{_called(duty.post, held)} · {duty.domain.name}：{duty.text[:24]}") for duty in duties
    ]


def _post_options(task: Task) -> Options:
    return [("", _l("按惯例：台账管理岗位")), *_all_posts(task)]


def _all_posts(task: Task) -> Options:
    posts = posts_of_office(task.unit)
    held = holders([post.id for post in posts], clock.today())
    return [(post.id, _called(post, held)) for post in posts]


def _called(post: Post, held: Mapping[int, Any]) -> str:
    person = held.get(post.id)
    name = person.name if person else _("空缺")
    return f"{post.title}（{name}）"


_EVIDENCE = Field(
    "evidence",
    "files",
    _l("佐证材料"),
    _read_files,
    hint=_l("照片、pdf、docx、xlsx 或 txt，一次最多 9 个，共不超过 20 MB"),
    optional=True,
)
_REASON = Field("reason", "area", _l("理由"), _read_text)
_OPINION = Field("opinion", "area", _l("意见"), _read_text, optional=True)

_TABLE = (
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
                _read_duty,
                options=_duty_options,
                initial=lambda task: task.duty_id or "",
            ),
            Field(
                "deadline",
                "day",
                _l("整改时限"),
                _read_day,
                shown=lambda task: not _is_long_term(task),
                initial=lambda task: task.deadline or "",
            ),
            Field(
                "review_on",
                "day",
                _l("下次评估日期"),
                _read_day,
                hint=_l("长期坚持的任务不计逾期，到期评估"),
                shown=_is_long_term,
                initial=lambda task: task.review_on or "",
            ),
            Field(
                "verifier_post",
                "choice",
                _l("验收岗位"),
                _read_post,
                optional=True,
                options=_post_options,
                initial=lambda task: task.verifier_post_id or "",
            ),
            Field("cooperating", "boxes", _l("配合岗位"), _read_posts, optional=True, options=_all_posts),
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
                _read_text,
                hint=_l("交办时没有定完。写明做到什么程度算完成，“＿＿”处填上数字"),
                shown=_standard_is_open,
                initial=lambda task: task.standard if GAP in task.standard else "",
            ),
        ),
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
            Field("text", "area", _l("做了什么"), _read_text, hint=_l("写事实和数字，可以用语音输入")),
            Field(
                "percent",
                "radio",
                _l("完成到几成"),
                _read_share,
                optional=True,
                options=lambda task: _shares(task.percent),
                initial=lambda task: "" if task.percent is None else task.percent,
            ),
            _EVIDENCE,
        ),
    ),
    ActionForm(
        Action.REQUEST_CLOSURE,
        lifecycle.request_closure,
        _l("申请销号"),
        _l("分管领导初审，验收岗位验收后销号。"),
        _l("已申请销号。"),
        (
            Field("result", "area", _l("整改结果"), _read_text, hint=_l("对照验收标准逐项说明")),
            _EVIDENCE,
        ),
    ),
    ActionForm(
        Action.ENDORSE,
        lifecycle.endorse,
        _l("初审同意"),
        _l("转验收岗位验收。"),
        _l("已初审同意。"),
        (_OPINION,),
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
                _read_verdict,
                options=lambda _task: [
                    (verdict.value, str(_(word))) for verdict, word in VERDICT_WORDS.items()
                ],
            ),
            _OPINION,
        ),
    ),
    ActionForm(
        Action.RETURN_FOR_REWORK,
        lifecycle.return_for_rework,
        _l("退回整改"),
        _l("责任人收到通知，按您写明的要求继续整改。"),
        _l("已退回整改。"),
        (Field("reason", "area", _l("理由和还需做到什么"), _read_text),),
    ),
)

_MARK = ActionForm(
    Action.MARK,
    marking.mark,
    _l("标注知悉范围"),
    _l(
        "标注后只有责任岗位、责任链上的领导、验收岗位和经办人员能看到；配合岗位、其他班子成员和上级单位看不到内容。"
        "数字照常统计，通知只写编号，读出它的报告也只有经办人员能打开。"
    ),
    _l("已标注。"),
    (
        Field(
            "subject",
            "choice",
            _l("标注对象"),
            _read_marked,
            options=_marked_options,
            shown=lambda task: bool(_files_of(task)),
        ),
        Field(
            "secrecy",
            "radio",
            _l("知悉范围"),
            _read_secrecy,
            hint=_l("涉密内容不得在本系统中填写、上传"),
            options=lambda _task: [(mark.value, str(_(word))) for mark, word in SECRECY_WORDS.items()],
            initial=lambda task: task.secrecy.value,
        ),
        Field("reason", "area", _l("依据"), _read_text),
    ),
)
FORMS: dict[str, ActionForm] = {form.action.value: form for form in (*_TABLE, _MARK)}


def _shares(last: int | None) -> Options:
    shares = sorted({*SHARES, *(() if last is None else (last,))})
    return [(share, f"{share}%" + (str(_l("（上次）")) if share == last else "")) for share in shares]
