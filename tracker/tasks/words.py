"""The office's words for states, actions, remedies and verdicts."""

from flask_babel import gettext, pgettext

from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.organization.models import DomainKind
from tracker.tasks.states import Action, Remedy, RequestKind, TaskState, Verdict
from tracker.words import N_, NP_

STATE_WORDS: dict[TaskState, str] = {
    TaskState.DRAFT: NP_("state", "拟办"),
    TaskState.REGISTERED: NP_("state", "立项"),
    TaskState.ASSIGNED: NP_("state", "交办"),
    TaskState.IN_PROGRESS: NP_("state", "办理"),
    TaskState.CLOSURE_REQUESTED: NP_("state", "申请销号"),
    TaskState.ENDORSED: NP_("state", "初审"),
    TaskState.CLOSED: NP_("state", "销号"),
    TaskState.SUSPENDED: NP_("state", "中止"),
    TaskState.CANCELLED: NP_("state", "撤销"),
}

ACTION_WORDS: dict[Action, str] = {
    Action.REGISTER: N_("立项"),
    Action.ASSIGN: N_("交办"),
    Action.CORRECT: N_("更正"),
    Action.SPLIT: N_("拆分"),
    Action.ACKNOWLEDGE: N_("签收"),
    Action.DECLINE: N_("不予接收"),
    Action.REPORT_PROGRESS: N_("反馈进展"),
    Action.TRANSFER: N_("转办"),
    Action.REQUEST_EXTENSION: N_("申请延期"),
    Action.DECIDE_EXTENSION: N_("审批延期"),
    Action.REQUEST_CLOSURE: N_("申请销号"),
    Action.WITHDRAW: N_("撤回销号申请"),
    Action.WITHDRAW_EXTENSION: N_("撤回延期申请"),
    Action.ENDORSE: N_("初审同意"),
    Action.ACCEPT: N_("验收销号"),
    Action.CLOSE_AT_ONCE: N_("立行立改销号"),
    Action.RETURN_FOR_REWORK: N_("退回整改"),
    Action.REVIEW_LONG_TERM: N_("阶段评估"),
    Action.MAKE_STANDING: N_("转为常态"),
    Action.LOOK_BACK: N_("回头看"),
    Action.REOPEN: N_("重启"),
    Action.SUSPEND: N_("中止"),
    Action.RESUME: N_("恢复"),
    Action.CANCEL: N_("撤销"),
    Action.INSTRUCT: N_("批示"),
    Action.ANSWER_INSTRUCTION: N_("回复批示"),
    Action.ASK_COORDINATION: N_("提请协调"),
    Action.ANSWER_COORDINATION: N_("答复协调"),
    Action.URGE: N_("催办"),
    Action.PUT_ON_LIST: N_("挂牌督办"),
    Action.TAKE_OFF_LIST: N_("摘牌"),
    Action.MARK: N_("标注知悉范围"),
    Action.SUMMON: N_("约谈"),
    Action.PUBLICISE: N_("公示"),
}

WAITING_WORDS: dict[RequestKind, str] = {
    RequestKind.EXTENSION: N_("延期申请，等待审批"),
    RequestKind.INSTRUCTION: N_("批示，等待回复"),
    RequestKind.COORDINATION: N_("提请协调，等待答复"),
}

# What a person's list calls what waits for a decision; else the action's own word.
DECIDE_WORDS: dict[Action, str] = {Action.ENDORSE: N_("初审或退回"), Action.ACCEPT: N_("验收或退回")}

# What waits for a decision, said to whoever decides; {unit} is the one that is responsible.
DECISION_WORDS: dict[Action, str] = {
    Action.ENDORSE: N_("%(unit)s申请销号，等您初审"),
    Action.ACCEPT: N_("%(unit)s申请销号，等您验收"),
    Action.DECIDE_EXTENSION: N_("%(unit)s申请延期，等您审批"),
    Action.ANSWER_COORDINATION: N_("%(unit)s提请协调，等您答复"),
    Action.REVIEW_LONG_TERM: N_("%(unit)s长期坚持，等您评估"),
    Action.LOOK_BACK: N_("%(unit)s已销号，等您回头看"),
}

REMEDY_WORDS: dict[Remedy, str] = {
    Remedy.IMMEDIATE: N_("立行立改"),
    Remedy.TIME_LIMITED: N_("限期整改"),
    Remedy.LONG_TERM: N_("长期坚持"),
}

VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.EXCELLENT: N_("优秀"),
    Verdict.GOOD: N_("良好"),
    Verdict.PASSED: N_("合格"),
}

DUTY_WORDS: dict[DomainKind, str] = {
    DomainKind.BUSINESS: N_("业务"),
    DomainKind.SECOND: N_("第二职责"),
}


def state_word(state: TaskState) -> str:
    """Return the word for a state in the reader's language; as a word for an act it may be another."""
    return str(pgettext("state", STATE_WORDS[state]))


def secrecy_word(secrecy: Secrecy) -> str:
    """Return the word for a mark in the reader's language; without a mark an empty one, for no badge."""
    return "" if secrecy == Secrecy.OPEN else gettext(SECRECY_WORDS[secrecy])


def decide_word(action: Action) -> str:
    """Return what a person's list calls a decision that waits."""
    return str(gettext(DECIDE_WORDS.get(action) or ACTION_WORDS[action]))


def decision_said(action: Action, unit: str) -> str:
    """Return the sentence that says what of a unit waits for a decision."""
    return str(gettext(DECISION_WORDS[action], unit=unit))
