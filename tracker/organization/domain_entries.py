"""What the ledger keeper enters about an own domain: another name, its end."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker.organization import domains
from tracker.organization.acting import Actor
from tracker.organization.forms import Entry, Question, saved
from tracker.organization.models import DomainKind, DutyDomain
from tracker.web import forms

KIND_WORDS = {DomainKind.BUSINESS: _l("业务"), DomainKind.SECOND: _l("第二职责")}


def _rename_questions(_domain: DutyDomain) -> list[Question]:
    return [Question("name", _("名称"), hint=_("已有的职责、任务和总结都显示新的名称"))]


def _typed(domain: DutyDomain) -> dict[str, Any]:
    return {"name": domain.name}


def _rename(domain: DutyDomain, by: Actor) -> str:
    return saved(domains.rename_domain(domain, forms.text("name"), by=by))


def _end(domain: DutyDomain, by: Actor) -> str:
    domains.end_domain(domain, by=by)
    return str(_("“%(name)s”今天起停用，已有的记录照旧写明它。", name=domain.name))


DOMAIN_ENTRIES: dict[str, Entry[DutyDomain]] = {
    "rename": Entry(_l("领域更名"), _l("保存"), _rename_questions, _typed, _rename),
    "end": Entry(
        _l("停用领域"),
        _l("停用"),
        lambda _domain: [],
        _typed,
        _end,
        grave=_l("停用后不能再选用。里面还有未办结的任务、职责、分工或责任链时，不能停用。"),
    ),
}
