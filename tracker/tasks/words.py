"""The office's words for states, actions, remedies and verdicts."""

from tracker.organization.models import DomainKind
from tracker.tasks.states import Action, Remedy, TaskState, Verdict

STATE_WORDS: dict[TaskState, str] = {
    TaskState.DRAFT: "拟办",
    TaskState.REGISTERED: "立项",
    TaskState.ASSIGNED: "交办",
    TaskState.IN_PROGRESS: "办理",
    TaskState.CLOSURE_REQUESTED: "申请销号",
    TaskState.ENDORSED: "初审",
    TaskState.CLOSED: "销号",
    TaskState.SUSPENDED: "中止",
    TaskState.CANCELLED: "撤销",
}

ACTION_WORDS: dict[Action, str] = {
    Action.REGISTER: "立项",
    Action.ASSIGN: "交办",
    Action.CORRECT: "更正",
    Action.SPLIT: "拆分",
    Action.ACKNOWLEDGE: "签收",
    Action.DECLINE: "不予接收",
    Action.REPORT_PROGRESS: "反馈进展",
    Action.TRANSFER: "转办",
    Action.REQUEST_EXTENSION: "申请延期",
    Action.DECIDE_EXTENSION: "审批延期",
    Action.REQUEST_CLOSURE: "申请销号",
    Action.WITHDRAW: "撤回销号申请",
    Action.WITHDRAW_EXTENSION: "撤回延期申请",
    Action.ENDORSE: "初审同意",
    Action.ACCEPT: "验收销号",
    Action.CLOSE_AT_ONCE: "立行立改销号",
    Action.RETURN_FOR_REWORK: "退回整改",
    Action.REVIEW_LONG_TERM: "阶段评估",
    Action.MAKE_STANDING: "转为常态",
    Action.LOOK_BACK: "回头看",
    Action.REOPEN: "重启",
    Action.SUSPEND: "中止",
    Action.RESUME: "恢复",
    Action.CANCEL: "撤销",
    Action.INSTRUCT: "批示",
    Action.ANSWER_INSTRUCTION: "回复批示",
    Action.ASK_COORDINATION: "提请协调",
    Action.ANSWER_COORDINATION: "答复协调",
    Action.URGE: "催办",
    Action.PUT_ON_LIST: "挂牌督办",
    Action.TAKE_OFF_LIST: "摘牌",
}

REMEDY_WORDS: dict[Remedy, str] = {
    Remedy.IMMEDIATE: "立行立改",
    Remedy.TIME_LIMITED: "限期整改",
    Remedy.LONG_TERM: "长期坚持",
}

VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.EXCELLENT: "优秀",
    Verdict.GOOD: "良好",
    Verdict.PASSED: "合格",
}

DUTY_WORDS: dict[DomainKind, str] = {
    DomainKind.BUSINESS: "业务",
    DomainKind.SECOND: "第二职责",
}
