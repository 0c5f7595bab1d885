"""Forms for what a clerk puts right: correct, split, transfer, cancel or merge, mark who may know."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.organization.present import present_actor
from tracker.organization.queries import domains_of
from tracker.refusals import Refused
from tracker.tasks import correcting, marking
from tracker.tasks.fields import (
    ActionForm,
    Field,
    Options,
    among,
    duty_options,
    post_options,
    read_day,
    read_duty,
    read_lines,
    read_post,
    read_text,
    reads_one_of,
)
from tracker.tasks.merging import mergeable, task_of_number
from tracker.tasks.models import Evidence, Task
from tracker.tasks.roles import is_signed
from tracker.tasks.states import Action, Remedy
from tracker.tasks.words import REMEDY_WORDS

ITEM = re.compile(
    r"[一二三四五六七八九十]{1,2}(?:是|要)[，：]?|[；\n]"
)  # where a measure begins another step
SHORTEST_STEP = 4


def _deadline_is_open(task: Task) -> bool:
    return task.first_deadline is None or not is_signed(task)


def _read_domain(task: Task, name: str) -> dict[str, Any]:
    sent = read_text(task, name)[name]
    return {name: among(domains_of(task.unit, clock.today()), sent)}


def _read_merged(task: Task, name: str) -> dict[str, Any]:
    number = read_text(task, name)[name]
    if not number:
        return {name: None}
    found = task_of_number(number, task.unit, present_actor())
    if found is None:
        raise Refused(_("本单位没有编号为 %(number)s 的任务，请核对。", number=number), field=name)
    return {name: found}


def _read_marked(task: Task, name: str) -> dict[str, Any]:
    sent = read_text(task, name)[name]
    evidence: Evidence | None = among(_files_of(task), sent)
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


def _domain_options(task: Task) -> Options:
    return [(domain.id, domain.name) for domain in domains_of(task.unit, clock.today())]


def _same_verifier(task: Task) -> Options:
    return [("", _l("不变")), *post_options(task)]


def _merge_options(task: Task) -> Options:
    """Tasks that could take this one over, for the list the browser offers while one types."""
    return [(other.short_no, other.title[:40]) for other in mergeable(task, present_actor())]


def steps_of(measure: str) -> list[str]:
    """Return the steps a measure counts up (一是…；二是…), as a first draft of the tasks it is split into."""
    found = (part.strip(" ，；。：\n") for part in ITEM.split(measure))
    return [part for part in found if len(part) >= SHORTEST_STEP]


_REASON = Field("reason", "area", _l("理由"), read_text)

CORRECTING = (
    ActionForm(
        Action.CORRECT,
        correcting.correct,
        _l("保存更正"),
        _l("改前和改后的内容都留在办理经过里。"),
        _l("已更正。"),
        (
            Field("title", "area", _l("任务内容"), read_text, initial=lambda task: task.title),
            Field("measure", "area", _l("措施"), read_text, optional=True, initial=lambda task: task.measure),
            Field(
                "standard",
                "area",
                _l("验收标准"),
                read_text,
                optional=True,
                initial=lambda task: task.standard,
            ),
            Field(
                "domain",
                "choice",
                _l("职责领域"),
                _read_domain,
                options=_domain_options,
                initial=lambda task: task.domain_id,
            ),
            Field(
                "remedy",
                "radio",
                _l("整改类型"),
                reads_one_of(Remedy, lambda: _("选择整改类型：立行立改、限期整改或长期坚持。")),
                options=lambda _task: [(remedy.value, _(word)) for remedy, word in REMEDY_WORDS.items()],
                initial=lambda task: task.remedy.value,
            ),
            Field(
                "deadline",
                "day",
                _l("整改时限"),
                read_day,
                hint=_l("长期坚持的任务不填"),
                optional=True,
                shown=_deadline_is_open,
                initial=lambda task: task.deadline or "",
            ),
            Field(
                "review_on",
                "day",
                _l("下次评估日期"),
                read_day,
                hint=_l("只有长期坚持的任务填"),
                optional=True,
                initial=lambda task: task.review_on or "",
            ),
            Field(
                "verifier_post",
                "choice",
                _l("验收岗位"),
                read_post,
                optional=True,
                options=_same_verifier,
                initial=lambda task: task.verifier_post_id or "",
            ),
            Field("reason", "area", _l("更正的理由"), read_text),
        ),
    ),
    ActionForm(
        Action.SPLIT,
        correcting.split,
        _l("拆分"),
        _l("本任务保留第一行，其余各行成为新的任务；对应同一个问题，全部销号后问题才销号。"),
        _l("已拆分，请逐件补充验收标准后交办。"),
        (
            Field(
                "titles",
                "lines",
                _l("拆成哪几件"),
                read_lines,
                hint=_l("一行一件，2 到 50 行"),
                initial=lambda task: "\n".join(steps_of(task.measure) or [task.title]),
            ),
        ),
    ),
    ActionForm(
        Action.TRANSFER,
        correcting.transfer,
        _l("转办"),
        _l("编号和时限不变，新的责任岗位要重新签收；原岗位提出的延期、协调申请作废。"),
        _l("已转办，新的责任人会收到通知。"),
        (
            Field("duty", "choice", _l("新的责任岗位和职责"), read_duty, options=duty_options),
            Field(
                "verifier_post", "choice", _l("验收岗位"), read_post, optional=True, options=_same_verifier
            ),
            _REASON,
        ),
    ),
    ActionForm(
        Action.CANCEL,
        correcting.cancel,
        _l("撤销任务"),
        _l("撤销后不再办理；并入另一件的，问题随那一件销号。编号不再使用。"),
        _l("已撤销。"),
        (
            Field(
                "merged_into",
                "line",
                _l("并入哪一件"),
                _read_merged,
                hint=_l("并案时填另一件任务的编号，如 ZG-2025Q3-007；不并案就留空"),
                optional=True,
                options=_merge_options,
            ),
            Field("reason", "area", _l("理由"), read_text, hint=_l("并案时可以不填"), optional=True),
        ),
    ),
    ActionForm(
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
                reads_one_of(Secrecy, lambda: _("选择标注：不标注、内部或工作秘密。")),
                hint=_l("涉密内容不得在本系统中填写、上传"),
                options=lambda _task: [(mark.value, str(_(word))) for mark, word in SECRECY_WORDS.items()],
                initial=lambda task: task.secrecy.value,
            ),
            Field("reason", "area", _l("依据"), read_text),
        ),
    ),
)
