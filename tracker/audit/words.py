"""What the acts of the trail are called, in groups; `tests/audit/test_words.py` asks for every act."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from tracker.audit.models import Outcome
from tracker.words import NP_

Words = dict[str, object]  # lazy texts are str() where they are shown

GROUPS: dict[str, tuple[object, Words]] = {
    "access": (
        _l("越权与告警"),
        {
            "access.refused": _l("办理无权办理的事项"),
            "access.not_found": _l("查看不存在或无权查看的页面"),
            "access.alarm": _l("告警：一分钟内多次被拒绝"),
            "access.mail_alarm": _l("寄出告警邮件"),
        },
    ),
    "sign_in": (
        _l("登录"),
        {
            "account.sign_in": _l("登录"),
            "account.sign_out": _l("退出"),
            "account.change_password": _l("更改密码"),
            "account.redeem_secret": _l("用一次性密码设置密码"),
            "account.mail_secret": _l("寄出重设密码的邮件"),
            "account.mail_reset_on": _l("开通邮件找回密码"),
            "account.mail_reset_off": _l("停用邮件找回密码"),
            "account.totp_on": _l("开启动态口令"),
            "account.totp_off": _l("停用动态口令"),
            "account.recovery_codes": _l("生成恢复码"),
            "account.recovery_code": _l("用恢复码登录"),
        },
    ),
    "account": (
        _l("账号与授权"),
        {
            "account.create": _l("建立账号"),
            "account.grant": _l("授权"),
            "account.revoke": _l("收回授权"),
            "account.disable": _l("停用账号"),
            "account.enable": _l("启用账号"),
            "account.issue_secret": _l("签发一次性密码"),
            "account.end_sessions": _l("结束账号的登录"),
            "account.end_session": _l("结束一个登录"),
            "account.name_keeper": _l("登记保管人"),
            "account.release_keeper": _l("解除保管人"),
            "policy.set": _l("设置安全策略"),
            "policy.leave_audit": _l("登记由县里代行审计"),
            "policy.end_leaving_audit": _l("结束代行审计"),
        },
    ),
    "file": (
        _l("下载与导出"),
        {
            "evidence.download_all": _l("下载全部佐证材料"),
            "evidence.remove": _l("移除佐证材料"),
            "evidence.download": _l("下载办理佐证"),
            "task_paper.download": _l("下载公文"),
            "handover.download": _l("下载工作交接书"),
            "act_file.download": _l("下载履责材料"),
            "summary.download": _l("下载总结"),
            "organization.download_duty_list": _l("下载责任清单"),
            "organization.download_division": _l("下载领导分工"),
            "organization.download_chart": _l("下载组织架构图"),
            "organization.download_form": _l("下载空白花名册"),
            "organization.export_roster": _l("导出花名册"),
            "exchange.out": _l("导出数据包"),
            "ledger.export": _l("导出台账"),
            "ledger.fill_form": _l("按表格模板导出台账"),
            "ledger.hand_in": _l("交来台账表格"),
            "ledger.discard": _l("删除交来的台账表格"),
            "ledger.import": _l("按表格导入台账"),
            "ledger.unplaced": _l("下载未导入的台账行"),
            "trail.export": _l("导出操作记录"),
            "trail.anchor": _l("印出封存凭据"),
        },
    ),
    "task": (
        _l("任务"),
        {
            "task.create": _l("建立任务"),
            "task.register": _l("立项"),
            "task.assign": _l("交办"),
            "task.correct": _l("更正任务"),
            "task.split": _l("拆分任务"),
            "task.acknowledge": _l("签收"),
            "task.decline": _l("不予接收"),
            "task.report_progress": _l("反馈进展"),
            "task.transfer": _l("转办"),
            "task.request_extension": _l("申请延期"),
            "task.decide_extension": _l("审批延期"),
            "task.request_closure": _l("申请销号"),
            "task.withdraw": _l("撤回销号申请"),
            "task.withdraw_extension": _l("撤回延期申请"),
            "task.endorse": _l("初审同意"),
            "task.accept": _l("验收销号"),
            "task.close_at_once": _l("立行立改销号"),
            "task.return_for_rework": _l("退回整改"),
            "task.review_long_term": _l("阶段评估"),
            "task.make_standing": _l("转为常态"),
            "task.look_back": _l("回头看"),
            "task.reopen": _l("重启"),
            "task.suspend": _l("中止任务"),
            "task.resume": _l("恢复任务"),
            "task.cancel": _l("撤销任务"),
            "task.instruct": _l("批示"),
            "task.answer_instruction": _l("回复批示"),
            "task.ask_coordination": _l("提请协调"),
            "task.answer_coordination": _l("答复协调"),
            "task.urge": _l("催办"),
            "task.put_on_list": _l("挂牌督办"),
            "task.take_off_list": _l("摘牌"),
            "task.summon": _l("约谈记录"),
            "task.publicise": _l("公示记录"),
            "task.mark": _l("标注知悉范围"),
            "task.make_paper": _l("制发公文"),
            "saved_view.save": _l("保存台账清单"),
            "saved_view.change": _l("更改台账清单"),
            "saved_view.replace": _l("更新台账清单的条件"),
            "saved_view.delete": _l("删除台账清单"),
        },
    ),
    "report": (
        _l("报告与问题"),
        {
            "report.take_in": _l("导入报告"),
            "report.read": _l("读出报告中的问题"),
            "report.unreadable": _l("报告不能读取"),
            "report.add_proposal": _l("补录问题或措施"),
            "report.choose_period": _l("改报告的期间"),
            "report.choose_domain": _l("改报告的领域"),
            "report.review": _l("保存报告的核对"),
            "report.decide": _l("采用或不采用一条"),
            "report.take_words": _l("用原文改一条"),
            "report.split": _l("拆开一条"),
            "report.merge": _l("合并两条"),
            "report.match": _l("对应措施和问题"),
            "report.recognise": _l("选定与以前问题的关系"),
            "report.undo": _l("撤销一步核对"),
            "report.confirm": _l("确认报告"),
            "report.keep_hint": _l("记下改派提示"),
            "report.revoke_hint": _l("撤销改派提示"),
            "problem.record": _l("登记问题"),
            "problem.carry_over": _l("转入未完成的问题"),
        },
    ),
    "duty": (
        _l("常态履责"),
        {
            "duty.record_act": _l("登记履责"),
            "duty.add_files": _l("补充履责材料"),
            "duty.withdraw_act": _l("撤回履责登记"),
            "duty.enter_findings": _l("录入发现的问题"),
            "duty.ask": _l("提出履责要求"),
            "duty.correct_asked": _l("更正履责要求"),
            "duty.change_asked": _l("更改履责要求"),
            "duty.end_asked": _l("终止履责要求"),
            "duty.add_kind": _l("新增事项种类"),
            "duty.end_kind": _l("停用事项种类"),
            "duty.enter_opening_figure": _l("登记期初数"),
            "duty.remove_opening_figure": _l("删除期初数"),
            "plan.enter": _l("登记预案"),
            "plan.change": _l("修改预案"),
            "plan.retire": _l("停用预案"),
            "plan.record_upkeep": _l("登记预案演练或评估"),
            "plan.start": _l("启动预案"),
            "plan.acknowledge_step": _l("签收演练步骤"),
            "plan.finish_step": _l("完成演练步骤"),
            "plan.end": _l("结束预案"),
            "plan.download": _l("下载预案"),
        },
    ),
    "handover": (
        _l("离任交接"),
        {
            "handover.begin": _l("发起交接"),
            "handover.move": _l("改交接的离任日期"),
            "handover.withdraw": _l("撤回交接"),
            "handover.name_witness": _l("确定监交人"),
            "handover.confirm": _l("确认交接"),
            "handover.take_back": _l("清单或离任日期有变，撤回交接确认"),
        },
    ),
    "notice": (
        _l("消息"),
        {"notice.read": _l("打开消息"), "notice.read_all": _l("全部消息标为已读")},
    ),
    "summary": (
        _l("总结"),
        {
            "summary.roll_up": _l("生成总结稿"),
            "summary.write": _l("修改总结稿"),
            "summary.use_new_facts": _l("采用新的数据"),
            "summary.keep_words": _l("保留原文"),
        },
    ),
    "organization": (
        _l("组织与职责"),
        {
            "organization.add_unit": _l("新增单位"),
            "organization.rename_unit": _l("单位改名"),
            "organization.correct_name": _l("更正单位名称"),
            "organization.move_unit": _l("单位改隶属"),
            "organization.end_unit": _l("撤销单位"),
            "organization.add_post": _l("新增岗位"),
            "organization.rename_post": _l("岗位改名"),
            "organization.correct_title": _l("更正岗位名称"),
            "organization.set_first_day": _l("登记岗位设立日期"),
            "organization.rank_post": _l("调整岗位排序"),
            "organization.put_under": _l("改岗位的上级"),
            "organization.give_roles": _l("改岗位的角色"),
            "organization.end_post": _l("撤销岗位"),
            "organization.add_person": _l("登记人员"),
            "organization.correct_person": _l("更正人员信息"),
            "organization.appoint": _l("登记任职"),
            "organization.release": _l("登记离任"),
            "organization.correct_holding": _l("更正任职"),
            "organization.strike_out_holding": _l("删除误登的任职"),
            "organization.stand_in": _l("登记 AB 岗"),
            "organization.end_stand_in": _l("结束AB岗"),
            "organization.note_briefing": _l("登记AB岗交接"),
            "organization.divide_work": _l("登记分工"),
            "organization.end_portfolio": _l("终止分工"),
            "organization.link_chain": _l("登记责任链的一环"),
            "organization.enter_chain": _l("登记责任链"),
            "organization.end_chain": _l("终止责任链"),
            "organization.add_domain": _l("新增职责领域"),
            "organization.rename_domain": _l("职责领域改名"),
            "organization.end_domain": _l("停用职责领域"),
            "organization.charge": _l("登记职责"),
            "organization.correct_duty": _l("更正职责"),
            "organization.end_duty": _l("终止职责"),
            "organization.import_roster": _l("导入花名册"),
            "settings.choose": _l("更改设置"),
        },
    ),
}

ACTS: Words = {action: words for _name, group in GROUPS.values() for action, words in group.items()}

OUTCOMES: dict[Outcome, object] = {
    Outcome.DONE: _l("完成"),
    Outcome.REFUSED: _l("被拒绝"),
    Outcome.FAILED: _l("未成"),
}

SUBJECTS: dict[str, str] = {
    "account": NP_("subject", "账号"),
    "act": NP_("subject", "履责登记"),
    "act_file": NP_("subject", "履责材料"),
    "act_kind": NP_("subject", "事项种类"),
    "assignment_hint": NP_("subject", "改派提示"),
    "chain": NP_("subject", "责任链"),
    "ledger_import": NP_("subject", "台账表格"),
    "domain": NP_("subject", "职责领域"),
    "duty": NP_("subject", "职责"),
    "evidence": NP_("subject", "佐证"),
    "handover": NP_("subject", "离任交接"),
    "notice": NP_("subject", "消息"),
    "opening_figure": NP_("subject", "期初数"),
    "person": NP_("subject", "人员"),
    "policy": NP_("subject", "安全策略"),
    "portfolio": NP_("subject", "分工"),
    "post": NP_("subject", "岗位"),
    "problem": NP_("subject", "问题"),
    "report": NP_("subject", "报告"),
    "seal": NP_("subject", "封存"),
    "stand_in": NP_("subject", "AB岗"),
    "saved_view": NP_("subject", "台账清单"),
    "standing_duty": NP_("subject", "履责要求"),
    "plan": NP_("subject", "预案"),
    "plan_run": NP_("subject", "预案启动"),
    "summary": NP_("subject", "总结"),
    "task": NP_("subject", "任务"),
    "task_paper": NP_("subject", "公文"),
    "trail": NP_("subject", "操作记录"),
    "unit": NP_("subject", "单位"),
}

DETAILS: Words = {
    "acting": _l("代理"),
    "admin_networks": _l("管理员的地址范围"),
    "after": _l("改后"),
    "alarm": _l("告警"),
    "applied": _l("已导入"),
    "as_of": _l("数据截至"),
    "before": _l("改前"),
    "case_no": _l("编号"),
    "chain": _l("责任链"),
    "changed": _l("改动的项"),
    "changes": _l("改动数"),
    "clicks": _l("点击数"),
    "code": _l("编码"),
    "count": _l("数量"),
    "day": _l("日期"),
    "denied": _l("被拒绝次数"),
    "decision": _l("取舍"),
    "deputy": _l("B岗"),
    "document": _l("文件"),
    "domain": _l("领域"),
    "ended": _l("结束的登录数"),
    "ended_on": _l("结束日期"),
    "event": _l("办理记录"),
    "every": _l("频次"),
    "file": _l("文件"),
    "files": _l("文件数"),
    "from_day": _l("开始日期"),
    "replaced": _l("被替换的"),
    "idle_minutes": _l("空闲分钟"),
    "key": _l("设置项"),
    "kind": _l("种类"),
    "last_day": _l("最后一天"),
    "leader": _l("分管领导"),
    "left": _l("保留现值"),
    "message": _l("说明"),
    "name": _l("名称"),
    "new": _l("改后"),
    "old": _l("改前"),
    "number": _l("编号"),
    "on_behalf_of": _l("代谁办理"),
    "out_of_date": _l("预览后有变化"),
    "override_reason": _l("例外理由"),
    "paper": _l("公文"),
    "paragraph": _l("段落"),
    "part": _l("身份"),
    "paragraphs": _l("段落"),
    "period": _l("期间"),
    "person": _l("人员"),
    "post": _l("岗位"),
    "principal": _l("A岗"),
    "proposal": _l("条目"),
    "proposals": _l("条目数"),
    "reason": _l("理由"),
    "recipient": _l("收件人"),
    "refused": _l("不能导入"),
    "report": _l("报告"),
    "role": _l("角色"),
    "rows": _l("条数"),
    "searched": _l("查询条件"),
    "shared": _l("本单位共用"),
    "size": _l("字节数"),
    "source": _l("依据"),
    "tasks": _l("任务数"),
    "times": _l("次数"),
    "title": _l("名称"),
    "to_day": _l("结束日期"),
    "typed": _l("键入数"),
    "unit": _l("单位"),
    "until_day": _l("截止日期"),
    "username": _l("账号"),
    "valid_from": _l("生效日期"),
    "value": _l("取值"),
    "version": _l("版本"),
}


def act_words(action: str) -> str:
    """Return what an act is called; one that no version here knows is shown by its code."""
    return str(ACTS.get(action, action))


def subject_words(subject: str) -> str:
    """Return what a subject is called: the kind in words and its number; a path stays a path."""
    kind, colon, number = subject.partition(":")
    if not colon or kind not in SUBJECTS:
        return subject
    words = pgettext("subject", SUBJECTS[kind])
    return words if number == "-" else f"{words} {number}"


def read_subject(sent: str) -> str:
    """Return the subject that somebody means who types it as it is shown (任务 17) or kept (task:17)."""
    words, _space, number = sent.rpartition(" ")
    kind = next((kind for kind, named in SUBJECTS.items() if pgettext("subject", named) == words), None)
    return sent if kind is None else f"{kind}:{number}"


def details_words(details: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a row says beyond act and subject, as pairs of words and text."""
    return [(str(DETAILS.get(key, key)), _text(value)) for key, value in details.items()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(_text, value))
    if isinstance(value, dict):
        return "；".join(f"{DETAILS.get(key, key)} {_text(part)}" for key, part in value.items())
    if isinstance(value, bool):
        return str(_l("是") if value else _l("否"))
    return "—" if value is None else str(value)
