"""The pages of the product: which blueprints there are, and what stands in whose menu."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select, select

from tracker import clock
from tracker.accounts import views as accounts_views
from tracker.accounts import views_admin, views_audit, views_own, views_policy, views_totp
from tracker.accounts.models import AccountKind
from tracker.accounts.queries import Asked, count_accounts, missing_administrators
from tracker.accounts.states import AccountState
from tracker.accounts.words import KIND_WORDS
from tracker.api import views as api_views
from tracker.dashboard import views as dashboard_views
from tracker.database import spelled_out
from tracker.duties import views_from_report as duties_views
from tracker.exchange import views_ledger, views_ledger_import
from tracker.extensions import db
from tracker.organization import (
    succession,
    ties,
    views_chains,
    views_division,
    views_domains,
    views_entering,
    views_roster,
    views_stand_ins,
)
from tracker.organization import views as organization_views
from tracker.organization.acting import Actor
from tracker.organization.kept import statements
from tracker.organization.present import find_actor
from tracker.plans import views_runs as plans_views
from tracker.plans.hours import hours_of_steps
from tracker.plans.models import PlanRun
from tracker.plans.queries import any_runs, running_for
from tracker.plans.ties import PLANS
from tracker.reminders import views as reminders_views
from tracker.reminders.queries import unread
from tracker.reports import afterwards, views_by_hand
from tracker.reports import views_review as reports_views
from tracker.search import views as search_views
from tracker.settings.keys import DEMO
from tracker.settings.models import Setting
from tracker.summaries import views as summaries_views
from tracker.tasks import (
    hours,
    views_evidence,
    views_families,
    views_from_report,
    views_handover,
    views_papers,
    views_saved,
    views_together,
    word_index,
)
from tracker.tasks import views as tasks_views
from tracker.tasks import views_ledger as ledger_views
from tracker.tasks.handover import follow
from tracker.tasks.ties import TELLERS
from tracker.web import language

BLUEPRINTS = (
    language.bp,
    accounts_views.bp,
    views_own.bp,
    views_totp.bp,
    views_admin.bp,
    views_policy.bp,
    views_audit.bp,
    reminders_views.bp,
    reports_views.bp,
    views_by_hand.bp,
    views_evidence.bp,
    views_from_report.bp,
    ledger_views.bp,
    views_together.bp,
    views_families.bp,
    views_saved.bp,
    views_ledger.bp,
    views_ledger_import.bp,
    views_papers.bp,
    views_handover.bp,
    dashboard_views.bp,
    organization_views.bp,
    views_chains.bp,
    views_division.bp,
    views_domains.bp,
    views_roster.bp,
    views_stand_ins.bp,
    views_entering.bp,
    search_views.bp,
    api_views.bp,
    duties_views.bp,
    plans_views.bp,
    summaries_views.bp,
)


@dataclass(frozen=True)
class Place:
    """An entry of the menu: its page, and who finds it there."""

    endpoint: str
    label: str
    for_everyone: bool = True  # otherwise only for those who oversee an office
    also: tuple[str, ...] = ()  # further blueprints and endpoints whose pages belong to it
    counts_unread: bool = False  # the number of unread notices stands beside it, where there are any


PLACES: tuple[Place, ...] = (
    Place("dashboard.show", _l("工作总览"), for_everyone=False),
    Place("tasks.show_ledger", _l("整改台账"), also=("together", "saved", "families")),
    Place("reports.index", _l("报告导入"), for_everyone=False, also=("by_hand",)),
    Place("organization.show", _l("责任体系"), also=("stand_ins", "handovers")),
    Place("duties.listing", _l("常态履责")),
    Place("plans.listing", _l("预案")),
    Place("summaries.listing", _l("季度总结"), for_everyone=False),
    Place("reminders.show_inbox", _l("消息"), counts_unread=True),
)

ADMINISTRATORS_PLACES: dict[AccountKind, tuple[Place, ...]] = {
    AccountKind.SYSTEM_ADMIN: (
        Place("administering.listing", _l("账号")),
        Place("administering.office", _l("批量建账号"), also=("administering.open_office",)),
        Place("administering.idle", _l("久未登录")),
    ),
    AccountKind.SECURITY_ADMIN: (
        Place("administering.listing", _l("账号与授权")),
        Place("policy.show", _l("安全策略")),
        Place("administering.idle", _l("久未登录")),
    ),
    AccountKind.AUDIT_ADMIN: (Place("audit.listing", _l("操作记录")),),
}
"""What an administrator finds in the menu; nothing of it is business."""


@dataclass(frozen=True)
class MenuItem:
    """A menu entry as a template shows it."""

    label: str
    url: str
    current: bool
    count: int | None = None


def add_features(app: Flask) -> None:
    """Register the pages and their frame; let those upstream know who downstream has something to say."""
    add_navigation(app)
    app.add_url_rule("/", "home", home)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    ties.tell((*TELLERS, PLANS))
    afterwards.tell([duties_views.section])
    hours.tell([hours_of_steps])
    succession.followed_by((follow,))
    word_index.keep_up()


def add_navigation(app: Flask) -> None:
    """Give every template the frame's variables."""
    app.context_processor(_frame)


def home() -> ResponseReturnValue:
    """The first page: what the person at the keyboard needs first."""
    actor = find_actor()
    if actor is not None:
        return redirect(url_for("dashboard.show" if actor.standing.oversees else "tasks.mine"))
    return render_template(
        "accounts/admin.html",
        kind=current_user.kind,
        kinds=KIND_WORDS,
        waiting=count_accounts(Asked(state=AccountState.WAITING)),
        missing=missing_administrators(),
    )


def _is_demo() -> bool:
    """Whether the database holds the demo.

    Asked once a process: neither a demo nor an office with accounts ever becomes the other. The page that
    says the database is away does not ask; before anybody signed in the demo may still be on its way.
    """
    known: dict[str, bool] = current_app.extensions.setdefault("tracker_demo", {})
    if "demo" in known or g.get("failing"):
        return known.get("demo", False)
    found = db.session.scalar(select(Setting.id).where(Setting.key == DEMO.name)) is not None
    if found or current_user.is_authenticated:
        known["demo"] = found
    return found


def _frame() -> dict[str, Any]:
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    frame: dict[str, Any] = {
        "demo": _is_demo(),
        "now": clock.now(),
        "today": clock.today(),  # of the office, which is not the date in `now`
        "lang": "en" if english else "zh-CN",
        "other_language": language.other(english=english),
        "acting": None,
        "nav": [],
        "home_url": url_for("home"),
    }
    actor = None if g.get("failing") else find_actor()
    if actor is not None:
        waiting, unread, frame["running_plans"] = _told(actor)
        frame["acting"], frame["todo_count"] = actor.standing, waiting
        frame["nav"] = _menu(actor, unread)
        frame["todo_url"], frame["search_url"] = url_for("tasks.mine"), url_for("search.show")
        if not actor.standing.oversees:
            frame["foot_nav"] = _at_the_thumb(waiting, unread)
    elif not g.get("failing") and current_user.is_authenticated:
        frame["nav"] = _menu_of_administrator(current_user.kind)
    return frame


def _told(actor: Actor) -> tuple[int, int | None, Sequence[PlanRun]]:
    """Return what every page tells its reader: tasks that wait, notices unread, plans that run.

    One statement finds it all, as long as no decision waits and no plan runs.
    """
    has_list = tasks_views.has_todo()
    asked = statements(actor.mark, "told", actor.reader, has_list, make=partial(_asked, actor))
    unread_ones, runs, *waiting = db.session.connection().execute(asked).one()
    return (
        tasks_views.present_count(actor, *waiting),
        unread_ones or None,
        running_for(actor) if runs else (),
    )


def _asked(actor: Actor) -> Select[Any]:
    return spelled_out(select(unread(actor.person_id), any_runs(), *tasks_views.present_numbers(actor)))


def _menu_of_administrator(kind: AccountKind) -> list[MenuItem]:
    places = ADMINISTRATORS_PLACES.get(kind, ())
    here = _administrators_place(places)
    return [MenuItem(place.label, url_for(place.endpoint), place is here) for place in places]


def _administrators_place(places: Sequence[Place]) -> Place | None:
    """Return where an administrator is: the page itself, else the first place of its blueprint."""
    endpoint, blueprint = request.endpoint or "", request.blueprint or ""
    named = [place for place in places if endpoint in (place.endpoint, *place.also)]
    beside = [place for place in places if place.endpoint.startswith(f"{blueprint}.")]
    return next(iter([*named, *beside]), None)


def _menu(actor: Actor, unread: int | None) -> list[MenuItem]:
    oversees = actor.standing.oversees
    return [
        MenuItem(
            place.label,
            url_for(place.endpoint),
            _current(place.endpoint) or request.blueprint in place.also,
            unread if place.counts_unread else None,
        )
        for place in PLACES
        if place.for_everyone or oversees
    ]


def _at_the_thumb(waiting: int, unread: int | None) -> list[MenuItem]:
    """Return the places of a holder at the foot of a phone."""
    here = request.endpoint
    return [
        MenuItem(str(_l("待办")), url_for("tasks.mine"), here == "tasks.mine", waiting or None),
        MenuItem(str(_l("台账")), url_for("tasks.show_ledger"), here == "tasks.show_ledger"),
        MenuItem(str(_l("消息")), url_for("reminders.show_inbox"), here == "reminders.show_inbox", unread),
    ]


def _current(endpoint: str) -> bool:
    here, place = request.blueprint or "", endpoint.split(".", maxsplit=1)[0]
    return here == place or here.startswith(f"{place}_")  # a package may have several blueprints
