"""The pages of who answers (责任体系), in the order of their tabs."""

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tracker.organization.present import find_actor

TABS: tuple[tuple[str, LazyString], ...] = (
    ("organization.show", _l("岗位与任职")),
    ("organization_division.show", _l("领导分工")),
    ("organization_chains.listing", _l("责任链")),
    ("organization_domains.listing", _l("职责领域")),
    ("stand_ins.listing", _l("AB 岗")),
    ("organization_roster.show_chart", _l("组织架构图")),
    ("organization_roster.show", _l("花名册")),
)  # endpoint, label
ANSWERS = {  # pages that answer a form of a tab
    "organization_roster.preview": "organization_roster.show",
    "organization_roster.enter": "organization_roster.show",
    "organization_domains.add": "organization_domains.listing",
    "stand_ins.enter": "stand_ins.listing",
}
KEEPERS = frozenset({"organization_roster.show"})  # tabs of the ledger keeper alone


def organization_tabs() -> list[dict[str, object]]:
    """Return the tabs for the macro `tabs`, the present page marked."""
    actor = find_actor()
    keeps = actor is not None and bool(actor.keeper_of)
    here = ANSWERS.get(request.endpoint or "", request.endpoint)
    return [
        {"label": label, "url": url_for(endpoint), "current": here == endpoint}
        for endpoint, label in TABS
        if keeps or endpoint not in KEEPERS
    ]
