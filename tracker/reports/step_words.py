"""How a step of a review is said: 确认“宣传队伍薄弱”."""

from flask_babel import gettext as _

from tracker.reports.history import UNDO
from tracker.reports.models import ReviewStep
from tracker.words import N_

STEP_WORDS: dict[str, str] = {
    "take": N_("确认“%(title)s”"),
    "drop": N_("去掉“%(title)s”"),
    "reopen": N_("重新打开“%(title)s”"),
    "edit": N_("修改“%(title)s”"),
    "recognise": N_("选定“%(title)s”与以前问题的关系"),
    "add": N_("补充“%(title)s”"),
    "join": N_("把原文并入“%(title)s”"),
    "statement": N_("改用原文表述“%(title)s”"),
    "remedy": N_("用原文作“%(title)s”的措施"),
    "split": N_("拆开“%(title)s”"),
    "merge": N_("合并“%(title)s”"),
    "match": N_("把措施“%(title)s”对应到问题"),
    "unmatch": N_("取消措施“%(title)s”的对应"),
    "period": N_("选定报告的期间"),
    "domain": N_("选定报告的领域"),
}


def step_words(one: ReviewStep) -> str:
    """Return what a step did; of one that undid another, what was undone."""
    if one.act == UNDO and one.undoes is not None:
        return str(_("撤销：%(what)s", what=step_words(one.undoes)))
    return str(_(STEP_WORDS[one.act], title=one.title))
