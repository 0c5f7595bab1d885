"""What the ledger keeper enters about the duties of a post."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.organization.acting import Actor
from tracker.organization.charging import charge, correct_duty, end_duty
from tracker.organization.forms import Entry, Question, chosen, nothing_typed, required_day, saved
from tracker.organization.models import Duty, DutyDomain, Post, Unit
from tracker.organization.queries import domains_of, office_of
from tracker.web import forms


def domains_offered(office: Unit) -> list[DutyDomain]:
    """Return the domains an office may choose today: those of every office, its own, those from above."""
    return domains_of(office, clock.today())


def _words(_subject: object) -> list[Question]:
    return [
        Question("text", _("职责内容"), "area", hint=_("一行一条，可一次登记多条")),
        Question("source", _("依据"), optional=True, hint=_("写明文件和条款")),
    ]


def _charge_questions(post: Post) -> list[Question]:
    options = [(domain.id, str(_(domain.name))) for domain in domains_offered(office_of(post.unit))]
    return [Question("domain", _("领域"), "select", options), *_words(post)]


def _charge(post: Post, by: Actor) -> str:
    domain = chosen(domains_offered(office_of(post.unit)), "domain", _("选择领域。"))
    lines = [line for line in forms.text("text").splitlines() if line.strip()] or [""]
    for line in lines:
        charge(post, domain, line, source=forms.text("source"), by=by)
    return str(_("已登记 %(count)s 条职责。", count=len(lines)))


def _correct_questions(_duty: Duty) -> list[Question]:
    return [Question("text", _("职责内容"), "area"), Question("source", _("依据"), optional=True)]


def _typed(duty: Duty) -> dict[str, Any]:
    return {"text": duty.text, "source": duty.source}


def _correct(duty: Duty, by: Actor) -> str:
    return saved(correct_duty(duty, forms.text("text"), source=forms.text("source"), by=by))


def _end_questions(_duty: Duty) -> list[Question]:
    return [Question("day", _("最后一天"), "date")]


def _end(duty: Duty, by: Actor) -> str:
    end_duty(duty, last_day=required_day("day", _("写明最后一天。")), by=by)
    return str(_("这条职责已终止，已有任务仍写明它。"))


CHARGE: Entry[Post] = Entry(
    _l("登记职责"), _l("登记"), _charge_questions, nothing_typed, _charge, makes_new=True
)
DUTY_ENTRIES: dict[str, Entry[Duty]] = {
    "correct": Entry(_l("更正职责"), _l("保存"), _correct_questions, _typed, _correct),
    "end": Entry(_l("终止职责"), _l("终止"), _end_questions, nothing_typed, _end),
}
