"""The papers of a task in an office's own words (domain.md 5.4). Pure: a matter in, a paper out.

Papers are Chinese whatever language their reader uses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.documents.grid import Entry, Form, Row
from tracker.documents.paper import Block, Heading, Paper, Paragraph, chinese_number, day_text
from tracker.tasks.paper_matter import Asked, Contact, Matter, Said
from tracker.tasks.paper_models import PaperKind
from tracker.tasks.states import Verdict
from tracker.tasks.words import VERDICT_WORDS

PEN = "签字：　　　　　　　　年　　月　　日"
BY_HAND = 18.0  # mm of a field in which something is written by hand
BLANK_DAY = "　　年　　月　　日"


@dataclass(frozen=True)
class Issue:
    """Which paper it becomes: its number, its day and whom to ask; nothing of it is known before."""

    number: str = ""
    day: date | None = None
    contact: Contact | None = None


def write(kind: PaperKind, matter: Matter, asked: Asked, issue: Issue) -> Paper:
    """Return a paper of a task."""
    return replace(WRITTEN[kind](matter, asked, issue), mark=matter.mark)


def reason_for(kind: PaperKind, matter: Matter) -> str:
    """Return why a task is urged, as far as its record says it: 已逾期5个工作日，…

    A letter tells it anyway, in the sentences before.
    """
    said: list[str] = []
    if kind == PaperKind.SUPERVISION_LETTER:
        return ""
    if matter.late:
        said.append(f"已逾期{matter.late}个工作日")
    if matter.signed is None:
        said.append("交办后尚未签收")
    elif matter.progress is None:
        said.append("签收后尚未反馈进展")
    elif matter.idle:
        said.append(f"已有{matter.idle}个工作日没有新的进展")
    return "，".join(said) + "。" if said else ""


def demand_for(kind: PaperKind, matter: Matter) -> str:
    """Return what a paper requires where its maker writes nothing else."""
    if kind == PaperKind.ASSIGNMENT:
        return (
            "收到后3个工作日内签收，对照整改目标逐项落实，及时反馈进展。整改完成后附佐证材料申请销号；"
            "确实不能按期完成的，在时限届满前说明原因、申请延期。"
        )
    if matter.is_long_term:
        return "请对照整改目标持续抓好落实，书面报告开展情况、存在困难和下一步打算。"
    by_when = "尽快办结" if matter.late or matter.deadline is None else f"于{day_text(matter.deadline)}前办结"
    return f"请倒排工期、抓紧办理，{by_when}；确有困难的，书面说明原因、已采取的措施和预计办结时间。"


def _assignment(matter: Matter, asked: Asked, issue: Issue) -> Paper:
    return _form(
        matter,
        "整改任务交办通知单",
        issue,
        [
            _pair("承办单位", _unit(matter), "责任人", _person(matter)),
            _pair("任务编号", matter.number, "任务来源", matter.source),
            _one("交办事项", matter.title),
            *_if("存在问题", matter.problem),
            *_if("整改措施", matter.measure),
            _one("整改目标", matter.standard or "签收时商定"),
            _pair("整改类型", matter.remedy, "办理时限", _deadline(matter)),
            _pair("分管领导", matter.deputy, "验收岗位", matter.verifier),
            *_if("配合单位", "\n".join(matter.cooperating)),
            _one("办理要求", asked.demand),
            *_if("反馈时间", _reply_by(asked)),
            *_contact(issue),
            _receipt(matter.signed),
        ],
    )


def _urge_notice(matter: Matter, asked: Asked, issue: Issue) -> Paper:
    return _form(
        matter,
        "整改任务催办单",
        issue,
        [
            _pair("承办单位", _unit(matter), "责任人", _person(matter)),
            _one("督办事项", matter.title),
            _pair("任务编号", matter.number, "任务来源", matter.source),
            _pair("收到时间", _received(matter), "办理时限", _deadline(matter)),
            _one("领导批示", _instructions(matter)),
            _one("催办事由", asked.reason),
            _one("办理要求", asked.demand),
            _one("反馈时间", _reply_by(asked)),
            _one("承办结果", "", "承办单位负责人" + PEN, BY_HAND),
            *_contact(issue),
            _receipt(None),
        ],
    )


def _letter(matter: Matter, asked: Asked, issue: Issue) -> Paper:
    parts = [
        ("办理情况", [_progress(matter)]),
        ("督办事由", [asked.reason]),
        ("办理要求", [asked.demand, _answer(asked, issue)]),
    ]
    blocks: list[Block] = [Paragraph(_opening(matter, issue))]
    for place, (name, said) in enumerate(((name, said) for name, said in parts if any(said)), start=1):
        blocks.append(Heading(1, f"{chinese_number(place)}、{name}"))
        blocks += [Paragraph(_sentence(text)) for text in said if text]
    return Paper(
        f"关于{matter.number}号整改任务的督办函",
        blocks,
        addressee=matter.unit or matter.post,
        signature=matter.office,
        day=issue.day,
        number=issue.number,
    )


def _closure_approval(matter: Matter, _asked: Asked, issue: Issue) -> Paper:
    closure = matter.closure
    assert closure is not None  # `paper_kinds` asked before
    return _form(
        matter,
        "整改销号审批表",
        issue,
        [
            _pair("任务编号", matter.number, "任务来源", matter.source),
            _one("整改事项", matter.title),
            *_if("存在问题", matter.problem),
            *_if("整改措施", matter.measure),
            *_if("整改目标", matter.standard),
            _pair("责任单位", _unit(matter), "责任人", _person(matter)),
            _pair("整改时限", _deadline(matter), "申请日期", day_text(closure.asked.day)),
            _one("整改完成\n情况", closure.asked.text),
            _one("佐证材料", _evidence(closure.evidence, closure.marked_files)),
            _one("责任单位\n意见", "", "负责人" + PEN, BY_HAND),
            _opinion("分管领导\n初审意见", closure.endorsed, "同意报验。"),
            _opinion("验收意见", closure.accepted, _accepted(closure.verdict)),
            _one("主要领导\n意见", "", PEN, BY_HAND),
            *_if("备注", closure.publicity),
        ],
    )


def _extension_request(matter: Matter, _asked: Asked, issue: Issue) -> Paper:
    extension = matter.extension
    assert extension is not None  # `paper_kinds` asked before
    granted = f"同意延期至{day_text(extension.granted)}。" if extension.granted else "不同意延期。"
    return _form(
        matter,
        "整改任务延期申请表",
        issue,
        [
            _pair("任务编号", matter.number, "任务来源", matter.source),
            _one("整改事项", matter.title),
            _pair("责任单位", _unit(matter), "责任人", _person(matter)),
            _pair("原定时限", _day(matter.first_deadline), "现行时限", _day(extension.old)),
            _pair("延期至", _day(extension.wanted), "申请日期", day_text(extension.asked.day)),
            _one("延期理由", extension.asked.text),
            _one("目前进展", extension.progress),
            _one("责任单位\n意见", "", "负责人" + PEN, BY_HAND),
            _one("督查办\n初审意见", "", PEN, BY_HAND),
            _opinion("分管领导\n审批意见", extension.decided, granted),
            _one("备注", "批准前仍按现行时限办理。"),
        ],
    )


WRITTEN: Mapping[PaperKind, Callable[[Matter, Asked, Issue], Paper]] = {
    PaperKind.ASSIGNMENT: _assignment,
    PaperKind.URGE_NOTICE: _urge_notice,
    PaperKind.SUPERVISION_LETTER: _letter,
    PaperKind.CLOSURE_APPROVAL: _closure_approval,
    PaperKind.EXTENSION_REQUEST: _extension_request,
}


# --- forms ---


def _form(matter: Matter, name: str, issue: Issue, rows: list[Row]) -> Paper:
    day = "" if issue.day is None else f"制发日期：{day_text(issue.day)}"
    return Paper(f"{matter.office}{name}", [Form(rows, left=day, right=f"编号：{issue.number}")])


def _one(label: str, text: str, signed: str = "", height: float = 9.0) -> Row:
    return Row((Entry(label, text, signed),), height)


def _if(label: str, text: str) -> list[Row]:
    return [_one(label, text)] if text else []


def _pair(label: str, text: str, second: str, other: str) -> Row:
    return Row((Entry(label, text), Entry(second, other)))


def _opinion(label: str, said: Said | None, usual: str) -> Row:
    """Return what somebody decided in the product with name and day, or the room to write it."""
    if said is None:
        return _one(label, "", PEN, BY_HAND)
    words = usual if said.text.strip("。 ") in usual else f"{usual}\n{_sentence(said.text)}"
    return _one(label, words, f"{said.who}　{day_text(said.day)}")


def _receipt(signed: Said | None) -> Row:
    if signed is None:
        return _pair("签收人", "", "签收时间", BLANK_DAY)
    return _pair("签收人", signed.who, "签收时间", day_text(signed.day))


def _contact(issue: Issue) -> list[Row]:
    contact = issue.contact
    return [] if contact is None else [_pair("联系人", contact.name, "联系电话", contact.phone)]


# --- words ---


def _unit(matter: Matter) -> str:
    return matter.unit or matter.office


def _person(matter: Matter) -> str:
    return f"{matter.post} {matter.holder}".strip()


def _day(day: date | None) -> str:
    return "" if day is None else day_text(day)


def _deadline(matter: Matter) -> str:
    if matter.is_long_term or matter.deadline is None:
        return matter.remedy + (f"，{day_text(matter.review_on)}评估" if matter.review_on else "")
    moved = matter.first_deadline is not None and matter.first_deadline != matter.deadline
    return day_text(matter.deadline) + (f"（原定{_day(matter.first_deadline)}）" if moved else "")


def _received(matter: Matter) -> str:
    if matter.signed is not None:
        return f"{day_text(matter.signed.day)}签收"
    return f"{_day(matter.given_on)}交办，尚未签收" if matter.given_on else ""


def _reply_by(asked: Asked) -> str:
    return f"请于{day_text(asked.reply_by)}前反馈办理情况" if asked.reply_by else ""


def _instructions(matter: Matter) -> str:
    if not matter.instructions:
        return "无"
    said = [f"{_sentence(one.text)}（{one.who}，{day_text(one.day)}）" for one in matter.instructions]
    return "\n".join([*said, "批示内容仅供办理，不得外传。"])


def _evidence(names: Sequence[str], marked: int) -> str:
    said = [f"{place}.{name}" for place, name in enumerate(names, start=1)]
    if marked:
        said.append(f"{'另有' if names else '有'}标注知悉范围的材料{marked}份，名称不列。")
    return "\n".join(said) or "无"


def _accepted(verdict: str) -> str:
    return f"验收{VERDICT_WORDS[Verdict(verdict)]}，同意销号。" if verdict else "同意销号。"


def _opening(matter: Matter, issue: Issue) -> str:
    who = f"你单位{matter.post}" if matter.unit else matter.post
    given = f"于{day_text(matter.given_on)}交办，" if matter.given_on else ""
    limit = f"办理时限为{_deadline(matter)}。" if not matter.is_long_term else f"要求{_deadline(matter)}。"
    as_of = "" if issue.day is None else f"截至{day_text(issue.day)}，"
    late = f"已逾期{matter.late}个工作日，尚未办结" if matter.late else "尚未办结"
    stands = f"{as_of}{'仍在办理' if matter.is_long_term else late}。"
    return (
        f"“{matter.title.rstrip('。；')}”整改任务（编号{matter.number}，来源为{matter.source}）由{who}牵头办理，"
        f"{given}{limit}{stands}根据督查督办工作要求，现将有关事项函告如下："
    )


def _progress(matter: Matter) -> str:
    if matter.signed is None:
        return "任务交办后尚未签收，也未反馈办理情况。"
    if matter.progress is None:
        return f"{day_text(matter.signed.day)}签收，此后未反馈办理进展。"
    share = "" if matter.progress.percent is None else f"（完成{matter.progress.percent}%）"
    said = f"{day_text(matter.progress.day)}反馈：{matter.progress.text.rstrip('。；')}{share}。"
    return said + (f"此后{matter.idle}个工作日没有新的进展反馈。" if matter.idle else "")


def _answer(asked: Asked, issue: Issue) -> str:
    if asked.reply_by is None:
        return ""
    contact = issue.contact
    named = "" if contact is None else f"（联系人：{contact.name}{_phone(contact)}）"
    return (
        f"请于{day_text(asked.reply_by)}前书面反馈办理情况{named}。"
        "逾期不反馈又不说明原因的，按规定予以通报，并纳入目标考核。"
    )


def _phone(contact: Contact) -> str:
    return f"，电话：{contact.phone}" if contact.phone else ""


def _sentence(text: str) -> str:
    return text if not text or text[-1] in "。！？；：" else f"{text}。"
