"""The pages of the product: which blueprints there are, and what stands in whose menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.accounts import views as accounts_views
from tracker.accounts.present import find_actor
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Person, Post, Unit
from tracker.reminders import views as reminders_views
from tracker.reminders.queries import unread_count
from tracker.settings.keys import DEMO
from tracker.settings.models import Setting

BLUEPRINTS = (
    accounts_views.bp,
    reminders_views.bp,
)


@dataclass(frozen=True)
class Place:
    """An entry of the menu: its page, and who finds it there."""

    endpoint: str
    label: str
    for_everyone: bool = True  # otherwise only for those who oversee an office
    count: Callable[[Person], int] | None = None  # what stands beside the entry, where there is any


PLACES: tuple[Place, ...] = (Place("reminders.show_inbox", _l("消息"), count=unread_count),)


@dataclass(frozen=True)
class MenuItem:
    """A menu entry as a template shows it."""

    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Acting:
    """In which post and unit the person of the request acts."""

    post: Post | None
    unit: Unit | None
    todo_count: int | None = None


def add_navigation(app: Flask) -> None:
    """Give every template the frame's variables."""
    app.context_processor(_frame)


def home() -> ResponseReturnValue:
    """The first page: what the person at the keyboard needs first."""
    return redirect(url_for("accounts.sign_in"))


def _is_demo() -> bool:
    """Whether the database holds the demo; asked once a process, since a demo never becomes an office."""
    known: dict[str, bool] = current_app.extensions.setdefault("tracker_demo", {})
    if not known.get("demo"):
        try:
            known["demo"] = db.session.scalar(select(Setting.id).where(Setting.key == DEMO.name)) is not None
        except SQLAlchemyError:  # the page that says the database is away must not need the database
            return False
    return known["demo"]


def _frame() -> dict[str, Any]:
    locale = get_locale()
    frame: dict[str, Any] = {
        "demo": _is_demo(),
        "now": clock.now(),
        "lang": "en" if locale is not None and locale.language == "en" else "zh-CN",
        "acting": None,
        "nav": [],
        "home_url": url_for("home"),
    }
    actor = None if g.get("failing") else find_actor()
    if actor is not None:
        frame["acting"] = Acting(actor.main_post, actor.office)
        frame["nav"] = _menu(actor)
    return frame


def _menu(actor: Actor) -> list[MenuItem]:
    oversees = bool(actor.oversees)
    return [
        MenuItem(place.label, url_for(place.endpoint), _current(place.endpoint), _count(place, actor))
        for place in PLACES
        if place.for_everyone or oversees
    ]


def _count(place: Place, actor: Actor) -> int | None:
    return (place.count(actor.person) or None) if place.count else None


def _current(endpoint: str) -> bool:
    return (request.blueprint or "") == endpoint.split(".", maxsplit=1)[0]
