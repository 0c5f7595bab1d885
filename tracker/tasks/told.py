"""What an act of a task changed, told in words: the second line of an entry in its history."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.problems.words import LATER_STANDARD
from tracker.tasks.models import TaskEvent
from tracker.tasks.states import Remedy, Verdict
from tracker.tasks.words import REMEDY_WORDS, VERDICT_WORDS
from tracker.web.filters import cndate_full
from tracker.words import N_

Words = Callable[[Any], str]


def _day(value: Any) -> str:
    return cndate_full(date.fromisoformat(value))


def _standard(value: Any) -> str:
    return str(_(LATER_STANDARD)) if value == LATER_STANDARD else str(value)


def _held(value: Any) -> str:
    return str(_("成果巩固")) if value else str(_("问题反弹"))


def _granted(value: Any) -> str:
    return str(_("同意延期")) if value else str(_("不同意延期"))


def _verdict(value: Any) -> str:
    return str(_(VERDICT_WORDS[Verdict(value)]))


def _joined(value: Any) -> str:
    return "、".join(value)


# What the history keeps of an act (`TaskEvent.facts`): its label and how it is said, in this order.
TOLD: Mapping[str, tuple[str, Words]] = {
    "granted": (N_("审批"), _granted),
    "held": (N_("结论"), _held),
    "verdict": (N_("验收结论"), _verdict),
    "from_post": (N_("原责任岗位"), str),
    "to_post": (N_("责任岗位"), str),
    "part": (N_("配合岗位"), str),
    "old_deadline": (N_("原时限"), _day),
    "wanted": (N_("申请延期到"), _day),
    "deadline": (N_("时限"), _day),
    "review_on": (N_("下次评估"), _day),
    "progress": (N_("目前的进展"), str),
    "standard": (N_("验收标准"), _standard),
    "basis": (N_("依据"), str),
    "unit": (N_("需要支持的单位"), str),
    "answer_by": (N_("要求回复"), _day),
    "held_on": (N_("约谈日期"), _day),
    "by_whom": (N_("约谈人"), str),
    "whom": (N_("被约谈人"), str),
    "from_day": (N_("公示开始"), _day),
    "to_day": (N_("公示结束"), _day),
    "kind": (N_("转为"), lambda value: str(_(value))),
    "old_title": (N_("原来的任务内容"), str),
    "old_measure": (N_("原来的措施"), str),
    "into": (N_("拆出"), _joined),
    "split_from": (N_("拆自"), str),
    "merged_into": (N_("并入"), str),
    "secrecy": (N_("知悉范围"), lambda value: str(_(SECRECY_WORDS[Secrecy(value)]))),
}
# What a correction may have changed, and how the old and the new are said.
CORRECTED: Mapping[str, tuple[str, Words]] = {
    "title": (N_("任务内容"), str),
    "measure": (N_("措施"), str),
    "standard": (N_("验收标准"), _standard),
    "domain": (N_("职责领域"), lambda value: str(_(value))),
    "remedy": (N_("整改类型"), lambda value: str(_(REMEDY_WORDS[Remedy(value)]))),
    "deadline": (N_("整改时限"), _day),
    "review_on": (N_("下次评估日期"), _day),
    "verifier_post": (N_("验收岗位"), str),
}


def told(event: TaskEvent) -> Iterator[tuple[str, str]]:
    """Yield what an act set or changed: label and words. Old and new of a correction stand in one line."""
    facts = event.facts
    for name, (label, words) in TOLD.items():
        if facts.get(name) not in (None, "", []):
            yield str(_(label)), words(facts[name])
    for name, (old, new) in facts.get("changed", {}).items():
        label, words = CORRECTED[name]
        before, after = (words(value) if value else str(_("空")) for value in (old, new))
        yield str(_(label)), str(_("“%(before)s”改为“%(after)s”", before=before, after=after))
